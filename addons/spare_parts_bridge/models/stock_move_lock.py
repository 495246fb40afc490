from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError


class StockMoveLock(models.Model):
    """Parts of requisitions and job sheets are taken one after the other."""

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Override of `_action_assign` to reserve no part twice."""
        self._lock_parts()
        return super()._action_assign(force_qty=force_qty)

    def _action_done(self, cancel_backorder=False):
        """Override of `_action_done` to take no part that is not there."""
        guarded = self._lock_parts()
        guarded._ensure_parts_there()
        return super()._action_done(cancel_backorder=cancel_backorder)

    def _lock_parts(self):
        """Serialise with others who take the same parts from the same warehouse.

        :return: the moves that are locked
        """
        # sudo: tickets and requisitions may not be readable for who moves goods
        moves_sudo = self.sudo().filtered(lambda move: move._takes_parts())
        self.env["parts.stock.lock"]._bump(
            (move.product_id, move.location_id.warehouse_id) for move in moves_sudo
        )
        return moves_sudo

    def _takes_parts(self):
        """Return whether the move takes parts of our documents out of a stock."""
        if self.state in ("done", "cancel") or not self.is_storable:
            return False
        if self.location_id.usage != "internal":
            return False
        return bool(
            self.parts_requisition_line_id
            or (self.repair_line_type == "add" and self.repair_id.ticket_id)
        )

    def _ensure_parts_there(self):
        """Raise when more is to be taken than what lies there."""
        wanted = defaultdict(float)
        for line in self.move_line_ids:
            if line.picked and line.quantity and line.location_id.usage == "internal":
                key = (
                    line.product_id,
                    line.location_id,
                    line.lot_id,
                    line.package_id,
                    line.owner_id,
                )
                wanted[key] += line.quantity_product_uom
        for key, quantity in wanted.items():
            self._ensure_part_there(quantity, *key)

    def _ensure_part_there(self, wanted, product, location, lot, package, owner):
        quant_model = self.env["stock.quant"].with_context(quants_cache=None)
        quants = quant_model._gather(
            product,
            location,
            lot_id=lot,
            package_id=package,
            owner_id=owner,
            strict=True,
        )
        quants.invalidate_recordset(["quantity"])
        available = sum(quants.mapped("quantity"))
        if product.uom_id.compare(wanted, available) <= 0:
            return
        name = product.display_name
        raise UserError(
            self.env._(
                "Only %(available)s %(unit)s of %(product)s left in %(location)s; you "
                "cannot take %(wanted)s. Take what is there and requisition the rest.",
                available=product.uom_id.round(max(available, 0.0)),
                unit=product.uom_id.name,
                product=f"{name} ({lot.name})" if lot else name,
                location=location.display_name,
                wanted=product.uom_id.round(wanted),
            )
        )
