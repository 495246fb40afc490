from odoo import models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def _prepare_for_parts(self):
        """Give warehouses what the parts flow needs; safe to run again."""
