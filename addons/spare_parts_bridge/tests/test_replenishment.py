from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.spare_parts_bridge.tests.common import PartsCommon


@tagged("post_install", "-at_install")
class TestReplenishment(PartsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.requisition_source_ids = cls.source
        cls.rule = cls.warehouse._get_requisition_rules()
        cls.route = cls.rule.route_id
        cls.part.route_ids = cls.route

    def run_scheduler(self):
        self.env.invalidate_all()
        self.env["stock.rule"].run_scheduler(company_id=self.service.id)
        self.env.invalidate_all()

    def get_lines(self, product=None):
        return self.env["parts.requisition.line"].search(
            [("product_id", "=", (product or self.part).id)], order="id"
        )

    def run_need(self, quantity, product=None, **values):
        rule = self.env["stock.rule"].with_company(self.service)
        product = product or self.part
        procurement = rule.Procurement(
            product,
            quantity,
            values.pop("uom", product.uom_id),
            self.warehouse.lot_stock_id,
            "Need",
            values.pop("origin", "Need"),
            self.service,
            {"warehouse_id": self.warehouse, **values},
        )
        return rule.run([procurement])

    # -- routes ---------------------------------------------------------------

    def test_a_source_makes_one_route_with_one_rule(self):
        self.assertRecordValues(
            self.rule,
            [
                {
                    "action": "requisition",
                    "warehouse_id": self.warehouse.id,
                    "requisition_source_warehouse_id": self.source.id,
                    "location_dest_id": self.warehouse.lot_stock_id.id,
                    "company_id": self.service.id,
                }
            ],
        )
        self.assertTrue(self.route.product_selectable)
        self.assertTrue(self.route.product_categ_selectable)
        self.assertEqual(
            self.route.name,
            f"{self.warehouse.name}: requisition from {self.source.name}",
        )

    def test_preparing_again_changes_nothing(self):
        before = self.warehouse.read(
            ["defective_location_id", "requisition_source_ids"]
        )
        self.warehouse._prepare_for_parts()
        self.warehouse._sync_requisition_routes()
        self.assertEqual(self.warehouse._get_requisition_rules(), self.rule)
        self.assertEqual(
            self.warehouse.read(["defective_location_id", "requisition_source_ids"]),
            before,
        )

    def test_a_removed_source_archives_its_route_and_comes_back_with_it(self):
        self.warehouse.requisition_source_ids = False
        self.assertFalse(self.route.active)
        self.assertFalse(self.rule.active)
        self.warehouse.requisition_source_ids = self.source
        self.assertTrue(self.route.active)
        self.assertTrue(self.rule.active)
        self.assertEqual(self.warehouse._get_requisition_rules(), self.rule)

    def test_a_renamed_source_renames_the_route(self):
        self.source.name = "Northern Factory"
        self.assertIn("Northern Factory", self.route.name)

    def test_a_new_warehouse_requisitions_from_the_start(self):
        depot = self.env["stock.warehouse"].create(
            {
                "name": "Depot",
                "code": "DEP",
                "company_id": self.service.id,
                "requisition_source_ids": [self.warehouse.id, self.source.id],
            }
        )
        rules = depot._get_requisition_rules()
        self.assertEqual(
            rules.requisition_source_warehouse_id, self.warehouse | self.source
        )
        self.assertTrue(depot.defective_location_id.is_defective_parts)

    def test_the_rule_explains_itself(self):
        self.assertIn(self.source.name, self.rule.rule_message)
        self.assertEqual(self.rule.picking_type_code_domain, ["incoming"])

    # -- scheduler ------------------------------------------------------------

    def test_the_scheduler_makes_one_draft_that_fills_up_to_the_maximum(self):
        orderpoint = self.create_orderpoint()
        self.run_scheduler()
        line = self.get_lines()
        self.assertRecordValues(
            line, [{"qty_requested": 10.0, "orderpoint_id": orderpoint.id}]
        )
        self.assertRecordValues(
            line.requisition_id,
            [
                {
                    "state": "draft",
                    "is_automatic": True,
                    "warehouse_id": self.warehouse.id,
                    "source_warehouse_id": self.source.id,
                    "company_id": self.service.id,
                }
            ],
        )

    def test_parts_for_one_source_share_a_draft(self):
        belt = self.create_product(name="Belt", route_ids=self.route.ids)
        self.create_orderpoint()
        self.create_orderpoint(product_id=belt.id, safety_stock=2.0, maximum=4.0)
        self.run_scheduler()
        lines = self.get_lines() | self.get_lines(belt)
        self.assertEqual(lines.mapped("qty_requested"), [10.0, 4.0])
        self.assertEqual(len(lines.requisition_id), 1)

    def test_a_second_run_makes_nothing_more_in_any_state(self):
        self.create_orderpoint()
        self.set_stock(self.part, 20.0)
        self.run_scheduler()
        requisition = self.get_lines().requisition_id
        steps = (
            lambda: None,
            lambda: self.as_user(requisition, self.keeper).action_submit(),
            lambda: self.approve(requisition),
            lambda: self.ship(requisition, {self.part: 4.0}),
            lambda: self.count(requisition),
            lambda: self.ship(requisition),
            lambda: self.count(requisition),
        )
        for number, step in enumerate(steps):
            step()
            self.run_scheduler()
            self.assertEqual(
                sum(self.get_lines().mapped("qty_requested")), 10.0, number
            )
        self.assertEqual(requisition.state, "done")
        self.assertEqual(self.get_stock(self.part), 10.0)

    def test_what_approvers_cut_is_requisitioned_again(self):
        self.create_orderpoint()
        self.run_scheduler()
        line = self.get_lines()
        self.approve(line.requisition_id, {line: 4.0})
        self.run_scheduler()
        self.assertEqual(self.get_lines().mapped("qty_requested"), [10.0, 6.0])

    def test_what_is_rejected_or_withdrawn_is_requisitioned_again(self):
        self.create_orderpoint()
        self.run_scheduler()
        requisition = self.get_lines().requisition_id
        self.as_user(requisition, self.keeper).action_submit()
        self.as_user(requisition, self.keeper).action_withdraw()
        self.run_scheduler()
        self.assertEqual(
            self.get_lines().requisition_id.mapped("state").count("draft"), 1
        )

    def test_a_partly_counted_delivery_is_still_expected(self):
        self.create_orderpoint()
        self.set_stock(self.part, 20.0)
        self.run_scheduler()
        requisition = self.get_lines().requisition_id
        self.approve(requisition)
        self.ship(requisition)
        self.count(requisition, {self.part: {"qty_accepted": 3.0}}, is_complete=False)
        self.run_scheduler()
        self.assertEqual(len(self.get_lines()), 1)

    def test_a_shortage_is_expected_until_it_is_written_off(self):
        self.create_orderpoint()
        self.set_stock(self.part, 20.0)
        self.run_scheduler()
        requisition = self.get_lines().requisition_id
        self.approve(requisition)
        self.ship(requisition)
        self.count(requisition, {self.part: {"qty_accepted": 4.0}})
        self.run_scheduler()
        self.assertEqual(len(self.get_lines()), 1, "The source still owes them")
        discrepancy = self.as_user(requisition.discrepancy_ids, self.clerk)
        discrepancy.resolution = "write_off"
        discrepancy.action_settle()
        self.run_scheduler()
        self.assertEqual(self.get_lines().mapped("qty_requested"), [10.0, 6.0])

    def test_what_is_shipped_again_is_expected(self):
        self.create_orderpoint()
        self.set_stock(self.part, 20.0)
        self.run_scheduler()
        requisition = self.get_lines().requisition_id
        self.approve(requisition)
        self.ship(requisition)
        self.count(requisition, {self.part: {"qty_accepted": 4.0}})
        discrepancy = self.as_user(requisition.discrepancy_ids, self.clerk)
        discrepancy.resolution = "ship_again"
        discrepancy.action_settle()
        for step in (lambda: None, self.ship, self.count):
            step(requisition) if step in (self.ship, self.count) else step()
            self.run_scheduler()
            self.assertEqual(len(self.get_lines()), 1)
        self.assertEqual(self.get_stock(self.part), 10.0)

    def test_a_warehouse_that_receives_in_two_steps_expects_parts_once(self):
        self.warehouse.reception_steps = "two_steps"
        self.create_orderpoint()
        self.set_stock(self.part, 20.0)
        self.run_scheduler()
        requisition = self.get_lines().requisition_id
        self.approve(requisition)
        self.ship(requisition)
        self.run_scheduler()
        self.count(requisition)
        self.run_scheduler()
        self.assertEqual(len(self.get_lines()), 1)
        self.assertEqual(self.get_stock(self.part), 0.0)
        storage = self.env["stock.picking"].search(
            [
                ("picking_type_id", "=", self.warehouse.store_type_id.id),
                ("state", "=", "assigned"),
            ]
        )
        storage.move_ids.picked = True
        storage.button_validate()
        self.run_scheduler()
        self.assertEqual(len(self.get_lines()), 1)
        self.assertEqual(self.get_stock(self.part), 10.0)

    def test_a_van_is_replenished_where_it_is(self):
        van = self.env["stock.location"].create(
            {
                "name": "Van",
                "location_id": self.warehouse.lot_stock_id.id,
                "company_id": self.service.id,
            }
        )
        self.create_orderpoint(location_id=van.id, safety_stock=1.0, maximum=2.0)
        self.set_stock(self.part, 20.0)
        self.run_scheduler()
        self.deliver(self.get_lines().requisition_id)
        self.run_scheduler()
        self.assertEqual(self.get_stock(self.part, location=van), 2.0)
        self.assertEqual(len(self.get_lines()), 1)

    # -- other needs ----------------------------------------------------------

    def test_units_are_converted_to_the_products_unit(self):
        self.run_need(2.0, uom=self.env.ref("uom.product_uom_dozen"))
        self.assertEqual(self.get_lines().qty_requested, 24.0)

    def test_a_negative_need_lowers_the_automatic_draft(self):
        self.run_need(5.0)
        self.run_need(-2.0)
        self.assertEqual(self.get_lines().qty_requested, 3.0)
        self.run_need(-7.0)
        self.assertFalse(self.get_lines())

    def test_a_negative_need_leaves_what_people_wrote(self):
        requisition = self.create_requisition()
        self.run_need(-2.0)
        self.assertEqual(requisition.line_ids.qty_requested, 2.0)

    def test_needs_do_not_mix_with_what_people_write(self):
        by_hand = self.create_requisition()
        self.run_need(5.0, origin="S00001")
        requisitions = self.get_lines().requisition_id
        self.assertEqual(len(requisitions), 2)
        self.assertEqual((requisitions - by_hand).origin, "S00001")

    def test_a_move_made_to_order_is_requisitioned_and_reserved_on_arrival(self):
        self.set_stock(self.part, 20.0)
        move = (
            self.env["stock.move"]
            .with_company(self.service)
            .create(
                {
                    "product_id": self.part.id,
                    "product_uom_qty": 3.0,
                    "location_id": self.warehouse.lot_stock_id.id,
                    "location_dest_id": self.env.ref(
                        "stock.stock_location_customers"
                    ).id,
                    "picking_type_id": self.warehouse.out_type_id.id,
                    "procure_method": "make_to_order",
                    "company_id": self.service.id,
                }
            )
        )
        move._action_confirm()
        line = self.get_lines()
        self.assertEqual(line.qty_requested, 3.0)
        self.assertEqual(line.demand_move_ids, move)
        self.deliver(line.requisition_id)
        self.assertEqual(move.state, "assigned")

    def test_a_rule_without_a_source_says_what_to_do(self):
        self.rule.requisition_source_warehouse_id = False
        with self.assertRaisesRegex(UserError, "Choose one on the rule"):
            self.run_need(1.0)

    def test_a_warehouse_cannot_requisition_from_itself(self):
        self.rule.requisition_source_warehouse_id = self.warehouse
        with self.assertRaisesRegex(UserError, "requisition from itself"):
            self.run_need(1.0)

    def test_a_failing_orderpoint_does_not_stop_the_others(self):
        belt = self.create_product(name="Belt", route_ids=self.route.ids)
        self.create_orderpoint(product_id=belt.id)
        self.create_orderpoint()
        belt.is_storable = False
        self.run_scheduler()
        self.assertEqual(self.get_lines().qty_requested, 10.0)
        self.assertFalse(self.get_lines(belt))

    # -- Replenishment screen -------------------------------------------------

    def test_the_keeper_orders_once_and_sees_the_requisition(self):
        orderpoint = self.create_orderpoint(trigger="manual")
        orderpoint = self.as_user(orderpoint, self.keeper)
        orderpoint._compute_qty_to_order_computed()
        self.assertEqual(orderpoint.qty_to_order, 10.0)
        notification = orderpoint.action_replenish()
        requisition = self.get_lines().requisition_id
        link = notification["params"]["links"][0]
        self.assertEqual(link["label"], requisition.name)
        self.assertTrue(link["url"].endswith(f"/{requisition.id}"))
        self.assertRecordValues(
            orderpoint, [{"qty_to_order": 0.0, "qty_in_requisition": 10.0}]
        )

    def test_the_keeper_automates(self):
        orderpoint = self.create_orderpoint(trigger="manual")
        orderpoint = self.as_user(orderpoint, self.keeper)
        orderpoint._compute_qty_to_order_computed()
        orderpoint.action_replenish_auto()
        self.assertEqual(orderpoint.trigger, "auto")
        self.assertEqual(self.get_lines().qty_requested, 10.0)

    def test_a_safety_stock_made_by_the_superuser_outlives_its_order(self):
        orderpoint = self.create_orderpoint(trigger="manual")
        self.assertEqual(orderpoint.create_uid, self.env.ref("base.user_root"))
        orderpoint._compute_qty_to_order_computed()
        orderpoint.action_replenish()
        self.assertTrue(orderpoint.exists())
        self.env["stock.warehouse.orderpoint"]._unlink_processed_orderpoints()
        self.assertTrue(orderpoint.exists())

    def test_a_suggestion_without_safety_stock_goes_with_its_order(self):
        orderpoint = self.create_orderpoint(
            trigger="manual", safety_stock=0.0, maximum=0.0
        )
        orderpoint._unlink_processed_orderpoints()
        self.assertFalse(orderpoint.exists())

    def test_the_screen_shows_the_requisition_route(self):
        orderpoint = self.create_orderpoint()
        self.assertEqual(orderpoint._get_default_route(), self.route)

    def test_the_screen_proposes_nothing_that_is_requisitioned(self):
        self.run_need(5.0)
        by_location, by_warehouse = self.part._get_quantity_in_progress(
            self.warehouse.lot_stock_id.ids
        )
        self.assertEqual(by_location[self.part.id, self.warehouse.lot_stock_id.id], 5.0)
        self.assertEqual(by_warehouse[self.part.id, self.warehouse.id], 5.0)

    def test_queries_do_not_grow_with_history(self):
        orderpoint = self.create_orderpoint()
        self.set_stock(self.part, 50.0)
        orderpoint._get_quantities_in_requisition()
        self.env.invalidate_all()
        with self.assertQueryCount(10):
            orderpoint._get_quantities_in_requisition()
        for _number in range(3):
            self.deliver(self.create_requisition())
        self.env.invalidate_all()
        with self.assertQueryCount(10):
            orderpoint._get_quantities_in_requisition()
