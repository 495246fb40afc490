# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models

from ..const import SLA_BATCH_SIZE, SLA_HORIZON_YEARS, SLA_OPEN_STATES
from ..tools.sla_clock import SlaClock
from .service_sla_policy_match import Level

SECOND = timedelta(seconds=1)


class ServiceSla(models.Model):
    """How the clocks are counted.

    A clock is counted anew from its start, by the ticket's spans on hold and the
    working hours that apply now, whenever anything changes: what was worked keeps
    counting, and a holiday that is entered late does not. A ticket that is handed to
    a team with other hours is counted as if that team had had it from the start.
    """

    _inherit = "service.sla"

    @api.model
    def _prepare_count_vals(self, ticket, rule, values, fired=()):
        """Return what a clock shows, counted until now.

        :param ticket: its `service.ticket`
        :param rule: the `Rule` of its policy
        :param dict values: kind, target_seconds, started_at, reached_at, calendar_id
        :param fired: ids of the levels that were fired; 0 is the warning
        :return: dict of values to write
        """
        now = fields.Datetime.now()
        until = values["reached_at"] or now
        levels = [level for level in _get_levels(rule, values) if level.id not in fired]
        target = values["target_seconds"]
        dues = [level.get_due_seconds(target) for level in levels]
        clock = self._get_clock(ticket, values, max([target, *dues]))
        deadline = clock.deadline
        is_late = bool(deadline and until > deadline)
        elapsed = round(clock.elapsed(until))
        overdue = round(clock.overdue(until)) if is_late else 0
        vals = {
            "state": "paused" if ticket._is_sla_held() else "running",
            "deadline": deadline or False,
            "counted_at": until,
            "elapsed_seconds": elapsed,
            "elapsed_hours": elapsed / 3600,
            "held_seconds": round(clock.held(until)),
            "overdue_seconds": overdue,
            "overdue_hours": overdue / 3600,
            "is_breached": is_late,
            "kept_percent": 0.0 if is_late else 100.0,
            "is_at_risk": False,
            "next_action_at": False,
        }
        if values["reached_at"]:
            vals["state"] = "missed" if is_late else "reached"
            return vals
        warn_at = round(target * rule.warning_percent / 100)
        vals["is_at_risk"] = 0 < warn_at <= elapsed
        if vals["state"] == "running":
            moments = [clock.moment_of(due) for due in dues]
            if deadline and not is_late:
                moments.append(deadline + SECOND)
            vals["next_action_at"] = min(filter(None, moments), default=False)
        return vals

    @api.model
    def _get_clock(self, ticket, values, needed):
        """Return the `SlaClock` of a ticket's promise.

        :param dict values: see `_prepare_count_vals`
        :param int needed: working seconds whose moment must be told, if it comes
            within some years
        """
        calendar = self.env["resource.calendar"].browse(values["calendar_id"] or ())
        start = values["started_at"]
        holds = ticket._get_sla_holds(values["reached_at"])
        first, last = start.year, max(start.year, fields.Datetime.now().year) + 1
        for last_year in range(last, last + SLA_HORIZON_YEARS):
            time = calendar._get_working_time(ticket.company_id, first, last_year)
            clock = SlaClock(time, start, values["target_seconds"], holds)
            if clock.is_held or clock.moment_of(needed):
                break
        return clock

    # -- counting anew --------------------------------------------------------

    @api.model
    def _recount_open(self, domain):
        """Count anew the open clocks of `domain`: many of them by the job."""
        slas = self.search(domain & self._get_open_domain(), order="id")
        if len(slas) > SLA_BATCH_SIZE:
            slas._leave_to_job()
            return
        slas._recount()
        slas._schedule_job(slas.mapped("next_action_at"))
        self.env.flush_all()
        self.env.invalidate_all()

    def _leave_to_job(self):
        """Have the job count these clocks anew; those on hold are when they go on."""
        now = fields.Datetime.now()
        self.filtered(lambda sla: sla.state == "running").write({"next_action_at": now})
        self._call_job(now)

    @api.model
    def _get_open_domain(self):
        """Return the domain of clocks that are still counting."""
        return fields.Domain("state", "in", SLA_OPEN_STATES)

    def _recount(self):
        """Count these clocks anew."""
        rules = self.env["service.sla.policy"]._get_rules()
        fired = self._get_fired()
        for sla in self:
            vals = self._prepare_count_vals(
                sla.ticket_id,
                rules[sla.policy_id.id],
                sla._prepare_values(),
                fired.get(sla.id, ()),
            )
            sla._write_changes(vals)

    def _prepare_values(self):
        """Return what this clock is counted from."""
        return {
            "kind": self.kind,
            "target_seconds": self.target_seconds,
            "started_at": self.started_at,
            "reached_at": self.reached_at,
            "calendar_id": self.calendar_id.id,
        }

    def _write_changes(self, vals):
        """Write those of `vals` that differ."""
        changes = {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changes.keys() - {"counted_at"}:
            self.write(changes)

    def _get_fired(self):
        """Return {clock id: ids of the levels that were fired}; 0 is the warning."""
        result = {}
        if not self:
            return result
        events = self.env["service.escalation.event"].search_fetch(
            [("sla_id", "in", self.ids)], ["sla_id", "escalation_id"]
        )
        for event in events:
            result.setdefault(event.sla_id.id, set()).add(event.escalation_id.id or 0)
        return result

    @api.model
    def _get_by_kind(self, tickets):
        """Return {(ticket id, kind): clock} of the present clocks of `tickets`.

        An answer that was given in time or late leaves room for the next one, so of
        the next responses only the open one is told.
        """
        if not tickets:
            return {}
        domain = [
            ("ticket_id", "in", tickets.ids),
            "|",
            ("kind", "!=", "next_response"),
            ("state", "in", SLA_OPEN_STATES),
        ]
        clocks = self.search(domain)
        return {(clock.ticket_id.id, clock.kind): clock for clock in clocks}

    def _stop(self, moment):
        """Note that these promises were kept, or missed, at `moment`."""
        rules = self.env["service.sla.policy"]._get_rules()
        for sla in self:
            values = {**sla._prepare_values(), "reached_at": moment}
            rule = rules[sla.policy_id.id]
            vals = self._prepare_count_vals(sla.ticket_id, rule, values)
            sla.write({**vals, "reached_at": moment})


def _get_levels(rule, values):
    """Return the levels of a clock, with the warning as one of them."""
    levels = list(rule.levels.get(values["kind"], ()))
    if rule.warning_percent:
        levels.append(Level(0, rule.warning_percent, 0))
    return levels
