import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {formPhoneField, PhoneField} from "@web/views/fields/phone/phone_field";
import {useState} from "@odoo/owl";

/**
 * A phone number that is called by a click, and the call is logged.
 *
 * Options: `partner`, `ticket`: the fields that tell whom and about what, or `id`.
 */
export class ServicePhoneField extends PhoneField {
    static template = "crm_service.PhoneField";
    static props = {
        ...PhoneField.props,
        partner: {type: String, optional: true},
        ticket: {type: String, optional: true},
    };

    setup() {
        super.setup();
        this.phone = useService("service_phone");
        this.phoneState = useState(this.phone.state);
    }

    /** The id of the record that a field names. */
    getId(name) {
        const {record} = this.props;
        return (name === "id" ? record.resId : record.data[name]?.id) || undefined;
    }

    async call() {
        const {record, name, partner, ticket} = this.props;
        if (!record.isInEdition || (await record.save())) {
            await this.phone.dial(record.data[name], {
                partner_id: this.getId(partner),
                ticket_id: this.getId(ticket),
            });
        }
    }
}

registry.category("fields").add("service_phone", {
    ...formPhoneField,
    component: ServicePhoneField,
    extractProps(fieldInfo) {
        const {partner, ticket} = fieldInfo.options;
        return {...formPhoneField.extractProps(...arguments), partner, ticket};
    },
});
