from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class StockWarehouseOrderpointSafetyStock(models.Model):
    """Warning the parts keeper when stock goes under its safety stock."""

    _inherit = "stock.warehouse.orderpoint"

    is_under_safety_stock = fields.Boolean(
        "Under Safety Stock",
        compute="_compute_is_under_safety_stock",
        search="_search_is_under_safety_stock",
        help="Less is on hand than the minimum quantity.",
    )
    safety_stock_activity_ids = fields.One2many(
        "mail.activity", "safety_stock_orderpoint_id", "Warnings"
    )

    _safety_stock_idx = models.Index(
        "(product_id, location_id) WHERE product_min_qty > 0"
    )

    # -- on hand, for many rules at once --------------------------------------

    @api.depends("product_min_qty", "product_id", "location_id")
    def _compute_is_under_safety_stock(self):
        on_hand = self._get_on_hand()
        for orderpoint in self:
            quantity = on_hand.get(orderpoint._origin.id, 0.0)
            orderpoint.is_under_safety_stock = (
                orderpoint.product_uom.compare(quantity, orderpoint.product_min_qty) < 0
            )

    @api.model
    def _search_is_under_safety_stock(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_on_hand()
        # Half of the smallest step is too small to be a part.
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        under = SQL(
            "(SELECT on_hand.id FROM (%s) AS on_hand"
            " WHERE on_hand.product_min_qty - on_hand.quantity > %s)",
            self._get_on_hand_query(SQL("orderpoint.product_min_qty > 0")),
            0.5 * 10**-digits,
        )
        return Domain("id", "in" if True in value else "not in", under)

    def _get_on_hand(self):
        """Return ``{id: quantity}`` of what lies at and below each rule's location."""
        ids = tuple(self._origin.ids)
        if not ids:
            return {}
        self._flush_on_hand()
        query = self._get_on_hand_query(SQL("orderpoint.id IN %s", ids))
        rows = self.env.execute_query(query)
        return {orderpoint_id: quantity for orderpoint_id, _minimum, quantity in rows}

    @api.model
    def _flush_on_hand(self):
        names = ["product_id", "location_id"]
        self.flush_model([*names, "product_min_qty"])
        self.env["stock.quant"].flush_model([*names, "quantity"])
        self.env["stock.location"].flush_model(["parent_path"])

    @api.model
    def _get_on_hand_query(self, condition):
        """Return a query of id, minimum and quantity on hand.

        The quants of one product are few and found by index, however many there are.
        """
        return SQL(
            """
            SELECT orderpoint.id, orderpoint.product_min_qty,
                   COALESCE(stock.quantity, 0) AS quantity
              FROM stock_warehouse_orderpoint orderpoint
              JOIN stock_location place ON place.id = orderpoint.location_id
              LEFT JOIN LATERAL (
                   SELECT SUM(quant.quantity) AS quantity
                     FROM stock_quant quant
                     JOIN stock_location location ON location.id = quant.location_id
                    WHERE quant.product_id = orderpoint.product_id
                      AND location.parent_path LIKE place.parent_path || '%%'
                   ) stock ON TRUE
             WHERE %s
            """,
            condition,
        )

    # -- warnings -------------------------------------------------------------

    @api.model
    def _check_safety_stock(self, products, locations):
        """Warn of safety stocks that are touched, and settle warnings that are over.

        :param products: `product.product` records that were moved
        :param locations: `stock.location` records they were moved from and to
        """
        if not products:
            return
        # sudo: whoever moves goods need not know the rules or the keeper's list
        orderpoints_sudo = self.sudo().search(
            Domain("product_id", "in", products.ids)
            & Domain("product_min_qty", ">", 0)
            & Domain("location_id", "parent_of", locations.ids)
        )
        if not orderpoints_sudo:
            return
        orderpoints_sudo.invalidate_recordset(["is_under_safety_stock"])
        under_sudo = orderpoints_sudo.filtered("is_under_safety_stock")
        under_sudo._warn_keeper()
        (orderpoints_sudo - under_sudo)._settle_warnings()

    def _warn_keeper(self):
        """Give the parts keeper one open activity for each rule."""
        silent = self.filtered(lambda rule: not rule.safety_stock_activity_ids)
        on_hand = silent._get_on_hand()
        for orderpoint in silent:
            if keeper := orderpoint.warehouse_id._get_parts_keeper():
                orderpoint._schedule_warning(keeper, on_hand[orderpoint.id])

    def _schedule_warning(self, keeper, quantity):
        """Schedule the activity on the product, in the keeper's language."""
        self.ensure_one()
        warned = self.with_context(lang=keeper.lang)
        self.product_id.with_context(mail_activity_quick_update=True).activity_schedule(
            "spare_parts_bridge.activity_type_safety_stock",
            summary=warned.env._(
                "%(warehouse)s: %(quantity)s on hand, safety stock %(safety_stock)s",
                warehouse=self.location_id.complete_name,
                quantity=self._format_quantity(quantity),
                safety_stock=self._format_quantity(self.product_min_qty),
            ),
            user_id=keeper.id,
            safety_stock_orderpoint_id=self.id,
        )

    def _format_quantity(self, quantity):
        text = f"{self.product_uom.round(quantity):.6f}".rstrip("0").rstrip(".")
        return f"{text} {self.product_uom.name}"

    def _settle_warnings(self):
        if activities := self.safety_stock_activity_ids:
            activities.action_feedback(
                feedback=self.env._("The safety stock is reached again.")
            )
