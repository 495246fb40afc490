# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceComplaintDecision(models.TransientModel):
    """What was decided in recourse: the end of a complaint."""

    _name = "service.complaint.decision"
    _description = "End of Recourse"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    recourse_level = fields.Selection(
        related="ticket_id.recourse_level", related_sudo=False
    )
    recourse_body = fields.Char(related="ticket_id.recourse_body", related_sudo=False)
    decision = fields.Text(required=True, help="What was decided, by whom and why.")

    def action_confirm(self):
        """Record the decision."""
        self.ensure_one()
        self.ticket_id._end_recourse(self.decision)
        return {"type": "ir.actions.act_window_close"}
