# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceTicket(models.Model):
    """What a ticket writes into its history."""

    _inherit = "service.ticket"

    def _log_enter(self):
        """Write a row for the stage that each ticket is in now."""
        # sudo: the history is written for everybody and by nobody
        self.env["service.stage.log"].sudo().create(
            [ticket._prepare_log_vals() for ticket in self]
        )

    def _prepare_log_vals(self):
        """Return the values of a new history row."""
        return {
            "ticket_id": self.id,
            "process_id": self.process_id.id,
            "stage_id": self.stage_id.id,
            "phase": self.phase,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "user_id": self.user_id.id,
            "entered_at": self.stage_entered_at,
            "taken_at": self.stage_entered_at if self.user_id else False,
        }

    def _get_open_logs(self):
        """Return the history rows of the stages that the tickets are in now."""
        # sudo: see `_log_enter`
        return (
            self.env["service.stage.log"]
            .sudo()
            .search([("ticket_id", "in", self.ids), ("left_at", "=", False)])
        )

    def _log_leave(self, moment):
        """Close the history rows of the stages that the tickets leave."""
        self._get_open_logs()._close(moment)

    def _log_take(self):
        """Note in the history who took the tickets, where nobody had."""
        users = {ticket.id: ticket.user_id.id for ticket in self}
        now = fields.Datetime.now()
        for row in self._get_open_logs().filtered(lambda row: not row.taken_at):
            row.write({"taken_at": now, "user_id": users[row.ticket_id.id]})
