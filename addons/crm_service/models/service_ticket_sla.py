# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import DONE_PHASES, SLA_KINDS, SLA_OPEN_STATES, SLA_STATUSES
from .service_ticket import FLOW_FIELDS

STAFF = "crm_service.group_service_technician"

# What only the engine of promises may write.
FLOW_FIELDS.update(
    {
        "sla_ids",
        "sla_policy_id",
        "sla_status",
        "sla_deadline",
        "sla_holds",
        "promised_at",
        "first_replied_at",
        "customer_waiting_since",
    }
)


class ServiceTicket(models.Model):
    """The promises made for a ticket."""

    _inherit = "service.ticket"

    sla_ids = fields.One2many(
        "service.sla", "ticket_id", "Promises", readonly=True, copy=False, groups=STAFF
    )
    sla_event_ids = fields.One2many(
        "service.escalation.event",
        "ticket_id",
        "Escalations",
        readonly=True,
        groups=STAFF,
    )
    sla_policy_id = fields.Many2one(
        "service.sla.policy",
        "Promise",
        compute="_compute_sla_policy_id",
        store=True,
        precompute=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=STAFF,
    )
    sla_policy_reason = fields.Char(
        "Why This Promise", compute="_compute_sla_policy_reason", groups=STAFF
    )
    sla_status = fields.Selection(
        SLA_STATUSES,
        "Promise Status",
        compute="_compute_sla_status",
        store=True,
        precompute=True,
        copy=False,
        groups=STAFF,
    )
    sla_deadline = fields.Datetime(
        "Due",
        compute="_compute_sla_status",
        store=True,
        precompute=True,
        copy=False,
        help="The earliest promise still to keep.",
        groups=STAFF,
    )
    promised_at = fields.Datetime(
        "New Promise",
        readonly=True,
        copy=False,
        help="What the customer was promised with an apology.",
    )
    first_replied_at = fields.Datetime(
        "First Answer", readonly=True, copy=False, groups=STAFF
    )
    customer_waiting_since = fields.Datetime(
        readonly=True,
        copy=False,
        help="The customer wrote after our last answer.",
        groups=STAFF,
    )
    sla_holds = fields.Json(
        readonly=True,
        copy=False,
        help="Spans in which the clocks stood still: start, stop, why.",
        groups=STAFF,
    )

    _sla_worklist_idx = models.Index(
        "(user_id, sla_deadline, priority DESC) WHERE is_open IS TRUE"
    )
    _sla_status_idx = models.Index(
        "(company_id, sla_status, sla_deadline) WHERE is_open IS TRUE"
    )

    def _compute_sla_policy_id(self):
        """Choose the promise of new tickets, to save an UPDATE of each of them.

        It depends on nothing: from then on `_sync_sla` keeps it.
        """
        fresh = self.filtered(lambda ticket: not ticket._origin)
        # sudo: what is promised does not depend on who writes the request down
        found = self.env["service.sla.policy"]._find_for(fresh.sudo())
        for ticket in self:
            ticket.sla_policy_id = found.get(ticket.id) or ticket._origin.sla_policy_id

    @api.depends(
        "sla_ids.state",
        "sla_ids.deadline",
        "sla_ids.is_at_risk",
        "sla_ids.is_breached",
    )
    def _compute_sla_status(self):
        fresh = self.filtered(lambda ticket: not ticket._origin)
        fresh._foresee_sla_status()
        for ticket in self - fresh:
            clocks = ticket.sla_ids
            counting = clocks.filtered(lambda c: c.state in SLA_OPEN_STATES)
            ticket.sla_status = counting._get_open_status() or clocks._get_end_status()
            ticket.sla_deadline = min(
                filter(None, counting.mapped("deadline")), default=False
            )

    def _foresee_sla_status(self):
        """Tell what the clocks of new tickets will show, to save an UPDATE of each.

        A guess for the usual ticket, whose clocks run: the status follows the clocks
        as soon as they are there.
        """
        known = {}
        for ticket in self:
            key = (ticket.sla_policy_id, ticket.opened_at, ticket.team_id)
            key += (ticket.company_id, ticket.phase)
            if key not in known:
                # sudo: see `_compute_sla_policy_id`
                known[key] = ticket.sudo()._get_first_deadline()
            ticket.sla_deadline = known[key]
            ticket.sla_status = "on_time" if known[key] else "none"

    def _get_first_deadline(self):
        """Return when the first promise of this new ticket is due, if none is late."""
        none = self.env["service.sla"]
        found = [
            self._prepare_sla_vals(kind, none, {}, True) for kind, _label in SLA_KINDS
        ]
        found = [vals for vals in found if vals]
        if any(v["is_breached"] or v["is_at_risk"] or v["reached_at"] for v in found):
            return False
        return min(filter(None, (vals["deadline"] for vals in found)), default=False)

    @api.depends("sla_policy_id", "sla_ids")
    @api.depends_context("lang")
    def _compute_sla_policy_reason(self):
        for ticket in self:
            ticket.sla_policy_reason = ticket._get_sla_policy_reason()

    def _get_sla_policy_reason(self):
        """Return why this ticket has its promise, in the reader's language.

        Extend it for policies that come in another way, see
        `_get_own_sla_policies`.
        """
        # sudo: policies are for everybody to read, the customers in them may not be
        policy = self.sudo().sla_policy_id
        if not policy:
            return self.env._("No promise fits this ticket.")
        criteria = policy._get_criteria_labels(self.sudo())
        if not criteria:
            return self.env._(
                "“%(policy)s” is for every ticket that no other promise fits.",
                policy=policy.name,
            )
        return self.env._(
            "“%(policy)s” is the first promise that fits: %(criteria)s.",
            policy=policy.name,
            criteria=", ".join(criteria),
        )

    def _get_own_sla_policies(self):
        """Hook: return {ticket id: policy id} of tickets that bring their own.

        Extend it for policies that no criteria choose, such as those of a service
        contract; they go before all others. The host has none.
        """
        return {}

    # -- on hold --------------------------------------------------------------

    def _get_sla_situation(self):
        """Return whether the clocks run now: running, paused or done."""
        self.ensure_one()
        if self.phase in DONE_PHASES:
            return "done"
        if not self.active or self._is_stage_held() or self._is_parent_waiting():
            return "paused"
        return "running"

    def _is_stage_held(self):
        """Tell whether the clocks stand still in this stage.

        A customer who has answered what we asked is waiting for us again.
        """
        has_answered = self.phase == "waiting_customer" and self.customer_waiting_since
        return self.stage_id.clock == "paused" and not has_answered

    def _is_parent_waiting(self):
        """Tell whether a ticket that this one is a part of waits for the customer."""
        # sudo: what it is a part of may be with another team
        whole = self.sudo().parent_id
        while whole:
            if whole._get_waiting():
                return True
            whole = whole.parent_id
        return False

    def _is_sla_held(self):
        """Tell whether the clocks stand still now."""
        holds = self.sla_holds or ()
        return bool(holds and not holds[-1][1])

    def _get_sla_holds(self, until=None):
        """Return the (start, stop) spans on hold; stop is None if it goes on.

        :param datetime until: leave out those that start then or later
        """
        read = fields.Datetime.to_datetime
        holds = [(read(a), read(b) or None) for a, b, _why in self.sla_holds or ()]
        return [hold for hold in holds if not until or hold[0] < until]

    def _update_sla_holds(self):
        """Note where the clocks began or ceased to stand still now."""
        now = fields.Datetime.to_string(fields.Datetime.now())
        for ticket in self:
            holds = [list(hold) for hold in ticket.sla_holds or ()]
            situation = ticket._get_sla_situation()
            if situation == (holds[-1][2] if ticket._is_sla_held() else "running"):
                continue
            if ticket._is_sla_held():
                holds[-1][1] = now
            if situation != "running":
                holds.append([now, None, situation])
            ticket._with_flow().sla_holds = holds
