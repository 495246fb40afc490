from odoo import api, models
from odoo.fields import Domain


class ProductTemplate(models.Model):
    """What the units of a product cost and earned."""

    _name = "product.template"
    _inherit = ["product.template", "service.cost.open"]

    @api.model
    def _get_cost_domain(self, records):
        """Override of `_get_cost_domain`: of units of all variants."""
        return Domain("product_id", "in", records.product_variant_ids.ids)
