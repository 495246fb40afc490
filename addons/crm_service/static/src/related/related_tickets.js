import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {Component, onWillStart, useState} from "@odoo/owl";

/** The tickets that a ticket is linked to, or that were merged into it. */
export class RelatedTickets extends Component {
    static template = "crm_service.RelatedTickets";
    static props = {...standardWidgetProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({canChange: false});
        onWillStart(async () => {
            this.state.canChange = await user.hasGroup(
                "crm_service.group_service_agent"
            );
        });
    }

    get tickets() {
        return this.props.record.data.related_tickets || [];
    }

    open(ticket) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "service.ticket",
            res_id: ticket.id,
            views: [[false, "form"]],
        });
    }

    /** Save what was typed first, so that nothing of it is lost. */
    async ask(action, context) {
        const record = this.props.record;
        if (await record.save()) {
            await this.action.doAction(action, {
                additionalContext: {
                    active_model: "service.ticket",
                    active_id: record.resId,
                    active_ids: [record.resId],
                    ...context,
                },
                onClose: () => record.load(),
            });
        }
    }

    async link() {
        const record = this.props.record;
        const action = await this.orm.call(record.resModel, "action_link", [
            [record.resId],
        ]);
        return this.ask(action);
    }

    merge() {
        return this.ask("crm_service.service_ticket_merge_action");
    }

    split() {
        return this.ask("crm_service.service_ticket_split_action");
    }

    async unlink(ticket) {
        await this.orm.unlink("service.ticket.link", [ticket.link_id]);
        await this.props.record.load();
    }
}

registry.category("view_widgets").add("service_related_tickets", {
    component: RelatedTickets,
    fieldDependencies: [{name: "related_tickets", type: "json"}],
});
