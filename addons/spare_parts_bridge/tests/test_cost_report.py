from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestCostReport(PartsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_id = cls.service
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.service.ids}
        )
        cls.model = cls.create_product(name="Fridge", type="consu")
        cls.unit = cls.env["service.asset"].create(
            {
                "serial_number": "COST-1",
                "product_id": cls.model.id,
                "partner_id": cls.customer.id,
                "company_id": cls.service.id,
            }
        )
        cls.fee = cls.create_product(
            name="Call-out", type="service", is_storable=False, standard_price=30.0
        )
        cls.fee.list_price = 50.0
        cls.ticket = cls.create_ticket(asset_id=cls.unit.id)
        cls.charge = cls.create_charge()

    @classmethod
    def create_charge(cls, **values):
        return cls.env["service.charge"].create(
            {
                "ticket_id": cls.ticket.id,
                "kind": "fee",
                "product_id": cls.fee.id,
                "quantity": 2.0,
                "date": "2026-03-05",
                **values,
            }
        )

    @classmethod
    def invoice(cls, amount=100.0, move_type="out_invoice", **values):
        """Post an invoice of an order of the ticket."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.service.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.fee.id,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.ticket_id = cls.ticket
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": cls.customer.id,
                "invoice_date": "2026-04-01",
                "date": "2026-04-01",
                "company_id": cls.service.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Repair",
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                            "sale_line_ids": [Command.set(order.order_line.ids)],
                        }
                    )
                ],
                **values,
            }
        )
        move.action_post()
        return move

    def rows(self, domain=None, user=None):
        """Return the rows of the ticket, or of a domain, as somebody sees them."""
        self.env.flush_all()
        report = self.env["service.cost.report"]
        report = self.as_user(report, user or self.supervisor)
        return report.search(domain or [("ticket_id", "=", self.ticket.id)])

    def totals(self, domain=None):
        rows = self.rows(domain)
        return (
            sum(rows.mapped("cost")),
            sum(rows.mapped("revenue")),
            sum(rows.mapped("margin")),
        )

    def test_costs_are_those_of_charges_and_revenue_that_of_invoices(self):
        self.create_charge(is_estimate=True)
        self.assertEqual(self.totals(), (60, 0, -60))
        move = self.invoice()
        draft = self.invoice(777)
        draft.button_draft()
        self.invoice(40, "out_refund")
        self.assertEqual(self.totals(), (60, 60, 0))
        row = self.rows([("revenue", ">", 0)])
        self.assertEqual((row.source, row.payer), ("invoice", "customer"))
        self.assertEqual((row.res_model, row.res_id), ("account.move", move.id))
        self.assertEqual(row.date, date(2026, 4, 1))

    def test_rows_tell_unit_customer_product_and_who_pays(self):
        row = self.rows()
        share = self.charge.share_ids
        self.assertEqual(row.cost, 60)
        self.assertEqual((row.kind, row.payer), ("fee", share.payer))
        self.assertEqual(row.asset_id, self.unit)
        self.assertEqual(row.partner_id, self.customer.commercial_partner_id)
        self.assertEqual(row.product_id, self.model)
        self.assertEqual(row.categ_id, self.model.categ_id)
        self.assertEqual(row.action_open_document()["res_id"], self.charge.id)
        self.assertEqual(row.action_open_ticket()["res_id"], self.ticket.id)

    def test_ids_of_all_sources_differ(self):
        self.invoice()
        rows = self.rows([])
        self.assertEqual(len(rows), len(set(rows.ids)))
        self.assertEqual(rows.browse(rows.ids).mapped("cost"), rows.mapped("cost"))

    def test_an_approved_expense_is_a_cost(self):
        employee = self.env["hr.employee"].create(
            {"name": "Tom", "company_id": self.service.id}
        )
        expense = self.env["hr.expense"].create(
            {
                "name": "Parking",
                "employee_id": employee.id,
                "company_id": self.service.id,
                "ticket_id": self.ticket.id,
                "total_amount_currency": 12.0,
                "tax_ids": [Command.clear()],
            }
        )
        self.assertEqual(self.totals(), (60, 0, -60))
        expense.flush_recordset()
        self.env.cr.execute(
            "UPDATE hr_expense SET state = 'approved' WHERE id = %s", [expense.id]
        )
        self.assertEqual(self.totals(), (72, 0, -72))
        row = self.rows([("source", "=", "expense")])
        self.assertEqual(row.employee_id, employee)

    def test_a_contract_earns_what_its_invoices_say(self):
        contract = self.env["service.contract"].create(
            {"partner_id": self.customer.id, "company_id": self.service.id}
        )
        move = self.invoice(120)
        line = move.invoice_line_ids
        line.sale_line_ids = False
        line.service_contract_id = contract
        opened = self.as_user(contract, self.supervisor).action_open_costs()
        self.assertEqual(self.totals(opened["domain"]), (0, 120, 120))
        row = self.rows(opened["domain"])
        self.assertEqual((row.source, row.payer), ("contract", "contract"))
        self.assertEqual(row.partner_id, self.customer)
        self.ticket.contract_id = contract
        self.assertEqual(self.totals(opened["domain"]), (60, 120, 60))

    def test_each_record_opens_its_own_costs(self):
        self.invoice()
        other = self.create_ticket()
        part = self.env["service.asset"].create(
            {
                "serial_number": "COST-2",
                "parent_id": self.unit.id,
                "company_id": self.service.id,
            }
        )
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        for records, expected in (
            (self.ticket, (60, 100, 40)),
            (other, (0, 0, 0)),
            (self.unit, (60, 100, 40)),
            (part, (0, 0, 0)),
            (contact, (60, 100, 40)),
            (self.model, (60, 100, 40)),
            (self.model.product_tmpl_id, (60, 100, 40)),
            (self.fee, (0, 0, 0)),
        ):
            with self.subTest(records=records):
                opened = self.as_user(records, self.supervisor).action_open_costs()
                self.assertEqual(self.totals(opened["domain"]), expected)
                with self.assertRaises(AccessError):
                    self.as_user(records, self.technician).action_open_costs()

    def test_the_cost_of_service_is_in_the_customers_value(self):
        self.invoice()
        values = self.env["service.customer.value"]
        values._recompute(self.service)
        row = values.search(
            [("partner_id", "=", self.customer.id), ("year", "=", 2026)]
        )
        self.assertEqual(
            (row.revenue, row.cost_goods, row.cost_service, row.margin),
            (100, 0, 60, 40),
        )

    def test_only_supervisors_of_the_company_read_it(self):
        stranger = self.create_user("supervisor", self.factory)
        self.assertFalse(self.rows(user=stranger))
        with self.assertRaises(AccessError):
            self.rows(user=self.technician)

    def test_whom_a_complaint_is_about_sees_no_row_of_it(self):
        self.assertTrue(self.rows())
        kind = self.env["service.ticket.type"].search(
            [("category", "=", "complaint")], limit=1
        )
        complaint = self.create_ticket(
            type_id=kind.id,
            complaint_about="person",
            complained_user_id=self.supervisor.id,
        )
        self.create_charge(ticket_id=complaint.id)
        other = self.create_user("supervisor", self.service, login="parts_other_lead")
        domain = [("ticket_id", "=", complaint.id)]
        self.assertEqual(len(self.rows(domain, other)), 1)
        self.assertFalse(self.rows(domain))
