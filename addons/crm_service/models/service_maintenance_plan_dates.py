# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ..const import MAINTENANCE_HORIZON_DAYS
from ..tools.maintenance_plan import Facts, get_dates
from ..tools.meter_usage import count_usage

# Days that were decided longer ago cannot come up again.
KNOWN_DAYS = 2 * MAINTENANCE_HORIZON_DAYS


class Row(NamedTuple):
    """A day that is known of a unit, as the database tells it."""

    id: int
    plan_id: int
    asset_id: int
    site_id: int
    slot_on: object
    due_on: object
    state: str
    resolved_at: object

    @property
    def is_free(self):
        """Whether nobody decided anything about it, so that it may go again."""
        return self.state == "planned" and self.slot_on == self.due_on


class ServiceMaintenancePlan(models.Model):
    """Which days plans mean: what is due in the coming year, kept up to date.

    The days are worked out by `tools.maintenance_plan`; what is new is written down,
    what no longer applies goes, and what was decided stays. Thousands of plans take a
    handful of queries.
    """

    _inherit = "service.maintenance.plan"

    def _plan(self):
        """Plan the coming year of these plans anew, in a constant number of queries.

        Two at once do it once: the rows of the plans are written first, so that whoever
        has read before the other one is done fails to serialize and is called again.
        """
        if not self:
            return
        today = fields.Date.context_today(self)
        # sudo: what is due follows from the plan, whoever may write down plans
        plans = self.sudo()
        plans._lock(today)
        stale, wanted = plans._compare(today)
        dues = self.env["service.maintenance.due"].sudo()._with_flow()
        dues.browse(stale).unlink()
        dues.create(wanted)
        plans._update_next()

    def _lock(self, today):
        """Write the rows of these plans, whatever is written there already."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE service_maintenance_plan SET planned_on = %s WHERE id IN %s",
                today,
                tuple(sorted(self.ids)),
            )
        )
        self.invalidate_recordset(["planned_on"])

    def _compare(self, today):
        """Return (ids of days that no longer apply, values of days that are new)."""
        rows, units = self._get_rows(today), self._get_units()
        usages = self._get_usages(units)
        stale, wanted = [], []
        for plan in self:
            rhythm, last_day = plan._get_rhythm(), plan._get_last_day()
            horizon = today + timedelta(days=MAINTENANCE_HORIZON_DAYS)
            known = rows.get(plan.id, {})
            pairs = units.get(plan.id, ())
            for pair in pairs:
                own = known.pop(pair, ())
                facts = _get_facts(own, last_day, usages.get((plan.id, pair)))
                start = max(today, plan.date_start)
                days = set(get_dates(rhythm, start, horizon, facts))
                free = {row.slot_on for row in own if row.is_free}
                stale += [r.id for r in own if r.is_free and r.slot_on not in days]
                wanted += [
                    plan._prepare_due_vals(pair, day) for day in sorted(days - free)
                ]
            # units that are no longer maintained by this plan
            stale += [r.id for own in known.values() for r in own if r.is_free]
        return stale, wanted

    def _prepare_due_vals(self, pair, day):
        """Return the values of a day on which a unit or a site is due."""
        asset_id, site_id = pair
        return {
            "plan_id": self.id,
            "asset_id": asset_id or False,
            "site_id": site_id or False,
            "slot_on": day,
            "due_on": day,
        }

    # -- what is known ----------------------------------------------------------

    def _get_units(self):
        """Return what each of these plans maintains.

        Hook: extend the dict for plans whose units are found in another way.

        :return: {id of the plan: list of (asset id, site id)}, 0 for none; nothing for
            plans that are archived
        """
        result = {}
        for plan in self.filtered("active"):
            assets = plan.asset_ids.filtered(lambda a: a._needs_maintenance())
            result[plan.id] = [(asset.id, 0) for asset in assets]
        return result

    def _get_last_day(self):
        """Return the day after which nothing is due by this plan, or none.

        Hook: a contract that ends, ends its maintenance too.
        """
        return self.date_end or None

    def _get_rows(self, today):
        """Return the days that are known: {plan: {(asset, site): list of `Row`}}."""
        self.env["service.maintenance.due"].flush_model()
        self.env["service.ticket"].flush_model(["resolved_at", "merged_into_id"])
        result = defaultdict(lambda: defaultdict(list))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id, d.plan_id, COALESCE(d.asset_id, 0),
                       COALESCE(d.site_id, 0), d.slot_on, d.due_on, d.state,
                       COALESCE(m.resolved_at, t.resolved_at)
                  FROM service_maintenance_due d
             LEFT JOIN service_ticket t ON t.id = d.ticket_id
             LEFT JOIN service_ticket m ON m.id = t.merged_into_id
                 WHERE d.plan_id IN %s AND (
                       d.state = 'planned' OR d.due_on >= %s OR d.plan_id IN %s)
              ORDER BY d.due_on, d.id
                """,
                tuple(self.ids),
                today - timedelta(days=KNOWN_DAYS),
                # those that are counted from the last one, however long ago
                tuple(self.filtered("is_counted_on").ids) or (0,),
            )
        )
        for row in map(Row._make, rows):
            result[row.plan_id][row.asset_id, row.site_id].append(row)
        return result

    def _get_usages(self, units):
        """Return how much the units are used: {(plan, (asset, site)): `Usage`}."""
        plans = self.filtered(lambda plan: plan.unit == "usage")
        ids = {asset for plan in plans for asset, _site in units.get(plan.id, ())}
        if not ids:
            return {}
        groups = defaultdict(list)
        readings = self.env["service.asset.reading"].search_fetch(
            [("asset_id", "in", list(ids)), ("meter_id", "in", plans.meter_id.ids)],
            ["asset_id", "meter_id", "read_at", "total"],
            order="read_at, id",
        )
        for reading in readings:
            key = reading.asset_id.id, reading.meter_id.id
            groups[key].append((fields.Date.to_date(reading.read_at), reading.total))
        usages = {key: count_usage(values) for key, values in groups.items()}
        return {
            (plan.id, pair): usages.get((pair[0], plan.meter_id.id))
            for plan in plans
            for pair in units.get(plan.id, ())
        }

    def _update_next(self):
        """Write down on each plan when the next unit is due."""
        groups = self.env["service.maintenance.due"]._read_group(
            [("plan_id", "in", self.ids), ("state", "=", "planned")],
            ["plan_id"],
            ["due_on:min"],
        )
        days = {plan.id: day for plan, day in groups}
        for plan in self:
            if plan.next_on != (day := days.get(plan.id, False)):
                plan.next_on = day


def _get_facts(rows, last_day, usage):
    """Return the `Facts` of a unit, from the days that are known of it in order."""
    decided = [row for row in rows if not row.is_free]
    taken = {row.slot_on for row in decided} | {row.due_on for row in decided}
    last_on = None
    if decided:
        last = decided[-1]
        last_on = last.resolved_at.date() if last.resolved_at else last.due_on
    waiting = [row.slot_on for row in rows if row.is_free]
    return Facts(
        taken=frozenset(taken),
        last_on=last_on,
        waiting_on=min(waiting, default=None),
        last_day=last_day,
        usage=usage,
    )
