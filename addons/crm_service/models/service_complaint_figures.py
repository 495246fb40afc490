# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import PARETO_BARS, REPORT_ACTIONS, REPORT_UNITS
from ..tools import pareto, periods

# What is counted in words: field of the report → title.
TABLES = ("complaint_about", "severity", "channel", "outcome")


class ServiceComplaintFigures(models.AbstractModel):
    """What a report on complaints counts: of those only that the caller may see.

    Each figure is asked for of one period, by index, whatever came before it.
    """

    _name = "service.complaint.figures"
    _description = "Figures on Complaints"

    @api.model
    def _get_figures(self, company, start, stop, scope=Domain.TRUE):
        """Return what there is to say about the complaints of a period.

        :param company: a `res.company`
        :param start: the first day
        :param stop: the last day
        :param scope: a domain of `service.complaint.report` that narrows it down
        :return: dict of plain values and records that the caller may see
        """
        scope &= Domain("company_id", "=", company.id)
        domain = scope & self._get_period("opened_at", start, stop)
        earlier = scope & self._get_period("opened_at", *periods.before(start, stop))
        totals = self._get_totals(domain)
        return {
            "totals": totals.pop(None),
            "severities": totals,
            "earlier": self._get_totals(earlier).pop(None),
            "ended": self._count(scope & self._get_period("closed_at", start, stop)),
            "trend": self._get_trend(scope, start, stop),
            "causes": self._get_pareto(domain, "cause_ids"),
            "products": self._get_pareto(domain, "product_id"),
            "tables": {name: self._get_table(domain, name) for name in TABLES},
            "units": self._get_repeated(domain, "asset_id"),
            "batches": self._get_repeated(domain, "batch_id"),
            "remedies": self._get_remedies(domain),
            "actions": self._get_actions(company, scope),
            "action_counts": self._count_actions(company, start, stop),
        }

    # -- periods --------------------------------------------------------------

    @api.model
    def _get_zone(self):
        """Return the time zone in which days are counted: the caller's."""
        return ZoneInfo(self.env.user.tz or "UTC")

    @api.model
    def _get_moment(self, day):
        """Return the moment at which `day` begins for the caller, in UTC, naive."""
        local = datetime.combine(day, time(), tzinfo=self._get_zone())
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _get_period(self, name, start, stop):
        """Return the domain of what has the date `name` from `start` to `stop`."""
        begin = self._get_moment(start)
        end = self._get_moment(stop + timedelta(days=1))
        return Domain(name, ">=", begin) & Domain(name, "<", end)

    # -- counting -------------------------------------------------------------

    @api.model
    def _get_report(self):
        return self.env["service.complaint.report"]

    @api.model
    def _count(self, domain):
        return self._get_report().search_count(domain)

    @api.model
    def _select(self, domain, columns, group_by):
        """Return rows of `columns` over the complaints in `domain`.

        :param dict columns: {name: function of the query that gives its SQL}
        :param group_by: such a function
        """
        query = self._get_report()._search(domain)
        terms = SQL(", ").join(
            SQL("%s AS %s", term(query), SQL.identifier(name))
            for name, term in columns.items()
        )
        return self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM %s WHERE %s GROUP BY %s",
                terms,
                query.from_clause,
                query.where_clause or SQL("TRUE"),
                group_by(query),
            )
        )

    @api.model
    def _column(self, name, pattern="%s", *values):
        """Return a function that gives the SQL of a column for a query.

        :param name: a field of the report, which is put first into `pattern`
        :param values: what else is put into `pattern`
        """
        report = self._get_report()
        return lambda query: SQL(
            pattern, report._field_to_sql(query.table, name, query), *values
        )

    @api.model
    def _get_totals(self, domain):
        """Return {severity: figures}, and those of all under None, in one query.

        Times are hours on the clock: the median, and what nine of ten stayed below.
        """
        quantiles = "percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %s)"
        column = self._column
        columns = {
            "severity": column("severity"),
            "is_all": column("severity", "GROUPING(%s)"),
            "count": column("id", "COUNT(%s)"),
            "open": column("is_open", "COUNT(*) FILTER (WHERE %s IS TRUE)"),
            "safety": column("safety_risk", "COUNT(*) FILTER (WHERE %s IS TRUE)"),
            "recourse": column("recourse_level", "COUNT(%s)"),
            "acknowledged": column("hours_to_acknowledge", "COUNT(%s)"),
            "acknowledge": column("hours_to_acknowledge", quantiles),
            "answered": column("hours_to_answer", "COUNT(%s)"),
            "answer": column("hours_to_answer", quantiles),
            "granted": column("granted_amount", "COALESCE(SUM(%s), 0)"),
            "caused": column("cause_count", "COUNT(*) FILTER (WHERE %s > 0)"),
        }
        for name in ("acknowledgement", "answer"):
            for state in ("reached", "missed"):
                columns[f"{name}_{state}"] = column(
                    f"{name}_state", "COUNT(*) FILTER (WHERE %s = %s)", state
                )
        rows = self._select(
            domain, columns, column("severity", "GROUPING SETS ((), (%s))")
        )
        return {None if row["is_all"] else row["severity"] or "": row for row in rows}

    @api.model
    def _get_trend(self, scope, start, stop):
        """Return what came, what ended and what was open at the end of each span.

        :return: dict of `unit` (day, week, month) and `rows`: dicts of first, last,
            received, safety, ended and open
        """
        unit, spans = periods.cut(start, stop)
        came = self._count_days(scope, "opened_at", start, stop)
        ended = self._count_days(scope, "closed_at", start, stop)
        still_open = self._count_open_at(scope, start)
        rows = []
        for first, last in spans:
            days = [d for d in came.keys() | ended.keys() if first <= d <= last]
            received = sum(came.get(day, (0, 0))[0] for day in days)
            safety = sum(came.get(day, (0, 0))[1] for day in days)
            gone = sum(ended.get(day, (0, 0))[0] for day in days)
            still_open += received - gone
            rows.append(
                {
                    "first": first,
                    "last": last,
                    "received": received,
                    "safety": safety,
                    "ended": gone,
                    "open": still_open,
                }
            )
        return {"unit": unit, "rows": rows}

    @api.model
    def _count_days(self, scope, name, start, stop):
        """Return {day: (complaints, with a safety risk)} by their date `name`."""
        local = "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date"
        day = self._column(name, local, self._get_zone().key)
        columns = {
            "day": day,
            "count": self._column("id", "COUNT(%s)"),
            "safety": self._column("safety_risk", "COUNT(*) FILTER (WHERE %s IS TRUE)"),
        }
        domain = scope & self._get_period(name, start, stop)
        rows = self._select(domain, columns, lambda _query: SQL("1"))
        return {row["day"]: (row["count"], row["safety"]) for row in rows}

    @api.model
    def _count_open_at(self, scope, day):
        """Return how many complaints were open when `day` began.

        Counted from those that are open now and those that ended since, so that what
        ended long ago costs nothing.
        """
        moment = self._get_moment(day)
        before = scope & Domain("opened_at", "<", moment)
        return self._count(before & Domain("is_open", "=", True)) + self._count(
            before & Domain("is_open", "=", False) & Domain("closed_at", ">=", moment)
        )

    @api.model
    def _get_pareto(self, domain, name):
        """Return the ranking of the field `name`: dict of bars, vital and missing."""
        groups = self._get_report()._read_group(domain, [name], ["__count"])
        missing = sum(count for value, count in groups if not value)
        counts = {}
        for value, count in groups:
            if value:
                # sudo: only what it is called
                label = value.sudo().display_name
                counts[label] = counts.get(label, 0) + count
        others = self.env._("{count} others")
        bars = pareto.rank(counts, PARETO_BARS, others)
        return {
            "bars": bars,
            "vital": pareto.count_vital(bars),
            "kinds": len(counts),
            "missing": missing,
        }

    @api.model
    def _get_table(self, domain, name):
        """Return [(label, complaints, share)] of the selection field `name`."""
        report = self._get_report()
        labels = dict(report._fields[name]._description_selection(self.env))
        groups = dict(report._read_group(domain, [name], ["__count"]))
        total = sum(groups.values())
        nothing = self.env._("Not said")
        keys = [key for key in (*labels, False) if key in groups]
        return [
            (labels.get(key, nothing), groups[key], groups[key] / total) for key in keys
        ]

    @api.model
    def _get_repeated(self, domain, name):
        """Return [(what it is called, complaints)] of what was complained of again."""
        groups = self._get_report()._read_group(
            domain & Domain(name, "!=", False),
            [name],
            ["__count"],
            having=[("__count", ">", 1)],
            order="__count DESC",
            limit=REPORT_UNITS,
        )
        # sudo: only what it is called
        return [(record.sudo().display_name, count) for record, count in groups]

    # -- remedies and actions ---------------------------------------------------

    @api.model
    def _get_remedies(self, domain):
        """Return a row for each kind of remedy: how often, and the money granted.

        :return: list of dicts of label, sought, granted, refused and money, which is
            a list of (currency, amount)
        """
        remedies = self.env["service.remedy"]
        labels = dict(remedies._fields["kind"]._description_selection(self.env))
        # the ids first: together, PostgreSQL reads all tickets there ever were
        ids = self._get_report()._search(domain).get_result_ids()
        groups = remedies._read_group(
            Domain("ticket_id", "in", ids),
            ["kind", "state", "currency_id"],
            ["__count", "amount:sum"],
        )
        rows = []
        for kind, label in labels.items():
            mine = [group for group in groups if group[0] == kind]
            money = {}
            for _kind, state, currency, _count, amount in mine:
                if state in ("granted", "done") and amount:
                    money[currency] = money.get(currency, 0) + amount
            if mine:
                rows.append(
                    {
                        "label": label,
                        "sought": sum(group[3] for group in mine),
                        "granted": sum(
                            g[3] for g in mine if g[1] in ("granted", "done")
                        ),
                        "refused": sum(g[3] for g in mine if g[1] == "refused"),
                        "money": list(money.items()),
                    }
                )
        return rows

    @api.model
    def _get_actions(self, company, scope):
        """Return the open corrective actions, the most urgent first."""
        domain = Domain("company_id", "=", company.id) & Domain(
            "state", "in", ("open", "done")
        )
        if len(list(scope.iter_conditions())) > 1:
            query = self._get_report()._search(scope)
            domain &= Domain("ticket_ids", "in", query)
        actions = self.env["service.corrective.action"]
        found = actions.search(domain, limit=REPORT_ACTIONS)
        return {"rows": found, "count": actions.search_count(domain)}

    @api.model
    def _count_actions(self, company, start, stop):
        """Return how many actions were begun, were effective and were not."""
        actions = self.env["service.corrective.action"]
        mine = Domain("company_id", "=", company.id)
        checked = mine & self._get_period("checked_at", start, stop)
        begun = mine & self._get_period("create_date", start, stop)
        return {
            "begun": actions.search_count(begun),
            "effective": actions.search_count(
                checked & Domain("check_result", "=", "effective")
            ),
            "ineffective": actions.search_count(
                checked & Domain("check_result", "=", "ineffective")
            ),
        }
