import {Component} from "@odoo/owl";
import {deserializeDateTime, formatDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const ICONS = {
    asset: "fa-barcode",
    batch: "fa-cubes",
    product: "fa-cube",
    partner: "fa-user",
    user: "fa-id-badge",
    team: "fa-users",
};

/** What has come before, while a complaint is being written. */
export class RecurrenceHints extends Component {
    static template = "crm_service.RecurrenceHints";
    static props = {...standardWidgetProps};

    get hints() {
        return this.props.record.data.recurrence_hints || [];
    }

    get isGrave() {
        return this.hints.some((hint) => hint.is_grave);
    }

    icon(hint) {
        return ICONS[hint.kind] || "fa-repeat";
    }

    day(ticket) {
        return formatDate(deserializeDateTime(ticket.at));
    }
}

registry.category("view_widgets").add("service_recurrence_hints", {
    component: RecurrenceHints,
    fieldDependencies: [{name: "recurrence_hints", type: "json"}],
});
