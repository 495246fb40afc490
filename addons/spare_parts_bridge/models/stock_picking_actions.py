from odoo import models


class StockPickingActions(models.Model):
    """The windows around a delivery note and its receipt."""

    _inherit = "stock.picking"

    def action_open_parts_requisition(self):
        """Open the requisition that the transfer belongs to."""
        requisition = self.parts_requisition_id
        return requisition._open_records(
            "spare_parts_bridge.parts_requisition_action", requisition
        )

    def action_open_parts_receipt(self):
        """Open the count by which the transfer is received."""
        return self.parts_requisition_id._open_records(
            "spare_parts_bridge.parts_receipt_action", self.parts_receipt_id
        )
