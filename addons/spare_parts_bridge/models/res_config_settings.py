from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    transfer_pricelist_id = fields.Many2one(
        related="company_id.transfer_pricelist_id", readonly=False
    )
