from odoo import models


class PartsReceiptDemand(models.Model):
    _inherit = "parts.receipt"

    def _prepare_move_vals(self, requisition_line, lines):
        """Override of `_prepare_move_vals` to say where the parts are to be in the end.

        Odoo's forecast then counts them for that location from the announcement on,
        also when the warehouse receives in several steps.
        """
        vals = super()._prepare_move_vals(requisition_line, lines)
        vals["location_final_id"] = requisition_line._get_target_location().id
        return vals
