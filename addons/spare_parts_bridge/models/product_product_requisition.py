from odoo import fields, models


class ProductProductRequisition(models.Model):
    _inherit = "product.product"

    parts_requisition_line_ids = fields.One2many(
        "parts.requisition.line", "product_id", "Requisitioned"
    )

    def _get_quantity_in_progress(self, location_ids=False, warehouse_ids=False):
        """Override of `_get_quantity_in_progress` to count open requisitions."""
        by_location, by_warehouse = super()._get_quantity_in_progress(
            location_ids, warehouse_ids
        )
        if self.env.context.get("parts_counted_by_orderpoint"):
            return by_location, by_warehouse
        # sudo: what a source ships is a transfer of the source's company
        lines_sudo = self.env["parts.requisition.line"].sudo()
        in_progress = lines_sudo._get_quantities_in_progress(self)
        for (product, location), quantity in in_progress.items():
            by_location[product.id, location.id] += quantity
            by_warehouse[product.id, location.warehouse_id.id] += quantity
        return by_location, by_warehouse
