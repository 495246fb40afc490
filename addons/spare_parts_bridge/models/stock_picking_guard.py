from odoo import api, models
from odoo.exceptions import UserError


class StockPickingGuard(models.Model):
    """Delivery notes and receipts stay tied to their requisition."""

    _name = "stock.picking"
    _inherit = ["parts.guarded.mixin", "stock.picking"]
    # Odoo writes its own read-only fields as whoever moves goods.
    _guard_readonly = False

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values` to name what only methods change."""
        names = ("parts_requisition_id", "parts_role", "parts_receipt_id")
        return {**super()._get_guarded_values(), **dict.fromkeys(names, False)}

    def _apply_guarded_values(self, vals, guarded):
        # The links have no default, and empty ones need not be written.
        return {name: vals[name] for name in vals if name not in guarded}

    def unlink(self):
        """Override of `unlink` to keep what is on its way countable.

        No `ondelete` hook: core cancels the moves before those are asked.
        """
        self._ensure_counted()
        return super().unlink()

    def _ensure_only_requisitioned(self):
        """Raise when something would be shipped that nobody asked for."""
        for picking in self:
            strangers = picking.move_ids.filtered(
                lambda move: (
                    move.state not in ("done", "cancel")
                    and move.quantity
                    and not move.parts_requisition_line_id
                )
            )
            if strangers:
                raise UserError(
                    self.env._(
                        "%(products)s is not on requisition %(requisition)s, so nobody "
                        "would count it. Take it off %(picking)s.",
                        products=", ".join(strangers.product_id.mapped("display_name")),
                        requisition=picking.parts_requisition_id.name,
                        picking=picking.name,
                    )
                )
