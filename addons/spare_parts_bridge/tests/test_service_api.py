from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestServiceApi(PartsCommon):
    """Requisitions by codes and numbers, as another system sends them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.default_code = "CMP-01"
        cls.set_stock(cls.part, 10.0)
        cls.ticket = cls.create_ticket()

    def api(self, user):
        return self.as_user(self.env["service.api"], user)

    def submit(self, **values):
        return self.api(self.keeper).submit_requisition(
            {
                "warehouse": "SVC",
                "source_warehouse": "FRI",
                "lines": [{"product": "CMP-01", "quantity": 4}],
                **values,
            }
        )

    def approve_all(self, name):
        self.api(self.supervisor).decide_requisition(name, "approve")
        return self.api(self.clerk).decide_requisition(name, "approve")

    def test_the_loop_from_submission_to_both_books(self):
        answer = self.submit(ticket=self.ticket.number)
        name = answer["name"]
        self.assertEqual(answer["state"], "submitted")
        self.assertEqual(self.ticket.phase, "waiting_parts")
        answer = self.api(self.supervisor).decide_requisition(
            name, "approve", [{"product": "CMP-01", "quantity": 3}], "Three will do"
        )
        self.assertEqual(answer["state"], "submitted")
        answer = self.api(self.clerk).decide_requisition(name, "approve")
        self.assertEqual(answer["state"], "approved")
        answer = self.api(self.clerk).ship_requisition(
            name, [{"product": "CMP-01", "quantity": 2}]
        )
        self.assertEqual(answer["state"], "shipped")
        delivery = answer["delivery"]
        self.api(self.clerk).ship_requisition(name)
        answer = self.api(self.keeper).confirm_receipt(
            name, [{"product": "CMP-01", "accepted": 2}], delivery
        )
        self.assertEqual(answer["state"], "shipped")
        self.assertEqual(len(answer["postings"]), 1)
        answer = self.api(self.keeper).confirm_receipt(
            name, [{"product": "CMP-01", "accepted": 1}]
        )
        self.assertEqual(answer["state"], "done")
        self.assertFalse(answer["discrepancies"])

        status = self.api(self.keeper).requisition_status(name)
        self.assertEqual(status["lines"][0]["qty_accepted"], 3.0)
        self.assertEqual(status["approvals"][0]["comment"], "Three will do")
        self.assertEqual(len(status["deliveries"]), 2)
        self.assertEqual(
            {row["company"] for row in status["postings"]}, {"Parts Service"}
        )

    def test_what_is_missing_from_the_count_is_short(self):
        name = self.submit()["name"]
        self.approve_all(name)
        self.api(self.clerk).ship_requisition(name)
        answer = self.api(self.keeper).confirm_receipt(
            name, [{"product": "CMP-01", "accepted": 2, "damaged": 1}]
        )
        self.assertEqual(answer["state"], "received")
        self.assertEqual(
            sorted((row["kind"], row["quantity"]) for row in answer["discrepancies"]),
            [("damaged", 1.0), ("short", 1.0)],
        )

    def test_a_shipment_of_which_nothing_is_counted_stays_on_the_road(self):
        name = self.submit()["name"]
        self.approve_all(name)
        clerk, keeper = self.api(self.clerk), self.api(self.keeper)
        clerk.ship_requisition(name, [{"product": "CMP-01", "quantity": 1}])
        clerk.ship_requisition(name)
        with self.assertRaisesRegex(UserError, "Several delivery notes"):
            keeper.confirm_receipt(name, [])
        answer = keeper.confirm_receipt(name, [{"product": "CMP-01", "accepted": 1}])
        self.assertEqual(answer["state"], "shipped")
        self.assertFalse(answer["discrepancies"])
        answer = keeper.confirm_receipt(name, [{"product": "CMP-01", "accepted": 3}])
        self.assertEqual(answer["state"], "done")

    def test_no_number_is_refused(self):
        for quantity in (float("nan"), float("inf")):
            with self.assertRaisesRegex(UserError, "wrong type"):
                self.submit(lines=[{"product": "CMP-01", "quantity": quantity}])

    def test_the_same_reference_makes_one_requisition(self):
        first = self.submit(external_ref="ERP-7")
        self.assertEqual(self.submit(external_ref="ERP-7"), first)
        with self.assertRaisesRegex(UserError, "different"):
            self.submit(
                external_ref="ERP-7", lines=[{"product": "CMP-01", "quantity": 5}]
            )
        count = self.env["parts.requisition"].search_count(
            [("external_ref", "=", "ERP-7")]
        )
        self.assertEqual(count, 1)

    def test_a_draft_can_be_left_for_later(self):
        self.assertEqual(self.submit(submit=False)["state"], "draft")

    def test_bad_input_says_what_to_do(self):
        for values, sentence in (
            ({"warehouse": "XXX"}, "no warehouse “XXX”"),
            ({"source_warehouse": "XXX"}, "does not requisition parts from “XXX”"),
            ({"source_warehouse": "SVC"}, "from itself"),
            ({"ticket": "SR00000000"}, "no request “SR00000000”"),
            ({"lines": [{"product": "NOPE", "quantity": 1}]}, "no part “NOPE”"),
            ({"lines": [{"product": "CMP-01", "quantity": 0}]}, "not above zero"),
            ({"lines": [{"product": "CMP-01", "quantity": -2}]}, "not above zero"),
            ({"lines": []}, "lines"),
            ({"lines": [{"product": "CMP-01"}]}, "quantity"),
            ({"colour": "red"}, "colour"),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, sentence):
                self.submit(**values)
        self.assertFalse(
            self.env["parts.requisition"].search([("user_id", "=", self.keeper.id)])
        )

    def test_bad_decisions_shipments_and_counts(self):
        name = self.submit()["name"]
        supervisor, clerk = self.api(self.supervisor), self.api(self.clerk)
        keeper = self.api(self.keeper)
        cases = (
            (supervisor.decide_requisition, (name, "maybe"), "maybe"),
            (supervisor.decide_requisition, ("REQ/1/1", "approve"), "no requisition"),
            (supervisor.decide_requisition, (name, "reject"), "Say why"),
            (clerk.ship_requisition, (name,), "nothing to ship"),
            (keeper.confirm_receipt, (name, []), "nothing to count"),
        )
        for method, arguments, sentence in cases:
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                method(*arguments)
        self.approve_all(name)
        with self.assertRaisesRegex(UserError, "no open approval step"):
            clerk.decide_requisition(name, "approve")
        clerk.ship_requisition(name)
        for line, sentence in (
            ({"product": "CMP-01", "accepted": 5}, "more is counted"),
            ({"product": "CMP-01", "accepted": -1}, "cannot be negative"),
            ({"product": "CMP-01", "accepted": "2"}, "wrong type"),
        ):
            with self.subTest(line), self.assertRaisesRegex(UserError, sentence):
                keeper.confirm_receipt(name, [line])
        keeper.confirm_receipt(name, [{"product": "CMP-01", "accepted": 4}])
        with self.assertRaisesRegex(UserError, "counted already"):
            keeper.confirm_receipt(name, [{"product": "CMP-01", "accepted": 4}])

    def test_stock_levels(self):
        self.create_orderpoint(safety_stock=5.0, maximum=8.0)
        self.set_stock(self.part, 2.0, warehouse=self.warehouse)
        rows = self.api(self.keeper).stock_levels("SVC")
        row = next(row for row in rows if row["product"] == "CMP-01")
        self.assertEqual(row["on_hand"], 2.0)
        self.assertEqual(row["safety_stock"], 5.0)

    def test_a_stranger_sees_no_requisition(self):
        name = self.submit()["name"]
        other = self.create_company("Stranger", "STR")
        stranger = self.create_user("keeper", other)
        with self.assertRaisesRegex(UserError, "no requisition"):
            self.api(stranger).requisition_status(name)

    def test_a_technician_cannot_submit(self):
        with self.assertRaises(AccessError):
            self.api(self.technician).submit_requisition(
                {
                    "warehouse": "SVC",
                    "source_warehouse": "FRI",
                    "lines": [{"product": "CMP-01", "quantity": 1}],
                }
            )

    def test_answers_hold_no_none(self):
        """XML-RPC cannot carry it."""
        name = self.submit()["name"]
        self.approve_all(name)
        self.api(self.clerk).ship_requisition(name)

        def walk(value):
            self.assertIsNotNone(value)
            items = value.values() if isinstance(value, dict) else value
            if isinstance(value, (dict, list)):
                for item in items:
                    walk(item)

        walk(self.api(self.keeper).requisition_status(name))
        walk(self.api(self.keeper).stock_levels("SVC"))

    def test_values_must_be_a_set_of_named_values(self):
        with self.assertRaises(ValidationError):
            self.api(self.keeper).submit_requisition([])
