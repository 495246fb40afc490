import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {Component, useState} from "@odoo/owl";

/** Tick boxes of the stage that a ticket is in, with who ticked them and when. */
export class Checklist extends Component {
    static template = "crm_service.Checklist";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({isBusy: false});
    }

    get lines() {
        const lines = this.props.record.data.checklist || [];
        return lines.map((line) => ({
            ...line,
            note: line.done
                ? _t("%(who)s, %(when)s", {
                      who: line.by,
                      when: formatDateTime(deserializeDateTime(line.at)),
                  })
                : "",
        }));
    }

    /** Save what was typed first, so that nothing of it is lost. */
    async tick(line) {
        const record = this.props.record;
        this.state.isBusy = true;
        try {
            if (await record.save()) {
                await this.orm.call(record.resModel, "action_tick", [
                    [record.resId],
                    line.id,
                ]);
            }
            await record.load();
        } finally {
            this.state.isBusy = false;
        }
    }
}

registry.category("view_widgets").add("service_checklist", {
    component: Checklist,
    fieldDependencies: [{name: "checklist", type: "json"}],
});
