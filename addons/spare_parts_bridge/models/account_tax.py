# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class AccountTax(models.Model):
    """Charges are told before taxes, whatever prices include."""

    _inherit = "account.tax"

    def _get_included_in_price(self):
        """Return those of these taxes that prices include already."""
        return self.flatten_taxes_hierarchy().filtered("price_include")
