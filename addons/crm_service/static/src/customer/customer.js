import {Timeline} from "../timeline/timeline";
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
    static components = {Layout, Timeline};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({
            page: null,
            kinds: this.props.state?.kinds || [],
            version: 0,
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
        this.state.version++;
    }

    fetchTimeline(kinds, after) {
        return this.orm.call("service.customer", "get_timeline", [
            this.partnerId,
            kinds,
            after,
        ]);
    }

    keepKinds(kinds) {
        this.state.kinds = kinds;
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

    // -- where it leads ---------------------------------------------------------

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
