from odoo import models


class StockRuleDelivery(models.Model):
    """What the source's delivery rules carry over to their moves."""

    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        """Override of `_get_custom_move_fields` to mark deliveries of requisitions."""
        return super()._get_custom_move_fields() + [
            "parts_requisition_line_id",
            "parts_role",
            "parts_discrepancy_id",
        ]
