import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {Component, useEffect} from "@odoo/owl";

/** What a ticket was urged for; showing it notes that the user has seen it. */
export class UrgeBanner extends Component {
    static template = "crm_service.UrgeBanner";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        useEffect(
            (id, count) => {
                if (id && count) {
                    this.orm.silent.call("service.ticket", "action_see_urges", [[id]]);
                }
            },
            () => [this.props.record.resId, this.urges.length]
        );
    }

    get urges() {
        return this.props.record.data.unseen_urges || [];
    }

    when(urge) {
        return formatDateTime(deserializeDateTime(urge.at));
    }
}

registry.category("view_widgets").add("service_urge_banner", {
    component: UrgeBanner,
    fieldDependencies: [{name: "unseen_urges", type: "json"}],
});
