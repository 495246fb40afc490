import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {Component, useState} from "@odoo/owl";
import {formatSeconds, useSeconds} from "./phone_clock";

const CALLBACKS = "crm_service.service_callback_action";

/** What rings, whom the user talks with, whom to call back: on every page. */
export class PhoneDock extends Component {
    static template = "crm_service.PhoneDock";
    static props = {};

    setup() {
        this.phone = useService("service_phone");
        this.action = useService("action");
        this.state = useState(this.phone.state);
        this.folded = useState({});
        useSeconds(() => this.phone.dropSilent());
        const everywhere = {global: true, bypassEditableProtection: true};
        useHotkey("alt+shift+c", () => this.phone.answer(this.ringing.id), {
            ...everywhere,
            isAvailable: () => Boolean(this.ringing),
        });
        useHotkey("alt+shift+e", () => this.end(this.talking), {
            ...everywhere,
            isAvailable: () => Boolean(this.talking),
        });
    }

    get ringing() {
        return this.state.calls.find((card) => this.phone.isRinging(card));
    }

    get talking() {
        return this.state.calls.find((card) => card.state === "answered");
    }

    /** The cards, without the call that the page shows anyway. */
    get cards() {
        return this.state.calls.filter((card) => card.id !== this.state.shown);
    }

    /** The next call-back that is due, unless the user has a call before him. */
    get due() {
        const isBusy = this.state.calls.length || this.state.shown;
        return isBusy ? undefined : this.state.callbacks[0];
    }

    get others() {
        const count = this.state.callbacks.length - 1;
        return count > 0 ? _t("%s more to call back", count) : "";
    }

    openDue() {
        return this.action.doAction(CALLBACKS, {
            additionalContext: {search_default_filter_today: 1},
        });
    }

    /** Whether only who it is shows: what rings is never folded. */
    isFolded(card) {
        return Boolean(this.folded[card.id]) && !this.phone.isRinging(card);
    }

    toggle(card) {
        this.folded[card.id] = !this.folded[card.id];
    }

    getSeconds(card) {
        return formatSeconds(this.phone.getSeconds(card));
    }

    getLabel(card) {
        if (card.state === "answered") {
            return _t("In conversation");
        }
        return card.direction === "in" ? _t("Calling") : _t("You are calling");
    }

    getWindow(callback) {
        const options = {hour: "2-digit", minute: "2-digit"};
        return [callback.wanted_from, callback.wanted_until]
            .filter(Boolean)
            .map((moment) => deserializeDateTime(moment).toLocaleString(options))
            .join(" – ");
    }

    end(card) {
        return this.phone.step(card.id, "action_end");
    }

    onNote(card, ev) {
        return this.phone.saveNote(card.id, ev.target.value);
    }
}

registry.category("main_components").add("service_phone_dock", {Component: PhoneDock});
