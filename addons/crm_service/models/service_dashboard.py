# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import DASHBOARD_DAYS, DASHBOARD_PEOPLE, PHASES

# The figures that are counted over open tickets, and which tickets each one means.
FIGURES = {
    "open": Domain.TRUE,
    "unassigned": Domain("user_id", "=", False),
    "breached": Domain("sla_status", "=", "breached"),
    "at_risk": Domain("sla_status", "=", "at_risk"),
}


class ServiceDashboard(models.AbstractModel):
    """The teams today, in a few numbers, each with the tickets that it counts."""

    _name = "service.dashboard"
    _description = "Service Dashboard"

    @api.model
    @api.readonly
    def get_data(self, team_ids=None):
        """Return what the dashboard shows, of tickets that the caller may see.

        :param list team_ids: ids of `service.team`; none means every ticket
        :return: dict of `today` (in, out), `figures` (open, unassigned, breached,
            at_risk), `phases`, `oldest`, `people`, `days`, `teams`, `team_ids` and
            `domains` (name of a figure → domain of its tickets). Hours are on the
            clock, days are those of the caller's time zone, times are UTC text.
        """
        teams = self._get_teams()
        team_ids = [team["id"] for team in teams if team["id"] in (team_ids or ())]
        scope = Domain("team_id", "in", team_ids) if team_ids else Domain.TRUE
        scope &= Domain("company_id", "in", self.env.companies.ids)
        query = self._get_query(scope)
        groups = self._count_open(query)
        days = self._count_days(query)
        return {
            "today": {"in": days[-1]["in"], "out": days[-1]["out"]},
            "figures": self._get_figures(groups),
            "phases": self._get_phases(groups),
            "people": self._get_people(groups),
            "oldest": self._get_oldest(query),
            "days": days,
            "teams": teams,
            "team_ids": team_ids,
            "domains": self._get_domains(scope),
            "at": fields.Datetime.to_string(fields.Datetime.now()),
        }

    # -- counting -------------------------------------------------------------

    @api.model
    def _get_query(self, domain):
        """Return a query of the tickets in `domain` that the caller may see."""
        # archived tickets are set aside: the lists do not show them either
        return self.env["service.ticket"]._search(domain)

    @api.model
    def _count_open(self, query):
        """Count open tickets, once through them, by what the figures tell apart.

        :return: list of dicts of phase, sla_status, user_id, name and count; the name
            is that of a colleague, who may be of another company
        """
        names = ("phase", "sla_status", "user_id")
        columns = SQL(", ").join(
            SQL("%s AS %s", self._get_column(name, query), SQL.identifier(name))
            for name in names
        )
        groups = SQL(
            "SELECT %s, count(*) AS count FROM %s WHERE %s AND %s IS TRUE "
            "GROUP BY 1, 2, 3",
            columns,
            query.from_clause,
            query.where_clause or SQL("TRUE"),
            self._get_column("is_open", query),
        )
        self.env["res.partner"].flush_model(["name"])
        return self.env.execute_query_dict(
            SQL(
                "SELECT g.*, p.name FROM (%s) g LEFT JOIN res_users u "
                "ON u.id = g.user_id LEFT JOIN res_partner p ON p.id = u.partner_id",
                groups,
            )
        )

    @api.model
    def _get_column(self, name, query):
        """Return a column of tickets in `query`, written to the database before."""
        tickets = self.env["service.ticket"].sudo()  # sudo: some fields are for staff
        return tickets._field_to_sql(query.table, name, query)

    @api.model
    def _get_figures(self, groups):
        """Return how many of the open tickets in `groups` each figure counts."""

        def count(fits):
            return sum(group["count"] for group in groups if fits(group))

        return {
            "open": count(lambda group: True),
            "unassigned": count(lambda group: not group["user_id"]),
            "breached": count(lambda group: group["sla_status"] == "breached"),
            "at_risk": count(lambda group: group["sla_status"] == "at_risk"),
        }

    @api.model
    def _get_phases(self, groups):
        """Return [{phase, label, count}] of the open tickets, in order."""
        labels = dict(
            self.env["service.ticket"]._fields["phase"]._description_selection(self.env)
        )
        counts = {}
        for group in groups:
            counts[group["phase"]] = counts.get(group["phase"], 0) + group["count"]
        return [
            {"phase": phase, "label": labels[phase], "count": counts[phase]}
            for phase, _label in PHASES
            if phase in counts
        ]

    @api.model
    def _get_people(self, groups):
        """Return [{id, name, open, breached}] of who has most open tickets."""
        loads = {}
        for group in groups:
            if group["user_id"]:
                load = loads.setdefault(
                    group["user_id"],
                    {"name": group["name"], "open": 0, "breached": 0},
                )
                load["open"] += group["count"]
                if group["sla_status"] == "breached":
                    load["breached"] += group["count"]
        busiest = sorted(loads, key=lambda key: (-loads[key]["open"], key))
        busiest = busiest[:DASHBOARD_PEOPLE]
        return [{"id": key, **loads[key]} for key in busiest]

    @api.model
    def _get_oldest(self, query):
        """Return the open ticket that was opened first, or False.

        :param query: of the tickets of the dashboard; it is used up
        """
        tickets = self.env["service.ticket"]
        query.add_where(SQL("%s IS TRUE", self._get_column("is_open", query)))
        query.order = self._get_column("opened_at", query)
        query.limit = 1
        names = tickets._determine_fields_to_fetch(["number", "name", "opened_at"])
        ticket = tickets._fetch_query(query, names)
        if not ticket:
            return False
        return {
            "id": ticket.id,
            "number": ticket.number,
            "name": ticket.name,
            "opened_at": fields.Datetime.to_string(ticket.opened_at),
        }

    @api.model
    def _count_days(self, query):
        """Return [{date, in, out}] of the last days, today last."""
        today = self._get_today()
        dates = [today - timedelta(days=back) for back in range(DASHBOARD_DAYS)][::-1]
        midnights = [self._get_midnight(date) for date in dates]
        came = self._get_days_query("opened_at", query, midnights)
        went = self._get_days_query("closed_at", query, midnights)
        rows = self.env.execute_query(SQL("%s UNION ALL %s", came, went))
        counts = {(name, place): count for name, place, count in rows}
        return [
            {
                "date": fields.Date.to_string(date),
                "in": counts.get(("opened_at", place), 0),
                "out": counts.get(("closed_at", place), 0),
            }
            for place, date in enumerate(dates, 1)
        ]

    @api.model
    def _get_days_query(self, name, query, midnights):
        """Return a query of (name, day, tickets whose datetime `name` is on it).

        :param query: of the tickets to count
        :param midnights: when each day begins, in order; the first day is 1
        """
        moment = self._get_column(name, query)
        return SQL(
            "SELECT %s, width_bucket(%s, %s::timestamp[]), count(*) FROM %s "
            "WHERE %s AND %s >= %s GROUP BY 2",
            name,
            moment,
            midnights,
            query.from_clause,
            query.where_clause or SQL("TRUE"),
            moment,
            midnights[0],
        )

    # -- days and teams -------------------------------------------------------

    @api.model
    def _get_timezone(self):
        """Return the caller's time zone."""
        return ZoneInfo(self.env.context.get("tz") or self.env.user.tz or "UTC")

    @api.model
    def _get_today(self):
        """Return the date where the caller is."""
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        return now.astimezone(self._get_timezone()).date()

    @api.model
    def _get_midnight(self, date):
        """Return when `date` begins where the caller is, as naive UTC."""
        midnight = datetime.combine(date, time.min, self._get_timezone())
        return midnight.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _get_teams(self):
        """Return [{id, name}] of the teams that the caller may choose from."""
        teams = self.env["service.team"].search_fetch([], ["name"])
        return [{"id": team.id, "name": team.name} for team in teams]

    @api.model
    def _get_domains(self, scope):
        """Return {figure: domain of its tickets}, as lists for the client."""
        opened = scope & Domain("is_open", "=", True)
        midnight = fields.Datetime.to_string(self._get_midnight(self._get_today()))
        domains = {name: opened & part for name, part in FIGURES.items()}
        domains["scope"] = scope
        domains["in"] = scope & Domain("opened_at", ">=", midnight)
        domains["out"] = scope & Domain("closed_at", ">=", midnight)
        return {name: list(domain) for name, domain in domains.items()}
