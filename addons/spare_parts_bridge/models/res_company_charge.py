from odoo import fields, models


class ResCompany(models.Model):
    """How a company charges."""

    _inherit = "res.company"

    service_third_party_margin = fields.Float(
        "Margin on Third Parties (%)",
        help="What is added to the price of a third party for the customer.",
    )
