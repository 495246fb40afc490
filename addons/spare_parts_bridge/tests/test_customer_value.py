import doctest
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..tools import customer_value
from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestCustomerValue(PartsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_id = cls.service
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.service.ids}
        )
        cls.values = cls.env["service.customer.value"]
        cls.standings = cls.env["service.customer.standing"]
        cls.accountant = cls.create_user("account.group_account_user", cls.service)
        cls.seal = cls.create_product(name="Seal", type="service", is_storable=False)
        for code, share in (("a", 20), ("b", 30)):
            segment = cls.env.ref(f"crm_service.value_segment_{code}")
            segment.share_percent = share
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id}
        )

    @classmethod
    def invoice(cls, amount, day, partner=None, **values):
        """Post an invoice without tax."""
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.customer).id,
                "invoice_date": day,
                "date": day,
                "company_id": cls.service.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.seal.id,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )
        move.action_post()
        return move

    @classmethod
    def create_customer(cls, name):
        return cls.env["res.partner"].create({"name": name})

    def recompute(self, day="2026-06-01"):
        with freeze_time(day):
            self.values._recompute(self.service)

    def years(self, partner=None):
        """Return {year: (revenue, cost of goods, margin)} of a customer."""
        rows = self.values.search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("company_id", "=", self.service.id),
            ]
        )
        return {r.year: (r.revenue, r.cost_goods, r.margin) for r in rows}

    def standing(self, partner=None):
        return self.standings.search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("company_id", "=", self.service.id),
            ]
        )

    # -- the formula ----------------------------------------------------------

    def test_the_examples_of_the_tool_are_true(self):
        result = doctest.testmod(customer_value)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)

    def test_the_closed_formula_is_the_sum_of_the_years(self):
        for retention, discount in ((0.86, 0.1), (0.5, 0.3), (0.99, 0.01), (0, 0.1)):
            total = sum((retention / (1 + discount)) ** year for year in range(1, 5000))
            self.assertAlmostEqual(
                customer_value.margin_multiple(retention, discount), total, 6
            )
        for retention, discount in ((1.1, 0.1), (1.0, 0.0), (-0.1, 0.1), (0.5, -0.1)):
            with self.assertRaises(ValueError):
                customer_value.margin_multiple(retention, discount)

    # -- the books ------------------------------------------------------------

    def test_the_years_are_what_the_books_say(self):
        self.invoice(1000, "2024-03-01")
        self.invoice(500, "2025-03-01", self.contact)
        refund = self.invoice(100, "2025-04-01", move_type="out_refund")
        draft = self.invoice(7777, "2025-05-01")
        draft.button_draft()
        self.recompute()
        self.assertEqual(self.years(), {2024: (1000, 0, 1000), 2025: (400, 0, 400)})
        refund.button_draft()
        domain = [("year", "=", 2024), ("partner_id", "=", self.customer.id)]
        before = self.values.search(domain).computed_at
        self.recompute("2026-06-02")
        self.assertEqual(self.years()[2025], (500, 0, 500))
        after = self.values.search(domain).computed_at
        self.assertEqual(before, after, "what stays is not touched")
        self.env["account.move"].search(
            [("partner_id", "=", self.customer.id), ("date", "<", "2025-01-01")]
        ).button_draft()
        self.recompute()
        self.assertEqual(list(self.years()), [2025])

    def test_what_was_given_for_goodwill_lowers_what_the_customer_brought(self):
        self.invoice(500, "2025-03-01")
        complaint = self.env["service.ticket.type"].search(
            [("category", "=", "complaint")], limit=1
        )
        remedies = self.env["service.remedy"]._with_flow()
        remedy = remedies.create(
            {
                "ticket_id": self.create_ticket(type_id=complaint.id).id,
                "kind": "refund",
                "amount": 100.0,
                "state": "granted",
            }
        )
        goodwill = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.service.ids)],
            limit=1,
        )
        line = {"name": "Sorry", "price_unit": 100.0, "account_id": goodwill.id}
        self.invoice(
            100,
            "2025-04-01",
            move_type="out_refund",
            service_remedy_id=remedy.id,
            invoice_line_ids=[Command.create({**line, "tax_ids": [Command.clear()]})],
        )
        self.recompute()
        self.assertEqual(self.years(), {2025: (400, 0, 400)})

    def test_another_company_and_a_vendor_bill_change_nothing(self):
        self.invoice(1000, "2025-03-01")
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2025-03-01",
                "company_id": self.service.id,
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 50})],
            }
        ).action_post()
        self.recompute()
        self.assertEqual(self.years(), {2025: (1000, 0, 1000)})

    def _sell(self, product, price=100.0, quantity=2):
        """Sell, deliver and invoice a product."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.contact.id,
                "company_id": self.service.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        order.picking_ids.move_ids.write({"quantity": quantity, "picked": True})
        order.picking_ids.button_validate()
        order._create_invoices().action_post()
        return order

    def test_goods_cost_what_they_left_stock_with_or_what_was_posted(self):
        year = date.today().year
        self.set_stock(self.part, 10, self.warehouse)
        self._sell(self.part)
        self.values._recompute(self.service)
        self.assertEqual(self.years(), {year: (200, 80, 120)})
        perpetual = self.create_product(
            name="Valve",
            standard_price=30.0,
            categ_id=self.create_category(valuation="real_time").id,
        )
        self.set_stock(perpetual, 10, self.warehouse)
        order = self._sell(perpetual)
        self.assertTrue(
            order.invoice_ids.line_ids.filtered(
                lambda line: line.display_type == "cogs"
            )
        )
        self.values._recompute(self.service)
        self.assertEqual(self.years(), {year: (400, 140, 260)})

    # -- what is expected -----------------------------------------------------

    def test_expected_value_shows_all_of_its_inputs(self):
        self.invoice(900, "2024-03-01")
        self.invoice(1100, "2025-03-01")
        self.service.service_value_retention = 80
        self.recompute()
        row = self.standing()
        self.assertEqual((row.margin_year, row.chance), (1000, 1))
        self.assertEqual((row.year_from, row.year_to), (2024, 2025))
        self.assertAlmostEqual(row.multiple, 0.8 / 0.3, 4)
        self.assertEqual(row.expected_value, 2666.67)
        self.assertIn("0.8000", row.value_formula)
        self.assertIn("2,666.67", row.value_formula)

    def test_retention_and_comeback_are_estimated_from_the_books(self):
        stays, leaves, returns = (
            self.create_customer(name) for name in ("Stays", "Leaves", "Returns")
        )
        for year in (2022, 2023, 2024, 2025):
            self.invoice(100, f"{year}-03-01", stays)
        self.invoice(100, "2022-03-01", leaves)
        for year in (2022, 2024):
            self.invoice(100, f"{year}-03-01", returns)
        self.recompute()
        row = self.standing(stays)
        # of who bought in 2022, 2023, 2024: 3 of 6 bought in the next year
        self.assertAlmostEqual(row.retention, (3 + 1) / (6 + 2))
        # silent in 2023 or 2024, after the first purchase: 1 of 3 came back
        self.assertAlmostEqual(self.standing(returns).chance, (1 + 1) / (3 + 2))
        self.assertAlmostEqual(self.standing(leaves).chance, (2 / 5) ** 3, 4)

    def test_what_the_books_forget_is_forgotten_but_not_what_people_decided(self):
        move = self.invoice(900, "2025-03-01")
        other = self.create_customer("Other")
        second = self.invoice(900, "2025-03-01", other)
        self.recompute()
        row = self.standing(other)
        best = self.env.ref("crm_service.value_segment_a")
        row.write({"fixed_segment_id": best.id, "reason": "Pilot"})
        (move | second).button_draft()
        self.recompute()
        self.assertFalse(self.standing())
        self.assertEqual((row.segment_id, row.expected_value), (best, 0))

    # -- segments -------------------------------------------------------------

    def test_segments_take_their_shares_the_best_first(self):
        customers = [self.create_customer(f"C{n}") for n in range(10)]
        for number, customer in enumerate(customers):
            self.invoice(1000 - 50 * number, "2025-03-01", customer)
        self.recompute()
        codes = [self.standing(c).segment_id.code for c in customers]
        self.assertEqual("".join(codes), "AABBBCCCCC")
        worst = self.standing(customers[-1])
        best = worst.segment_id.search([("code", "=", "A")])
        worst.write({"fixed_segment_id": best.id, "reason": "Pilot"})
        self.recompute()
        self.assertEqual(worst.segment_id, best)
        self.assertEqual(worst.automatic_segment_id.code, "C")
        one = customers[5]
        self.invoice(9000, "2025-05-01", one)
        with freeze_time("2026-06-01"):
            self.as_user(one, self.supervisor).action_recompute_service_value()
        self.assertEqual(self.standing(one).segment_id, best, "of one customer too")

    def test_segments_by_amount_of_revenue(self):
        self.service.write(
            {"service_value_method": "amount", "service_value_measure": "revenue"}
        )
        self.env.ref("crm_service.value_segment_a").amount_from = 800
        self.env.ref("crm_service.value_segment_b").amount_from = 100
        small = self.create_customer("Small")
        self.invoice(800, "2026-03-01")
        self.invoice(99, "2025-03-01", small)
        self.recompute()
        self.assertEqual(self.standing().segment_id.code, "A")
        self.assertEqual(self.standing(small).segment_id.code, "C")

    def test_settings_that_cannot_be_meant_are_refused(self):
        for values, sentence in (
            ({"service_value_discount": 0}, "discount rate must be above 0"),
            ({"service_value_retention": 101}, "between 0 and 100 percent"),
            ({"service_value_years": 0}, "1 to 20 complete years"),
        ):
            with (
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                self.service.write(values)
        with self.assertRaisesRegex(ValidationError, "more than 100 percent"):
            self.env.ref("crm_service.value_segment_a").share_percent = 71

    # -- who may --------------------------------------------------------------

    def test_values_are_for_supervisors_and_accountants(self):
        self.invoice(900, "2025-03-01")
        self.recompute()
        row = self.values.search([("partner_id", "=", self.customer.id)])
        standing = self.standing()
        for user in (self.supervisor, self.accountant):
            self.as_user(self.values, user).action_recompute()
            self.assertEqual(self.as_user(row, user).margin, 900)
            customer = self.as_user(self.customer, user)
            values = customer.read(["service_expected_value", "service_value_ids"])
            self.assertTrue(values[0]["service_expected_value"])
            self.assertEqual(values[0]["service_value_ids"], row.ids)
            with self.assertRaises(AccessError):
                self.as_user(row, user).write({"revenue": 1})
        technician = self.technician
        for call in (
            lambda: self.as_user(self.values, technician).action_recompute(),
            lambda: self.as_user(row, technician).read(["margin"]),
            lambda: self.as_user(standing, technician).read(["expected_value"]),
            lambda: self.as_user(
                self.customer, technician
            ).action_recompute_service_value(),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertTrue(self.as_user(standing, technician).segment_id)
        with self.assertRaises(AccessError):
            self.as_user(row, self.finance).read(["margin"])

    def test_the_customers_page_tells_it_to_who_may_know(self):
        self.invoice(900, "2025-03-01")
        self.invoice(1100, "2026-03-01")
        self.recompute()
        pages = self.env["service.customer"]
        page = self.as_user(pages, self.supervisor).get_page(self.contact.id)
        self.assertEqual([row["year"] for row in page["value"]["years"]], [2026, 2025])
        self.assertIn("900.00", page["value"]["margin"])
        self.assertEqual(page["partner"]["segment"]["code"], "A")
        page = self.as_user(pages, self.technician).get_page(self.contact.id)
        self.assertFalse(page["value"])
        self.assertEqual(page["partner"]["segment"]["code"], "A")

    def test_merged_customers_have_one_value(self):
        double = self.create_customer("Double")
        self.invoice(900, "2025-03-01")
        self.invoice(300, "2025-03-01", double)
        self.recompute()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.customer | double).ids, self.customer)
        self.assertEqual(self.years(), {2025: (1200, 0, 1200)})
        self.assertEqual(len(self.standing()), 1)

    def test_the_nightly_job_does_each_company_once_a_day(self):
        self.invoice(900, "2025-03-01")
        cron = self.env.ref("spare_parts_bridge.ir_cron_customer_value")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(cron.failure_count, 0)
        self.assertEqual(self.years(), {2025: (900, 0, 900)})
        self.assertTrue(self.service.service_value_computed_on)
