from odoo import api, fields, models


class PartsRequisitionLineAnalysis(models.Model):
    """What the analysis of requisitioned parts groups by."""

    _inherit = "parts.requisition.line"

    warehouse_id = fields.Many2one(store=True)
    source_warehouse_id = fields.Many2one(
        related="requisition_id.source_warehouse_id", store=True
    )
    user_id = fields.Many2one(related="requisition_id.user_id", store=True)
    submitted_at = fields.Datetime(related="requisition_id.submitted_at", store=True)
    categ_id = fields.Many2one(related="product_id.categ_id", store=True)

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values` to keep the analysis true."""
        return {
            **super()._get_guarded_values(),
            "warehouse_id": False,
            "source_warehouse_id": False,
            "user_id": False,
            "submitted_at": False,
            "categ_id": False,
        }

    def action_view_requisition(self):
        """Open the requisition of a line of the analysis."""
        return self.requisition_id._open_records(
            "spare_parts_bridge.parts_requisition_action", self.requisition_id
        )
