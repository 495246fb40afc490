import {_t} from "@web/core/l10n/translation";
import {formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

const SOON_HOURS = 4;

/** How long there is left until a promise is due, or how late it is. */
export class RemainingField extends Component {
    static template = "crm_service.RemainingField";
    static props = {...standardFieldProps};

    get deadline() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.deadline ? this.deadline.toRelative({style: "short"}) : "";
    }

    get title() {
        return this.deadline ? _t("Due: %s", formatDateTime(this.deadline)) : "";
    }

    get hours() {
        return this.deadline.diffNow("hours").hours;
    }

    get className() {
        if (!this.deadline) {
            return "";
        }
        if (this.hours < 0) {
            return "text-danger fw-bold";
        }
        return this.hours < SOON_HOURS ? "text-warning fw-bold" : "";
    }
}

registry.category("fields").add("service_remaining", {
    component: RemainingField,
    displayName: _t("Remaining Time"),
    supportedTypes: ["datetime"],
});
