import {
    deserializeDate,
    deserializeDateTime,
    formatDateTime,
} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {Component, onWillStart, useState} from "@odoo/owl";

/** Everything about one customer: counters, one timeline, units and contacts. */
export class ServiceCustomer extends Component {
    static template = "crm_service.Customer";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({
            page: null,
            kinds: this.props.state?.kinds || [],
            entries: [],
            next: false,
            loading: false,
        });
        // who comes back by the breadcrumbs finds what he had chosen
        useSetupAction({getLocalState: () => ({kinds: [...this.state.kinds]})});
        onWillStart(() => this.load());
    }

    get partnerId() {
        const {context, params} = this.props.action;
        return context.active_id || params?.active_id || false;
    }

    // -- data -----------------------------------------------------------------

    async load() {
        if (!this.partnerId) {
            return;
        }
        const page = await this.orm.call("service.customer", "get_page", [
            this.partnerId,
        ]);
        this.state.page = page;
        this.env.config.setDisplayName(_t("%s at a Glance", page.partner.name));
        const known = new Set(page.sources.map((source) => source.kind));
        this.state.kinds = this.state.kinds.filter((kind) => known.has(kind));
        if (this.state.kinds.length) {
            await this.restart();
        } else {
            this.show(page.timeline);
        }
    }

    show(timeline) {
        this.state.entries = timeline.entries;
        this.state.next = timeline.next;
    }

    fetchTimeline(after = false) {
        return this.orm.call("service.customer", "get_timeline", [
            this.partnerId,
            this.state.kinds,
            after,
        ]);
    }

    async restart() {
        const kinds = this.state.kinds;
        const timeline = await this.fetchTimeline();
        // another filter was chosen while the answer was on its way
        if (kinds === this.state.kinds) {
            this.show(timeline);
        }
    }

    async showOlder() {
        if (this.state.loading) {
            return;
        }
        this.state.loading = true;
        const kinds = this.state.kinds;
        try {
            const older = await this.fetchTimeline(this.state.next);
            if (kinds === this.state.kinds) {
                this.state.entries.push(...older.entries);
                this.state.next = older.next;
            }
        } finally {
            this.state.loading = false;
        }
    }

    async toggleKind(kind) {
        const kinds = new Set(this.state.kinds);
        if (!kind) {
            kinds.clear();
        } else if (!kinds.delete(kind)) {
            kinds.add(kind);
        }
        this.state.kinds = [...kinds];
        await this.restart();
    }

    // -- what is shown --------------------------------------------------------

    get partner() {
        return this.state.page.partner;
    }

    get sourceByKind() {
        return Object.fromEntries(
            this.state.page.sources.map((source) => [source.kind, source])
        );
    }

    get total() {
        return this.state.page.sources.reduce((sum, source) => sum + source.count, 0);
    }

    get isEmpty() {
        return !this.total;
    }

    /** The entries month by month, in the reader's time zone and language. */
    get months() {
        const months = [];
        for (const entry of this.state.entries) {
            const moment = this.moment(entry);
            const key = moment.toFormat("yyyy-MM");
            if (months.at(-1)?.key !== key) {
                const label = moment.toLocaleString({month: "long", year: "numeric"});
                months.push({key, label, entries: []});
            }
            months.at(-1).entries.push(entry);
        }
        return months;
    }

    moment(entry) {
        return entry.at.length > 10
            ? deserializeDateTime(entry.at)
            : deserializeDate(entry.at);
    }

    day(entry) {
        return this.moment(entry).toLocaleString({day: "numeric", month: "short"});
    }

    time(entry) {
        return entry.at.length > 10
            ? this.moment(entry).toLocaleString({hour: "2-digit", minute: "2-digit"})
            : "";
    }

    exactly(entry) {
        return entry.at.length > 10
            ? formatDateTime(this.moment(entry))
            : this.moment(entry).toLocaleString();
    }

    label(entry) {
        return this.sourceByKind[entry.kind].label;
    }

    icon(entry) {
        return this.sourceByKind[entry.kind].icon;
    }

    // -- where it leads ---------------------------------------------------------

    openEntry(entry) {
        return this.openRecord(this.sourceByKind[entry.kind].model, entry.id);
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openSource(source) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: `${source.label} · ${this.partner.name}`,
            res_model: source.model,
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: source.domain,
            context: {default_partner_id: this.partner.id},
        });
    }

    openCustomer(id) {
        return this.action.doAction("crm_service.service_customer_action", {
            additionalContext: {active_id: id, active_model: "res.partner"},
        });
    }

    newTicket() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("New Ticket"),
            res_model: "service.ticket",
            views: [[false, "form"]],
            context: {default_partner_id: this.partner.id},
        });
    }

    async merge(other) {
        const ids = [this.partner.id, other.id];
        await this.action.doAction("base.action_partner_merge", {
            additionalContext: {
                active_model: "res.partner",
                active_ids: ids,
                active_id: ids[0],
            },
            onClose: () => this.afterMerge(ids),
        });
    }

    /** Show the customer that stayed: it may be the other one. */
    async afterMerge(ids) {
        const left = await this.orm.search("res.partner", [["id", "in", ids]], {
            context: {active_test: false},
        });
        if (left.includes(this.partner.id)) {
            await this.load();
        } else {
            await this.action.doAction("crm_service.service_customer_action", {
                additionalContext: {active_id: left[0], active_model: "res.partner"},
                stackPosition: "replaceCurrentAction",
            });
        }
    }
}

registry.category("actions").add("service_customer", ServiceCustomer);
