# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestTicketCredit(BillingCommon):
    """A part of an invoice that is credited is not invoiced again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.labour = cls.create_service()
        cls.ticket = cls.create_ticket()

    def charge(self, quantity=1.0, **values):
        return self.create_charge(self.ticket, self.labour, quantity, **values)

    def credit(self, invoice, **values):
        """Credit an invoice by Odoo's button; `values` are the line's."""
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.invoice_line_ids.write(values)
        note.action_post()
        return note

    def get_ticket(self):
        self.ticket.invalidate_recordset()
        return self.as_user(self.ticket, self.agent)

    def post_invoice(self, quantity=1.0):
        """Charge and post; return the invoice."""
        self.set_shares(customer=1)
        self.charge(quantity)
        invoice = self.invoice(self.ticket)
        invoice.action_post()
        return invoice

    def test_a_part_of_the_price_that_is_credited_frees_nothing(self):
        invoice = self.post_invoice()
        self.credit(invoice, price_unit=20.0)
        self.assertTrue(self.ticket.charge_ids.is_billed)
        self.assertEqual(self.get_ticket().amount_to_invoice, 0.0)
        self.assertEqual(invoice.invoice_line_ids.sale_line_ids.qty_to_invoice, 0.0)
        with self.assertRaisesRegex(UserError, "left to invoice"):
            self.invoice(self.ticket)

    def test_a_part_of_the_quantity_that_is_credited_is_not_invoiced_later(self):
        self.credit(self.post_invoice(3.0), quantity=1.0)
        self.charge(5.0)
        self.assertEqual(self.invoice(self.ticket).amount_untaxed, 300.0)

    def test_the_rest_that_is_credited_too_frees_the_charge(self):
        invoice = self.post_invoice()
        self.credit(invoice, price_unit=20.0)
        self.credit(invoice, price_unit=40.0)
        self.assertFalse(self.ticket.charge_ids.is_billed)
        again = self.invoice(self.ticket)
        self.assertEqual(again.amount_untaxed, 60.0)
        again.action_post()
        self.credit(again, price_unit=20.0)
        self.assertTrue(self.ticket.charge_ids.is_billed)

    def test_a_credit_note_that_is_taken_back_bills_the_charge_again(self):
        invoice = self.post_invoice()
        note = self.credit(invoice)
        self.assertFalse(self.ticket.charge_ids.is_billed)
        note.button_draft()
        self.assertTrue(self.ticket.charge_ids.is_billed)
        note.action_post()
        self.invoice(self.ticket)
        with self.assertRaisesRegex(UserError, "credited again since"):
            note.button_draft()

    # -- taxes that prices include ------------------------------------------------

    def test_an_amount_before_taxes_is_earned_whole_where_prices_include_them(self):
        self.tax.price_include_override = "tax_included"
        self.set_shares(customer=0.5, warranty=0.5)
        self.charge(2.0, unit_price=120.0)
        self.assertEqual(self.get_ticket().amount_to_invoice, 120.0)
        self.assertEqual(self.invoice(self.ticket).amount_untaxed, 120.0)

    def test_a_price_of_the_pricelist_that_includes_taxes_is_told_without(self):
        self.tax.price_include_override = "tax_included"
        self.set_shares(customer=1)
        self.labour.list_price = 60.0 * (1 + self.tax.amount / 100)
        self.charge(2.0)
        self.assertEqual(self.get_ticket().amount_to_invoice, 120.0)
        self.assertEqual(self.invoice(self.ticket).amount_untaxed, 120.0)

    def test_a_customer_without_tax_pays_the_amount_before_taxes(self):
        self.tax.price_include_override = "tax_included"
        self.customer.with_company(
            self.service
        ).property_account_position_id = self.env["account.fiscal.position"].create(
            {"name": "Abroad", "company_id": self.service.id}
        )
        free = self.tax.copy({"amount": 0.0, "name": "None"})
        free.original_tax_ids = self.tax
        free.fiscal_position_ids = self.customer.with_company(
            self.service
        ).property_account_position_id
        self.set_shares(customer=1)
        self.labour.list_price = 100.0 * (1 + self.tax.amount / 100)
        self.charge()
        invoice = self.invoice(self.ticket)
        self.assertEqual(invoice.amount_total, 100.0)
        self.assertEqual(invoice.invoice_line_ids.tax_ids, free)

    # -- whose order it is --------------------------------------------------------

    def test_further_work_does_not_go_onto_the_order_of_an_insurer(self):
        self.set_shares(customer=1)
        self.charge(1.0, is_estimate=True)
        insurer = self.customer.create({"name": "Insurer"})
        order = self.quote(self.ticket, partner_id=insurer.id)
        order.action_confirm()
        self.charge(1.0)
        self.charge(2.0, unit_price=70.0)
        invoices = self.invoice(self.ticket)
        self.assertEqual(len(order.order_line), 1)
        amounts = {move.partner_id: move.amount_untaxed for move in invoices}
        self.assertEqual(amounts, {insurer: 60.0, self.customer: 140.0})
