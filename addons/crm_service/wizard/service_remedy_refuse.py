# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceRemedyRefuse(models.TransientModel):
    """Why a remedy is not granted."""

    _name = "service.remedy.refuse"
    _description = "Refuse a Remedy"
    _inherit = "service.window.mixin"

    _window_on = "remedy_id"

    remedy_id = fields.Many2one(
        "service.remedy", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Char(required=True, help="The customer will ask.")

    def action_confirm(self):
        """Refuse the remedy."""
        self.ensure_one()
        self.remedy_id._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
