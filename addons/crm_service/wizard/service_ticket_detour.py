# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceTicketDetour(models.TransientModel):
    """Where a ticket goes off the defined way, and why."""

    _name = "service.ticket.detour"
    _description = "Step off the Defined Way"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    process_id = fields.Many2one(related="ticket_id.process_id", related_sudo=False)
    present_stage_id = fields.Many2one(
        related="ticket_id.stage_id", related_sudo=False, string="Is in"
    )
    stage_id = fields.Many2one(
        "service.stage",
        "Goes to",
        required=True,
        ondelete="cascade",
        domain="[('process_id', '=', process_id), ('id', '!=', present_stage_id)]",
    )
    reason = fields.Text(required=True, help="Kept in the ticket's history.")

    def action_confirm(self):
        """Send the ticket there."""
        self.ensure_one()
        return self.ticket_id.action_detour(self.stage_id, self.reason)
