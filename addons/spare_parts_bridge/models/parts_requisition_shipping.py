from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class PartsRequisitionShipping(models.Model):
    """The delivery note: from the source's stock into transit."""

    _inherit = "parts.requisition"

    def _get_transit_location(self):
        """Return where goods are between shipping and counting."""
        self.ensure_one()
        if self.is_intercompany:
            location = self.env.ref("stock.stock_location_inter_company").sudo()
        else:
            location = self.company_id.sudo().internal_transit_location_id
        if not location.active:
            location.active = True
        return location

    def _get_open_deliveries(self):
        """Return the source's pickings that are still to be done."""
        return (
            self.env["stock.picking"]
            .sudo()
            .search(
                [
                    ("parts_requisition_id", "in", self.ids),
                    ("parts_role", "=", "delivery"),
                    ("state", "not in", ("done", "cancel")),
                ]
            )
        )

    def _create_delivery(self, quantities, discrepancy=None):
        """Make the source's delivery note and reserve what there is.

        :param dict quantities: ``{parts.requisition.line: quantity}``
        :param discrepancy: `parts.discrepancy` that is settled by shipping again
        :return: the open pickings of the source
        """
        self.ensure_one()
        source = self.source_company_id
        run = (
            self._run_delivery_rules if self.is_intercompany else self._move_to_transit
        )
        run(
            {line: quantity for line, quantity in quantities.items() if quantity},
            discrepancy or self.env["parts.discrepancy"],
        )
        deliveries = self._get_open_deliveries().with_company(source)
        deliveries.action_assign()
        return deliveries

    def _run_delivery_rules(self, quantities, discrepancy):
        """Let the source's own delivery route make its pickings (1 to 3 steps)."""
        source = self.source_company_id
        rule_sudo = self.env["stock.rule"].sudo().with_company(source)
        location = self._get_transit_location()
        rule_sudo.run(
            [
                rule_sudo.Procurement(
                    line.product_id,
                    quantity,
                    line.product_uom_id,
                    location,
                    self.name,
                    self.name,
                    source,
                    self._prepare_procurement_values(line, discrepancy),
                )
                for line, quantity in quantities.items()
            ]
        )

    def _prepare_procurement_values(self, line, discrepancy):
        warehouse = self.source_warehouse_id
        return {
            "warehouse_id": warehouse,
            "route_ids": warehouse.delivery_route_id,
            "company_id": self.source_company_id,
            "partner_id": self._get_delivery_partner().id,
            "reference_ids": self._get_stock_reference(),
            "priority": self.priority,
            "parts_requisition_line_id": line.id,
            "parts_role": "delivery",
            "parts_discrepancy_id": discrepancy.id,
        }

    def _get_stock_reference(self):
        """Return the reference that ties the pickings of this requisition."""
        reference_sudo = self.env["stock.reference"].sudo()
        return reference_sudo.search(
            [("name", "=", self.name)], limit=1
        ) or reference_sudo.create({"name": self.name})

    def _get_delivery_partner(self):
        return self.warehouse_id.partner_id or self.company_id.partner_id

    def _move_to_transit(self, quantities, discrepancy):
        """Make the delivery within one company."""
        warehouse = self.source_warehouse_id
        picking = (
            self.env["stock.picking"]
            .sudo()
            .with_company(self.source_company_id)
            .create(
                {
                    "picking_type_id": warehouse.out_type_id.id,
                    "partner_id": self._get_delivery_partner().id,
                    "origin": self.name,
                    "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": self._get_transit_location().id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "product_uom_qty": quantity,
                                "parts_requisition_line_id": line.id,
                                "parts_role": "delivery",
                                "parts_discrepancy_id": discrepancy.id,
                            }
                        )
                        for line, quantity in quantities.items()
                    ],
                }
            )
        )
        picking.action_confirm()

    def _get_source_stock(self, product):
        """Return what of a part is free at the source, for people of the source.

        :return: quantity in the product's unit; 0.0 for the other company
        """
        company = self.source_company_id
        if company not in self.env.user.company_ids:
            return 0.0
        warehouse_sudo = self.source_warehouse_id.sudo()
        return (
            product.sudo()
            .with_company(company)
            .with_context(warehouse_id=warehouse_sudo.id)
            .free_qty
        )

    # ------------------------------------------------------------------
    # Shipping
    # ------------------------------------------------------------------

    def _ship(self, quantities=None, lots=None):
        """Validate the open delivery note as a clerk of the source.

        :param dict quantities: ``{product.product: quantity}`` to ship now; what is
            reserved when empty. The rest stays on a backorder.
        :param dict lots: ``{product.product: [lot name]}`` to ship
        :return: the validated `stock.picking`
        """
        self.ensure_one()
        self._ensure_company(
            self.source_company_id, "spare_parts_bridge.group_parts_clerk"
        )
        self._lock_in_order()
        picking = self.sudo()._get_delivery_to_ship()
        picking._fill_parts_shipment(quantities or {}, lots or {})
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if picking.state != "done":
            raise UserError(
                self.env._(
                    "%(picking)s could not be validated. Open it under Inventory / "
                    "Transfers to see what it asks for.",
                    picking=picking.name,
                )
            )
        picking.message_post(body=self.env._("Shipped by %s.", self.env.user.name))
        return picking

    def _get_delivery_to_ship(self):
        deliveries = self._get_open_deliveries()
        shippable = deliveries.filtered(
            lambda p: any(move._is_parts_shipment() for move in p.move_ids)
        )
        if shippable:
            return shippable.sorted("id")[:1].with_company(self.source_company_id)
        if deliveries:
            raise UserError(
                self.env._(
                    "The parts of %(name)s are not picked yet: process %(picking)s "
                    "first.",
                    name=self.name,
                    picking=", ".join(deliveries.mapped("name")),
                )
            )
        raise UserError(
            self.env._(
                "%(name)s has nothing to ship: it is %(state)s.",
                name=self.name,
                state=dict(self._fields["state"]._description_selection(self.env))[
                    self.state
                ],
            )
        )

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _get_open_receipts(self, delivery=None):
        """Return the counts that are still to be made.

        :param str delivery: number of one delivery note; all of them when empty
        :raise UserError: when everything that was shipped is counted
        """
        self.ensure_one()
        self._lock_in_order()
        receipts = self.receipt_ids.filtered(lambda receipt: receipt.state == "draft")
        if delivery:
            receipts = receipts.filtered(lambda row: row.delivery_name == delivery)
        if receipts:
            return receipts.sorted("id")
        if self.receipt_ids:
            raise UserError(
                self.env._(
                    "Everything that was shipped for %(name)s is counted already.",
                    name=self.name,
                )
            )
        raise UserError(
            self.env._(
                "Nothing has been shipped for %(name)s yet, so there is nothing to "
                "count.",
                name=self.name,
            )
        )

    # ------------------------------------------------------------------
    # State after shipping, counting and settling
    # ------------------------------------------------------------------

    def _update_state(self):
        """Move each requisition to the state that its documents show."""
        for requisition in self:
            state = requisition._get_state_from_documents()
            if state == requisition.state:
                continue
            requisition.state = state
            if state == "done":
                requisition.done_at = fields.Datetime.now()
            if state in ("done", "cancelled"):
                requisition._release_tickets()

    def _release_tickets(self):
        """Let tickets go on that wait for no other parts."""
        waiting = self.search(
            Domain("ticket_id", "in", self.ticket_id.ids)
            & Domain("state", "in", ("submitted", "approved", "shipped"))
        )
        (self.ticket_id - waiting.ticket_id)._move_to_phase("in_progress")

    def _get_state_from_documents(self):
        if self.state not in ("approved", "shipped", "received"):
            return self.state
        is_moving = bool(self._get_open_deliveries())
        if not any(line.qty_shipped for line in self.line_ids):
            # The source cancelled its delivery note: nothing will come.
            return self.state if is_moving else "cancelled"
        if is_moving or self.open_receipt_count:
            return "shipped"
        return "received" if self.open_discrepancy_count else "done"
