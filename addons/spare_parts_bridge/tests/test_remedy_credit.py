from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestRemedyCredit(BillingCommon):
    """A remedy in money becomes one credit note, to the cent."""

    def open_window(self, remedy, user=None, **values):
        windows = self.as_user(self.env["service.remedy.credit"], user or self.agent)
        return windows.create({"remedy_id": remedy.id, **values})

    def credit(self, remedy, user=None, **values):
        self.open_window(remedy, user, **values).action_confirm()
        return remedy.credit_note_id

    def test_an_invoice_is_credited_by_one_at_a_time(self):
        invoice = self.create_invoice(100.0)
        self.env.flush_all()
        query = SQL("SELECT ctid FROM account_move WHERE id = %s", invoice.id)
        before = self.env.execute_query(query)
        remedy = self.create_remedy()
        remedy._check_credit(invoice.sudo(), fields.Date.today())
        self.assertNotEqual(self.env.execute_query(query), before)

    def test_an_agent_drafts_a_credit_note_of_the_customers_only_invoice(self):
        invoice = self.create_invoice(100.0, 33.33)
        remedy = self.create_remedy(amount=50.0)
        window = self.open_window(remedy)
        self.assertEqual(window.invoice_name, invoice.name)
        self.assertEqual(window.action_confirm()["tag"], "display_notification")
        note = remedy.credit_note_id
        self.assertRecordValues(
            note,
            [
                {
                    "state": "draft",
                    "move_type": "out_refund",
                    "amount_total": 50.0,
                    "reversed_entry_id": invoice.id,
                    "partner_id": self.customer.id,
                    "company_id": self.service.id,
                }
            ],
        )
        self.assertEqual(note.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual(
            note.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id
        )

    def test_whom_it_is_about_does_not_learn_the_invoice_by_the_window(self):
        invoice = self.create_invoice(100.0)
        remedy = self.create_remedy()
        windows = self.env["service.remedy.credit"]
        values = {"remedy_id": remedy.id}
        specification = {"remedy_id": {}, "invoice_id": {}, "invoice_name": {}}
        shown = self.as_user(windows, self.agent).onchange(
            values, ["remedy_id"], specification
        )
        self.assertEqual(shown["value"]["invoice_id"], invoice.id)
        remedy.ticket_id.write(
            {"complaint_about": "person", "complained_user_id": self.agent.id}
        )
        shown = self.as_user(windows, self.agent).onchange(
            values, ["remedy_id"], specification
        )
        self.assertFalse(shown["value"].get("invoice_id"))
        self.assertFalse(shown["value"].get("invoice_name"))

    def test_every_amount_is_credited_to_the_cent(self):
        invoice = self.create_invoice(1000.0, 0.07)
        for amount in (0.01, 0.05, 3.33, 7.77, 19.99, 100.03):
            remedy = self.create_remedy(amount=amount)
            note = self.credit(
                remedy, self.accountant_and_agent(), invoice_id=invoice.id
            )
            with self.subTest(amount=amount):
                self.assertEqual(note.amount_total, amount)

    def accountant_and_agent(self):
        user = self.accountant
        user.sudo().group_ids |= self.env.ref("crm_service.group_service_agent")
        return user

    def test_a_remedy_is_credited_once(self):
        remedy = self.create_remedy()
        self.create_invoice(100.0)
        note = self.credit(remedy)
        with self.assertRaisesRegex(UserError, "already"):
            self.credit(remedy)
        with self.assertRaisesRegex(UserError, "already"):
            self.as_user(remedy, self.agent).action_credit()
        note.button_cancel()
        self.assertTrue(remedy.can_credit)
        self.assertNotEqual(self.credit(remedy), note)

    def test_nobody_writes_the_credit_note_of_a_remedy(self):
        note = self.create_invoice(10.0)
        remedy = self.as_user(self.create_remedy(), self.agent)
        with self.assertRaisesRegex(UserError, "by its button"):
            remedy.write({"credit_note_id": note.id})
        with self.assertRaisesRegex(UserError, "by its button"):
            remedy.create(
                {
                    "ticket_id": remedy.ticket_id.id,
                    "kind": "refund",
                    "credit_note_id": note.id,
                }
            )

    def test_what_is_not_granted_or_no_money_gets_no_credit_note(self):
        for values in ({"state": "proposed"}, {"kind": "apology", "amount": 0.0}):
            remedy = self.create_remedy(**values)
            self.assertFalse(remedy.can_credit)
            with self.assertRaisesRegex(UserError, "no money that was granted"):
                self.credit(remedy)

    def test_posting_it_settles_the_remedy(self):
        self.create_invoice(100.0)
        remedy = self.create_remedy()
        note = self.credit(remedy)
        self.assertEqual(remedy.state, "granted")
        self.as_user(note, self.accountant).action_post()
        self.assertEqual(remedy.state, "done")
        self.assertTrue(remedy.done_at)
        self.assertEqual(remedy.credit_note_name, note.name)

    def test_without_an_invoice_it_is_goodwill_without_tax(self):
        remedy = self.create_remedy(kind="compensation", amount=25.0)
        note = self.credit(remedy)
        self.assertEqual(note.invoice_line_ids.account_id, self.goodwill_account)
        self.assertFalse(note.invoice_line_ids.tax_ids)
        self.assertEqual(note.amount_total, 25.0)

    def test_without_an_account_for_goodwill_it_says_where_to_add_it(self):
        self.env["service.payer.account"].search([]).unlink()
        remedy = self.create_remedy(kind="compensation")
        with self.assertRaisesRegex(UserError, "Accounts of Payers"):
            self.credit(remedy)
        self.assertFalse(remedy.credit_note_id)

    def test_no_more_is_credited_than_the_invoice_has_left(self):
        invoice = self.create_invoice(100.0)
        total = invoice.amount_total
        self.credit(self.create_remedy(amount=total - 10))
        with self.assertRaisesRegex(UserError, "left to credit"):
            self.credit(self.create_remedy(amount=11))
        self.assertEqual(self.credit(self.create_remedy(amount=10)).amount_total, 10)

    def test_the_invoice_of_somebody_else_is_refused(self):
        other = self.env["res.partner"].create({"name": "Somebody Else"})
        invoice = self.create_invoice(100.0, partner_id=other.id)
        draft = self.create_invoice(100.0, post=False)
        for move in (invoice, draft):
            with self.assertRaisesRegex(UserError, "of the ticket's customer"):
                self.credit(
                    self.create_remedy(),
                    self.accountant_and_agent(),
                    invoice_id=move.id,
                )

    def test_a_closed_period_is_refused_and_nothing_is_written(self):
        self.create_invoice(100.0)
        remedy = self.create_remedy()
        today = fields.Date.today()
        self.lock_books(today)
        count = self.env["account.move"].search_count([])
        with self.assertRaisesRegex(UserError, "closed"):
            self.credit(remedy, date=today)
        self.assertEqual(self.env["account.move"].search_count([]), count)
        note = self.credit(remedy, date=today + timedelta(days=1))
        self.assertEqual(note.invoice_date, today + timedelta(days=1))

    def test_a_currency_without_a_rate_is_refused(self):
        self.create_invoice(100.0)
        currency = self.env["res.currency"].create(
            {"name": "XQX", "symbol": "X", "rounding": 0.01}
        )
        remedy = self.create_remedy(amount=10.0, currency_id=currency.id)
        with self.assertRaisesRegex(UserError, "rate of XQX"):
            self.credit(remedy)
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.service.id,
                "name": fields.Date.today(),
                "rate": 2.0,
            }
        )
        self.assertEqual(self.credit(remedy).amount_total, 5.0)

    def test_technicians_make_none(self):
        remedy = self.create_remedy()
        with self.assertRaises(AccessError):
            self.credit(remedy, self.technician)

    def test_whom_it_is_about_opens_no_window(self):
        remedy = self.create_remedy()
        remedy.ticket_id.write(
            {"complaint_about": "person", "complained_user_id": self.agent.id}
        )
        with self.assertRaises(AccessError):
            self.open_window(remedy)

    def test_a_cancelled_credit_note_does_not_come_back_beside_a_new_one(self):
        self.create_invoice(100.0)
        remedy = self.create_remedy()
        first = self.credit(remedy)
        first.button_cancel()
        first.button_draft()
        first.button_cancel()
        self.credit(remedy)
        with self.assertRaisesRegex(UserError, "credited again since"):
            first.button_draft()
