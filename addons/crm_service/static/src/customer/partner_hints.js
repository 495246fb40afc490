import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {Component} from "@odoo/owl";

/** Customers who may be meant, while a ticket is being written, and why. */
export class PartnerHints extends Component {
    static template = "crm_service.PartnerHints";
    static props = {...standardWidgetProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get hints() {
        return this.props.record.data.partner_hints || [];
    }

    get partner() {
        return this.props.record.data.partner_id;
    }

    /** Take a suggested customer over; the phone and e-mail typed stay as typed. */
    async take(hint) {
        const {record} = this.props;
        const {partner_phone, partner_email} = record.data;
        await record.update({partner_id: {id: hint.id, display_name: hint.name}});
        const typed = {};
        if (partner_phone && partner_phone !== record.data.partner_phone) {
            typed.partner_phone = partner_phone;
        }
        if (partner_email && partner_email !== record.data.partner_email) {
            typed.partner_email = partner_email;
        }
        if (Object.keys(typed).length) {
            await record.update(typed);
        }
    }

    open(hint) {
        return this.action.doAction("crm_service.service_customer_action", {
            additionalContext: {active_id: hint.id, active_model: "res.partner"},
        });
    }

    /** Ask which of the two stays, show what moves, and make them one. */
    async merge(hint) {
        const {record} = this.props;
        if (!(await record.save())) {
            return;
        }
        const ids = [this.partner.id, hint.id];
        await this.action.doAction("base.action_partner_merge", {
            additionalContext: {
                active_model: "res.partner",
                active_ids: ids,
                active_id: ids[0],
            },
            onClose: () => record.load(),
        });
    }

    async reject(hint) {
        const {record} = this.props;
        if (await record.save()) {
            await this.orm.call("service.ticket", "action_reject_partner_hint", [
                [record.resId],
                hint.id,
            ]);
            await record.load();
        }
    }
}

registry.category("view_widgets").add("service_partner_hints", {
    component: PartnerHints,
    fieldDependencies: [
        {name: "partner_hints", type: "json"},
        {name: "partner_id", type: "many2one"},
        {name: "partner_phone", type: "char"},
        {name: "partner_email", type: "char"},
    ],
});
