# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceCorrectiveActionDrop(models.TransientModel):
    """Why a corrective action is not carried out."""

    _name = "service.corrective.action.drop"
    _inherit = "service.window.mixin"
    _description = "Drop a Corrective Action"
    _window_on = "action_id"

    action_id = fields.Many2one(
        "service.corrective.action", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Text(required=True, help="Kept on the action and its complaints.")

    def action_confirm(self):
        """Drop the action."""
        self.ensure_one()
        self.action_id.action_drop(self.reason)
        return {"type": "ir.actions.act_window_close"}
