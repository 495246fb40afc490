from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.spare_parts_bridge.tests.common import PartsCommon


@tagged("post_install", "-at_install")
class TestStockLock(PartsCommon):
    def get_revision(self, warehouse=None):
        self.env.invalidate_all()
        lock = self.env["parts.stock.lock"].search(
            [
                ("product_id", "=", self.part.id),
                ("warehouse_id", "=", (warehouse or self.warehouse).id),
            ]
        )
        return sum(lock.mapped("revision"))

    def create_job_sheet(self, quantity, **values):
        repair = self.create_repair(
            {self.part: quantity}, ticket_id=self.create_ticket().id, **values
        )
        repair.action_validate()
        return repair

    def test_each_pair_has_one_row(self):
        lock = self.env["parts.stock.lock"]
        pair = (self.part, self.warehouse)
        lock._bump([pair, pair])
        self.assertEqual(self.get_revision(), 1)
        lock._bump([pair])
        self.assertEqual(self.get_revision(), 2)

    def test_a_place_outside_of_warehouses_has_its_row_too(self):
        lock = self.env["parts.stock.lock"]
        nowhere = self.env["stock.warehouse"]
        lock._bump([(self.part, nowhere)])
        lock._bump([(self.part, nowhere)])
        row = lock.search(
            [("product_id", "=", self.part.id), ("warehouse_id", "=", False)]
        )
        self.assertEqual(row.revision, 2)

    def test_rows_are_locked_in_one_order(self):
        belt = self.create_product(name="Belt")
        executed = []
        original = type(self.env.cr).execute

        def execute(cursor, query, *args, **kwargs):
            params = getattr(query, "params", None)
            if "parts_stock_lock" in str(getattr(query, "code", query)):
                executed.append(params[0])
            return original(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", execute)
        self.env["parts.stock.lock"]._bump(
            [(belt, self.warehouse), (self.part, self.warehouse)]
        )
        self.assertEqual(executed, sorted([self.part.id, belt.id]))

    def test_reserving_and_using_parts_of_a_job_sheet_locks(self):
        self.set_stock(self.part, 5.0, self.warehouse)
        repair = self.create_job_sheet(1.0)
        reserved = self.get_revision()
        self.assertTrue(reserved)
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertGreater(self.get_revision(), reserved)

    def test_shipping_locks_at_the_source(self):
        self.set_stock(self.part, 5.0)
        requisition = self.create_requisition()
        self.approve(requisition)
        reserved = self.get_revision(self.source)
        self.ship(requisition)
        self.assertGreater(self.get_revision(self.source), reserved)

    def test_other_transfers_are_not_slowed_down(self):
        self.set_stock(self.part, 5.0, self.warehouse)
        repair = self.create_repair({self.part: 1.0})
        repair.action_validate()
        self.assertEqual(self.get_revision(), 0)

    def test_a_job_sheet_takes_no_more_than_there_is(self):
        self.set_stock(self.part, 1.0, self.warehouse)
        repair = self.create_job_sheet(2.0)
        repair.move_ids.quantity = 2.0
        repair.action_repair_start()
        with self.assertRaisesRegex(UserError, "Only 1.0 Units of Compressor left"):
            repair.action_repair_end()
        self.assertEqual(self.get_stock(self.part), 1.0)

    def test_two_job_sheets_do_not_both_take_the_last_part(self):
        self.set_stock(self.part, 1.0, self.warehouse)
        first, second = self.create_job_sheet(1.0), self.create_job_sheet(1.0)
        second.move_ids.quantity = 1.0
        for repair in (first, second):
            repair.action_repair_start()
        first.action_repair_end()
        second.action_repair_end()
        self.assertEqual(first.move_ids.state, "done")
        self.assertEqual(second.move_ids.state, "cancel")
        self.assertEqual(self.get_stock(self.part), 0.0)

    def test_a_serial_number_is_taken_once(self):
        motor = self.create_product(name="Motor", tracking="serial")
        lot = self.create_lot(motor, "M-1")
        other = self.create_lot(motor, "M-2")
        self.set_stock(motor, 1.0, self.warehouse, lot=lot)
        repair = self.create_repair({motor: 1.0}, ticket_id=self.create_ticket().id)
        repair.action_validate()
        repair.move_ids.move_line_ids.lot_id = other
        repair.action_repair_start()
        with self.assertRaisesRegex(UserError, "M-2"):
            repair.action_repair_end()

    def test_a_delivery_note_ships_no_more_than_there_is(self):
        self.set_stock(self.part, 1.0)
        requisition = self.create_requisition()
        self.approve(requisition)
        move = requisition.sudo().delivery_ids.move_ids
        move.quantity = 2.0
        move.picked = True
        with self.assertRaisesRegex(UserError, "Only 1.0 Units of Compressor left"):
            move._action_done()

    def test_nothing_left_is_nothing_taken(self):
        repair = self.create_job_sheet(1.0)
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(self.get_stock(self.part), 0.0)
