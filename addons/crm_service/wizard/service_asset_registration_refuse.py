# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceAssetRegistrationRefuse(models.TransientModel):
    """Why a registration is refused."""

    _name = "service.asset.registration.refuse"
    _description = "Refuse a Registration"
    _inherit = ["service.window.mixin"]
    _window_on = "registration_ids"

    registration_ids = fields.Many2many(
        "service.asset.registration",
        "service_asset_registration_refuse_rel",
        "refuse_id",
        "registration_id",
        default=lambda self: self._default_registrations(),
    )
    reason = fields.Char(required=True, help="For colleagues, not customers.")

    def _default_registrations(self):
        context = self.env.context
        if context.get("active_model") != "service.asset.registration":
            return self.env["service.asset.registration"]
        ids = context.get("active_ids") or []
        return self.env["service.asset.registration"].browse(ids).exists()

    def action_refuse(self):
        """Refuse them.

        :raises UserError: one is decided already
        """
        self.ensure_one()
        self.registration_ids.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
