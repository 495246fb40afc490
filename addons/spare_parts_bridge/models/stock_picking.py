from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    parts_requisition_id = fields.Many2one(
        "parts.requisition",
        compute="_compute_parts_requisition_id",
        store=True,
        index="btree_not_null",
    )
    parts_role = fields.Selection(
        selection=lambda self: self.env["stock.move"]._fields["parts_role"].selection,
        compute="_compute_parts_requisition_id",
        store=True,
        string="Role for the Requisition",
    )
    parts_receipt_id = fields.Many2one(
        "parts.receipt", "Count", index="btree_not_null", copy=False, readonly=True
    )

    @api.depends("move_ids.parts_requisition_line_id", "move_ids.parts_role")
    def _compute_parts_requisition_id(self):
        for picking in self:
            moves_sudo = picking.sudo().move_ids.filtered("parts_requisition_line_id")
            line_sudo = moves_sudo[:1].parts_requisition_line_id
            picking.parts_requisition_id = line_sudo.requisition_id
            picking.parts_role = moves_sudo[:1].parts_role

    def button_validate(self):
        """Override of `button_validate` to accept goods only by a count."""
        self._ensure_counted()
        return super().button_validate()

    def action_cancel(self):
        """Override of `action_cancel` to keep what is on its way countable."""
        self._ensure_counted()
        return super().action_cancel()

    def _action_done(self):
        """Override of `_action_done` to accept goods only by a count."""
        self._ensure_counted()
        return super()._action_done()

    def _ensure_counted(self):
        for picking in self:
            receipt_sudo = picking.sudo().parts_receipt_id
            if receipt_sudo and receipt_sudo.state != "done":
                raise UserError(
                    self.env._(
                        "%(picking)s is received by counting it: fill in and confirm "
                        "the count %(count)s of requisition %(requisition)s.",
                        picking=picking.name,
                        count=receipt_sudo.name,
                        requisition=receipt_sudo.requisition_id.name,
                    )
                )
