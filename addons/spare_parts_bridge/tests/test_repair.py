from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.spare_parts_bridge.tests.common import PartsCommon


@tagged("post_install", "-at_install")
class TestRepair(PartsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.requisition_source_ids = cls.source
        cls.route = cls.warehouse._get_requisition_rules().route_id
        cls.part.route_ids = cls.route
        cls.belt = cls.create_product(name="Belt", route_ids=cls.route.ids)
        cls.set_transfer_price(cls.belt, 5.0)
        cls.unit = cls.create_product(name="Refrigerator", tracking="serial")
        cls.ticket = cls.create_ticket(user_id=cls.technician.id)

    def create_job_sheet(self, parts=None, **values):
        """Create and confirm a job sheet of the ticket, as the technician."""
        repair = self.create_repair(
            parts or {self.part: 2.0}, ticket_id=self.ticket.id, **values
        )
        repair = self.as_user(repair, self.technician)
        repair.action_validate()
        return repair

    def requisition(self, records):
        action = records.action_requisition_missing_parts()
        self.assertEqual(action["res_model"], "parts.requisition")
        return self.env["parts.requisition"].search(action["domain"])

    # -- the job sheet --------------------------------------------------------

    def test_a_technician_opens_a_job_sheet_from_the_ticket(self):
        lot = self.create_lot(self.unit, "FR-1")
        asset = self.env["service.asset"].create(
            {
                "serial_number": "FR-1",
                "product_id": self.unit.id,
                "partner_id": self.customer.id,
                "company_id": self.service.id,
            }
        )
        self.ticket.asset_id = asset
        ticket = self.as_user(self.ticket, self.technician)
        action = ticket.action_new_repair()
        form = Form(
            self.env["repair.order"]
            .with_user(self.technician)
            .with_context(allowed_company_ids=self.service.ids, **action["context"])
        )
        with form.move_ids.new() as line:
            line.product_id = self.part
            line.product_uom_qty = 1.0
        repair = form.save()
        self.assertRecordValues(
            repair,
            [
                {
                    "ticket_id": self.ticket.id,
                    "partner_id": self.customer.id,
                    "product_id": self.unit.id,
                    "lot_id": lot.id,
                    "company_id": self.service.id,
                    "picking_type_id": self.warehouse.repair_type_id.id,
                }
            ],
        )
        ticket.invalidate_recordset()
        self.assertEqual(ticket.repair_count, 1)
        self.assertEqual(ticket.action_view_repairs()["res_id"], repair.id)

    def test_the_customers_unit_is_not_looked_for_in_our_stock(self):
        lot = self.create_lot(self.unit, "FR-2")
        repair = self.create_repair(
            {}, ticket_id=self.ticket.id, product_id=self.unit.id, lot_id=lot.id
        )
        self.assertIs(repair.action_validate(), True)
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        self.assertEqual(self.get_stock(self.unit), 0.0)

    def test_a_technician_uses_and_removes_parts(self):
        self.set_stock(self.part, 3.0, self.warehouse)
        repair = self.create_job_sheet(
            move_ids=[
                Command.create(
                    {
                        "repair_line_type": kind,
                        "product_id": self.part.id,
                        "product_uom_qty": 1.0,
                        "company_id": self.service.id,
                    }
                )
                for kind in ("add", "remove")
            ]
        )
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        self.assertEqual(self.get_stock(self.part), 2.0)
        defective = self.warehouse.defective_location_id
        self.assertEqual(self.get_stock(self.part, location=defective), 1.0)
        removed = repair.move_ids.filtered(lambda m: m.repair_line_type == "remove")
        self.assertEqual(removed.sudo().value, 0.0)

    def test_the_ticket_is_told_and_stays_open_when_the_job_sheet_is_done(self):
        self.set_stock(self.part, 2.0, self.warehouse)
        phase = self.ticket.phase
        repair = self.create_job_sheet()
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(self.ticket.phase, phase)
        body = self.ticket.message_ids[0].body
        self.assertIn(repair.name, body)
        self.assertIn("2 Units Compressor", body)

    def test_a_technician_changes_no_other_transfers(self):
        move = (
            self.env["stock.move"]
            .with_company(self.service)
            .create(
                {
                    "product_id": self.part.id,
                    "product_uom_qty": 1.0,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "location_dest_id": self.env.ref(
                        "stock.stock_location_customers"
                    ).id,
                    "company_id": self.service.id,
                }
            )
        )
        with self.assertRaises(AccessError):
            self.as_user(move, self.technician).product_uom_qty = 5.0
        self.as_user(move, self.keeper).product_uom_qty = 5.0

    # -- missing parts --------------------------------------------------------

    def test_what_is_not_reserved_is_missing(self):
        self.set_stock(self.part, 1.5, self.warehouse)
        repair = self.create_job_sheet({self.part: 2.0, self.belt: 1.0})
        self.assertEqual(repair.move_ids.mapped("parts_missing"), [0.5, 1.0])
        self.assertEqual(repair.parts_missing_count, 2)
        self.assertEqual(self.ticket.parts_missing_count, 2)

    def test_one_click_requisitions_what_is_missing(self):
        self.set_stock(self.part, 1.0, self.warehouse)
        repair = self.create_job_sheet({self.part: 2.0, self.belt: 3.0})
        requisition = self.requisition(repair)
        self.assertRecordValues(
            requisition,
            [
                {
                    "state": "draft",
                    "ticket_id": self.ticket.id,
                    "warehouse_id": self.warehouse.id,
                    "source_warehouse_id": self.source.id,
                    "origin": repair.name,
                    "user_id": self.technician.id,
                    "is_automatic": False,
                }
            ],
        )
        self.assertEqual(
            {line.product_id: line.qty_requested for line in requisition.line_ids},
            {self.part: 1.0, self.belt: 3.0},
        )
        self.assertEqual(requisition.line_ids.repair_move_id, repair.move_ids)
        self.assertEqual(repair.parts_missing_count, 0)
        self.assertEqual(repair.requisition_count, 1)

    def test_a_second_click_says_that_nothing_is_missing(self):
        repair = self.create_job_sheet()
        requisition = self.requisition(repair)
        for step in (lambda: None, lambda: self.approve(requisition)):
            step()
            with self.assertRaisesRegex(UserError, "requisitioned already"):
                repair.action_requisition_missing_parts()
        self.set_stock(self.part, 5.0)
        requisition.delivery_ids.action_assign()
        self.ship(requisition)
        with self.assertRaisesRegex(UserError, "requisitioned already"):
            repair.action_requisition_missing_parts()

    def test_a_part_added_later_joins_the_draft(self):
        repair = self.create_job_sheet()
        requisition = self.requisition(repair)
        repair.move_ids.product_uom_qty = 5.0
        self.assertEqual(self.requisition(repair), requisition)
        self.assertEqual(requisition.line_ids.qty_requested, 5.0)

    def test_a_rejected_requisition_leaves_the_part_missing(self):
        repair = self.create_job_sheet()
        requisition = self.requisition(repair)
        self.as_user(requisition, self.keeper).action_submit()
        self.as_user(requisition, self.supervisor)._decide("reject", comment="No")
        repair.invalidate_recordset()
        repair.move_ids.invalidate_recordset(["parts_missing"])
        self.assertEqual(repair.parts_missing_count, 1)

    def test_the_tickets_button_does_the_same(self):
        self.create_job_sheet({self.part: 1.0})
        self.create_job_sheet({self.belt: 2.0})
        requisition = self.requisition(self.as_user(self.ticket, self.technician))
        self.assertEqual(len(requisition), 1)
        self.assertEqual(len(requisition.line_ids), 2)
        ticket = self.as_user(self.ticket, self.technician)
        self.assertEqual(ticket.parts_missing_count, 0)

    def test_a_ticket_without_a_job_sheet_says_what_to_do(self):
        with self.assertRaisesRegex(UserError, "no open job sheet"):
            self.ticket.action_requisition_missing_parts()

    def test_a_part_without_a_route_is_named(self):
        valve = self.create_product(name="Odd Valve")
        repair = self.create_job_sheet({valve: 1.0})
        with self.assertRaisesRegex(UserError, "Odd Valve.*requisition route"):
            repair.action_requisition_missing_parts()
        self.assertFalse(self.ticket.requisition_ids)

    def test_the_route_of_the_category_counts(self):
        category = self.env["product.category"].create(
            {"name": "Valves", "route_ids": self.route.ids}
        )
        valve = self.create_product(name="Valve", categ_id=category.id)
        self.assertEqual(self.warehouse._get_requisition_source(valve), self.source)

    def test_a_draft_job_sheet_is_confirmed_and_takes_what_is_there(self):
        self.set_stock(self.part, 1.0, self.warehouse)
        repair = self.create_repair({self.part: 2.0}, ticket_id=self.ticket.id)
        requisition = self.requisition(self.as_user(repair, self.technician))
        self.assertEqual(repair.state, "confirmed")
        self.assertEqual(requisition.line_ids.qty_requested, 1.0)

    def test_a_job_sheet_without_ticket_keeps_off_the_keepers_drafts(self):
        by_hand = self.create_requisition()
        repair = self.create_repair({self.part: 2.0})
        requisition = self.requisition(self.as_user(repair, self.keeper))
        self.assertNotEqual(requisition, by_hand)
        self.assertEqual(by_hand.line_ids.qty_requested, 2.0)

    def test_replenishment_asks_for_less_when_the_technician_asks_too(self):
        orderpoint = self.create_orderpoint(safety_stock=5.0, maximum=5.0)
        repair = self.create_job_sheet()
        automatic = orderpoint.parts_requisition_line_ids
        self.assertEqual(automatic.qty_requested, 7.0, "5 and what the job sheet needs")
        self.requisition(repair)
        self.assertEqual(automatic.qty_requested, 5.0)
        self.env.invalidate_all()
        self.env["stock.rule"].run_scheduler(company_id=self.service.id)
        lines = self.env["parts.requisition.line"].search(
            [("product_id", "=", self.part.id)]
        )
        self.assertEqual(sum(lines.mapped("qty_requested")), 7.0)

    def test_the_keeper_is_asked_to_submit_once(self):
        repair = self.create_job_sheet()
        requisition = self.requisition(repair)
        repair.move_ids.product_uom_qty = 5.0
        self.requisition(repair)
        self.assertEqual(requisition.activity_ids.user_id, self.keeper)
        self.assertEqual(len(requisition.activity_ids), 1)
        self.as_user(requisition, self.keeper).action_submit()
        self.assertNotIn(self.keeper, requisition.activity_ids.user_id)

    def test_a_cancelled_job_sheet_takes_its_draft_along(self):
        repair = self.create_job_sheet()
        requisition = self.requisition(repair)
        repair.action_repair_cancel()
        self.assertFalse(requisition.exists())

    # -- arrival --------------------------------------------------------------

    def test_parts_that_arrive_are_reserved_for_the_job_sheet(self):
        self.set_stock(self.part, 5.0)
        repair = self.create_job_sheet()
        self.deliver(self.requisition(repair))
        self.assertEqual(repair.move_ids.state, "assigned")
        self.assertEqual(repair.parts_availability_state, "available")
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        self.assertEqual(self.get_stock(self.part), 0.0)

    def test_the_job_sheet_that_asked_comes_before_an_older_one(self):
        self.set_stock(self.part, 5.0)
        older = self.create_job_sheet()
        asking = self.create_job_sheet()
        self.deliver(self.requisition(asking))
        self.assertEqual(asking.move_ids.quantity, 2.0)
        self.assertEqual(older.move_ids.quantity, 0.0)

    def test_a_short_delivery_leaves_the_rest_to_come(self):
        self.set_stock(self.part, 5.0)
        repair = self.create_job_sheet()
        requisition = self.requisition(repair)
        self.approve(requisition)
        self.ship(requisition)
        self.count(requisition, {self.part: {"qty_accepted": 1.0}})
        repair.move_ids.invalidate_recordset(["parts_missing"])
        self.assertEqual(repair.move_ids.quantity, 1.0)
        self.assertEqual(repair.move_ids.parts_missing, 0.0)
