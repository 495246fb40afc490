# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestPrepaid(BillingCommon):
    """What was paid before the work is taken off, and what is too much returns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.labour = cls.create_service()
        cls.ticket = cls.create_ticket()

    def accept(self, quantity=2.0):
        """Return the accepted quotation of so many hours."""
        self.set_shares(customer=1)
        self.create_charge(self.ticket, self.labour, quantity, is_estimate=True)
        order = self.quote(self.ticket)
        order.action_confirm()
        return order

    def pay(self, order):
        """Invoice all of the order, as Odoo does when it is paid at once."""
        order._force_lines_to_invoice_policy_order()
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def get_ticket(self):
        self.ticket.invalidate_recordset()
        return self.as_user(self.ticket, self.agent)

    def test_a_down_payment_is_taken_off(self):
        order = self.accept()
        window = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "fixed",
                "fixed_amount": order.amount_total / 2,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        window._create_invoices(order).action_post()
        self.assertEqual(self.get_ticket().amount_to_invoice, 0.0)
        self.create_charge(self.ticket, self.labour, 2.0)
        self.assertEqual(self.get_ticket().amount_to_invoice, 60.0)
        invoice = self.invoice(self.ticket)
        self.assertEqual(invoice.amount_untaxed, 60.0)
        self.assertEqual(self.get_ticket().amount_to_invoice, 0.0)
        self.assertEqual(self.get_ticket().amount_invoiced, 120.0)

    def test_what_was_prepaid_and_done_is_billed_without_an_invoice(self):
        self.pay(self.accept())
        charge = self.create_charge(self.ticket, self.labour, 2.0)
        self.assertEqual(self.get_ticket().amount_to_invoice, 0.0)
        self.assertFalse(self.invoice(self.ticket))
        self.assertTrue(charge.is_billed)
        with self.assertRaisesRegex(UserError, "left to invoice"):
            self.invoice(self.ticket)

    def test_what_was_prepaid_and_not_done_is_taken_off_what_was(self):
        self.pay(self.accept(1.0))
        part = self.create_service(name="Cable", price=90.0)
        self.create_charge(self.ticket, part)
        self.assertEqual(self.get_ticket().amount_to_invoice, 30.0)
        invoice = self.invoice(self.ticket)
        self.assertEqual(invoice.move_type, "out_invoice")
        self.assertEqual(invoice.amount_untaxed, 30.0)

    def test_what_was_prepaid_too_much_is_credited_when_the_work_is_over(self):
        self.pay(self.accept())
        self.create_charge(self.ticket, self.labour, 1.0)
        self.assertEqual(self.get_ticket().amount_to_invoice, 0.0)
        self.ticket._move_to_phase("resolved")
        self.assertEqual(self.get_ticket().amount_to_invoice, -60.0)
        windows = self.as_user(self.env["service.ticket.invoice"], self.agent)
        window = windows.create({"ticket_ids": [Command.set(self.ticket.ids)]})
        self.assertIn("credit note", window.preview)
        note = self.invoice(self.ticket)
        self.assertEqual(note.move_type, "out_refund")
        self.assertEqual(note.amount_untaxed, 60.0)
        self.assertEqual(note.invoice_date, fields.Date.today())
        note.action_post()
        self.assertEqual(self.get_ticket().amount_to_invoice, 0.0)
        self.assertEqual(self.get_ticket().amount_invoiced, 60.0)
