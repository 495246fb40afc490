from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import PartsCommon

# Somebody of the warehouse, without any of our groups.
STOREKEEPER = "stock.group_stock_user"


@tagged("post_install", "-at_install")
class TestUnitDelivery(PartsCommon):
    """Serial numbers that go to customers become units, and follow them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fridge = cls.create_product(name="Fridge", tracking="serial")
        cls.home = cls.env["res.partner"].create(
            {"name": "At Home", "parent_id": cls.customer.id, "type": "delivery"}
        )
        cls.other = cls.env["res.partner"].create({"name": "Second Owner"})
        cls.storekeeper = new_test_user(
            cls.env,
            "unit_storekeeper",
            groups=STOREKEEPER,
            company_id=cls.service.id,
            company_ids=[Command.set(cls.service.ids)],
        )
        cls.customers = cls.env.ref("stock.stock_location_customers")

    def _lots(self, *names, product=None):
        lots = self.env["stock.lot"]
        for name in names:
            lot = self.create_lot(product or self.fridge, name)
            self.set_stock(lot.product_id, 1, warehouse=self.warehouse, lot=lot)
            lots |= lot
        return lots

    def _move(self, lots, source, target, partner, user=None, **values):
        """Make a transfer of `lots` and finish it as the storekeeper."""
        types = self.warehouse.out_type_id
        if source == self.customers:
            types = self.warehouse.in_type_id
        picking = self.env["stock.picking"].create(
            {
                "partner_id": partner.id,
                "picking_type_id": types.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": lots.product_id.id,
                            "product_uom_qty": len(lots),
                            "location_id": source.id,
                            "location_dest_id": target.id,
                            "move_line_ids": [
                                Command.create(
                                    {
                                        "product_id": lot.product_id.id,
                                        "lot_id": lot.id,
                                        "quantity": 1,
                                        "picked": True,
                                        "location_id": source.id,
                                        "location_dest_id": target.id,
                                    }
                                )
                                for lot in lots
                            ],
                            **values,
                        }
                    )
                ],
            }
        )
        picking = self.as_user(picking, user or self.storekeeper)
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def _deliver(self, lots, partner=None, **values):
        stock = self.warehouse.lot_stock_id
        return self._move(lots, stock, self.customers, partner or self.home, **values)

    def _return(self, lots, partner=None):
        stock = self.warehouse.lot_stock_id
        return self._move(lots, self.customers, stock, partner or self.home)

    def _units(self, lots):
        return self.env["service.asset"].search([("lot_id", "in", lots.ids)])

    # -- deliveries -----------------------------------------------------------

    def test_a_delivery_makes_a_unit_of_each_serial_number(self):
        lots = self._lots("F-1", "F-2", "F-3")
        picking = self._deliver(lots)
        units = self._units(lots)
        self.assertEqual(sorted(units.mapped("serial_number")), ["F-1", "F-2", "F-3"])
        self.assertEqual(units.partner_id, self.customer)
        self.assertEqual(units.site_id, self.home)
        self.assertEqual(units.company_id, self.service)
        self.assertEqual(set(units.mapped("state")), {"sold"})
        today = fields.Date.context_today(units)
        self.assertEqual(set(units.mapped("delivered_on")), {today})
        self.assertEqual(set(units.mapped("sold_on")), {today})
        picking = self.as_user(picking, self.keeper)
        action = picking.sudo().action_open_service_assets()
        self.assertEqual(units.search(action["domain"]), units)

    def test_units_are_made_in_batch(self):
        few, many = self._lots("Q-1"), self._lots(*(f"R-{i}" for i in range(8)))
        lines = []
        for lots in (few, many):
            picking = self._deliver(lots)
            self._units(lots).unlink()
            lines.append(picking.sudo().move_line_ids)
        counts = []
        for some in lines:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some._register_units()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 12, counts)

    def test_a_sale_order_tells_the_day_and_the_dealer(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.other.id,
                "partner_shipping_id": self.home.id,
                "company_id": self.service.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [Command.create({"product_id": self.fridge.id})],
            }
        )
        lots = self._lots("D-1")
        order.action_confirm()
        order.date_order = "2026-01-15 10:00:00"
        picking = order.picking_ids
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.write({"lot_ids": [Command.set(lots.ids)], "picked": True})
        self.as_user(picking, self.storekeeper).button_validate()
        unit = self._units(lots)
        self.assertEqual(unit.partner_id, self.customer)
        self.assertEqual(unit.dealer_id, self.other)
        self.assertEqual(str(unit.sold_on), "2026-01-15")

    def test_a_unit_registered_by_hand_is_adopted(self):
        unit = self.env["service.asset"].create(
            {
                "serial_number": "H-1",
                "product_id": self.fridge.id,
                "company_id": self.service.id,
            }
        )
        lots = self._lots("H-1")
        self._deliver(lots)
        self.assertEqual(self._units(lots), unit)
        self.assertEqual(unit.partner_id, self.customer)
        self.assertFalse(unit.transfer_ids)

    def test_a_unit_registered_later_finds_its_lot(self):
        lots = self._lots("L-1")
        unit = self.env["service.asset"].create(
            {
                "serial_number": " L-1 ",
                "product_id": self.fridge.id,
                "company_id": self.service.id,
            }
        )
        self.assertEqual(unit.lot_id, lots)

    # -- and back -------------------------------------------------------------

    def test_a_return_takes_the_unit_back_and_keeps_its_history(self):
        lots = self._lots("B-1")
        self._deliver(lots)
        self._return(lots)
        unit = self._units(lots)
        self.assertEqual(unit.state, "returned")
        self.assertEqual(unit.partner_id, self.customer)
        self.assertTrue(any("Came back" in (m.body or "") for m in unit.message_ids))

    def test_the_same_customer_has_it_again_after_a_repair(self):
        lots = self._lots("B-2")
        self._deliver(lots)
        unit = self._units(lots)
        unit.write({"installed_on": unit.delivered_on})
        self._return(lots)
        self._deliver(lots)
        self.assertEqual(self._units(lots), unit)
        self.assertEqual(unit.state, "installed")
        self.assertTrue(unit.installed_on)
        self.assertFalse(unit.transfer_ids)

    def test_another_customer_becomes_the_owner(self):
        lots = self._lots("B-3")
        self._deliver(lots)
        unit = self._units(lots)
        unit.write({"installed_on": unit.delivered_on})
        self._return(lots)
        self._deliver(lots, self.other)
        self.assertEqual(self._units(lots), unit)
        self.assertEqual((unit.partner_id, unit.site_id), (self.other, self.other))
        self.assertEqual(unit.state, "sold")
        self.assertFalse(unit.installed_on)
        transfer = unit.transfer_ids
        self.assertEqual(transfer.from_partner_id, self.customer)
        self.assertEqual(transfer.to_partner_id, self.other)

    # -- what is left out -----------------------------------------------------

    def test_products_categories_and_companies_can_be_left_out(self):
        category = self.env["product.category"].create(
            {"name": "Tools", "service_register_unit": False}
        )
        tool = self.create_product(
            name="Drill", tracking="serial", categ_id=category.id
        )
        self.assertFalse(tool.service_register_unit)
        self.assertFalse(self.part.service_register_unit)
        lots = self._lots("T-1", product=tool)
        self._deliver(lots)
        self.assertFalse(self._units(lots))
        self.service.service_register_units = False
        lots = self._lots("T-2")
        self._deliver(lots)
        self.assertFalse(self._units(lots))

    def test_a_sister_company_is_no_customer(self):
        lots = self._lots("G-1")
        self._deliver(lots, self.factory.partner_id)
        self.assertFalse(self._units(lots))

    def test_the_service_centre_looks_after_units_of_the_factory(self):
        self.service.service_unit_company_id = self.factory
        lots = self._lots("G-2")
        self._deliver(lots)
        self.assertEqual(self._units(lots).company_id, self.factory)

    # -- nobody is held up ----------------------------------------------------

    def test_what_cannot_be_a_unit_is_told_and_holds_nobody_up(self):
        lots = self._lots("X-1", "X-2")
        units = self.env["service.asset"]
        original = type(units)._prepare_delivered_vals

        def broken(self, one, is_shared=False):
            vals = original(self, one, is_shared)
            if one.lot.name == "X-1":
                raise ValidationError(self.env._("This one cannot be."))
            return vals

        self.patch(type(units), "_prepare_delivered_vals", broken)
        picking = self._deliver(lots)
        self.assertEqual(self._units(lots).serial_number, "X-2")
        notes = " ".join(picking.sudo().message_ids.mapped("body"))
        self.assertIn("X-1", notes)
        self.assertIn("This one cannot be.", notes)

    def test_a_number_of_another_product_is_no_obstacle(self):
        freezer = self.create_product(name="Freezer", tracking="serial")
        first, second = self._lots("N-1"), self._lots("N-1", product=freezer)
        self._deliver(first)
        self._deliver(second)
        self.assertTrue(self._units(second).is_serial_shared)

    # -- names ----------------------------------------------------------------

    def test_renaming_the_serial_number_renames_the_unit(self):
        lots = self._lots("M-1")
        self._deliver(lots)
        self.as_user(lots, self.storekeeper).name = "M-9"
        unit = self._units(lots)
        self.assertEqual(unit.serial_number, "M-9")
        with self.assertRaisesRegex(ValidationError, "Rename it there"):
            unit.serial_number = "M-1"

    def test_a_name_that_is_taken_leaves_the_unit_as_it_is(self):
        lots = self._lots("M-2", "M-3")
        self._deliver(lots)
        first, second = lots
        taken = self._units(second)
        taken.lot_id = False
        unit = self._units(first)
        second.name = "M-4"
        self.as_user(first, self.storekeeper).name = "M-3"
        self.assertEqual(first.name, "M-3")
        self.assertEqual(unit.serial_number, "M-2")
        self.assertFalse(unit.lot_id)
        self.assertIn("M-3", " ".join(unit.message_ids.mapped("body")))

    # -- the past -------------------------------------------------------------

    def test_what_was_delivered_before_is_registered_on_demand(self):
        self.service.service_register_units = False
        lots = self._lots("P-1", "P-2")
        self._deliver(lots)
        self._return(lots[1])
        self.service.service_register_units = True
        job = self.env.ref("spare_parts_bridge.ir_cron_register_units")
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertFalse(self._units(lots))
        self.service.service_past_wanted = True
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertEqual(self._units(lots).serial_number, "P-1")
        self.assertFalse(self.service.service_past_wanted)

    def test_what_somebody_archived_stays_archived(self):
        lots = self._lots("P-3")
        self._deliver(lots)
        unit = self._units(lots)
        unit.active = False
        self.assertFalse(unit._find_past_lots(0) & lots)
        unit.lot_id = False
        self.assertEqual(unit._find_past_lots(0) & lots, lots)

    def test_the_forms_of_stock_open_for_whoever_has_no_group_of_ours(self):
        lots = self._lots("V-1")
        with Form(self.as_user(lots, self.storekeeper)) as form:
            form.ref = "R"
        picking = self._deliver(lots)
        Form(picking)
        Form(self.as_user(self.fridge.product_tmpl_id, self.storekeeper))
