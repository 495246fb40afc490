from odoo import api, fields, models


class PartsDiscrepancyActions(models.Model):
    """What a person may do with a discrepancy, and the windows around it."""

    _inherit = "parts.discrepancy"
    # Both companies discuss a discrepancy; only the source settles it.
    _mail_post_access = "read"

    can_settle = fields.Boolean(compute="_compute_can_settle")
    has_pickings = fields.Boolean(compute="_compute_has_pickings")

    @api.depends("state", "source_company_id")
    @api.depends_context("uid")
    def _compute_can_settle(self):
        for discrepancy in self:
            discrepancy.can_settle = discrepancy.state == "open" and (
                discrepancy.requisition_id._is_staff(
                    discrepancy.source_company_id,
                    "spare_parts_bridge.group_parts_clerk",
                )
            )

    @api.depends("move_ids.picking_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_has_pickings(self):
        for discrepancy in self:
            discrepancy.has_pickings = bool(discrepancy._get_readable_pickings())

    def _get_readable_pickings(self):
        pickings_sudo = self.sudo().move_ids.picking_id
        return pickings_sudo.sudo(False)._filtered_access("read")

    def action_open(self):
        """Open the discrepancy from a list inside another form."""
        return self.requisition_id._open_records(
            "spare_parts_bridge.parts_discrepancy_action", self
        )

    def action_view_requisition(self):
        """Open the requisition that did not arrive as shipped."""
        return self.requisition_id._open_records(
            "spare_parts_bridge.parts_requisition_action", self.requisition_id
        )

    def action_view_receipt(self):
        """Open the count that found the discrepancy."""
        return self.requisition_id._open_records(
            "spare_parts_bridge.parts_receipt_action", self.receipt_id
        )

    def action_view_pickings(self):
        """Open the transfers that settle the discrepancy."""
        return self.requisition_id._open_records(
            "stock.action_picking_tree_all", self._get_readable_pickings()
        )
