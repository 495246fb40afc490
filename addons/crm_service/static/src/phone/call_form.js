import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {_t} from "@web/core/l10n/translation";
import {RecordSelector} from "@web/core/record_selectors/record_selector";
import {useBus, useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";
import {useSetupAction} from "@web/search/action_hook";
import {
    Component,
    onWillStart,
    onWillUnmount,
    onWillUpdateProps,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {CallbackForm} from "./callback_form";
import {formatDay, formatMoment, formatSeconds, useSeconds} from "./phone_clock";

const SEARCH_DELAY_MS = 400;
const NEW_CUSTOMER = ["partner_name", "email", "street", "zip", "city"];
const TICKET = ["name", "description", "serial_number"];

/**
 * All about a caller while it rings, and his ticket in one go, by keys alone.
 *
 * What is typed is kept while the user looks at a ticket and comes back.
 */
export class CallForm extends Component {
    static template = "crm_service.CallForm";
    static components = {CallbackForm, RecordSelector};
    static props = {
        callId: Number,
        draft: {type: Object, optional: true},
        updateActionState: {type: Function, optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.phone = useService("service_phone");
        this.root = useRef("root");
        this.state = useState({
            data: null,
            draft: this.props.draft || this.makeDraft(),
            articles: [],
            made: false,
            isBusy: false,
            isCallback: false,
        });
        useSeconds();
        useSetupAction({getLocalState: () => ({draft: {...this.state.draft}})});
        useBus(this.phone.bus, "change", ({detail}) => this.onChange(detail.id));
        const inFields = {bypassEditableProtection: true};
        useHotkey("control+enter", () => this.save(), inFields);
        this.searchLater = useDebounced(() => this.searchKnowledge(), SEARCH_DELAY_MS);
        onWillStart(() => this.load(this.props.callId));
        onWillUpdateProps(async (next) => {
            if (next.callId !== this.props.callId) {
                this.state.draft = next.draft || this.makeDraft(next.callId);
                this.state.made = false;
                await this.load(next.callId);
            }
        });
        onWillUnmount(() => {
            this.phone.state.shown = false;
        });
        useEffect(
            () => this.focusFirst(),
            () => [this.props.callId, this.isNew, this.state.made]
        );
    }

    makeDraft(callId = this.props.callId) {
        const empty = [...NEW_CUSTOMER, ...TICKET, "phone"].map((name) => [name, ""]);
        return {
            callId,
            isNew: false,
            asset_id: 0,
            type_id: 0,
            priority: "1",
            ...Object.fromEntries(empty),
        };
    }

    // -- data ---------------------------------------------------------------------------

    async load(callId, partnerId) {
        const data = await this.orm.call("service.call", "get_form_data", [[callId]], {
            partner_id: partnerId,
        });
        data.call.readAt = Date.now();
        this.state.data = data;
        this.state.articles = [];
        const {draft} = this.state;
        draft.type_id = draft.type_id || data.types[0]?.id || 0;
        if (!data.assets.some(({id}) => id === draft.asset_id)) {
            draft.asset_id = data.assets.length === 1 ? data.assets[0].id : 0;
        }
        this.phone.state.shown = callId;
        this.env.config.setDisplayName(_t("Call: %s", this.name));
        this.searchKnowledge();
    }

    async onChange(id) {
        if (id === this.props.callId) {
            const card = await this.phone.read(id);
            if (card && this.state.data) {
                this.state.data.call = {...card, note: this.state.data.call.note};
            }
        }
    }

    async searchKnowledge() {
        const {draft, data} = this.state;
        const words = draft.name.trim();
        if (!words) {
            this.state.articles = [];
            return;
        }
        const unit = data.assets.find(({id}) => id === draft.asset_id);
        this.state.articles = await this.orm.silent.call(
            "service.call",
            "search_knowledge",
            [words],
            {product: unit?.product || null}
        );
    }

    // -- what is shown --------------------------------------------------------------------

    get data() {
        return this.state.data;
    }

    get call() {
        return this.state.data.call;
    }

    /** Whether the customer is yet to be made. */
    get isNew() {
        return !this.state.data?.partner || this.state.draft.isNew;
    }

    get title() {
        return this.isNew ? _t("New customer") : _t("Customer");
    }

    get searchLabel() {
        return _t("Customer");
    }

    get searchPlaceholder() {
        return _t("Another customer: search by name, e-mail or number");
    }

    get isRinging() {
        return this.phone.isRinging(this.call);
    }

    get isMine() {
        return this.call.is_mine && this.call.state === "answered";
    }

    get isOver() {
        return ["ended", "missed"].includes(this.call.state);
    }

    get name() {
        return this.data.partner?.name || this.call.phone || _t("Withheld number");
    }

    get stateLabel() {
        const {state, direction, user, is_mine: isMine} = this.call;
        if (state === "ringing") {
            return direction === "in" ? _t("Ringing") : _t("You are calling");
        }
        if (state === "answered") {
            return isMine
                ? _t("In conversation")
                : _t("%s has this call", user || _t("Somebody"));
        }
        if (state === "missed") {
            return direction === "in" ? _t("Missed") : _t("Not reached");
        }
        return _t("Ended");
    }

    get seconds() {
        return formatSeconds(this.phone.getSeconds(this.call));
    }

    get openTickets() {
        return this.data.tickets.filter((ticket) => ticket.is_open);
    }

    get closedTickets() {
        return this.data.tickets.filter((ticket) => !ticket.is_open);
    }

    formatMoment(moment) {
        return formatMoment(moment);
    }

    formatSeconds(seconds) {
        return formatSeconds(seconds);
    }

    describeAsset({site, installed_on: installedOn}) {
        const installed = installedOn && _t("installed %s", formatDay(installedOn));
        return [site, installed].filter(Boolean).join(" · ");
    }

    describeCall(call) {
        const labels = {
            in: {ended: _t("Incoming"), missed: _t("Missed")},
            out: {ended: _t("Outgoing"), missed: _t("Not reached")},
        };
        const label = labels[call.direction][call.state] || _t("Now");
        return [label, call.user].filter(Boolean).join(", ");
    }

    /** Put the cursor where the user begins to type. */
    focusFirst() {
        const first = this.root.el?.querySelector("[data-first]");
        first?.focus({preventScroll: true});
    }

    /** Up and down go through the rows of a card. */
    onRowKey(ev) {
        const step = {ArrowDown: 1, ArrowUp: -1}[ev.key];
        if (step) {
            const card = ev.currentTarget;
            const rows = [...card.querySelectorAll(".o_service_phone_row")];
            const place = rows.indexOf(document.activeElement);
            rows[place + step]?.focus();
            ev.preventDefault();
        }
    }

    // -- who it is ------------------------------------------------------------------------

    async choosePartner(id) {
        if (id) {
            await this.orm.write("service.call", [this.call.id], {partner_id: id});
            this.state.draft.isNew = false;
            await this.load(this.call.id);
            await this.phone.refresh(this.call.id);
        }
    }

    beginNew() {
        this.state.draft.isNew = true;
        this.state.draft.asset_id = 0;
    }

    async keepKnown() {
        this.state.draft.isNew = false;
        await this.load(this.call.id);
    }

    // -- what is done -----------------------------------------------------------------------

    answer() {
        return this.phone.answer(this.call.id);
    }

    end() {
        return this.phone.step(this.call.id, "action_end");
    }

    step(method) {
        return this.phone.step(this.call.id, method);
    }

    callAgain() {
        const values = {partner_id: this.data.partner?.id || undefined};
        if (this.call.ticket) {
            values.ticket_id = this.call.ticket.id;
        }
        return this.phone
            .dial(this.call.phone, values)
            .then((card) => this.phone.open(card.id));
    }

    saveNote() {
        return this.phone.saveNote(this.call.id, this.call.note);
    }

    chooseAsset(id) {
        this.state.draft.asset_id = this.state.draft.asset_id === id ? 0 : id;
        this.searchKnowledge();
    }

    /** What is typed, as the server wants it: nothing that is empty. */
    prepareValues() {
        const {draft, data} = this.state;
        const names = [...TICKET, "phone", "type_id", "priority", "asset_id"];
        const values = {};
        if (this.isNew) {
            names.push(...NEW_CUSTOMER);
        } else {
            values.partner_id = data.partner.id;
        }
        for (const name of names) {
            const value = draft[name];
            if (typeof value === "string" ? value.trim() : value) {
                values[name] = value;
            }
        }
        return values;
    }

    /** Open the ticket, and the customer too if he is new. */
    async save() {
        if (this.state.isBusy || this.state.made) {
            return;
        }
        if (!this.state.draft.name.trim()) {
            this.notification.add(_t("Write in a few words what it is about."), {
                type: "warning",
            });
            this.root.el.querySelector("[name=name]").focus();
            return;
        }
        this.state.isBusy = true;
        try {
            const made = await this.orm.call(
                "service.call",
                "register_ticket",
                [[this.call.id], this.prepareValues()],
                {known_ticket_id: this.call.ticket?.id || false}
            );
            this.state.draft = this.makeDraft();
            this.state.made = made;
            await this.load(this.call.id);
            await this.phone.refresh(this.call.id);
        } finally {
            this.state.isBusy = false;
        }
    }

    another() {
        this.state.made = false;
    }

    openTicket(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "service.ticket",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    /** The call is about a ticket that is there, or is not any more. */
    async bindTicket(ticket) {
        const isBound = this.call.ticket?.id === ticket.id;
        await this.orm.write("service.call", [this.call.id], {
            ticket_id: isBound ? false : ticket.id,
        });
        await this.load(this.call.id);
        await this.phone.refresh(this.call.id);
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openArticle(article) {
        return this.action.doAction({type: "ir.actions.act_url", url: article.url});
    }

    async finishCallback(callback) {
        await this.orm.call("service.callback", "action_done", [
            [callback.id],
            this.call.id,
        ]);
        await this.load(this.call.id);
        await this.phone.reload();
    }

    async onCallbackSaved() {
        this.state.isCallback = false;
        this.notification.add(_t("The call-back is planned."), {type: "success"});
        await this.load(this.call.id);
    }
}
