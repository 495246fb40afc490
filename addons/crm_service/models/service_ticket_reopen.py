# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import DONE_PHASES, ENDED_PHASES


class ServiceTicket(models.Model):
    """Taking a ticket up again, for some days; afterwards a new one goes on from it."""

    _inherit = "service.ticket"

    can_reopen = fields.Boolean(compute="_compute_can_reopen")
    can_follow_up = fields.Boolean(compute="_compute_can_reopen")

    @api.depends("phase", "closed_at", "merged_into_id")
    @api.depends_context("uid")
    def _compute_can_reopen(self):
        agent = self._is_in_group("agent")
        for ticket in self:
            ended = agent and bool(ticket.id) and not ticket.merged_into_id
            late = ticket._is_past_reopening()
            ticket.can_reopen = ended and ticket.phase in DONE_PHASES and not late
            ticket.can_follow_up = ended and ticket.phase in ENDED_PHASES

    @api.depends(
        *("stage_id", "type_id", "team_id", "user_id", "priority", "partner_id"),
        *("merged_into_id", "closed_at"),
    )
    @api.depends_context("uid", "su")
    def _compute_available_route_ids(self):
        """Override: no button leads on from where it would be refused."""
        result = super()._compute_available_route_ids()
        supervisor = self._is_in_group("supervisor")
        for ticket in self.filtered(lambda t: t.phase in ENDED_PHASES):
            if ticket.merged_into_id or (
                not supervisor and ticket._is_past_reopening()
            ):
                ticket.available_route_ids = ticket.available_route_ids.filtered(
                    lambda route: route.to_stage_id.phase in ENDED_PHASES
                )
        return result

    def _is_past_reopening(self):
        """Tell whether this ticket was closed too long ago to be taken up again."""
        if self.phase not in ENDED_PHASES or not self.closed_at:
            return False
        # sudo: a setting of the company, for whoever reopens
        days = self.company_id.sudo().service_reopen_days
        return self.closed_at <= fields.Datetime.now() - timedelta(days=days)

    def action_reopen(self):
        """Override to leave alone what was closed too long ago.

        :raises UserError: a ticket is still open, was merged, or was closed more days
            ago than the company reopens tickets
        """
        for ticket in self:
            if ticket._is_past_reopening():
                raise UserError(ticket._get_past_reopening_message())
        return super().action_reopen()

    def _check_enter_stage(self, stage):
        """Override: only supervisors take up what was closed too long ago."""
        result = super()._check_enter_stage(stage)
        if stage.phase not in ENDED_PHASES and not self._is_in_group("supervisor"):
            for ticket in self:
                if ticket._is_past_reopening():
                    raise UserError(ticket._get_past_reopening_message())
        return result

    def _get_past_reopening_message(self):
        """Return why this ticket is not reopened, and what to do instead."""
        return self.env._(
            "Ticket %(number)s was closed more than %(days)s days ago. Open a "
            "follow-up instead: a new ticket that is linked to it.",
            number=self.number,
            days=self.company_id.sudo().service_reopen_days,
        )

    def _reopen_for_customer(self):
        """Take up tickets that are done, because the customer wrote."""
        done = self.filtered(
            lambda t: (
                t.phase in DONE_PHASES
                and not t.merged_into_id
                and not t._is_past_reopening()
            )
        )
        reason = self.env._("The customer wrote.")
        for process, tickets in done.grouped("process_id").items():
            stage = self._get_stage_of_phase(process, "in_progress")
            tickets._enter_stage(stage or process._get_first_stage(), reason=reason)
        done._apply_automatic_routes()
