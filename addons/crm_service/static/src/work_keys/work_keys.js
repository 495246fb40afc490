import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {Component, useRef} from "@odoo/owl";

// The same keys as in the worklist; each presses the button that stands there.
const KEYS = [
    {key: "t", label: _t("Take"), button: "button[name=action_take]"},
    {key: "h", label: _t("Hand over"), button: ".o_service_hand_over"},
    {key: "p", label: _t("Put back"), button: "button[name=action_put_back]"},
    {
        key: "f",
        label: _t("Finish: the first next step"),
        button: ".o_widget_service_route_buttons button",
    },
    {key: "u", label: _t("Urge"), button: ".o_service_urge"},
];

/** One key for each thing that a person does with a ticket, outside of its fields. */
export class WorkKeys extends Component {
    static template = "crm_service.WorkKeys";
    static props = {...standardWidgetProps};

    setup() {
        this.root = useRef("root");
        for (const {key, button} of KEYS) {
            useHotkey(key, () => this.find(button).click(), {
                isAvailable: () => Boolean(this.find(button)),
            });
        }
    }

    /** The button, if the form shows it. */
    find(button) {
        const form = this.root.el?.closest(".o_form_view");
        const found = form?.querySelectorAll(`.o_form_statusbar ${button}`) || [];
        return [...found].find((el) => el.offsetParent && !el.disabled);
    }

    get help() {
        return KEYS.map(({key, label}) => `${key.toUpperCase()}: ${label}`).join("\n");
    }
}

registry.category("view_widgets").add("service_work_keys", {component: WorkKeys});
