from odoo.tests import tagged

from odoo.addons.spare_parts_bridge.tests.common import PartsCommon


@tagged("post_install", "-at_install")
class TestSafetyStock(PartsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.parts_keeper_id = cls.keeper
        cls.set_stock(cls.part, 8.0, cls.warehouse)
        cls.orderpoint = cls.create_orderpoint(trigger="manual")

    def take(self, quantity, product=None, location=None):
        """Take parts out of the service centre's stock by a transfer."""
        self.transfer(
            quantity,
            location or self.warehouse.lot_stock_id,
            self.env.ref("stock.stock_location_customers"),
            product,
        )

    def bring(self, quantity, location=None):
        self.transfer(
            quantity,
            self.env.ref("stock.stock_location_suppliers"),
            location or self.warehouse.lot_stock_id,
        )

    def transfer(self, quantity, source, destination, product=None):
        move = (
            self.env["stock.move"]
            .with_company(self.service)
            .create(
                {
                    "product_id": (product or self.part).id,
                    "product_uom_qty": quantity,
                    "location_id": source.id,
                    "location_dest_id": destination.id,
                    "company_id": self.service.id,
                }
            )
        )
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move._action_done()

    def get_warnings(self, active_test=True):
        return (
            self.env["mail.activity"]
            .with_context(active_test=active_test)
            .search([("safety_stock_orderpoint_id", "=", self.orderpoint.id)])
        )

    def find_under(self):
        return self.env["stock.warehouse.orderpoint"].search(
            [
                ("is_under_safety_stock", "=", True),
                ("company_id", "=", self.service.id),
            ]
        )

    # -- the flag -------------------------------------------------------------

    def test_stock_at_the_safety_stock_is_enough(self):
        self.take(3.0)
        self.assertFalse(self.orderpoint.is_under_safety_stock)
        self.assertFalse(self.find_under())

    def test_stock_under_the_safety_stock_is_found(self):
        self.take(4.0)
        self.orderpoint.invalidate_recordset()
        self.assertTrue(self.orderpoint.is_under_safety_stock)
        self.assertEqual(self.find_under(), self.orderpoint)
        others = self.env["stock.warehouse.orderpoint"].search(
            [("is_under_safety_stock", "=", False)]
        )
        self.assertNotIn(self.orderpoint, others)

    def test_a_part_that_was_never_in_stock_is_found(self):
        belt = self.create_product(name="Belt")
        orderpoint = self.create_orderpoint(product_id=belt.id)
        self.assertTrue(orderpoint.is_under_safety_stock)
        self.assertIn(orderpoint, self.find_under())

    def test_stock_below_the_location_counts(self):
        shelf = self.env["stock.location"].create(
            {
                "name": "Shelf",
                "location_id": self.warehouse.lot_stock_id.id,
                "company_id": self.service.id,
            }
        )
        self.take(4.0)
        self.bring(1.0, location=shelf)
        self.assertFalse(self.find_under())

    def test_defective_parts_do_not_count(self):
        self.take(4.0)
        self.bring(5.0, location=self.warehouse.defective_location_id)
        self.assertEqual(self.find_under(), self.orderpoint)
        part = self.part.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(part.qty_available, 4.0)

    def test_a_search_takes_a_constant_number_of_queries(self):
        self.find_under()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            self.find_under()
        products = self.env["product.product"].create(
            [
                {"name": f"Part {number}", "type": "consu", "is_storable": True}
                for number in range(20)
            ]
        )
        for product in products:
            self.create_orderpoint(product_id=product.id)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            self.assertEqual(len(self.find_under()), 20)

    # -- warnings -------------------------------------------------------------

    def test_the_keeper_is_warned_once(self):
        self.take(4.0)
        self.take(1.0)
        warning = self.get_warnings()
        self.assertRecordValues(
            warning,
            [
                {
                    "user_id": self.keeper.id,
                    "res_model": "product.product",
                    "res_id": self.part.id,
                }
            ],
        )
        self.assertIn("4 Units on hand, safety stock 5 Units", warning.summary)
        self.assertIn(self.warehouse.code, warning.summary)

    def test_enough_stock_warns_nobody(self):
        self.take(3.0)
        self.assertFalse(self.get_warnings())

    def test_the_warning_is_settled_when_stock_is_back(self):
        self.take(4.0)
        self.bring(1.0)
        self.assertFalse(self.get_warnings())
        self.assertEqual(len(self.get_warnings(active_test=False)), 1)
        self.take(1.0)
        self.assertEqual(len(self.get_warnings()), 1)

    def test_each_warehouse_is_warned_of_by_itself(self):
        depot = self.env["stock.warehouse"].create(
            {"name": "Depot", "code": "DEP", "company_id": self.service.id}
        )
        other = self.create_orderpoint(warehouse=depot)
        self.set_stock(self.part, 6.0, depot)
        self.take(4.0)
        self.take(2.0, location=depot.lot_stock_id)
        self.assertEqual(len(self.get_warnings()), 1)
        self.assertEqual(len(other.safety_stock_activity_ids), 1)

    def test_without_a_chosen_keeper_the_companys_first_keeper_is_warned(self):
        self.warehouse.parts_keeper_id = False
        self.create_user("manager", self.service)
        self.take(4.0)
        self.assertEqual(self.get_warnings().user_id, self.keeper)

    def test_without_any_keeper_goods_move_all_the_same(self):
        nobody = self.env["res.users"]
        warehouse_class = type(self.warehouse)
        self.patch(warehouse_class, "_get_parts_keeper", lambda warehouse: nobody)
        self.take(4.0)
        self.assertFalse(self.get_warnings())
        self.assertEqual(self.get_stock(self.part), 4.0)

    def test_the_keepers_list_offers_the_requisition(self):
        self.warehouse.requisition_source_ids = self.source
        self.part.route_ids = self.warehouse._get_requisition_rules().route_id
        self.take(4.0)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "spare_parts_bridge.stock_warehouse_orderpoint_action_safety_stock"
        )
        self.assertIn("search_default_under_safety_stock", action["context"])
        orderpoint = self.as_user(self.orderpoint, self.keeper)
        orderpoint._compute_qty_to_order_computed()
        self.assertEqual(orderpoint.qty_to_order, 6.0)
        orderpoint.action_replenish()
        self.assertEqual(orderpoint.qty_in_requisition, 6.0)
        action = orderpoint.action_view_requisitions()
        self.assertEqual(action["res_model"], "parts.requisition")
        self.assertTrue(action["res_id"])
