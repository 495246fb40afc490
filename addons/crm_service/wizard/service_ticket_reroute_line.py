# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceTicketRerouteLine(models.TransientModel):
    """Where the tickets of one process are sent."""

    _name = "service.ticket.reroute.line"
    _description = "Stage to Re-Route to"

    reroute_id = fields.Many2one(
        "service.ticket.reroute", required=True, ondelete="cascade"
    )
    process_id = fields.Many2one("service.process", required=True, ondelete="cascade")
    ticket_count = fields.Integer("Tickets")
    stage_id = fields.Many2one(
        "service.stage",
        "Send to",
        ondelete="cascade",
        domain="[('process_id', '=', process_id)]",
    )
