import {browser} from "@web/core/browser/browser";
import {deserializeDate, deserializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {Component, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {DaysChart} from "./days_chart";

const REFRESH_MS = 30_000;

/** The teams today: what came in, what went out, what presses, who has how much. */
export class ServiceDashboard extends Component {
    static template = "crm_service.Dashboard";
    static components = {Layout, DaysChart};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({data: null, teamIds: this.restoreTeams()});
        onWillStart(() => this.load());
        const timer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    // -- data -----------------------------------------------------------------

    async load() {
        this.state.data = await this.orm.silent.call("service.dashboard", "get_data", [
            this.state.teamIds,
        ]);
    }

    /** Look again, unless nobody looks at the page or the server is away. */
    async refresh() {
        if (!document.hidden) {
            await this.load().catch(() => {});
        }
    }

    get storageKey() {
        return `service_dashboard.teams.${user.userId}`;
    }

    restoreTeams() {
        try {
            return JSON.parse(browser.localStorage.getItem(this.storageKey)) || [];
        } catch {
            return [];
        }
    }

    async toggleTeam(id) {
        const chosen = new Set(this.state.data.team_ids);
        if (!id) {
            chosen.clear();
        } else if (!chosen.delete(id)) {
            chosen.add(id);
        }
        this.state.teamIds = [...chosen];
        browser.localStorage.setItem(
            this.storageKey,
            JSON.stringify(this.state.teamIds)
        );
        await this.load();
    }

    // -- what is shown --------------------------------------------------------

    get data() {
        return this.state.data;
    }

    get isEmpty() {
        const {figures, days} = this.data;
        return !figures.open && days.every((day) => !day.in && !day.out);
    }

    get tiles() {
        const {figures, today} = this.data;
        return [
            {name: "in", label: _t("In today"), count: today.in},
            {name: "out", label: _t("Out today"), count: today.out, tone: "success"},
            {name: "open", label: _t("Open"), count: figures.open},
            {
                name: "unassigned",
                label: _t("Unassigned"),
                count: figures.unassigned,
                tone: figures.unassigned && "warning",
            },
            {
                name: "at_risk",
                label: _t("At risk"),
                count: figures.at_risk,
                tone: figures.at_risk && "warning",
            },
            {
                name: "breached",
                label: _t("Breached"),
                count: figures.breached,
                tone: figures.breached && "danger",
            },
        ];
    }

    get phases() {
        return this.withWidth(this.data.phases, "count");
    }

    get people() {
        return this.withWidth(this.data.people, "open");
    }

    /** Add to each row how wide its bar is, against the longest. */
    withWidth(rows, name) {
        const most = Math.max(1, ...rows.map((row) => row[name]));
        return rows.map((row) => ({
            ...row,
            width: Math.round((100 * row[name]) / most),
        }));
    }

    get oldestAge() {
        return deserializeDateTime(this.data.oldest.opened_at).toRelative();
    }

    get updatedAt() {
        return deserializeDateTime(this.data.at).toLocaleString({
            hour: "2-digit",
            minute: "2-digit",
        });
    }

    // -- the lists behind it --------------------------------------------------

    openFigure(name, label) {
        this.openList(label, this.data.domains[name]);
    }

    openPhase(row) {
        this.openList(row.label, [
            ...this.data.domains.open,
            ["phase", "=", row.phase],
        ]);
    }

    openPerson(row) {
        this.openList(row.name, [...this.data.domains.open, ["user_id", "=", row.id]]);
    }

    /** Open the tickets that came in or went out on one day. */
    openDay(day, direction) {
        const name = direction === "in" ? "opened_at" : "closed_at";
        const start = deserializeDate(day.date);
        const format = (moment) => moment.toUTC().toFormat("yyyy-MM-dd HH:mm:ss");
        const label = `${direction === "in" ? _t("In") : _t("Out")} ${start.toLocaleString()}`;
        this.openList(label, [
            ...this.data.domains.scope,
            [name, ">=", format(start)],
            [name, "<", format(start.plus({days: 1}))],
        ]);
    }

    openList(name, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "service.ticket",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain,
        });
    }

    openOldest() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "service.ticket",
            res_id: this.data.oldest.id,
            views: [[false, "form"]],
        });
    }

    openNew() {
        return this.action.doAction("crm_service.service_ticket_action", {
            viewType: "form",
        });
    }

    openTeams() {
        return this.action.doAction("crm_service.service_team_action");
    }
}

registry.category("actions").add("service_dashboard", ServiceDashboard);
