# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import SLOW_SHARE

# How far back working hours are looked up: a day for each hour that is wanted.
SPARE_DAYS = 14


class ServiceTicket(models.Model):
    """How long a ticket is in its stage, against what is usual there."""

    _inherit = "service.ticket"

    stage_hours = fields.Float(
        "Time in Stage",
        compute="_compute_stage_hours",
        help="Working hours of the team since the ticket entered its stage.",
    )
    usual_hours = fields.Float("Usual Time", related="stage_id.usual_hours")
    stage_share = fields.Float(
        "Of Usual Time",
        compute="_compute_stage_hours",
        help="The time in the stage against the usual time of that stage.",
    )
    is_slow = fields.Boolean(
        "Slower than Usual", compute="_compute_stage_hours", search="_search_is_slow"
    )

    # with the id, which tells from whom a ticket is kept: no row need be read
    _dashboard_idx = models.Index(
        "(company_id, phase, sla_status, user_id, team_id) INCLUDE (id) "
        "WHERE is_open IS TRUE AND active IS TRUE"
    )
    _came_idx = models.Index(
        "(company_id, opened_at, team_id, user_id) INCLUDE (id) WHERE active IS TRUE"
    )
    _went_idx = models.Index(
        "(company_id, closed_at, team_id, user_id) INCLUDE (id) "
        "WHERE active IS TRUE AND closed_at IS NOT NULL"
    )
    _oldest_idx = models.Index("(company_id, opened_at) WHERE is_open IS TRUE")
    _stage_time_idx = models.Index("(stage_id, stage_entered_at) WHERE is_open IS TRUE")

    def _get_calendar(self):
        """Return the working hours that count for this ticket; may be none."""
        # sudo: working hours are no secret, but a team's company may be another
        ticket = self.sudo()
        return (
            ticket.team_id.resource_calendar_id
            or ticket.company_id.resource_calendar_id
        )

    @api.depends("stage_entered_at", "stage_id", "team_id", "is_open")
    def _compute_stage_hours(self):
        now = fields.Datetime.now()
        self.stage_hours = self.stage_share = self.is_slow = 0
        waiting = self.filtered(lambda t: t.is_open and t.stage_entered_at)
        # sudo: of the company only the holidays are used
        groups = waiting.grouped(lambda t: (t._get_calendar(), t.sudo().company_id))
        for (calendar, company), tickets in groups.items():
            first = min(tickets.mapped("stage_entered_at")).year
            # remembered from page to page, however old the oldest ticket is
            clock = calendar.sudo()._get_working_time(company, first, now.year)
            for ticket in tickets:
                hours = clock.hours(ticket.stage_entered_at, now)
                share = hours / ticket.usual_hours if ticket.usual_hours else 0
                ticket.stage_hours = hours
                ticket.stage_share = share
                ticket.is_slow = share > SLOW_SHARE

    def _search_is_slow(self, operator, value):
        """Find them by when they entered their stage: an index does it.

        For each stage and calendar there is a moment; who entered before it is slow.
        """
        if operator != "in":
            return NotImplemented
        limits = {
            stage.id: stage.usual_hours * SLOW_SHARE
            for stage in self._get_stages_with_usual_hours()
        }
        now = fields.Datetime.now()
        start = now - timedelta(days=SPARE_DAYS + max(limits.values(), default=0))
        slow = Domain("is_open", "=", True) & Domain.OR(
            whose
            & Domain("stage_id", "=", stage_id)
            & Domain("stage_entered_at", "<", moment)
            for whose, clock in self._get_clocks(start, now)
            for stage_id, hours in limits.items()
            if (moment := clock.before(now, hours * 3600))
        )
        return slow if True in value else ~slow

    @api.model
    def _get_stages_with_usual_hours(self):
        """Return the stages that are long enough in use to know their usual time."""
        # sudo: processes are for everybody, and only stages are returned
        stages = self.env["service.stage"].sudo().with_context(active_test=False)
        return stages.search_fetch([("usual_hours", ">", 0)], ["usual_hours"])

    @api.model
    def _get_clocks(self, start, stop):
        """Return (whose tickets, clock from `start` to `stop`) for each calendar."""
        # sudo: of teams and companies only the working hours are used
        teams = self.env["service.team"].sudo().with_context(active_test=False)
        teams = teams.search([("resource_calendar_id", "!=", False)])
        others = Domain("team_id", "not in", teams.ids)
        found = [
            (Domain("team_id", "in", group.ids), calendar)
            for calendar, group in teams.grouped("resource_calendar_id").items()
        ] + [
            (others & Domain("company_id", "in", group.ids), calendar)
            for calendar, group in self.env.companies.grouped(
                "resource_calendar_id"
            ).items()
        ]
        logs = self.env["service.stage.log"]
        return [
            (whose, logs._get_clock(calendar, start, stop)) for whose, calendar in found
        ]
