from odoo import models


class AccountMoveActions(models.Model):
    _inherit = "account.move"

    def action_open_parts_requisition(self):
        """Open the requisition that the invoice or bill pays for."""
        requisition = self.parts_requisition_id
        return requisition._open_records(
            "spare_parts_bridge.parts_requisition_action", requisition
        )
