# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResCompany(models.Model):
    """How contracts are invoiced."""

    _inherit = "res.company"

    service_contract_product_id = fields.Many2one(
        "product.product",
        "Contracts Are Invoiced As",
        domain=[("sale_ok", "=", True)],
        check_company=True,
        ondelete="restrict",
        help="Decides the account and the taxes of contract invoices, unless a "
        "contract has a product of its own.",
    )
