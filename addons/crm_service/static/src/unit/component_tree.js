import {useService} from "@web/core/utils/hooks";
import {Component, useState} from "@odoo/owl";

/** The components of a unit, each of which opens to show what is in it. */
export class ComponentTree extends Component {
    static template = "crm_service.ComponentTree";
    static components = {ComponentTree};
    static props = {
        components: Array,
        // What is in this one is shown
        parent: Number,
        onExchange: Function,
    };

    setup() {
        this.action = useService("action");
        this.state = useState({opened: new Set()});
    }

    get children() {
        return this.props.components.filter(({parent}) => parent === this.props.parent);
    }

    isParent(id) {
        return this.props.components.some(({parent}) => parent === id);
    }

    toggle(id) {
        if (!this.state.opened.delete(id)) {
            this.state.opened.add(id);
        }
    }

    open(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "service.asset",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
