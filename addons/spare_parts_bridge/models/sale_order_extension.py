# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class SaleOrder(models.Model):
    """Who sells a product that extends a warranty, extends it."""

    _inherit = "sale.order"

    def _action_confirm(self):
        """Override of `_action_confirm` to make the extensions that were sold."""
        result = super()._action_confirm()
        # sudo: whoever sells, or buys on the web, may not work on units
        self.order_line.sudo()._create_extensions()
        return result

    def _action_cancel(self):
        """Override of `_action_cancel` to cancel the extensions."""
        result = super()._action_cancel()
        # sudo: see `_action_confirm`
        self.order_line.sudo().service_extension_ids.action_archive()
        return result
