import {_t} from "@web/core/l10n/translation";
import {user} from "@web/core/user";
import {useAutofocus, useService} from "@web/core/utils/hooks";
import {Component, onWillStart, useState} from "@odoo/owl";
import {formatMoment, formatSeconds} from "./phone_clock";

const FIELDS = [
    "started_at",
    "direction",
    "state",
    "partner_id",
    "phone",
    "ticket_id",
    "duration",
    "note",
];
const LAST_CALLS = 10;

/** Where a call is taken that no telephone system reports, and the user's last calls. */
export class PhoneDesk extends Component {
    static template = "crm_service.PhoneDesk";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.phone = useService("service_phone");
        this.state = useState({number: "", isBusy: false, calls: []});
        useAutofocus();
        onWillStart(() => this.load());
    }

    async load() {
        const specification = {};
        for (const name of FIELDS) {
            specification[name] = name.endsWith("_id")
                ? {fields: {display_name: {}}}
                : {};
        }
        const mine = [["user_id", "=", user.userId]];
        const options = {specification, limit: LAST_CALLS};
        const found = await this.orm.webSearchRead("service.call", mine, options);
        this.state.calls = found.records;
    }

    async take(number) {
        this.state.isBusy = true;
        try {
            const id = await this.orm.call("service.call", "take_call", [number]);
            await this.phone.refresh(id);
            await this.phone.open(id);
        } finally {
            this.state.isBusy = false;
        }
    }

    async dial() {
        await this.phone.dial(this.state.number);
        this.state.number = "";
    }

    getName(call) {
        return call.partner_id.display_name || call.phone || _t("Withheld number");
    }

    getDirection(call) {
        return call.direction === "in" ? _t("Incoming") : _t("Outgoing");
    }

    getMoment(call) {
        return formatMoment(call.started_at);
    }

    getDuration(call) {
        return formatSeconds(call.duration);
    }

    openList(xmlid, context = {}) {
        return this.action.doAction(xmlid, {additionalContext: context});
    }
}
