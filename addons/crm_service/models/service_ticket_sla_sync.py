# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..const import DONE_PHASES, SLA_BATCH_SIZE, SLA_KINDS, SLA_OPEN_STATES

# What decides on the promise, or on whether and how its clocks run.
SLA_FIELDS = {
    "active",
    "company_id",
    "opened_at",
    "parent_id",
    "partner_id",
    "partner_email",
    "partner_name",
    "partner_phone",
    "priority",
    "process_id",
    "product_id",
    "asset_id",
    "team_id",
    "type_id",
}
STAGE_FIELDS = {"stage_id", "phase"}
# What decides on whether the parts of a ticket wait with it.
WAITING_FIELDS = STAGE_FIELDS | {"active", "customer_waiting_since"}


class ServiceTicket(models.Model):
    """Brings the promises of tickets in step with what happens to them."""

    _inherit = "service.ticket"

    def _start(self, wanted):
        """Override to start the clocks of new tickets."""
        result = super()._start(wanted)
        self._sync_sla(is_new=True)
        return result

    def write(self, vals):
        """Override to choose the promises anew and to hold or stop their clocks."""
        names = set(vals)
        if self._is_flow():
            is_moving = STAGE_FIELDS & names
        else:
            is_moving = False  # the process will move them, by a write of its own
        may_wake = is_moving or (WAITING_FIELDS - STAGE_FIELDS) & names
        waiting = may_wake and self._get_waiting()
        result = super().write(vals)
        if is_moving or names & self._get_sla_fields():
            self._sync_sla()
        if "parent_id" in names or (may_wake and waiting != self._get_waiting()):
            self._sync_children_sla()
        return result

    @api.model
    def _get_sla_fields(self):
        """Return the names of the fields that decide on the promise."""
        return SLA_FIELDS | self.env["service.sla.policy"]._get_domain_fields()

    def _get_waiting(self):
        """Return those of the tickets that wait for the customer's answer."""
        # sudo: when the customer wrote is for staff only
        waiting = self.sudo().filtered(
            lambda ticket: (
                ticket.active
                and ticket.phase == "waiting_customer"
                and not ticket.customer_waiting_since
            )
        )
        return self.browse(waiting.ids)

    def _sync_children_sla(self):
        """Hold or start the clocks of the parts of these tickets, and of theirs."""
        # sudo: the parts may belong to other teams
        self.sudo()._sync_sla_of(
            [("id", "child_of", self.ids), ("id", "not in", self.ids)]
        )

    @api.model
    def _sync_sla_of(self, domain):
        """Bring the promises of the open tickets of `domain` in step."""
        domain = Domain(domain) & Domain("is_open", "=", True)
        tickets = self.with_context(active_test=False).search(domain, order="id")
        for ids in split_every(SLA_BATCH_SIZE, tickets.ids):
            self.browse(ids)._sync_sla()

    def _sync_sla(self, is_new=False):
        """Bring promise, holds and clocks of these tickets in step. Does no harm twice.

        Code that writes a ticket as the process does (`_with_flow`) need not call
        it: `write` does.

        :param bool is_new: promises of tickets that are done at once count as kept
        """
        if not self:
            return
        # sudo: the engine counts for everybody
        tickets = self.sudo()
        # of new tickets it is in the cache whether they have clocks yet
        known = tickets.filtered("sla_ids") if is_new else tickets
        tickets._assign_sla_policies()
        tickets._update_sla_holds()
        # without context: no `default_` key of a caller gets into a clock
        slas = self.env(su=True, context={})["service.sla"]
        clocks = slas._get_by_kind(known)
        fired = slas.union(*clocks.values())._get_fired()
        vals_list, moments, counted = [], [], {}
        for ticket in tickets:
            for kind, _label in SLA_KINDS:
                clock = clocks.get((ticket.id, kind), slas)
                vals = ticket._prepare_sla_vals(kind, clock, fired, is_new, counted)
                moments.append(vals and vals["next_action_at"])
                if vals and clock:
                    clock._write_changes(vals)
                elif vals:
                    vals_list.append(vals)
        slas.create(vals_list)
        slas._schedule_job(moments)

    def _assign_sla_policies(self):
        """Choose the promise of each ticket that is not done."""
        tickets = self.filtered(
            lambda t: t.phase not in DONE_PHASES or not t.sla_policy_id
        )
        found = self.env["service.sla.policy"]._find_for(tickets)
        changed = tickets.filtered(
            lambda t: t.sla_policy_id.id != found.get(t.id, False)
        )
        for policy_id, group in changed.grouped(
            lambda t: found.get(t.id, False)
        ).items():
            group._with_flow().write({"sla_policy_id": policy_id})

    # -- one clock ------------------------------------------------------------

    def _prepare_sla_vals(self, kind, clock, fired, is_new, counted=None):
        """Return what to write on a clock of this ticket, or to create; or nothing.

        :param clock: the present clock of this `kind`, or none
        :param fired: {clock id: ids of fired levels}
        :param dict counted: what was counted for other tickets of the same moment
        """
        rule = self._get_sla_rule()
        target = rule.targets.get(kind) if rule else None
        is_counting = clock.state in SLA_OPEN_STATES
        if not target:
            return is_counting and self._prepare_cancel_vals()
        if not is_counting and not self._needs_sla(kind, clock, is_new):
            return {}
        if self.phase == "cancelled":
            return is_counting and self._prepare_cancel_vals()
        values = {
            "kind": kind,
            "target_seconds": target,
            "started_at": self._get_sla_start(kind, clock, rule),
            "reached_at": self._get_sla_stop(kind) or False,
            "calendar_id": self._get_sla_calendar(rule).id,
        }
        vals = {
            **values,
            "policy_id": rule.id,
            "team_id": self.team_id.id,
            "type_id": self.type_id.id,
            **self._count_sla(clock, rule, values, fired, counted),
        }
        if not clock:
            vals.update(ticket_id=self.id, company_id=self.company_id.id)
        if values["reached_at"] and not clock.first_reached_at:
            vals["first_reached_at"] = values["reached_at"]
            vals["first_elapsed_seconds"] = vals["elapsed_seconds"]
        return vals

    def _count_sla(self, clock, rule, values, fired, counted):
        """Return what a clock shows; of new tickets that are alike, counted once."""
        if clock or self.sla_holds or counted is None:
            levels = fired.get(clock.id, ()) if clock else ()
            return clock._prepare_count_vals(self, rule, values, levels)
        key = (rule.id, self.company_id.id, *values.values())
        if key not in counted:
            counted[key] = clock._prepare_count_vals(self, rule, values)
        return counted[key]

    def _get_sla_rule(self):
        """Return the Rule of this ticket's policy, or None."""
        rules = self.env["service.sla.policy"]._get_rules()
        return rules.get(self.sla_policy_id.id)

    @api.model
    def _prepare_cancel_vals(self):
        """Return the values of a clock that counts no more."""
        return {
            "state": "cancelled",
            "deadline": False,
            "is_at_risk": False,
            "is_breached": False,
            "next_action_at": False,
        }

    def _needs_sla(self, kind, clock, is_new):
        """Tell whether a clock that does not count must be made, or taken up again.

        A resolution that was reached is taken up when the ticket is reopened; the
        other promises are kept or missed for good.
        """
        if clock.state in ("reached", "missed") and kind != "resolution":
            return False
        if self.phase in DONE_PHASES:
            return is_new and not clock and kind != "next_response"
        if kind == "first_response":
            return not self.first_replied_at
        return kind == "resolution" or bool(
            self.first_replied_at and self.customer_waiting_since
        )

    def _get_sla_start(self, kind, clock, rule):
        """Return when a clock starts.

        With a policy that counts from the request, when the ticket was opened. Else
        when the promise was made: a clock that runs already goes on, so that a
        change of priority never gives time back.
        """
        if kind == "next_response":
            return self.customer_waiting_since or clock.started_at
        if rule.is_retroactive:
            return self.opened_at
        return clock.started_at or fields.Datetime.now()

    def _get_sla_stop(self, kind):
        """Return when the promise was kept, or None if it was not yet."""
        done_at = None
        if self.phase in DONE_PHASES and self._is_sla_held():
            done_at = fields.Datetime.to_datetime(self.sla_holds[-1][0])
        if kind == "first_response" and self.first_replied_at:
            return min(filter(None, (self.first_replied_at, done_at)))
        return done_at

    def _get_sla_calendar(self, rule):
        """Return the hours in which promises of this ticket count; may be none."""
        own = self.env["resource.calendar"].browse(rule.calendar_id or ())
        return (
            own
            or self.team_id.resource_calendar_id
            or self.company_id.resource_calendar_id
        )
