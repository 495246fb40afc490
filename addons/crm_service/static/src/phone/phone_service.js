import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {EventBus, reactive} from "@odoo/owl";

const FORM = "crm_service.service_phone_action";
// As long as on the server: nobody answers any more after that.
const RING_MS = 180_000;

/**
 * The calls that ring at the user, those that he has, and the call-backs that are due.
 *
 * The bus tells ids only; what is shown is read with the rights of the user.
 */
class Phone {
    constructor(env, services) {
        this.env = env;
        this.services = services;
        this.bus = new EventBus();
        // What the bus told last of a call: what is read meanwhile may be older.
        this.told = new Map();
        this.saving = undefined;
        this.state = reactive({enabled: false, calls: [], callbacks: [], shown: false});
    }

    get orm() {
        return this.services.orm.silent;
    }

    async load() {
        const found = await this.orm.call("service.call", "get_my_calls", []);
        this.state.enabled = Boolean(found);
        if (found) {
            this.state.calls = found.calls.map((card) => this.withMoment(card));
            this.state.callbacks = found.callbacks;
            this.count();
        }
    }

    /** Load again what may have been missed while the connection was down. */
    reload() {
        return this.load().catch(() => undefined);
    }

    // -- what the bus tells -----------------------------------------------------------

    async onRing({id, state}) {
        this.told.set(id, state);
        const card = await this.read(id);
        if (card && this.isAlive(card) && this.told.get(id) === "ringing") {
            this.show(card);
            this.alert(card);
        }
    }

    async onChange({id, state, user_id: userId}) {
        this.told.set(id, state);
        const before = this.state.calls.find((card) => card.id === id);
        const isMine = userId === user.userId;
        if (isMine && (state === "answered" || state === "ringing")) {
            const card = await this.read(id);
            if (card && this.told.get(id) === state) {
                this.show(card);
            }
        } else {
            this.hide(id);
            this.tellGone(before, state, isMine);
        }
        this.bus.trigger("change", {id});
    }

    tellGone(card, state, isMine) {
        if (card && state === "missed" && card.direction === "in" && !isMine) {
            this.services.notification.add(this.getName(card), {
                title: _t("Missed call"),
                type: "warning",
            });
        }
    }

    async read(id) {
        const cards = await this.orm.call("service.call", "get_cards", [[id]]);
        return cards.length ? this.withMoment(cards[0]) : undefined;
    }

    /** Note when a card was read: its seconds count from then. */
    withMoment(card) {
        return {...card, readAt: Date.now()};
    }

    isAlive(card) {
        return card.state === "ringing" || card.state === "answered";
    }

    show(card) {
        const others = this.state.calls.filter(({id}) => id !== card.id);
        this.state.calls = [...others, card].sort((a, b) => a.id - b.id);
        this.count();
    }

    hide(id) {
        this.state.calls = this.state.calls.filter((card) => card.id !== id);
        this.count();
    }

    /** Drop what rings no more, and of which nobody told it. */
    dropSilent() {
        for (const card of this.state.calls) {
            if (this.isRinging(card) && this.getSeconds(card) * 1000 > RING_MS) {
                this.hide(card.id);
            }
        }
    }

    count() {
        const ringing = this.state.calls.filter((card) => this.isRinging(card));
        this.services.title.setCounters({service_phone: ringing.length});
    }

    async alert(card) {
        if (document.hidden && (await this.services.multi_tab.isOnMainTab())) {
            this.services["mail.out_of_focus"].sendNotification({
                title: _t("%s is calling", this.getName(card)),
                message: card.phone,
                type: "info",
            });
        }
    }

    // -- of a card ---------------------------------------------------------------------

    getName(card) {
        return card.partner?.name || card.phone || _t("Withheld number");
    }

    isRinging(card) {
        return card.direction === "in" && card.state === "ringing";
    }

    /** Seconds that it rings, or that they talk. */
    getSeconds(card) {
        const passed = Math.round((Date.now() - card.readAt) / 1000);
        if (card.state === "ringing") {
            return card.waited + passed;
        }
        return card.talked + (card.state === "answered" ? passed : 0);
    }

    // -- what the user does ------------------------------------------------------------

    async answer(id) {
        try {
            await this.services.orm.call("service.call", "action_answer", [[id]]);
        } catch (error) {
            await this.reload();
            throw error;
        }
        await this.refresh(id);
        return this.open(id);
    }

    /** Do what ends or changes a call: action_end, action_reached, action_not_reached. */
    async step(id, method) {
        // a note that is being typed is saved when its field is left
        document.activeElement?.blur();
        await this.saving;
        await this.services.orm.call("service.call", method, [[id]]);
        await this.refresh(id);
    }

    /** Read a call again, here and wherever it is shown. */
    async refresh(id) {
        const card = await this.read(id);
        if (card && card.is_mine && this.isAlive(card)) {
            this.show(card);
        } else {
            this.hide(id);
        }
        this.bus.trigger("change", {id});
    }

    saveNote(id, note) {
        this.saving = this.services.orm.write("service.call", [id], {note});
        return this.saving;
    }

    async dial(phone, values = {}) {
        const card = await this.services.orm.call(
            "service.call",
            "dial",
            [phone],
            values
        );
        this.started(card);
        return card;
    }

    /** Show a call that was just begun, and have the computer dial it. */
    started(card) {
        this.show(this.withMoment(card));
        if (card.dial_url) {
            const link = document.createElement("a");
            link.href = card.dial_url;
            link.click();
        }
    }

    async callBack(id) {
        const action = await this.services.orm.call("service.callback", "action_call", [
            [id],
        ]);
        this.started(action.params.card);
        await this.reload();
    }

    async postpone(id, minutes) {
        await this.services.orm.call("service.callback", "action_postpone", [
            [id],
            minutes,
        ]);
        await this.reload();
    }

    /** Open the call form; from one form to the next, the first is left behind. */
    open(id) {
        const options = {props: {resId: id}};
        if (this.state.shown) {
            options.stackPosition = "replaceCurrentAction";
        }
        return this.services.action.doAction(FORM, options);
    }
}

export const phoneService = {
    dependencies: [
        "action",
        "bus_service",
        "mail.out_of_focus",
        "multi_tab",
        "notification",
        "orm",
        "title",
    ],
    start(env, services) {
        const phone = new Phone(env, services);
        const bus = services.bus_service;
        bus.subscribe("service_call_ring", (payload) => phone.onRing(payload));
        bus.subscribe("service_call_change", (payload) => phone.onChange(payload));
        bus.subscribe("service_callback_due", () => phone.reload());
        bus.addEventListener("BUS:RECONNECT", () => phone.reload());
        // after the page is there: nobody waits for it
        browser.setTimeout(() => phone.reload());
        return phone;
    },
};

registry.category("services").add("service_phone", phoneService);

// What buttons of lists and forms answer.
registry.category("actions").add("service_phone_dial", (env, action) => {
    env.services.service_phone.started(action.params.card);
    return {type: "ir.actions.client", tag: "soft_reload"};
});
registry
    .category("actions")
    .add("service_phone_open", (env, action) =>
        env.services.service_phone.open(action.params.call_id)
    );
