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

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """Override of `_push_prepare_move_copy_values` to mark the next step too."""
        vals = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        return {
            **vals,
            "parts_requisition_line_id": move_to_copy.parts_requisition_line_id.id,
            "parts_role": move_to_copy.parts_role,
            "parts_discrepancy_id": move_to_copy.parts_discrepancy_id.id,
        }
