# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceTicketNote(models.Model):
    """What one person keeps in mind about a ticket; nobody else reads it."""

    _name = "service.ticket.note"
    _description = "Private Note"
    _order = "id desc"
    _rec_name = "body"

    ticket_id = fields.Many2one("service.ticket", required=True, ondelete="cascade")
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
    )
    body = fields.Text("Note", required=True)

    _one_each = models.UniqueIndex(
        "(ticket_id, user_id)", "You have a note on this ticket already. Change it."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let people write their own notes only."""
        return super().create([{**vals, "user_id": self.env.uid} for vals in vals_list])

    def write(self, vals):
        """Override to leave each note with its writer and its ticket."""
        fixed = {"user_id", "ticket_id"}
        return super().write({k: v for k, v in vals.items() if k not in fixed})
