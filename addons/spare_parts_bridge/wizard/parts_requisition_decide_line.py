from odoo import api, fields, models


class PartsRequisitionDecideLine(models.TransientModel):
    """What is approved of one line."""

    _name = "parts.requisition.decide.line"
    _description = "Decide a Requisition Line"

    decide_id = fields.Many2one(
        "parts.requisition.decide", required=True, ondelete="cascade"
    )
    requisition_line_id = fields.Many2one(
        "parts.requisition.line", required=True, readonly=True
    )
    product_id = fields.Many2one(related="requisition_line_id.product_id")
    product_uom_id = fields.Many2one(related="requisition_line_id.product_uom_id")
    qty_requested = fields.Float(related="requisition_line_id.qty_requested")
    price_unit = fields.Float(related="requisition_line_id.price_unit")
    source_stock = fields.Float(
        "In Stock at the Source",
        digits="Product Unit",
        compute="_compute_source_stock",
    )
    quantity = fields.Float("Approve", digits="Product Unit")

    @api.depends("product_id")
    def _compute_source_stock(self):
        for line in self:
            requisition = line.requisition_line_id.requisition_id
            line.source_stock = requisition._get_source_stock(line.product_id)
