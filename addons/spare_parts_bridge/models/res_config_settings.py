from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    transfer_pricelist_id = fields.Many2one(
        related="company_id.transfer_pricelist_id", readonly=False
    )
    service_value_discount = fields.Float(
        related="company_id.service_value_discount", readonly=False
    )
    service_value_years = fields.Integer(
        related="company_id.service_value_years", readonly=False
    )
    service_value_retention = fields.Float(
        related="company_id.service_value_retention", readonly=False
    )
    service_value_measure = fields.Selection(
        related="company_id.service_value_measure", readonly=False, required=True
    )
    service_value_method = fields.Selection(
        related="company_id.service_value_method", readonly=False, required=True
    )
