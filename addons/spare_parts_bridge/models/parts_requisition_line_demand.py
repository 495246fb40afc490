from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ..const import IN_PROGRESS_STATES


class PartsRequisitionLineDemand(models.Model):
    """What a line is for, and what of it is still to come."""

    _inherit = "parts.requisition.line"

    demand_move_ids = fields.Many2many(
        "stock.move",
        "parts_requisition_line_demand_rel",
        "line_id",
        "move_id",
        "Waiting Moves",
        copy=False,
        check_company=True,
        help="Moves that are reserved again as soon as some of the parts arrive.",
    )

    _in_progress_idx = models.Index(
        "(product_id) "
        "WHERE state IN ('draft', 'submitted', 'approved', 'shipped', 'received')"
    )

    def _merge_missing(self, requisition, lines):
        """Override of `_merge_missing` to remember the moves that wait for parts."""
        touched = super()._merge_missing(requisition, lines)
        by_key = {line._get_merge_key(): line for line in touched}
        for vals in lines:
            if moves := vals.get("demand_move_ids"):
                line = by_key[self._get_merge_key_of(vals)]
                line.demand_move_ids = [Command.link(move_id) for move_id in moves]
        return touched

    @api.model
    def _get_merge_key_of(self, vals):
        names = ("product_id", "orderpoint_id", "repair_move_id")
        return tuple(vals.get(name) or False for name in names)

    # -- still to come --------------------------------------------------------

    def _get_quantities_to_ship(self):
        """Return ``{line: quantity}`` of what is asked for and has not left the source.

        A draft counts what it asks for, a submitted line what is left of that by the
        approvals so far. Then the source's open delivery notes count, and shortages
        that the source still owes.
        """
        quantities = defaultdict(float)
        for line in self:
            if line.state == "draft":
                quantities[line] = line.qty_requested
            elif line.state == "submitted":
                quantities[line] = line.qty_approved
        approved = self.filtered(
            lambda line: line.state in ("approved", "shipped", "received")
        )
        for line, quantity in approved._group_open_moves("delivery"):
            quantities[line] += quantity
        for line, quantity in approved._group_owed():
            quantities[line] += quantity
        return quantities

    def _get_quantities_to_arrive(self):
        """Return ``{line: quantity}`` of what has not reached the warehouse's stock."""
        quantities = self._get_quantities_to_ship()
        for line, quantity in self._group_open_moves("receipt"):
            quantities[line] += quantity
        return quantities

    def _group_open_moves(self, role):
        return self.env["stock.move"]._read_group(
            [
                ("parts_requisition_line_id", "in", self.ids),
                ("parts_role", "=", role),
                ("state", "not in", ("done", "cancel")),
            ],
            ["parts_requisition_line_id"],
            ["product_qty:sum"],
        )

    def _group_owed(self):
        """Group what is short and may still be shipped again."""
        return self.env["parts.discrepancy"]._read_group(
            [
                ("requisition_line_id", "in", self.ids),
                ("state", "=", "open"),
                ("resolution", "in", (False, "ship_again")),
            ],
            ["requisition_line_id"],
            ["quantity:sum"],
        )

    @api.model
    def _get_quantities_in_progress(self, products):
        """Return what is requisitioned of products and no transfer announces yet.

        From shipping on, the announced receipt is part of Odoo's forecast.

        :return: ``{(product.product, stock.location): quantity}`` in the products'
            units; to be called in superuser mode
        """
        lines = self.search(
            Domain("product_id", "in", products.ids)
            & Domain("state", "in", IN_PROGRESS_STATES)
        )
        in_progress = defaultdict(float)
        for line, quantity in lines._get_quantities_to_ship().items():
            in_progress[line.product_id, line._get_target_location()] += quantity
        return in_progress

    def _get_target_location(self):
        """Return where the parts are to be in the end."""
        self.ensure_one()
        location = self.orderpoint_id.location_id
        return location or self.requisition_id.warehouse_id.lot_stock_id

    # -- less is needed -------------------------------------------------------

    @api.model
    def _lower_automatic(self, product, warehouse, quantity, source=None):
        """Take a quantity off the drafts that replenishment made.

        :param product: `product.product`
        :param warehouse: `stock.warehouse` that needs less
        :param float quantity: how much less, in the product's unit
        :param source: `stock.warehouse`; any when empty
        :return: the quantity that no draft held
        """
        domain = (
            Domain("state", "=", "draft")
            & Domain("requisition_id.is_automatic", "=", True)
            & Domain("requisition_id.warehouse_id", "=", warehouse.id)
            & Domain("product_id", "=", product.id)
        )
        if source:
            domain &= Domain("requisition_id.source_warehouse_id", "=", source.id)
        lines = self.search(domain, order="id desc")
        return lines._lower(quantity)

    def _lower(self, quantity):
        """Take a quantity off draft lines, and drop lines and drafts that get empty."""
        requisitions = self.requisition_id
        for line in self:
            unit = line.product_uom_id
            taken = min(quantity, line.qty_requested)
            if unit.is_zero(taken):
                break
            quantity -= taken
            if unit.compare(line.qty_requested, taken) > 0:
                line.qty_requested -= taken
            else:
                line.unlink()
        requisitions.filtered(lambda r: not r.line_ids).unlink()
        return quantity
