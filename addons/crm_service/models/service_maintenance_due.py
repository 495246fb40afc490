# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import (
    DONE_PHASES,
    MAINTENANCE_STATES,
    MAINTENANCE_STATUSES,
)
from .service_guard import without_defaults

# What only planning and the buttons may write: proof is this very object in the
# context, which no remote caller can send.
FLOW = object()
FLOW_KEY = "service_maintenance_due_flow"
COLORS = {
    "planned": 4,
    "overdue": 1,
    "ticket": 3,
    "done": 10,
    "cancelled": 2,
    "skipped": 0,
}


class ServiceMaintenanceDue(models.Model):
    """A day on which a unit is due for maintenance, and the ticket that it became.

    Written by the plan and by the buttons, never by hand.
    """

    _name = "service.maintenance.due"
    _description = "Planned Maintenance"
    _order = "due_on, id"
    _rec_names_search = ["plan_id.name", "asset_id.serial_number", "partner_id.name"]

    plan_id = fields.Many2one(
        "service.maintenance.plan",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    team_id = fields.Many2one(
        related="plan_id.team_id",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    asset_id = fields.Many2one(
        "service.asset",
        "Unit",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    product_id = fields.Many2one(related="asset_id.product_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        index=True,
    )
    site_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    place_id = fields.Many2one(
        "res.partner", "Address", compute="_compute_place_id", compute_sudo=False
    )
    slot_on = fields.Date(
        "Planned For",
        required=True,
        readonly=True,
        help="The day that the plan means, wherever it was moved.",
    )
    due_on = fields.Date("Due", required=True, readonly=True, index=True)
    ticket_on = fields.Date(
        compute="_compute_ticket_on",
        store=True,
        precompute=True,
        help="The day on which the ticket is made.",
    )
    state = fields.Selection(
        MAINTENANCE_STATES, required=True, readonly=True, default="planned"
    )
    status = fields.Selection(
        MAINTENANCE_STATUSES, compute="_compute_status", search="_search_status"
    )
    color = fields.Integer(compute="_compute_status")
    ticket_id = fields.Many2one(
        "service.ticket", readonly=True, copy=False, ondelete="restrict"
    )
    phase = fields.Selection(related="ticket_id.phase", string="Status of the Ticket")
    reason = fields.Char(readonly=True, copy=False, help="Why it was skipped or moved.")
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    decided_at = fields.Datetime("Decided On", readonly=True, copy=False)
    problem = fields.Char(
        "Why There Is No Ticket",
        readonly=True,
        copy=False,
        help="The ticket is tried again the next day.",
    )
    tried_on = fields.Date(readonly=True, copy=False)

    _slot_unique = models.UniqueIndex(
        "(plan_id, COALESCE(asset_id, 0), COALESCE(site_id, 0), slot_on)",
        "This maintenance is planned already. Reload the page.",
    )
    _due_unique = models.UniqueIndex(
        "(plan_id, COALESCE(asset_id, 0), COALESCE(site_id, 0), due_on)",
        "This unit is due on that day already. Choose another day.",
    )
    _ticket_unique = models.UniqueIndex(
        "(ticket_id) WHERE ticket_id IS NOT NULL",
        "This ticket belongs to another maintenance already.",
    )
    _ready_idx = models.Index("(ticket_on) WHERE state = 'planned'")

    # -- computes ---------------------------------------------------------------

    @api.depends("asset_id.partner_id", "site_id")
    def _compute_partner_id(self):
        for due in self:
            due.partner_id = due._get_partner()

    def _get_partner(self):
        """Return whose maintenance it is."""
        return self.asset_id.partner_id or self.site_id

    @api.depends("site_id", "asset_id.site_id", "partner_id")
    def _compute_place_id(self):
        for due in self:
            due.place_id = due.site_id or due.asset_id.site_id or due.partner_id

    @api.depends("due_on", "plan_id.ahead_days")
    def _compute_ticket_on(self):
        for due in self:
            days = due.plan_id.ahead_days
            due.ticket_on = due.due_on and fields.Date.subtract(due.due_on, days=days)

    @api.depends("state", "ticket_id.phase", "due_on")
    def _compute_status(self):
        today = fields.Date.context_today(self)
        for due in self:
            due.status = due._get_status(today)
            due.color = COLORS[due.status]

    def _get_status(self, today):
        """Return what people call the state of this day."""
        # sudo: only how far it is, for whoever may see that it is due
        phase = self.sudo().ticket_id.phase
        if self.state == "ticket" and phase in DONE_PHASES:
            return "cancelled" if phase == "cancelled" else "done"
        if self.state == "planned" and self.due_on and self.due_on < today:
            return "overdue"
        return self.state

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._get_status_domain(status) for status in value)

    @api.model
    def _get_status_domain(self, status):
        """Return the domain of the days with a status."""
        today = fields.Date.context_today(self)
        made, planned = Domain("state", "=", "ticket"), Domain("state", "=", "planned")
        done = Domain("ticket_id.phase", "in", DONE_PHASES)
        cancelled = Domain("ticket_id.phase", "=", "cancelled")
        return {
            "planned": planned & Domain("due_on", ">=", today),
            "overdue": planned & Domain("due_on", "<", today),
            "ticket": made & ~done,
            "done": made & done & ~cancelled,
            "cancelled": made & cancelled,
            "skipped": Domain("state", "=", "skipped"),
        }.get(status, Domain.FALSE)

    @api.depends("asset_id.serial_number", "site_id.name", "partner_id.name", "due_on")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for due in self:
            what = due.asset_id.serial_number or due.site_id.name
            day = due.due_on and format_date(self.env, due.due_on)
            parts = (what, due.partner_id.name, day)
            due.display_name = " · ".join(filter(None, parts))

    # -- create and write -------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let only plans say what is due."""
        self._ensure_flow()
        return super(ServiceMaintenanceDue, without_defaults(self)).create(vals_list)

    def write(self, vals):
        """Override to let only plans and buttons change what is due."""
        self._ensure_flow()
        return super().write(vals)

    def _ensure_flow(self):
        """Refuse whoever writes by hand.

        :raises UserError: neither the planning nor a button is at work
        """
        if self.env.context.get(FLOW_KEY) is not FLOW:
            raise UserError(
                self.env._(
                    "What is due follows from the maintenance plan. Change the plan, "
                    "or use the buttons to move or skip a day."
                )
            )

    def _with_flow(self):
        """Return these days with the right to write them."""
        return self.with_context(**{FLOW_KEY: FLOW})

    # -- buttons ------------------------------------------------------------------

    def _ensure_planned(self):
        """Refuse what was decided already.

        :raises UserError: a ticket was made, or it was skipped
        """
        for due in self:
            if due.state != "planned":
                raise UserError(
                    self.env._(
                        "“%(due)s” is not planned any more: its ticket was made, or "
                        "it was skipped. Reload the page.",
                        due=due.display_name,
                    )
                )

    def _get_reason(self, reason):
        """Return the plain text of a reason.

        :raises UserError: it is empty
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write why: whoever plans next will ask."))
        return reason

    def _decide(self, **values):
        """Write down what was decided, by whom and when."""
        # sudo: people decide by buttons, and edit nothing by hand
        self.sudo()._with_flow().write(
            {
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "problem": False,
                "tried_on": False,
                **values,
            }
        )
        self.flush_recordset()
        # what is counted from this one follows
        self.plan_id._plan()

    def action_skip(self, reason):
        """Leave these days out; the next ones stay as they are planned.

        :param str reason: plain text, required
        :raises UserError: the reason is empty, or one is not planned any more
        """
        self.check_access("write")
        self._ensure_planned()
        self._decide(state="skipped", reason=self._get_reason(reason))
        return True

    def action_move(self, due_on, reason):
        """Move this one to another day; the others stay as they are planned.

        :param date due_on: the new day
        :param str reason: plain text, required
        :raises UserError: the reason or day is empty or has passed, the unit is due on
            that day already, or this one is not planned any more
        """
        self.check_access("write")
        self.ensure_one()
        self._ensure_planned()
        reason, due_on = self._get_reason(reason), fields.Date.to_date(due_on)
        self._check_new_day(due_on)
        self._decide(due_on=due_on, reason=reason)
        return True

    def _check_new_day(self, due_on):
        """Refuse a day that has passed, or on which the same is due already."""
        if not due_on or due_on < fields.Date.context_today(self):
            raise UserError(self.env._("Choose a day that is still to come."))
        others = self.search(
            [
                ("plan_id", "=", self.plan_id.id),
                ("asset_id", "=", self.asset_id.id),
                ("site_id", "=", self.site_id.id),
                ("due_on", "=", due_on),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if others:
            raise UserError(
                self.env._(
                    "“%(due)s” is due on that day already. Choose another day.",
                    due=others.display_name,
                )
            )

    def action_plan_again(self):
        """Plan again what was skipped, moved, or whose ticket was cancelled.

        :raises UserError: a ticket is under way or done
        """
        self.check_access("write")
        for due in self:
            # sudo: how far the ticket is decides, whoever may see it
            ticket = due.sudo().ticket_id
            if due.state == "ticket" and ticket.phase != "cancelled":
                raise UserError(
                    self.env._(
                        "“%(due)s” has a ticket, %(number)s. Cancel the ticket first.",
                        due=due.display_name,
                        number=ticket.number,
                    )
                )
        for due in self:
            day = due.slot_on if due.state == "planned" else due.due_on
            due._decide(state="planned", ticket_id=False, reason=False, due_on=day)
        return True

    def action_open_ticket(self):
        """Open the ticket that was made."""
        self.check_access("read")
        self.ensure_one()
        self.ticket_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
