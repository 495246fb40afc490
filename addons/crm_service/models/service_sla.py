# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import SLA_KINDS, SLA_OPEN_STATES, SLA_STATES

# A bar that is full ten times over says enough.
MAX_PERCENT = 999


class ServiceSla(models.Model):
    """The clock of one promise on one ticket. Written by the engine only."""

    _name = "service.sla"
    _inherit = "service.written.mixin"
    _description = "Service Promise Clock"
    _order = "ticket_id desc, started_at, id"
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    team_id = fields.Many2one("service.team", readonly=True, ondelete="set null")
    type_id = fields.Many2one(
        "service.ticket.type", "Ticket Type", readonly=True, ondelete="restrict"
    )
    policy_id = fields.Many2one(
        "service.sla.policy",
        "Promise",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    kind = fields.Selection(SLA_KINDS, required=True, readonly=True)
    state = fields.Selection(
        SLA_STATES, required=True, default="running", readonly=True
    )
    is_at_risk = fields.Boolean("At Risk", readonly=True)
    is_breached = fields.Boolean("Overdue", readonly=True)
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
        help="The hours that count. Empty: round the clock.",
    )
    target_seconds = fields.Integer(
        "Target", required=True, readonly=True, help="Working seconds promised."
    )
    started_at = fields.Datetime("Started", required=True, readonly=True)
    deadline = fields.Datetime(
        readonly=True,
        help="Empty while on hold, or if the calendar has no working hours.",
    )
    reached_at = fields.Datetime("Done At", readonly=True)
    elapsed_seconds = fields.Integer(
        "Used", readonly=True, help="Working seconds used when last counted."
    )
    held_seconds = fields.Integer(
        "On Hold", readonly=True, help="Working seconds on hold when last counted."
    )
    overdue_seconds = fields.Integer(
        "Overdue By", readonly=True, help="Working seconds beyond the target."
    )
    first_reached_at = fields.Datetime(
        "First Done At", readonly=True, help="Before the ticket was reopened."
    )
    first_elapsed_seconds = fields.Integer(
        "First Used", readonly=True, help="Before the ticket was reopened."
    )
    counted_at = fields.Datetime("Last Counted", readonly=True)
    next_action_at = fields.Datetime(
        readonly=True, help="When the job has to look at this clock next."
    )
    # -- for people, in hours
    target_hours = fields.Float("Promised Hours", compute="_compute_used")
    used_hours = fields.Float(compute="_compute_used")
    left_hours = fields.Float(
        compute="_compute_used", help="Working hours; below zero: overdue."
    )
    used_percent = fields.Float("Used in Percent", compute="_compute_used")
    elapsed_hours = fields.Float("Hours Needed", readonly=True, aggregator="avg")
    overdue_hours = fields.Float(readonly=True, aggregator="avg")
    kept_percent = fields.Float(
        "Kept (%)",
        readonly=True,
        aggregator="avg",
        help="100 if it was kept, 0 if it was missed or is overdue.",
    )
    remark = fields.Char(compute="_compute_remark")
    event_ids = fields.One2many("service.escalation.event", "sla_id", "Escalations")

    _target_positive = models.Constraint(
        "CHECK(target_seconds > 0)", "A promise needs more than no time at all."
    )
    _kind_unique = models.UniqueIndex(
        "(ticket_id, kind) "
        "WHERE kind != 'next_response' OR state IN ('running', 'paused')",
        "This promise is counted for the ticket already.",
    )
    _due_idx = models.Index("(next_action_at, id) WHERE state = 'running'")
    _open_calendar_idx = models.Index(
        "(calendar_id) WHERE state IN ('running', 'paused')"
    )

    def _get_open_status(self):
        """Return the status of a ticket with these clocks, which are still open."""
        if any(self.mapped("is_breached")):
            return "breached"
        running = self.filtered(lambda clock: clock.state == "running")
        if any(running.mapped("is_at_risk")):
            return "at_risk"
        if running:
            return "on_time"
        return "paused" if self else ""

    def _get_end_status(self):
        """Return the status of a ticket with these clocks, none of them open."""
        states = set(self.mapped("state"))
        for status in ("missed", "reached"):
            if status in states:
                return status
        return "none"

    @api.depends("state", "started_at", "target_seconds", "counted_at")
    def _compute_used(self):
        for sla in self:
            used = sla.elapsed_seconds
            if sla.state == "running":
                values = sla._prepare_values()
                clock = sla._get_clock(sla.ticket_id, values, sla.target_seconds)
                used = round(clock.elapsed(fields.Datetime.now()))
            sla.target_hours = sla.target_seconds / 3600
            sla.used_hours = used / 3600
            sla.left_hours = (sla.target_seconds - used) / 3600
            share = 100 * used / (sla.target_seconds or 1)
            sla.used_percent = min(share, MAX_PERCENT)

    @api.depends("state", "deadline", "calendar_id")
    @api.depends_context("lang")
    def _compute_remark(self):
        for sla in self:
            sla.remark = sla._get_remark()

    def _get_remark(self):
        """Return what a person should know about this clock, or nothing."""
        if self.state == "paused":
            return self.env._("On hold: the time does not count.")
        if self.state in SLA_OPEN_STATES and not self.deadline:
            # sudo: only the name of the working hours is told
            return self.env._(
                "“%(calendar)s” has no working hours to come, so nothing is due. "
                "Enter hours there.",
                calendar=self.sudo().calendar_id.name,
            )
        return ""
