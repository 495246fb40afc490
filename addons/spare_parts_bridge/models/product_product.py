from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _with_valuation_context(self):
        """Override of `_with_valuation_context` to value one company's stock only.

        Core counts the stock of every location that the user may read, but values
        it with the moves of the current company. In superuser mode, in which one
        company's transaction posts in the other's books, that would take the other
        company's stock of the same part for ours.
        """
        products = super()._with_valuation_context()
        locations = self.env["stock.location"].search(
            [
                ("is_valued_internal", "=", True),
                ("company_id", "=", self.env.company.id),
            ]
        )
        return products.with_context(location=locations.ids)
