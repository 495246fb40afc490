from odoo import models


class PartsApprovalActions(models.Model):
    _inherit = "parts.approval"

    def action_view_requisition(self):
        """Open the requisition that was decided."""
        return self.requisition_id._open_records(
            "spare_parts_bridge.parts_requisition_action", self.requisition_id
        )
