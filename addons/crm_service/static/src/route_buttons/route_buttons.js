import {registry} from "@web/core/registry";
import {ViewButton} from "@web/views/view_button/view_button";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {Component} from "@odoo/owl";

const HOTKEYS = ["q", "w", "x", "y", "o", "b"];

/** One button per next step of a ticket, in the order of its process. */
export class RouteButtons extends Component {
    static template = "crm_service.RouteButtons";
    static components = {ViewButton};
    static props = {...standardWidgetProps};

    get routes() {
        const routes = this.props.record.data.route_buttons || [];
        return routes.map((route, index) => ({
            id: route.id,
            label: route.label,
            rank: index || route.is_cancel ? "btn-secondary" : "btn-primary",
            attrs: HOTKEYS[index] ? {"data-hotkey": HOTKEYS[index]} : {},
            clickParams: {
                type: "object",
                name: "action_ask_route",
                args: JSON.stringify([route.id]),
            },
        }));
    }
}

registry.category("view_widgets").add("service_route_buttons", {
    component: RouteButtons,
    fieldDependencies: [{name: "route_buttons", type: "json"}],
});
