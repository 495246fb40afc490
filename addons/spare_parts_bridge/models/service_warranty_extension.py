# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceWarrantyExtension(models.Model):
    """With which line of an order an extension was sold."""

    _inherit = "service.warranty.extension"

    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        readonly=True,
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        groups="crm_service.group_service_technician",
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        "Sales Order",
        related="sale_line_id.order_id",
        groups="sales_team.group_sale_salesman",
    )
    sale_place = fields.Integer(
        readonly=True,
        copy=False,
        help="Which one it is, of several that the line sells.",
    )

    _sale_line_unique = models.UniqueIndex(
        "(sale_line_id, sale_place) WHERE sale_line_id IS NOT NULL",
        "This extension was made already. Reload the page.",
    )

    @api.model
    def _name_units(self, units):
        """Give extensions that wait for their unit one that their order delivered.

        Called in superuser mode.

        :param units: `service.asset` that have just been delivered
        """
        waiting = self.search(
            [
                ("asset_id", "=", False),
                ("sale_line_id", "!=", False),
                ("company_id", "in", units.company_id.ids),
            ],
            order="sale_line_id, sale_place",
        )
        if not waiting:
            return
        delivered = self._find_delivered(units, waiting.sale_line_id.order_id)
        for order, extensions in waiting.grouped("sale_order_id").items():
            known = order.order_line.service_extension_ids.asset_id
            free = delivered.get(order, units.browse()) - known
            for extension, unit in zip(extensions, free.sorted("id"), strict=False):
                extension._name_unit(unit)

    def _name_unit(self, unit):
        """Extend the warranty of `unit`, from when it has one."""
        begins = max(self.date_start, unit.warranty_start or self.date_start)
        self.write({"asset_id": unit.id, "date_start": begins})

    @api.model
    def _find_delivered(self, units, orders):
        """Return {order: those of `units` that were delivered for it}."""
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", units.lot_id.ids),
                ("state", "=", "done"),
                ("move_id.sale_line_id.order_id", "in", orders.ids),
            ]
        )
        by_lot = units.grouped("lot_id")
        found = {}
        for line in lines:
            order = line.move_id.sale_line_id.order_id
            unit = by_lot.get(line.lot_id, units.browse())
            found[order] = found.get(order, units.browse()) | unit
        return found
