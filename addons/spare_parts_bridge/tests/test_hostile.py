from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestHostile(PartsCommon):
    """Nobody gets around approvals, counts and postings by Odoo's other doors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.transit = cls.env.ref("stock.stock_location_inter_company")
        cls.set_stock(cls.part, 20.0)

    def approve_new(self, quantity=3.0):
        requisition = self.create_requisition({self.part: quantity})
        self.approve(requisition)
        return requisition

    def ship_new(self, quantity=3.0):
        requisition = self.approve_new(quantity)
        self.ship(requisition)
        return requisition

    def get_delivery(self, requisition):
        return self.as_user(requisition.sudo().delivery_ids[-1:], self.clerk)

    def get_receipt_picking(self, requisition):
        picking = requisition.sudo().receipt_ids[:1].picking_id
        return self.as_user(picking, self.keeper)

    # -- forged links -------------------------------------------------------

    def test_nobody_forges_a_shipment(self):
        requisition = self.approve_new()
        values = {
            "product_id": self.part.id,
            "product_uom_qty": 7.0,
            "location_id": self.warehouse.lot_stock_id.id,
            "location_dest_id": self.transit.id,
            "company_id": self.service.id,
        }
        move_model = self.as_user(self.env["stock.move"], self.keeper)
        link = {
            "parts_requisition_line_id": requisition.line_ids.id,
            "parts_role": "delivery",
        }
        with self.assertRaises(AccessError):
            move_model.create({**values, **link})
        move = move_model.create(values)
        with self.assertRaises(AccessError):
            move.write(link)

    def test_nobody_forges_by_a_default(self):
        requisition = self.approve_new()
        move = (
            self.as_user(self.env["stock.move"], self.keeper)
            .with_context(
                default_parts_requisition_line_id=requisition.line_ids.id,
                default_parts_role="delivery",
            )
            .create(
                {
                    "product_id": self.part.id,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "location_dest_id": self.transit.id,
                    "company_id": self.service.id,
                }
            )
        )
        self.assertFalse(move.sudo().parts_requisition_line_id)

    def test_nobody_unties_a_receipt_from_its_count(self):
        picking = self.get_receipt_picking(self.ship_new())
        for values in ({"parts_receipt_id": False}, {"parts_role": False}):
            with self.assertRaises(AccessError):
                picking.write(values)
        with self.assertRaises(AccessError):
            picking.move_ids.write({"parts_role": False})

    def test_nobody_values_a_receipt_by_another_bill(self):
        requisition = self.ship_new()
        self.count(requisition)
        move = self.get_receipt_picking(requisition).move_ids
        with self.assertRaises(AccessError):
            move.write({"parts_account_line_ids": [(5,)]})

    # -- goods without a count ----------------------------------------------

    def test_received_goods_cannot_leave_the_counted_transfer(self):
        picking = self.get_receipt_picking(self.ship_new())
        other = picking.create(
            {
                "picking_type_id": picking.picking_type_id.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        picking.move_ids.write({"picking_id": other.id})
        other.move_ids.write({"quantity": 3.0, "picked": True})
        with self.assertRaisesRegex(UserError, "count"):
            other.button_validate()

    def test_an_open_receipt_transfer_cannot_be_deleted(self):
        picking = self.get_receipt_picking(self.ship_new())
        with self.assertRaisesRegex(UserError, "count"):
            picking.unlink()

    # -- more than was approved ---------------------------------------------

    def test_inventory_ships_no_more_than_was_approved(self):
        requisition = self.approve_new(3.0)
        picking = self.get_delivery(requisition)
        picking.move_ids.write({"quantity": 5.0, "picked": True})
        with self.assertRaisesRegex(UserError, "approved"):
            picking.button_validate()

    def test_raising_the_demand_does_not_raise_what_was_approved(self):
        requisition = self.approve_new(3.0)
        picking = self.get_delivery(requisition)
        picking.move_ids.write({"product_uom_qty": 5.0})
        picking.action_assign()
        picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "approved"):
            picking.button_validate()

    def test_a_copied_delivery_note_ships_nothing_for_the_requisition(self):
        requisition = self.ship_new(3.0)
        self.get_delivery(requisition).copy()
        self.assertEqual(len(requisition.sudo().delivery_ids), 1)

    def test_a_clerk_ships_partly_in_inventory(self):
        requisition = self.approve_new(5.0)
        picking = self.get_delivery(requisition)
        picking.move_ids.write({"quantity": 2.0, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(requisition.line_ids.qty_shipped, 2.0)
        self.ship(requisition)
        self.assertEqual(requisition.line_ids.qty_shipped, 5.0)

    def test_a_clerk_ships_partly_and_cancels_the_rest(self):
        requisition = self.approve_new(5.0)
        picking = self.get_delivery(requisition)
        picking.move_ids.write({"quantity": 2.0, "picked": True})
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual(requisition.state, "shipped")
        self.count(requisition)
        self.assertEqual(requisition.state, "done")

    def test_a_shipped_quantity_stays_as_it_is(self):
        requisition = self.ship_new(3.0)
        picking = self.get_delivery(requisition)
        picking.action_toggle_is_locked()
        with self.assertRaisesRegex(UserError, "count"):
            picking.move_line_ids.write({"quantity": 1.0})

    def test_a_shipment_in_two_steps_is_shipped_once(self):
        self.source.delivery_steps = "pick_ship"
        requisition = self.approve_new(3.0)
        pick = self.get_delivery(requisition)
        pick.move_ids.picked = True
        pick.button_validate()
        self.assertEqual(requisition.line_ids.qty_shipped, 0.0)
        self.ship(requisition)
        self.assertEqual(requisition.line_ids.qty_shipped, 3.0)
        self.count(requisition)
        self.assertEqual(requisition.state, "done")

    def test_goods_received_in_two_steps_are_put_away(self):
        self.warehouse.reception_steps = "two_steps"
        requisition = self.ship_new(3.0)
        self.count(requisition)
        put_away = self.env["stock.move"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_dest_id", "=", self.warehouse.lot_stock_id.id),
            ]
        )
        self.assertEqual(put_away.parts_requisition_line_id, requisition.line_ids)
        picking = self.as_user(put_away.picking_id, self.keeper)
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(self.get_stock(self.part), 3.0)

    # -- returns --------------------------------------------------------------

    def test_a_delivery_on_its_way_is_not_returned_by_hand(self):
        requisition = self.ship_new(3.0)
        picking = self.get_delivery(requisition)
        wizard = Form(
            self.as_user(self.env["stock.return.picking"], self.clerk).with_context(
                active_id=picking.id, active_ids=picking.ids, active_model=picking._name
            )
        ).save()
        wizard.product_return_moves.quantity = 1.0
        with self.assertRaisesRegex(UserError, "count"):
            wizard.action_create_returns()

    def settle(self, discrepancy, **values):
        discrepancy = self.as_user(discrepancy, self.clerk)
        discrepancy.write(values)
        discrepancy.action_settle()
        return discrepancy

    def test_a_cancelled_return_is_settled_again(self):
        requisition = self.ship_new(3.0)
        self.count(requisition, {self.part: {"qty_damaged": 1.0, "qty_accepted": 2.0}})
        discrepancy = self.settle(requisition.discrepancy_ids, resolution="return")
        discrepancy.sudo().move_ids.picking_id.action_cancel()
        self.assertEqual(discrepancy.state, "open")
        self.assertEqual(requisition.state, "received")
        self.settle(discrepancy, resolution="write_off")
        self.assertEqual(requisition.state, "done")
        self.assertEqual(self.get_stock(self.part, location=self.transit), 0.0)

    def test_lost_goods_are_scrapped_where_they_were_put(self):
        shelf = self.env["stock.location"].create(
            {
                "name": "Shelf",
                "location_id": self.source.lot_stock_id.id,
                "company_id": self.factory.id,
            }
        )
        self.env["stock.putaway.rule"].create(
            {
                "product_id": self.part.id,
                "location_in_id": self.source.lot_stock_id.id,
                "location_out_id": shelf.id,
                "company_id": self.factory.id,
            }
        )
        requisition = self.ship_new(20.0)
        self.count(requisition, {self.part: {"qty_accepted": 18.0}})
        self.settle(requisition.discrepancy_ids, resolution="write_off")
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.part.id),
                ("location_id", "child_of", self.source.lot_stock_id.id),
            ]
        )
        self.assertFalse(quants.filtered(lambda quant: quant.quantity < 0))
        self.assertEqual(sum(quants.mapped("quantity")), 0.0)

    # -- prices and approvals -------------------------------------------------

    def test_a_price_raised_meanwhile_needs_the_step_of_its_amount(self):
        self.env["parts.approval.rule"].search([]).active = False
        rules = self.env["parts.approval.rule"].create(
            [
                {
                    "name": "Warehouse",
                    "group_id": self.env.ref("spare_parts_bridge.group_parts_clerk").id,
                },
                {
                    "name": "Finance",
                    "sequence": 20,
                    "min_amount": 1000.0,
                    "currency_id": self.factory.currency_id.id,
                    "group_id": self.env.ref(
                        "spare_parts_bridge.group_parts_approver"
                    ).id,
                },
            ]
        )
        requisition = self.create_requisition({self.part: 3.0})
        self.as_user(requisition, self.keeper).action_submit()
        self.assertEqual(requisition.sudo().approval_ids.rule_id, rules[0])
        self.factory.transfer_pricelist_id.item_ids.fixed_price = 5000.0
        self.as_user(requisition, self.clerk)._decide("approve")
        self.assertEqual(requisition.state, "submitted")
        self.assertEqual(requisition.sudo().current_approval_id.rule_id, rules[1])
        self.as_user(requisition, self.finance)._decide("approve")
        self.assertEqual(requisition.state, "approved")
        self.assertEqual(requisition.amount_total, 15000.0)

    def test_a_price_list_in_another_currency_is_converted(self):
        requisition = self.create_requisition({self.part: 1.0})
        self.as_user(requisition, self.keeper).action_submit()
        old = requisition.sudo().currency_id
        other = self.env["res.currency"].create(
            {
                "name": "XPT",
                "symbol": "¤",
                "rate_ids": [
                    (0, 0, {"rate": 2.0 * old.rate, "company_id": self.factory.id})
                ],
            }
        )
        pricelist = self.factory.transfer_pricelist_id.copy({"currency_id": other.id})
        pricelist.item_ids.fixed_price = 100.0
        self.factory.transfer_pricelist_id = pricelist
        self.approve(requisition)
        self.assertEqual(requisition.currency_id, old)
        self.assertEqual(requisition.line_ids.price_unit, 50.0)

    # -- documents ------------------------------------------------------------

    def test_a_line_stays_on_its_requisition(self):
        draft = self.create_requisition()
        submitted = self.approve_new()
        with self.assertRaises(UserError):
            self.as_user(draft.line_ids, self.keeper).write(
                {"requisition_id": submitted.id}
            )

    def test_a_line_is_for_its_own_companys_rule(self):
        foreign = self.create_orderpoint(warehouse=self.source)
        draft = self.create_requisition()
        with self.assertRaises(UserError):
            self.as_user(draft.line_ids, self.keeper).write(
                {"orderpoint_id": foreign.id}
            )

    def test_a_confirmed_count_stays_complete(self):
        requisition = self.ship_new(3.0)
        receipt = self.count(requisition, {self.part: {"qty_accepted": 1.0}})
        with self.assertRaises(UserError):
            receipt.write({"is_complete": False})
        self.assertEqual(receipt.line_ids.qty_short, 2.0)

    def test_the_source_does_not_count_for_the_requester(self):
        keeper = self.create_user("keeper", self.factory)
        requisition = self.ship_new(3.0)
        line = self.as_user(requisition.receipt_ids.line_ids, keeper)
        self.assertEqual(line.qty_expected, 3.0)
        with self.assertRaises(AccessError):
            line.write({"qty_accepted": 3.0})
        with self.assertRaises(AccessError):
            line.receipt_id.write({"is_complete": False})

    def test_the_source_does_not_hide_a_requisition(self):
        requisition = self.approve_new()
        with self.assertRaises(AccessError):
            self.as_user(requisition, self.clerk).write({"active": False})

    def test_a_lot_of_the_source_alone_is_not_shipped_to_another_company(self):
        product = self.create_product(name="Board", tracking="lot")
        self.set_transfer_price(product, 10.0)
        lot = self.create_lot(product, "LOT-F", company_id=self.factory.id)
        self.set_stock(product, 5.0, lot=lot)
        requisition = self.create_requisition({product: 2.0})
        self.approve(requisition)
        with self.assertRaisesRegex(UserError, "LOT-F"):
            self.ship(requisition)

    def test_nobody_changes_the_senders_reference(self):
        requisition = self.create_requisition(external_ref="ERP-1")
        for values in ({"external_ref": "ERP-2"}, {"external_digest": "0"}):
            with self.assertRaises(AccessError):
                requisition.write(values)
