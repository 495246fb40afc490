from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestReceipt(PartsCommon):
    """Shipping, counting and settling what does not agree."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.transit = cls.env.ref("stock.stock_location_inter_company")
        cls.set_stock(cls.part, 20.0)

    def ship_new(self, quantity=5.0, **values):
        requisition = self.create_requisition({self.part: quantity}, **values)
        self.approve(requisition)
        self.ship(requisition)
        return requisition

    def get_transit(self, product=None):
        return self.get_stock(product or self.part, location=self.transit)

    def test_goods_are_in_transit_until_they_are_counted(self):
        requisition = self.ship_new(5.0)
        self.assertEqual(requisition.state, "shipped")
        self.assertEqual(self.get_stock(self.part, self.source), 15.0)
        self.assertEqual(self.get_transit(), 5.0)
        self.assertEqual(self.get_stock(self.part), 0.0)
        self.count(requisition)
        self.assertEqual(requisition.state, "done")
        self.assertEqual(self.get_transit(), 0.0)
        self.assertEqual(self.get_stock(self.part), 5.0)

    def test_what_is_on_its_way_counts_in_the_forecast(self):
        self.ship_new(5.0)
        part = self.part.with_company(self.service).with_context(
            allowed_company_ids=self.service.ids, warehouse_id=self.warehouse.id
        )
        self.assertEqual(part.virtual_available, 5.0)

    def test_partial_shipments_make_backorders_and_counts(self):
        requisition = self.create_requisition({self.part: 5.0})
        self.approve(requisition)
        self.ship(requisition, {self.part: 2.0})
        self.assertEqual(requisition.state, "shipped")
        self.assertEqual(requisition.line_ids.qty_shipped, 2.0)
        self.count(requisition)
        self.assertEqual(requisition.state, "shipped")
        self.ship(requisition)
        self.count(requisition)
        self.assertEqual(requisition.state, "done")
        self.assertEqual(requisition.line_ids.qty_accepted, 5.0)
        self.assertEqual(len(requisition.sudo().delivery_ids), 2)

    def test_the_buttons_of_a_requisition_open_its_documents(self):
        requisition = self.ship_new(5.0)
        self.count(requisition, {self.part: {"qty_accepted": 3.0}})
        seen = self.as_user(requisition, self.clerk)
        for action, records in (
            (seen.action_view_deliveries(), requisition.sudo().delivery_ids),
            (seen.action_view_receipts(), requisition.receipt_ids),
            (seen.action_view_discrepancies(), requisition.discrepancy_ids),
        ):
            self.assertEqual(action["res_model"], records._name)
            self.assertEqual(action["res_id"], records.id)

    def test_more_than_is_in_stock_cannot_be_shipped(self):
        requisition = self.create_requisition({self.part: 25.0})
        self.approve(requisition)
        with self.assertRaisesRegex(UserError, "only 20.0 is available"):
            self.ship(requisition, {self.part: 25.0})
        with self.assertRaisesRegex(UserError, "was approved"):
            self.ship(requisition, {self.part: 26.0})
        self.assertEqual(self.get_stock(self.part, self.source), 20.0)

    def test_nothing_in_stock_is_said(self):
        empty = self.create_product(name="Empty")
        self.set_transfer_price(empty, 1.0)
        requisition = self.create_requisition({empty: 1.0})
        self.approve(requisition)
        with self.assertRaisesRegex(UserError, "is in stock"):
            self.ship(requisition)

    def test_serial_numbers_are_carried_over(self):
        serial = self.create_product(name="Board", tracking="serial")
        self.set_transfer_price(serial, 80.0)
        lots = self.env["stock.lot"]
        for name in ("B1", "B2", "B3"):
            lot = self.create_lot(serial, name)
            self.set_stock(serial, 1.0, lot=lot)
            lots |= lot
        requisition = self.create_requisition({serial: 2.0})
        self.approve(requisition)
        self.ship(requisition, {serial: 2.0}, {serial: ["B3", "B1"]})
        receipt = requisition.receipt_ids
        self.assertEqual(
            sorted(receipt.line_ids.sudo().lot_id.mapped("name")), ["B1", "B3"]
        )
        self.count(requisition)
        for lot, expected in zip(lots, (1.0, 0.0, 1.0), strict=True):
            self.assertEqual(self.get_stock(serial, lot=lot), expected)

    def test_an_unknown_lot_is_refused(self):
        serial = self.create_product(name="Board", tracking="serial")
        self.set_transfer_price(serial, 80.0)
        self.set_stock(serial, 1.0, lot=self.create_lot(serial, "B1"))
        requisition = self.create_requisition({serial: 1.0})
        self.approve(requisition)
        with self.assertRaisesRegex(UserError, "no lot or serial number B9"):
            self.ship(requisition, {serial: 1.0}, {serial: ["B9"]})

    def test_one_lot_of_several_may_be_short(self):
        lotted = self.create_product(name="Oil", tracking="lot")
        self.set_transfer_price(lotted, 3.0)
        for name in ("L1", "L2"):
            self.set_stock(lotted, 4.0, lot=self.create_lot(lotted, name))
        requisition = self.create_requisition({lotted: 8.0})
        self.approve(requisition)
        self.ship(requisition)
        receipt = requisition.receipt_ids
        first, second = receipt.line_ids.sorted(lambda row: row.sudo().lot_id.name)
        receipt = self.as_user(receipt, self.keeper)
        receipt.action_accept_all()
        self.as_user(second, self.keeper).qty_accepted = 3.0
        receipt.action_confirm()
        self.assertEqual(self.get_stock(lotted, lot=first.sudo().lot_id), 4.0)
        self.assertEqual(self.get_stock(lotted, lot=second.sudo().lot_id), 3.0)
        self.assertEqual(receipt.discrepancy_ids.sudo().lot_id, second.sudo().lot_id)

    def test_a_count_splits_into_accepted_short_damaged_and_wrong(self):
        requisition = self.ship_new(10.0)
        receipt = self.count(
            requisition,
            {self.part: {"qty_accepted": 5.0, "qty_damaged": 2.0, "qty_wrong": 1.0}},
        )
        self.assertEqual(receipt.line_ids.qty_short, 2.0)
        self.assertEqual(requisition.state, "received")
        self.assertEqual(
            sorted(receipt.discrepancy_ids.mapped(lambda d: (d.kind, d.quantity))),
            [("damaged", 2.0), ("short", 2.0), ("wrong", 1.0)],
        )
        self.assertEqual(self.get_stock(self.part), 5.0)
        self.assertEqual(self.get_transit(), 5.0)

    def test_the_source_is_asked_to_settle_until_it_has(self):
        requisition = self.ship_new(5.0)
        self.count(requisition, {self.part: {"qty_accepted": 3.0}})
        activity = requisition.discrepancy_ids.sudo().activity_ids
        self.assertEqual(activity.user_id, self.clerk)
        self.settle(requisition, "write_off")
        self.assertFalse(requisition.discrepancy_ids.sudo().activity_ids)

    def test_the_source_does_not_see_the_customers_request(self):
        requisition = self.ship_new(5.0, ticket_id=self.create_ticket().id)
        seen = self.as_user(requisition, self.clerk)
        with self.assertRaises(AccessError):
            seen.read(["ticket_id"])
        with self.assertRaises(AccessError):
            self.as_user(requisition.receipt_ids, self.clerk).read(["ticket_id"])
        self.assertTrue(self.as_user(requisition, self.keeper).ticket_id)

    def test_more_than_was_shipped_cannot_be_counted(self):
        requisition = self.ship_new(5.0)
        with self.assertRaisesRegex(UserError, "only 5.0 was shipped"):
            self.count(requisition, {self.part: {"qty_accepted": 6.0}})
        self.assertEqual(self.get_transit(), 5.0)

    def test_a_count_happens_once(self):
        requisition = self.ship_new(5.0)
        receipt = self.count(requisition)
        with self.assertRaisesRegex(UserError, "already counted"):
            receipt.action_confirm()
        self.assertEqual(self.get_stock(self.part), 5.0)

    def test_only_a_keeper_of_the_requester_counts(self):
        requisition = self.ship_new(5.0)
        for user in (self.clerk, self.technician):
            with self.assertRaises(AccessError):
                self.as_user(requisition.receipt_ids, user).action_confirm()

    def test_the_receipt_transfer_cannot_bypass_the_count(self):
        requisition = self.ship_new(5.0)
        picking = requisition.receipt_ids.sudo().picking_id
        with self.assertRaisesRegex(UserError, "received by counting it"):
            self.as_user(picking, self.keeper).button_validate()

    def test_an_incomplete_count_leaves_the_rest_to_another(self):
        requisition = self.ship_new(5.0)
        self.count(requisition, {self.part: {"qty_accepted": 2.0}}, is_complete=False)
        self.assertFalse(requisition.discrepancy_ids)
        rest = requisition.receipt_ids.filtered(lambda row: row.state == "draft")
        self.assertEqual(rest.line_ids.qty_expected, 3.0)
        self.count(requisition)
        self.assertEqual(requisition.state, "done")
        self.assertEqual(self.get_stock(self.part), 5.0)

    def settle(self, requisition, resolution, **values):
        discrepancy = self.as_user(requisition.discrepancy_ids, self.clerk)
        discrepancy.write({"resolution": resolution, **values})
        discrepancy.action_settle()
        return discrepancy

    def test_shipping_again_closes_after_the_second_count(self):
        requisition = self.ship_new(5.0)
        self.count(requisition, {self.part: {"qty_accepted": 3.0}})
        self.settle(requisition, "ship_again")
        self.assertEqual(requisition.state, "shipped")
        self.ship(requisition)
        self.count(requisition)
        self.assertEqual(requisition.state, "done")
        self.assertEqual(self.get_stock(self.part), 5.0)
        self.assertEqual(self.get_transit(), 0.0)
        # 20 less 5 delivered, less 2 shipped again, for which 2 are lost.
        self.assertEqual(self.get_stock(self.part, self.source), 13.0)
        self.assertEqual(requisition.line_ids.qty_shipped, 5.0)
        amounts = requisition.sudo().posting_ids.move_id.filtered(
            lambda move: move.move_type == "out_invoice"
        )
        self.assertEqual(sum(amounts.mapped("amount_untaxed")), 300.0)

    def test_shipping_again_what_was_never_packed(self):
        requisition = self.ship_new(5.0)
        self.count(requisition, {self.part: {"qty_accepted": 3.0}})
        self.settle(requisition, "ship_again", goods="returned")
        self.ship(requisition)
        self.count(requisition)
        self.assertEqual(self.get_stock(self.part, self.source), 15.0)

    def test_a_write_off_charges_only_what_was_accepted(self):
        requisition = self.ship_new(5.0)
        self.count(requisition, {self.part: {"qty_accepted": 3.0}})
        self.settle(requisition, "write_off")
        self.assertEqual(requisition.state, "done")
        self.assertEqual(self.get_transit(), 0.0)
        self.assertEqual(self.get_stock(self.part, self.source), 15.0)
        invoice = requisition.sudo().posting_ids.move_id.filtered(
            lambda move: move.move_type == "out_invoice"
        )
        self.assertEqual(invoice.amount_untaxed, 180.0)
        scrap = self.env["stock.scrap"].search([("product_id", "=", self.part.id)])
        self.assertRecordValues(
            scrap, [{"scrap_qty": 2.0, "company_id": self.factory.id, "state": "done"}]
        )

    def test_a_return_closes_when_the_goods_are_back(self):
        requisition = self.ship_new(5.0)
        self.count(requisition, {self.part: {"qty_accepted": 4.0, "qty_damaged": 1.0}})
        discrepancy = self.settle(requisition, "return")
        self.assertEqual(discrepancy.state, "returning")
        self.assertEqual(requisition.state, "received")
        picking = discrepancy.sudo().move_ids.picking_id
        self.as_user(picking, self.clerk).button_validate()
        self.assertEqual(discrepancy.state, "settled")
        self.assertEqual(requisition.state, "done")
        self.assertEqual(self.get_stock(self.part, self.source), 16.0)

    def test_nothing_accepted_posts_nothing(self):
        requisition = self.ship_new(5.0)
        self.count(requisition, {self.part: {"qty_damaged": 5.0}})
        self.assertFalse(requisition.sudo().posting_ids)
        self.settle(requisition, "write_off")
        self.assertEqual(requisition.state, "done")

    def test_a_discrepancy_is_settled_once_and_by_the_source(self):
        requisition = self.ship_new(5.0)
        self.count(requisition, {self.part: {"qty_accepted": 3.0}})
        with self.assertRaisesRegex(UserError, "Choose how"):
            self.as_user(requisition.discrepancy_ids, self.clerk).action_settle()
        discrepancy = self.settle(requisition, "write_off")
        with self.assertRaisesRegex(UserError, "already being settled"):
            discrepancy.action_settle()
        with self.assertRaises(AccessError):
            self.as_user(discrepancy, self.keeper).action_settle()

    def test_the_write_off_costs_what_the_goods_cost(self):
        """The source's stock value ends where it would without the shipment."""
        category = self.create_category("fifo", "real_time")
        product = self.create_product(
            name="Costly", categ_id=category.id, standard_price=40.0
        )
        self.set_transfer_price(product, 60.0)
        self.set_stock(product, 5.0)
        requisition = self.create_requisition({product: 5.0})
        self.approve(requisition)
        self.ship(requisition)
        self.count(requisition, {product: {"qty_accepted": 3.0}})
        self.receive(product, self.source, 1.0, 100.0)
        self.settle(requisition, "write_off")
        returned = requisition.discrepancy_ids.sudo().move_ids
        self.assertEqual(returned.value, 80.0)
        product = product.with_context(allowed_company_ids=self.factory.ids)
        self.assertEqual(product.qty_available, 1.0)

    def test_a_factory_with_three_steps_picks_packs_and_ships(self):
        self.source.delivery_steps = "pick_pack_ship"
        requisition = self.create_requisition({self.part: 5.0})
        self.approve(requisition)
        with self.assertRaisesRegex(UserError, "not picked yet"):
            self.ship(requisition)
        for _step in ("pick", "pack"):
            picking = requisition._get_open_deliveries()
            picking.move_ids.picked = True
            picking.button_validate()
        self.ship(requisition)
        self.assertEqual(requisition.state, "shipped")
        self.assertEqual(self.get_transit(), 5.0)
        self.count(requisition)
        self.assertEqual(requisition.state, "done")
        self.assertEqual(self.get_stock(self.part), 5.0)
