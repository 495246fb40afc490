from odoo import models
from odoo.exceptions import UserError

# What was shipped, counted and posted.
PROVEN_FIELDS = {
    "quantity",
    "product_id",
    "product_uom_id",
    "lot_id",
    "lot_name",
    "location_id",
    "location_dest_id",
    "owner_id",
    "move_id",
}


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def write(self, vals):
        """Override of `write` to keep shipments and receipts as they were counted."""
        if not self.env.su and PROVEN_FIELDS & vals.keys():
            self._ensure_not_proven()
        return super().write(vals)

    def _ensure_not_proven(self):
        # sudo: who moves goods need not be able to read the requisition
        for move_sudo in self.sudo().move_id:
            line_sudo = move_sudo.parts_requisition_line_id
            if line_sudo and move_sudo.state == "done":
                raise UserError(
                    self.env._(
                        "%(product)s of %(requisition)s is done: its count and both "
                        "books rely on it. Enter the difference on the count, or "
                        "settle it on its discrepancy.",
                        product=move_sudo.product_id.display_name,
                        requisition=line_sudo.requisition_id.name,
                    )
                )
