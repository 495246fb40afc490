from odoo import models
from odoo.exceptions import UserError


class StockMoveShipment(models.Model):
    """Quantities and lots that leave with a delivery note."""

    _inherit = "stock.move"

    def _fill_parts_shipment(self, quantity, lot_names):
        """Set what is shipped of one product, over its moves in order.

        :param float quantity: in the product's unit; ``None`` for what is reserved
        :param list lot_names: lots or serial numbers to take it from
        """
        self = self.filtered(lambda move: move.state not in ("done", "cancel"))
        if quantity is not None:
            self._check_shippable(quantity)
        lots = self._get_shipment_lots(lot_names)
        for move in self:
            wanted = move.product_uom_qty
            if quantity is not None:
                wanted = min(move.product_uom_qty, quantity)
                quantity -= wanted
            move._set_shipment(min(wanted, move.product_uom_qty), lots)

    def _check_shippable(self, quantity):
        if self.product_id.uom_id.compare(quantity, 0.0) < 0:
            raise UserError(
                self.env._(
                    "%(product)s: ship a quantity of zero or more.",
                    product=self.product_id.display_name,
                )
            )
        demand = sum(self.mapped("product_uom_qty"))
        if self.product_id.uom_id.compare(quantity, demand) > 0:
            raise UserError(
                self.env._(
                    "%(product)s: %(demand)s was approved and is still to be shipped; "
                    "you cannot ship %(quantity)s.",
                    product=self.product_id.display_name,
                    demand=demand,
                    quantity=quantity,
                )
            )
        reserved = sum(self.mapped("quantity"))
        if self.product_id.uom_id.compare(quantity, reserved) > 0:
            raise UserError(
                self.env._(
                    "%(product)s: only %(reserved)s is available at the source; you "
                    "cannot ship %(quantity)s.",
                    product=self.product_id.display_name,
                    reserved=reserved,
                    quantity=quantity,
                )
            )

    def _get_shipment_lots(self, lot_names):
        lots = self.env["stock.lot"].search(
            [("name", "in", lot_names), ("product_id", "=", self.product_id.id)]
        )
        missing = set(lot_names) - set(lots.mapped("name"))
        if missing:
            raise UserError(
                self.env._(
                    "%(product)s has no lot or serial number %(lots)s. Check the "
                    "number on the label.",
                    product=self.product_id.display_name,
                    lots=", ".join(sorted(missing)),
                )
            )
        return lots

    def _set_shipment(self, quantity, lots):
        self.ensure_one()
        if lots:
            self._reserve_lots(quantity, lots)
        elif self.product_uom.compare(quantity, self.quantity) < 0:
            self.quantity = quantity
        self.picked = self.product_uom.compare(self.quantity, 0.0) > 0

    def _reserve_lots(self, quantity, lots):
        """Take exactly these lots, as far as they are free at the source."""
        self._do_unreserve()
        for lot in lots:
            missing = quantity - self.quantity
            if self.product_uom.compare(missing, 0.0) <= 0:
                break
            self._update_reserved_quantity(
                missing, self.location_id, lot_id=lot, strict=False
            )
        if self.product_uom.compare(self.quantity, quantity) < 0:
            raise UserError(
                self.env._(
                    "%(product)s: the lots %(lots)s do not hold %(quantity)s free at "
                    "the source.",
                    product=self.product_id.display_name,
                    lots=", ".join(lots.mapped("name")),
                    quantity=quantity,
                )
            )

    def _set_counted(self, lines):
        """Set what a count accepted as done, by lot.

        :param lines: `parts.receipt.line` records of the move's requisition line
        """
        self.ensure_one()
        self.move_line_ids.unlink()
        if not lines:
            self._action_cancel()
            return
        # Nothing may be left to a backorder: the rest has a count of its own.
        self.product_uom_qty = sum(lines.mapped("qty_accepted"))
        self.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [
                {
                    "move_id": self.id,
                    "picking_id": self.picking_id.id,
                    "company_id": self.company_id.id,
                    "product_id": self.product_id.id,
                    "product_uom_id": self.product_id.uom_id.id,
                    "location_id": self.location_id.id,
                    "location_dest_id": self.location_dest_id.id,
                    "lot_id": line.lot_id.id,
                    "quantity": line.qty_accepted,
                }
                for line in lines
            ]
        )
        self.picked = True

    def _set_returned(self, quantity, lot):
        """Take a disputed quantity out of transit.

        :param float quantity: in the product's unit
        :param lot: the `stock.lot` that was shipped; empty when there is none
        """
        self.ensure_one()
        self._do_unreserve()
        self._update_reserved_quantity(quantity, self.location_id, lot_id=lot)
        if self.product_uom.compare(self.quantity, quantity) < 0:
            raise UserError(
                self.env._(
                    "Only %(available)s of %(product)s is in transit, not "
                    "%(quantity)s. Find out in Inventory / Moves History who took "
                    "the rest.",
                    available=self.quantity,
                    product=self.product_id.display_name,
                    quantity=quantity,
                )
            )
