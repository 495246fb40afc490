from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestTicketInvoice(BillingCommon):
    """What was done is invoiced once, whatever was estimated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.labour = cls.create_service()
        cls.ticket = cls.create_ticket()

    def charge(self, quantity=1.0, **values):
        return self.create_charge(self.ticket, self.labour, quantity, **values)

    def get_ticket(self):
        self.ticket.invalidate_recordset()
        return self.as_user(self.ticket, self.agent)

    def test_what_was_done_is_invoiced_without_a_quotation(self):
        self.set_shares(customer=0.25, warranty=0.75)
        charge = self.charge(2.0)
        self.assertEqual(self.get_ticket().amount_to_invoice, 30.0)
        invoice = self.invoice(self.ticket)
        self.assertRecordValues(
            invoice,
            [
                {
                    "move_type": "out_invoice",
                    "state": "draft",
                    "amount_untaxed": 30.0,
                    "partner_id": self.customer.id,
                    "company_id": self.service.id,
                    "invoice_date": fields.Date.today(),
                }
            ],
        )
        self.assertTrue(charge.is_billed)
        ticket = self.get_ticket()
        self.assertEqual(ticket.amount_to_invoice, 0.0)
        self.assertEqual(ticket.amount_invoiced, 30.0)
        self.assertEqual(ticket.service_invoice_count, 1)

    def test_it_is_invoiced_once(self):
        self.set_shares(customer=1)
        self.charge()
        self.invoice(self.ticket)
        with self.assertRaisesRegex(UserError, "left to invoice"):
            self.invoice(self.ticket)
        self.charge(3.0)
        self.assertEqual(self.invoice(self.ticket).amount_untaxed, 180.0)

    def test_only_what_was_done_is_billed_of_what_was_accepted(self):
        self.set_shares(customer=1)
        self.charge(5.0, is_estimate=True)
        order = self.quote(self.ticket)
        order.action_confirm()
        self.assertEqual(order.invoice_status, "no")
        self.charge(2.0)
        invoice = self.invoice(self.ticket)
        self.assertEqual(invoice.amount_untaxed, 120.0)
        self.assertEqual(invoice.invoice_line_ids.sale_line_ids, order.order_line)
        self.assertEqual(order.order_line.qty_delivered, 2.0)
        self.charge(4.0)
        self.assertEqual(self.invoice(self.ticket).amount_untaxed, 240.0)
        self.assertEqual(len(order.order_line), 1)
        self.assertNotEqual(order.invoice_status, "upselling")

    def test_a_price_that_was_agreed_on_is_kept(self):
        self.set_shares(customer=1)
        self.charge(1.0, is_estimate=True)
        order = self.quote(self.ticket)
        order.order_line.price_unit = 50.0
        order.action_confirm()
        self.charge(2.0)
        self.assertEqual(self.invoice(self.ticket).amount_untaxed, 100.0)

    def test_what_costs_more_than_accepted_becomes_a_line_of_its_own(self):
        self.set_shares(customer=1)
        self.charge(1.0, is_estimate=True)
        order = self.quote(self.ticket)
        order.action_confirm()
        self.charge(1.0, unit_price=99.0)
        invoice = self.invoice(self.ticket)
        self.assertEqual(invoice.amount_untaxed, 99.0)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [0.0, 1.0])

    def test_the_preview_says_what_exceeds_the_quotation(self):
        self.set_shares(customer=1)
        self.charge(1.0, is_estimate=True)
        self.quote(self.ticket).action_confirm()
        self.charge(2.0)
        windows = self.as_user(self.env["service.ticket.invoice"], self.agent)
        window = windows.create({"ticket_ids": [(6, 0, self.ticket.ids)]})
        self.assertIn("more than the customer accepted", window.preview)

    def test_the_preview_says_that_the_customer_has_not_answered(self):
        self.set_shares(customer=1)
        self.charge(1.0, is_estimate=True)
        order = self.quote(self.ticket)
        self.charge(2.0)
        windows = self.as_user(self.env["service.ticket.invoice"], self.agent)
        window = windows.create({"ticket_ids": [(6, 0, self.ticket.ids)]})
        self.assertIn("not answered yet", window.preview)
        self.assertIn(order.name, window.preview)

    def test_a_cancelled_invoice_frees_the_charges(self):
        self.set_shares(customer=1)
        charge = self.charge()
        invoice = self.invoice(self.ticket)
        invoice.button_cancel()
        self.assertFalse(charge.is_billed)
        charge.quantity = 2.0
        again = self.invoice(self.ticket)
        self.assertEqual(again.amount_untaxed, 120.0)
        with self.assertRaisesRegex(UserError, "Leave it cancelled"):
            invoice.button_draft()

    def test_a_cancelled_invoice_comes_back_if_nothing_has_changed(self):
        self.set_shares(customer=1)
        charge = self.charge()
        invoice = self.invoice(self.ticket)
        invoice.button_cancel()
        invoice.button_draft()
        self.assertTrue(charge.is_billed)
        with self.assertRaisesRegex(UserError, "left to invoice"):
            self.invoice(self.ticket)

    def test_a_deleted_draft_frees_the_charges(self):
        self.set_shares(customer=1)
        charge = self.charge()
        self.invoice(self.ticket).unlink()
        self.assertFalse(charge.is_billed)

    def test_a_refund_frees_the_charges(self):
        self.set_shares(customer=1)
        charge = self.charge()
        invoice = self.invoice(self.ticket)
        invoice.action_post()
        invoice._reverse_moves(cancel=True)
        self.assertFalse(charge.is_billed)
        self.assertEqual(self.invoice(self.ticket).amount_untaxed, 60.0)

    def test_an_order_that_is_invoiced_is_credited_before_it_is_cancelled(self):
        self.set_shares(customer=1)
        charge = self.charge()
        invoice = self.invoice(self.ticket)
        order = invoice.invoice_line_ids.sale_line_ids.order_id
        invoice.action_post()
        with self.assertRaisesRegex(UserError, "Credit the invoice"):
            order.action_cancel()
        self.assertTrue(charge.is_billed)
        invoice._reverse_moves(cancel=True)
        order.action_cancel()
        self.assertFalse(charge.is_billed)
        self.assertEqual(self.get_ticket().amount_to_invoice, 60.0)

    def test_an_order_with_a_draft_invoice_is_cancelled_with_it(self):
        self.set_shares(customer=1)
        charge = self.charge()
        invoice = self.invoice(self.ticket)
        invoice.invoice_line_ids.sale_line_ids.order_id.action_cancel()
        self.assertEqual(invoice.state, "cancel")
        self.assertFalse(charge.is_billed)

    def test_the_credit_note_of_a_remedy_frees_nothing(self):
        self.set_shares(customer=1)
        charge = self.charge()
        self.invoice(self.ticket).action_post()
        complaint = self.create_complaint(complained_ticket_id=self.ticket.id)
        remedy = self.create_remedy(amount=60.0, ticket=complaint)
        remedy._create_credit_note(
            remedy._get_likely_invoice().sudo(), fields.Date.today()
        )
        remedy.credit_note_id.action_post()
        self.assertTrue(charge.is_billed)
        with self.assertRaisesRegex(UserError, "left to invoice"):
            self.invoice(self.ticket)

    def test_a_customer_gets_one_invoice_for_several_tickets(self):
        self.set_shares(customer=1)
        self.charge()
        other = self.create_ticket()
        self.create_charge(other, self.labour)
        self.assertEqual(len(self.invoice(self.ticket | other)), 1)
        third, fourth = self.create_ticket(), self.create_ticket()
        for ticket in (third, fourth):
            self.create_charge(ticket, self.labour)
        self.assertEqual(len(self.invoice(third | fourth, per_ticket=True)), 2)

    def test_a_closed_period_is_refused_and_nothing_is_written(self):
        self.set_shares(customer=1)
        charge = self.charge()
        today = fields.Date.today()
        self.lock_books(today)
        with self.assertRaisesRegex(UserError, "closed"):
            self.invoice(self.ticket, date=today)
        self.assertFalse(charge.is_billed)
        self.assertFalse(self.env["sale.order"].search([("ticket_id", "!=", False)]))
        self.assertTrue(self.invoice(self.ticket, date=today + timedelta(days=1)))

    def test_a_part_that_the_job_sheet_sells_is_not_invoiced_again(self):
        self.set_shares(customer=1)
        self.set_stock(self.part, 5.0, self.warehouse)
        repair = self.create_repair({self.part: 1.0})
        repair.action_create_sale_order()
        repair.ticket_id = self.ticket
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        self.ticket._update_charges()
        self.assertTrue(self.ticket.charge_ids)
        self.assertEqual(self.get_ticket().amount_to_invoice, 0.0)

    def test_a_part_whose_own_quotation_was_cancelled_is_billed(self):
        self.set_shares(customer=1)
        self.set_stock(self.part, 5.0, self.warehouse)
        repair = self.create_repair({self.part: 1.0})
        repair.action_create_sale_order()
        repair.ticket_id = self.ticket
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        self.ticket._update_charges()
        share = self.ticket.charge_ids.share_ids
        self.assertFalse(share._is_to_invoice())
        repair.sale_order_id.action_cancel()
        self.assertTrue(share._is_to_invoice())

    def test_rates_are_asked_of_each_company(self):
        asked = []
        self.patch(
            self.env.registry["res.currency"],
            "_ensure_rate",
            lambda currencies, company, date=None: asked.append(company),
        )
        self.set_shares(customer=1)
        self.charge()
        other = self.create_ticket(company_id=self.factory.id)
        self.create_charge(other, self.labour)
        self.assertNotEqual(other.company_id, self.ticket.company_id)
        asked.clear()
        (self.ticket | other)._invoice_customers(fields.Date.today())
        self.assertEqual(set(asked), {self.ticket.company_id, other.company_id})

    def test_job_sheets_of_tickets_sell_nothing_themselves(self):
        repair = self.create_repair({self.part: 1.0}, ticket_id=self.ticket.id)
        with self.assertRaisesRegex(UserError, "charged on ticket"):
            repair.action_create_sale_order()

    def test_the_cost_of_a_part_is_what_its_use_cost(self):
        self.set_shares(customer=0.5, warranty=0.5)
        category = self.create_category(valuation="real_time")
        part = self.create_product(
            name="Pump", standard_price=40.0, categ_id=category.id, list_price=100.0
        )
        self.set_stock(part, 5.0, self.warehouse)
        repair = self.create_repair({part: 2.0}, ticket_id=self.ticket.id)
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        part.with_company(self.service).standard_price = 70.0
        self.ticket._update_charges()
        invoice = self.invoice(self.ticket)
        invoice.action_post()
        self.assertEqual(invoice.amount_untaxed, 100.0)
        cost = invoice.line_ids.filtered(lambda line: line.display_type == "cogs")
        self.assertEqual(sorted(cost.mapped("balance")), [-80.0, 80.0])

    def test_technicians_invoice_nothing(self):
        self.set_shares(customer=1)
        self.charge()
        self.ticket.user_id = self.technician
        with self.assertRaises(AccessError):
            self.as_user(self.ticket, self.technician).action_invoice()
        with self.assertRaises(AccessError):
            self.as_user(self.ticket, self.technician)._invoice_customers(
                fields.Date.today()
            )
