from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import IN_PROGRESS_STATES

# Marks calls that must not delete a safety stock; an RPC caller who sends it can
# keep more, never delete more.
KEEP_SAFETY_STOCK = "parts_keep_safety_stock"


class StockWarehouseOrderpoint(models.Model):
    """Replenishment by requisitions."""

    _inherit = "stock.warehouse.orderpoint"

    parts_requisition_line_ids = fields.One2many(
        "parts.requisition.line", "orderpoint_id", "Requisition Lines"
    )
    qty_in_requisition = fields.Float(
        "In Requisition",
        digits="Product Unit",
        compute="_compute_qty",
        help="Requisitioned and not shipped yet.",
    )

    # -- quantities -----------------------------------------------------------

    @api.depends(
        "product_id.parts_requisition_line_ids.qty_requested",
        "product_id.parts_requisition_line_ids.qty_approved",
        "product_id.parts_requisition_line_ids.state",
    )
    def _compute_qty(self):
        """Override of `_compute_qty` to follow open requisitions."""
        result = super()._compute_qty()
        in_requisition = self._get_quantities_in_requisition()
        for orderpoint in self:
            orderpoint.qty_in_requisition = in_requisition[orderpoint.id]
        return result

    @api.depends(
        "product_id.parts_requisition_line_ids.qty_requested",
        "product_id.parts_requisition_line_ids.qty_approved",
        "product_id.parts_requisition_line_ids.state",
    )
    def _compute_qty_to_order_computed(self):
        """Override of `_compute_qty_to_order_computed` to follow open requisitions."""
        return super()._compute_qty_to_order_computed()

    def _quantity_in_progress(self):
        """Override of `_quantity_in_progress` to count open requisitions."""
        counted = self.with_context(parts_counted_by_orderpoint=True)
        quantities = super(StockWarehouseOrderpoint, counted)._quantity_in_progress()
        for orderpoint_id, quantity in self._get_quantities_in_requisition().items():
            quantities[orderpoint_id] += quantity
        return quantities

    def _get_quantities_in_requisition(self):
        """Return ``{id: quantity}`` of what is requisitioned and not shipped yet."""
        # sudo: what a source ships is a transfer of the source's company
        lines_sudo = self.env["parts.requisition.line"].sudo()
        by_product = defaultdict(list)
        in_progress = lines_sudo._get_quantities_in_progress(self.product_id)
        for (product, location), quantity in in_progress.items():
            by_product[product.id].append((location.parent_path, quantity))
        return {
            orderpoint.id: sum(
                quantity
                for path, quantity in by_product[orderpoint.product_id.id]
                if path.startswith(orderpoint.location_id.parent_path or "-")
            )
            for orderpoint in self
        }

    def _give_back_surplus(self, quantity):
        """Take off automatic drafts what a requisition by hand makes needless.

        :param float quantity: at most so much, in the product's unit
        """
        self.invalidate_recordset(["qty_forecast", "qty_in_requisition"])
        for orderpoint in self:
            wanted = max(orderpoint.product_min_qty, orderpoint.product_max_qty)
            surplus = min(quantity, orderpoint.qty_forecast - wanted)
            if orderpoint.product_uom.compare(surplus, 0.0) <= 0:
                continue
            # sudo: a technician may not change what replenishment prepares
            lines_sudo = orderpoint.sudo().parts_requisition_line_ids.filtered(
                lambda line: line.state == "draft" and line.requisition_id.is_automatic
            )
            lines_sudo._lower(surplus)

    # -- Replenishment screen -------------------------------------------------

    def _get_default_route(self):
        """Override of `_get_default_route` to show the requisition route."""
        rule = self._get_default_rule()
        return (
            rule.route_id
            if rule.action == "requisition"
            else (super()._get_default_route())
        )

    def _get_replenishment_order_notification(self):
        """Override of `_get_replenishment_order_notification` to link requisitions."""
        self.ensure_one()
        domain = Domain("orderpoint_id", "in", self.ids)
        if written_after := self.env.context.get("written_after"):
            domain &= Domain("write_date", ">=", written_after)
        line = self.env["parts.requisition.line"].search(
            domain, limit=1, order="id desc"
        )
        if not line:
            return super()._get_replenishment_order_notification()
        requisition = line.requisition_id
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("The parts are on this requisition"),
                "message": "%s",
                "links": [
                    {
                        "label": requisition.display_name,
                        "url": "/odoo/action-spare_parts_bridge."
                        f"parts_requisition_action/{requisition.id}",
                    }
                ],
                "sticky": False,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # -- safety stocks outlive their orders -----------------------------------

    def action_replenish(self, force_to_max=False):
        """Override of `action_replenish` to keep rules that hold a safety stock."""
        kept = self.with_context(**{KEEP_SAFETY_STOCK: True})
        return super(StockWarehouseOrderpoint, kept).action_replenish(force_to_max)

    @api.autovacuum
    def _unlink_processed_orderpoints(self):
        """Override of `_unlink_processed_orderpoints` to keep safety stocks.

        Core deletes each manual rule that the superuser made, by import or data, as
        soon as it has nothing to order.
        """
        kept = self.with_context(**{KEEP_SAFETY_STOCK: True})
        processed = super(
            StockWarehouseOrderpoint, kept
        )._unlink_processed_orderpoints()
        return (processed - processed.exists()).with_env(self.env)

    def unlink(self):
        """Override of `unlink` to keep rules that hold a safety stock."""
        if self.env.context.get(KEEP_SAFETY_STOCK):
            self = self.filtered(lambda orderpoint: not orderpoint.product_min_qty)
        return super().unlink()

    def action_view_requisitions(self):
        """Open the requisitions that the parts are waited for on."""
        lines = self.env["parts.requisition.line"].search(
            Domain("product_id", "in", self.product_id.ids)
            & Domain("requisition_id.warehouse_id", "in", self.warehouse_id.ids)
            & Domain("state", "in", IN_PROGRESS_STATES)
        )
        return lines.requisition_id._get_open_action()
