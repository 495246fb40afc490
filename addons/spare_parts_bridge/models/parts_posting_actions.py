from odoo import models


class PartsPostingActions(models.Model):
    _inherit = "parts.posting"

    def action_open_move(self):
        """Open the journal entry that was posted."""
        return self.requisition_id._open_records(
            "account.action_move_journal_line", self.move_id
        )

    def action_view_requisition(self):
        """Open the requisition whose cost was posted."""
        return self.requisition_id._open_records(
            "spare_parts_bridge.parts_requisition_action", self.requisition_id
        )
