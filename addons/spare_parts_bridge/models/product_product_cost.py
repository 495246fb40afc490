from odoo import api, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    """What the units of a product cost and earned."""

    _name = "product.product"
    _inherit = ["product.product", "service.cost.open"]

    @api.model
    def _get_cost_domain(self, records):
        """Override of `_get_cost_domain`: of units of these products."""
        return Domain("product_id", "in", records.ids)
