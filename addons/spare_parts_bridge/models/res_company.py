from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    transfer_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Transfer Price List",
        check_company=True,
        help="What the group's other companies pay for parts from this company. "
        "A product without a rule in this list cannot be requisitioned from here; "
        "the list's currency is the currency of the invoice.",
    )
