# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_contract_product_id = fields.Many2one(
        related="company_id.service_contract_product_id", readonly=False
    )
