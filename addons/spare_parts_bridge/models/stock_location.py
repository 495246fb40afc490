from odoo import fields, models
from odoo.fields import Domain


class StockLocation(models.Model):
    _inherit = "stock.location"

    is_defective_parts = fields.Boolean(
        "For Defective Parts",
        help="Parts in this location were removed by a repair. They have no value in "
        "the books.",
    )

    def _should_be_valued(self):
        """Override of `_should_be_valued` to leave defective parts without a value.

        Core would take them into stock at the price of a good part.
        """
        return super()._should_be_valued() and not self.is_defective_parts

    def _search_is_valued(self, operator, value):
        """Override of `_search_is_valued` in line with `_should_be_valued`."""
        domain = Domain(super()._search_is_valued(operator, value))
        positive = (operator == "=") == bool(value)
        defective = Domain("is_defective_parts", "=", True)
        return domain & ~defective if positive else domain | defective
