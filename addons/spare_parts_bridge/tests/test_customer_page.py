from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.spare_parts_bridge.tests.common import PartsCommon


@tagged("post_install", "-at_install")
class TestCustomerPage(PartsCommon):
    """Job sheets, requisitions, orders and invoices on the customer's page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env,
            "page_agent",
            "crm_service.group_service_agent",
            company_id=cls.service.id,
            company_ids=[Command.set(cls.service.ids)],
        )
        cls.ticket = cls.create_ticket(partner_id=cls.customer.id)
        cls.repair = cls.create_repair({cls.part: 1.0}, ticket_id=cls.ticket.id)
        cls.requisition = cls.create_requisition(ticket_id=cls.ticket.id)
        line = {"product_id": cls.part.id, "price_unit": 100.0}
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.service.id,
                "order_line": [Command.create({**line, "product_uom_qty": 2})],
            }
        )
        cls.invoice = cls._create_invoice(cls.service)

    @classmethod
    def _create_invoice(cls, company):
        line = {"product_id": cls.part.id, "price_unit": 100.0, "quantity": 1}
        moves = cls.env["account.move"].with_company(company)
        return moves.create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_date": "2026-02-03",
                "invoice_line_ids": [Command.create(line)],
            }
        )

    def _page(self, *groups):
        for group in groups:
            self.agent.group_ids |= self.env.ref(group)
        customer = self.env["service.customer"].with_user(self.agent)
        customer = customer.with_context(allowed_company_ids=self.service.ids)
        return customer.get_page(self.customer.id)

    def _counts(self, *groups):
        sources = self._page(*groups)["sources"]
        return {source["kind"]: source["count"] for source in sources}

    def test_what_the_erp_knows_is_on_the_customers_line(self):
        page = self._page(
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
            "stock.group_stock_user",
            "spare_parts_bridge.group_parts_keeper",
        )
        entries = {entry["kind"]: entry for entry in page["timeline"]["entries"]}
        for kind, record in (
            ("repair", self.repair),
            ("requisition", self.requisition),
            ("order", self.order),
            ("invoice", self.invoice),
        ):
            with self.subTest(kind=kind):
                self.assertEqual(entries[kind]["id"], record.id)
                self.assertTrue(entries[kind]["title"])
                self.assertTrue(entries[kind]["badge"])
        self.assertIn("$", entries["order"]["amount"])
        self.assertEqual(entries["invoice"]["at"], "2026-02-03")

    def test_who_may_not_read_orders_and_books_is_not_told_of_them(self):
        counts = self._counts()
        self.assertEqual(counts["ticket"], 1)
        self.assertNotIn("order", counts)
        self.assertNotIn("invoice", counts)

    def test_a_salesman_sees_his_own_orders_only(self):
        self.order.user_id = self.env.ref("base.user_admin")
        self.assertEqual(self._counts("sales_team.group_sale_salesman")["order"], 0)
        self.order.user_id = self.agent
        self.assertEqual(self._counts()["order"], 1)

    def test_the_other_companys_books_are_not_shown(self):
        theirs = self._create_invoice(self.factory)
        self.assertEqual(theirs.company_id, self.factory)
        counts = self._counts("account.group_account_invoice")
        self.assertEqual(counts["invoice"], 1)
