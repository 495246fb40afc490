from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How the company charges."""

    _inherit = "res.config.settings"

    service_third_party_margin = fields.Float(
        related="company_id.service_third_party_margin", readonly=False
    )
