import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {Layout} from "@web/search/layout";
import {Component} from "@odoo/owl";
import {CallForm} from "./call_form";
import {PhoneDesk} from "./phone_desk";

/** The page “Phone”: one call, or the desk where the next one is taken. */
export class PhoneAction extends Component {
    static template = "crm_service.PhoneAction";
    static components = {CallForm, Layout, PhoneDesk};
    static props = {...standardActionServiceProps};

    setup() {
        this.display = {controlPanel: {}};
    }

    get savedDraft() {
        const saved = this.props.state?.draft;
        return saved && saved.callId === this.props.resId ? saved : undefined;
    }
}

registry.category("actions").add("service_phone", PhoneAction);
