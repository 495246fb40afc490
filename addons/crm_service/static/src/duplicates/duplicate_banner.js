import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, formatDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {Component, onWillStart, useState} from "@odoo/owl";

/** Tickets that may be about the same, with the reason, while one types. */
export class DuplicateBanner extends Component {
    static template = "crm_service.DuplicateBanner";
    static props = {...standardWidgetProps};

    setup() {
        this.action = useService("action");
        this.state = useState({hidden: {}, canMerge: false, isBusy: false});
        onWillStart(async () => {
            this.state.canMerge = await user.hasGroup(
                "crm_service.group_service_agent"
            );
        });
    }

    get hints() {
        const hints = this.props.record.data.duplicate_hints || [];
        return hints
            .filter((hint) => !this.state.hidden[hint.id])
            .map((hint) => ({
                ...hint,
                why: hint.reasons.join(", "),
                when: formatDate(deserializeDateTime(hint.opened_at)),
            }));
    }

    get title() {
        return _t("Asked before?");
    }

    hide(hint) {
        this.state.hidden[hint.id] = true;
    }

    open(hint) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "service.ticket",
            res_id: hint.id,
            views: [[false, "form"]],
        });
    }

    /** Save what was typed first, so that nothing of it is lost. */
    async merge(hint) {
        const record = this.props.record;
        this.state.isBusy = true;
        try {
            if (await record.save()) {
                await this.action.doAction("crm_service.service_ticket_merge_action", {
                    additionalContext: {
                        active_model: "service.ticket",
                        active_id: record.resId,
                        active_ids: [record.resId],
                        default_target_id: hint.id,
                    },
                    onClose: () => record.load(),
                });
            }
        } finally {
            this.state.isBusy = false;
        }
    }
}

registry.category("view_widgets").add("service_duplicate_banner", {
    component: DuplicateBanner,
    fieldDependencies: [{name: "duplicate_hints", type: "json"}],
});
