from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError


class ServiceApiShipping(models.AbstractModel):
    """Requisitions for other systems: ship, count and stock levels."""

    _inherit = "service.api"

    @api.model
    def ship_requisition(self, name, lines=None):
        """Validate the delivery note of a requisition.

        :param str name: number of the requisition
        :param list lines: ``[{product, quantity, lots}]``; all that is reserved when
            empty. What is left stays on a backorder.
        :return: ``{name, state, delivery}``
        """
        requisition = self._lookup_requisition(name)
        quantities = self._parse_quantities(lines or [])
        picking = requisition._ship(quantities, self._parse_lots(lines or []))
        return {**self._format_requisition(requisition), "delivery": picking.name}

    def _parse_lots(self, lines):
        """Return ``{product: [lot name]}`` of lines that were checked before."""
        lots = defaultdict(list)
        for line in lines:
            if names := line.get("lots"):
                lots[self._lookup_product(line["product"])] += self._check_lots(names)
        return dict(lots)

    def _check_lots(self, names):
        for name in names:
            self._check_type("lots", name, str)
        return names

    @api.model
    def confirm_receipt(self, name, lines, delivery=None):
        """Count what arrived; what is missing from the shipped quantity is short.

        :param str name: number of the requisition
        :param list lines: ``[{product, accepted, damaged, wrong, lots}]``
        :param str delivery: number of the delivery note, when several are on the
            road; without it the oldest are counted first, and those of which nothing
            is counted stay open
        :return: ``{name, state, discrepancies, postings}``
        """
        requisition = self._lookup_requisition(name)
        receipts = requisition._get_open_receipts(delivery)
        self._fill_counts(receipts, lines)
        receipts = receipts._get_counted()
        receipts.action_confirm()
        return {
            **self._format_requisition(requisition),
            "discrepancies": self._format_discrepancies(receipts.discrepancy_ids),
            "postings": self._format_postings([("receipt_id", "in", receipts.ids)]),
        }

    @api.model
    def stock_levels(self, warehouse):
        """Tell what a warehouse has of each part that it keeps.

        :param str warehouse: code of the warehouse
        :return: ``[{product, on_hand, forecast, safety_stock, to_requisition}]`` in
            the products' units
        """
        warehouse = self._lookup_warehouse(warehouse)
        orderpoints = self.env["stock.warehouse.orderpoint"].search(
            [("warehouse_id", "=", warehouse.id)]
        )
        safety, missing = defaultdict(float), defaultdict(float)
        for orderpoint in orderpoints:
            safety[orderpoint.product_id] += orderpoint.product_min_qty
            missing[orderpoint.product_id] += orderpoint._get_qty_to_order()
        products = orderpoints.product_id | self._get_products_in_stock(warehouse)
        return [
            {
                "product": product.default_code or product.display_name,
                "on_hand": product.qty_available,
                "forecast": product.virtual_available,
                "safety_stock": safety[product],
                "to_requisition": missing[product],
            }
            for product in products.with_context(warehouse_id=warehouse.id).sorted(
                lambda product: (product.default_code or "", product.id)
            )
        ]

    def _get_products_in_stock(self, warehouse):
        groups = self.env["stock.quant"]._read_group(
            [
                ("location_id", "child_of", warehouse.view_location_id.id),
                ("location_id.usage", "=", "internal"),
                ("quantity", "!=", 0),
            ],
            ["product_id"],
        )
        return self.env["product.product"].union(*(product for (product,) in groups))

    # ------------------------------------------------------------------
    # Counts
    # ------------------------------------------------------------------

    def _fill_counts(self, receipts, lines):
        """Spread the counted quantities over the open counts, oldest first."""
        self._check_type("lines", lines, list)
        rows = receipts.line_ids.sorted("id")
        # What somebody has typed in so far does not add to what is sent.
        rows.write({"qty_accepted": 0.0, "qty_damaged": 0.0, "qty_wrong": 0.0})
        for values in lines:
            values = self._check_count(values)
            product = self._lookup_product(values["product"])
            mine = rows.filtered(lambda row, p=product: row.product_id == p)
            lots = self._check_lots(values.get("lots") or [])
            mine = self._filter_lots(mine, product, lots)
            for key in ("accepted", "damaged", "wrong"):
                mine._add_counted(f"qty_{key}", values.get(key) or 0.0)

    def _check_count(self, values):
        number = (int, float)
        values = self._check_payload(
            values,
            allowed={
                "product": str,
                "accepted": number,
                "damaged": number,
                "wrong": number,
                "lots": list,
            },
            required={"product"},
        )
        if any((values.get(key) or 0) < 0 for key in ("accepted", "damaged", "wrong")):
            raise UserError(
                self.env._(
                    "%(product)s: counted quantities cannot be negative.",
                    product=values["product"],
                )
            )
        return values

    def _filter_lots(self, rows, product, lot_names):
        if not rows:
            raise UserError(
                self.env._(
                    "%(product)s was not shipped. Count only what is on the delivery "
                    "note, and report other parts to the source.",
                    product=product.display_name,
                )
            )
        if not lot_names:
            return rows
        shipped = set(rows.sudo().lot_id.mapped("name"))
        if unknown := set(lot_names) - shipped:
            raise UserError(
                self.env._(
                    "%(product)s: %(lots)s was not shipped; the delivery note has "
                    "%(shipped)s.",
                    product=product.display_name,
                    lots=", ".join(sorted(unknown)),
                    shipped=", ".join(sorted(filter(None, shipped))) or "-",
                )
            )
        return rows.filtered(lambda row: row.lot_id.sudo().name in lot_names)
