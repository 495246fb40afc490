import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component, xml} from "@odoo/owl";
import {formatSeconds} from "./phone_clock";

/** A number of seconds, as minutes and seconds. */
export class SecondsField extends Component {
    static template = xml`<span class="o_service_seconds" t-esc="value" />`;
    static props = {...standardFieldProps};

    get value() {
        return formatSeconds(this.props.record.data[this.props.name] || 0);
    }
}

registry.category("fields").add("service_seconds", {
    component: SecondsField,
    supportedTypes: ["integer"],
});
registry
    .category("formatters")
    .add("service_seconds", (value) => formatSeconds(Math.round(value || 0)));
