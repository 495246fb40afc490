from odoo import api, fields, models


class PartsReceiptActions(models.Model):
    """What a person may do with a count, and the windows around it."""

    _inherit = "parts.receipt"
    # The source's people read a count and may ask about it.
    _mail_post_access = "read"

    can_count = fields.Boolean(compute="_compute_can_count")
    can_see_picking = fields.Boolean(compute="_compute_can_see_picking")
    discrepancy_count = fields.Integer(compute="_compute_discrepancy_counts")
    open_discrepancy_count = fields.Integer(compute="_compute_discrepancy_counts")

    @api.depends("state", "company_id")
    @api.depends_context("uid")
    def _compute_can_count(self):
        for receipt in self:
            receipt.can_count = receipt.state == "draft" and (
                receipt.requisition_id._is_staff(
                    receipt.company_id, "spare_parts_bridge.group_parts_keeper"
                )
            )

    @api.depends("picking_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_see_picking(self):
        for receipt in self:
            picking = receipt.picking_id
            receipt.can_see_picking = bool(picking) and picking.has_access("read")

    @api.depends("discrepancy_ids.state")
    def _compute_discrepancy_counts(self):
        counts = {}
        for receipt, state, count in self.env["parts.discrepancy"]._read_group(
            [("receipt_id", "in", self.ids)], ["receipt_id", "state"], ["__count"]
        ):
            counts.setdefault(receipt, {})[state] = count
        for receipt in self:
            by_state = counts.get(receipt._origin, {})
            receipt.discrepancy_count = sum(by_state.values())
            receipt.open_discrepancy_count = receipt.discrepancy_count - by_state.get(
                "settled", 0
            )

    def action_open(self):
        """Open the count from a list inside another form."""
        return self.requisition_id._open_records(
            "spare_parts_bridge.parts_receipt_action", self
        )

    def action_view_requisition(self):
        """Open the requisition that is counted."""
        return self.requisition_id._open_records(
            "spare_parts_bridge.parts_requisition_action", self.requisition_id
        )

    def action_view_discrepancies(self):
        """Open what did not agree."""
        return self.requisition_id._open_records(
            "spare_parts_bridge.parts_discrepancy_action", self.discrepancy_ids
        )

    def action_view_picking(self):
        """Open the receipt transfer that the count makes."""
        return self.requisition_id._open_records(
            "stock.action_picking_tree_all", self.picking_id
        )
