# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import doctest
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..tools import contract_invoicing
from .common import PartsCommon

TODAY = "2026-06-01"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestContractInvoice(PartsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.billing = cls.create_user(
            "account.group_account_invoice", cls.service, login="contract_billing"
        )
        cls.company = cls.service
        cls.tax = cls.service.account_sale_tax_id
        cls.product = cls.create_service("Maintenance contract")
        cls.service.service_contract_product_id = cls.product
        cls.periods = cls.env["service.contract.period"]
        cls.runs = cls.env["service.contract.invoice.run"]
        cls.serials = iter(range(1000))

    @classmethod
    def create_service(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "taxes_id": [Command.set(cls.tax.ids)],
                **values,
            }
        )

    def create_contract(self, is_active=True, **values):
        """Create a contract of 300 a quarter, in advance, in force since January."""
        unit = self.env["service.asset"].create(
            {
                "serial_number": f"C-{next(self.serials)}",
                "company_id": self.service.id,
                "partner_id": self.customer.id,
            }
        )
        contract = self.env["service.contract"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.service.id,
                "currency_id": self.service.currency_id.id,
                "date_start": "2026-01-01",
                "date_end": "2026-12-31",
                "price": 300.0,
                "invoicing_period": "quarter",
                "invoicing_moment": "advance",
                "line_ids": [Command.create({"asset_id": unit.id})],
                **values,
            }
        )
        if is_active:
            contract.action_activate()
        return contract

    def preview(self, **values):
        """Return a run of the accountant with its preview."""
        runs = self.as_user(self.runs, self.billing)
        run = runs.create({"company_id": self.service.id, "until": TODAY, **values})
        run.action_preview()
        return run

    def invoice(self, **values):
        """Return the invoices of a run."""
        run = self.preview(**values)
        run.action_run()
        self.assertEqual(run.state, "done", run.line_ids.mapped("reason"))
        return run.sudo().line_ids.move_id

    @staticmethod
    def get_days(lines):
        return [(str(line.period_start), str(line.period_end)) for line in lines]

    # -- tools --------------------------------------------------------------------

    def test_examples_of_the_tools_are_true(self):
        result = doctest.testmod(contract_invoicing)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)

    # -- preview ------------------------------------------------------------------

    def test_a_preview_says_what_for_whom_and_how_much_and_writes_no_invoice(self):
        contract = self.create_contract()
        moves = self.env["account.move"].search_count([])
        run = self.preview()
        self.assertEqual(
            self.get_days(run.line_ids),
            [("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30")],
        )
        self.assertEqual(run.line_ids.mapped("amount"), [300.0, 300.0])
        self.assertEqual(run.line_ids.partner_id, self.customer)
        self.assertEqual(run.ready_count, 2)
        self.assertIn("600.00", run.totals)
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertFalse(contract.period_ids)

    def test_in_arrears_a_period_is_due_when_it_is_over(self):
        self.create_contract(invoicing_moment="arrears")
        lines = self.preview().line_ids
        self.assertEqual(self.get_days(lines), [("2026-01-01", "2026-03-31")])
        lines = self.preview(until="2026-07-01").line_ids
        self.assertEqual(len(lines), 2)

    def test_the_first_period_of_the_calendar_costs_its_share(self):
        self.create_contract(date_start="2026-02-15", is_calendar_period=True)
        lines = self.preview().line_ids
        self.assertEqual(
            self.get_days(lines),
            [("2026-02-15", "2026-03-31"), ("2026-04-01", "2026-06-30")],
        )
        self.assertEqual(lines.mapped("amount"), [150.0, 300.0])
        self.assertEqual(lines.mapped("is_partial"), [True, False])

    def test_what_is_left_out_is_not_invoiced_and_stays_left_out(self):
        contract = self.create_contract()
        run = self.preview()
        run.line_ids[0].is_left_out = True
        run.action_preview()
        self.assertEqual(run.line_ids.mapped("is_left_out"), [True, False])
        run.action_run()
        self.assertEqual(
            self.get_days(contract.period_ids), [("2026-04-01", "2026-06-30")]
        )

    def test_drafts_and_other_customers_are_not_due(self):
        self.create_contract(is_active=False)
        other = self.customer.create({"name": "Other"})
        self.create_contract()
        self.assertFalse(self.preview(partner_ids=[Command.set(other.ids)]).line_ids)
        self.assertEqual(self.preview().ready_count, 2)

    # -- invoices -----------------------------------------------------------------

    def test_an_invoice_is_made_as_odoo_does(self):
        terms = self.env.ref("account.account_payment_term_30days")
        self.customer.with_company(self.service).property_payment_term_id = terms
        plan = self.env["account.analytic.plan"].create({"name": "Contracts"})
        account = self.env["account.analytic.account"].create(
            {"name": "Contracts", "plan_id": plan.id}
        )
        contract = self.create_contract(
            reference="PO 7", analytic_distribution={str(account.id): 100}
        )
        move = self.invoice(until="2026-01-01")
        self.assertEqual(move.state, "draft")
        self.assertEqual(move.partner_id, self.customer)
        self.assertEqual(move.invoice_payment_term_id, terms)
        self.assertEqual(move.company_id, self.service)
        line = move.invoice_line_ids
        self.assertEqual(line.product_id, self.product)
        self.assertEqual(line.tax_ids, self.tax)
        self.assertEqual(line.price_subtotal, 300.0)
        self.assertEqual(line.analytic_distribution, {str(account.id): 100})
        self.assertEqual(line.service_contract_id, contract)
        self.assertIn(contract.name, line.name)
        self.assertEqual(contract.period_ids.line_id, line)
        self.assertEqual(contract.invoiced_until, date(2026, 3, 31))
        self.assertEqual(contract.to_invoice_on, date(2026, 4, 1))

    def test_a_period_is_invoiced_once(self):
        contract = self.create_contract()
        first, second = self.preview(), self.preview()
        first.action_run()
        second.action_run()
        self.assertEqual(len(contract.period_ids), 2)
        self.assertEqual(second.failed_count, 2)
        self.assertIn("since the preview", second.line_ids[0].reason)
        self.assertFalse(second.move_count)
        self.assertFalse(self.preview().line_ids)

    def test_one_invoice_for_each_contract_or_each_customer(self):
        contracts = self.create_contract() | self.create_contract()
        moves = self.invoice(until="2026-01-01")
        self.assertEqual(len(moves), 2)
        moves = self.invoice(grouping="customer")
        self.assertEqual(len(moves), 1)
        self.assertEqual(moves.invoice_line_ids.service_contract_id, contracts)
        self.assertEqual(moves.amount_untaxed, 600.0)

    def test_a_price_with_taxes_included_stays_net(self):
        self.tax.price_include_override = "tax_included"
        self.create_contract()
        self.assertEqual(self.invoice(until="2026-01-01").amount_untaxed, 300.0)

    def test_invoices_are_posted_at_once_or_later(self):
        self.create_contract()
        self.assertEqual(self.invoice(is_posting=True, until=TODAY).state, "posted")
        self.create_contract()
        run = self.preview()
        run.action_run()
        self.assertEqual(run.draft_count, 1)
        run.action_post()
        self.assertEqual(run.sudo().line_ids.move_id.state, "posted")

    def test_what_was_cancelled_or_credited_is_due_again(self):
        contract = self.create_contract()
        move = self.invoice(until="2026-01-01")
        move.button_cancel()
        self.assertEqual(contract.period_ids.state, "free")
        again = self.invoice(until="2026-01-01", is_posting=True)
        self.assertEqual(contract.period_ids.move_id, again)
        again._reverse_moves([{"invoice_date": TODAY}], cancel=True)
        self.assertEqual(again.payment_state, "reversed")
        third = self.invoice(until="2026-01-01")
        third.unlink()
        self.assertEqual(contract.period_ids.state, "free")
        self.assertEqual(self.preview(until="2026-01-01").ready_count, 1)

    def test_another_period_does_not_invoice_days_twice(self):
        contract = self.create_contract()
        self.invoice(until="2026-04-01")
        contract.write({"invoicing_period": "month", "price": 100.0})
        lines = self.preview(until="2026-07-01").line_ids
        self.assertEqual(self.get_days(lines), [("2026-07-01", "2026-07-31")])

    def test_a_settled_contract_is_looked_at_again_when_an_invoice_is_cancelled(self):
        contract = self.create_contract(date_end="2026-03-31")
        move = self.invoice()
        self.preview()
        self.assertTrue(contract.is_invoicing_settled)
        move.button_cancel()
        self.assertEqual(self.preview().ready_count, 1)

    def test_many_are_invoiced_in_the_background_and_resumed(self):
        for _number in range(3):
            self.create_contract()
        run = self.preview()
        self.patch(self.registry["service.contract.invoice.run"], "_start", lambda s: 0)
        run.action_run()
        self.assertEqual(run.state, "running")
        self.assertTrue(run._run_batch(limit=1))
        self.assertEqual(run.done_count, 2, "an invoice is made whole")
        with self.enter_registry_test_mode():
            self.env.ref(
                "spare_parts_bridge.ir_cron_contract_invoice_run"
            ).method_direct_trigger()
        run.invalidate_recordset()
        self.assertEqual((run.state, run.done_count), ("done", 6))
        self.assertEqual(run.progress, 100.0)
        self.assertEqual(run.sudo().line_ids.move_id.create_uid, self.billing)

    def test_a_run_that_may_not_go_on_holds_no_other_up(self):
        self.patch(self.registry["service.contract.invoice.run"], "_start", lambda s: 0)
        self.create_contract()
        stuck = self.preview()
        stuck.action_run()
        self.billing.group_ids = [
            Command.unlink(self.env.ref("account.group_account_invoice").id)
        ]
        with self.enter_registry_test_mode():
            self.env.ref(
                "spare_parts_bridge.ir_cron_contract_invoice_run"
            ).method_direct_trigger()
        stuck.invalidate_recordset()
        stuck = stuck.with_user(self.env.user).sudo()
        self.assertEqual(stuck.state, "done")
        self.assertEqual(set(stuck.line_ids.mapped("state")), {"failed"})
        self.assertTrue(stuck.line_ids[0].reason)

    def test_a_cancelled_invoice_does_not_come_back_beside_a_new_one(self):
        self.create_contract()
        first = self.invoice(until="2026-01-01")
        first.button_cancel()
        first.button_draft()
        first.button_cancel()
        second = self.invoice(until="2026-01-01", is_posting=True)
        with self.assertRaisesRegex(UserError, "invoiced or credited again since"):
            first.button_draft()
        note = second._reverse_moves([{"invoice_date": TODAY}], cancel=True)
        self.invoice(until="2026-01-01")
        with self.assertRaisesRegex(UserError, "invoiced or credited again since"):
            note.button_draft()

    def test_a_line_that_is_taken_off_an_invoice_is_due_again(self):
        contracts = self.create_contract() | self.create_contract()
        move = self.invoice(until="2026-01-01", grouping="customer")
        off = move.invoice_line_ids[0].service_contract_id
        move.invoice_line_ids[0].unlink()
        move.action_post()
        self.assertEqual(off.period_ids.state, "free")
        self.assertEqual((contracts - off).period_ids.state, "posted")
        again = self.invoice(until="2026-01-01")
        self.assertEqual(again.invoice_line_ids.service_contract_id, off)

    def test_a_line_that_is_credited_alone_is_due_again(self):
        contracts = self.create_contract() | self.create_contract()
        move = self.invoice(until="2026-01-01", grouping="customer", is_posting=True)
        note = move._reverse_moves([{"invoice_date": TODAY}])
        note.invoice_line_ids[1].unlink()
        note.invoice_line_ids.price_unit = 100.0
        note.action_post()
        self.assertFalse(self.preview(until="2026-01-01").line_ids)
        note.button_draft()
        note.invoice_line_ids.price_unit = 300.0
        note.action_post()
        line = self.preview(until="2026-01-01").line_ids
        credited = note.invoice_line_ids.service_contract_id
        self.assertEqual(line.contract_id, credited)
        self.assertEqual((contracts - credited).period_ids.state, "posted")

    # -- refused ------------------------------------------------------------------

    def get_reason(self, **values):
        run = self.preview(**values)
        self.assertFalse(run.ready_count)
        with self.assertRaisesRegex(UserError, "No period is ready"):
            run.action_run()
        return run.line_ids[0].reason

    def test_a_currency_without_a_rate_is_refused_with_its_name_and_date(self):
        currency = self.env["res.currency"].create({"name": "XQX", "symbol": "Q"})
        contract = self.create_contract(currency_id=currency.id)
        reason = self.get_reason()
        self.assertIn("XQX", reason)
        self.assertIn("06/01/2026", reason)
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-01-01", "rate": 2.0}
        )
        move = self.invoice(is_posting=True, until="2026-01-01")
        self.assertEqual(move.currency_id, currency)
        self.assertEqual(move.amount_untaxed_signed, 150.0)
        self.assertEqual(contract.period_ids.currency_id, currency)

    def test_a_closed_period_is_refused_before_anything_is_written(self):
        self.create_contract()
        self.service.sale_lock_date = "2026-06-30"
        self.assertIn("closed", self.get_reason())
        self.assertEqual(self.preview(invoice_date="2026-07-01").ready_count, 2)

    def test_a_period_that_is_closed_meanwhile_leaves_nothing_half_written(self):
        contract = self.create_contract()
        run = self.preview()
        self.service.sale_lock_date = "2026-06-30"
        run.action_run()
        self.assertEqual(run.failed_count, 2)
        self.assertFalse(contract.period_ids or run.move_count)
        self.service.sale_lock_date = False
        run.action_continue()
        self.assertEqual((run.done_count, run.failed_count), (2, 0))

    def test_what_is_not_set_up_is_told(self):
        self.create_contract(price=0.0)
        self.assertIn("costs nothing", self.get_reason())
        self.service.service_contract_product_id = False
        self.assertIn("which product", self.get_reason())

    def test_only_who_invoices_may_run_it(self):
        self.create_contract()
        run = self.preview()
        for user in (self.technician, self.supervisor, self.clerk):
            with self.assertRaises(AccessError):
                self.as_user(run, user).action_run()
        with self.assertRaises(AccessError):
            run.write({"state": "done"})
        with self.assertRaises(AccessError):
            run.line_ids[0].write({"amount": 1.0})
        with self.assertRaises(AccessError):
            self.as_user(self.periods, self.billing).create({})

    def test_who_invoices_a_contract_may_open_it(self):
        contract = self.create_contract()
        self.invoice()
        form = Form(self.as_user(contract, self.billing))
        self.assertEqual(form.name, contract.name)
        self.assertIn("period_ids", form._view["fields"])

    # -- the end ------------------------------------------------------------------

    def test_what_was_paid_for_days_after_the_end_is_credited_once(self):
        contract = self.create_contract()
        invoice = self.invoice(is_posting=True)
        self.assertEqual(contract._get_termination_credit(date(2026, 5, 31)), 98.9)
        contract._terminate(date(2026, 5, 31), "Sold")
        note = contract.period_ids.filtered(lambda p: p.kind == "credit").move_id
        self.assertEqual((note.move_type, note.state), ("out_refund", "draft"))
        self.assertEqual(note.amount_untaxed, 98.9)
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertEqual(note.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual(
            note.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id
        )
        self.assertFalse(contract.open_credit)
        with self.assertRaisesRegex(UserError, "Nothing of contract"):
            contract.action_credit()
        note.unlink()
        self.assertEqual(contract.open_credit, 98.9)
        self.assertTrue(self.as_user(contract, self.billing).action_credit()["res_id"])
        self.assertFalse(self.preview().line_ids)

    def test_no_more_is_credited_than_what_was_billed(self):
        contract = self.create_contract()
        move = self.invoice()
        move.invoice_line_ids.write({"discount": 50.0})
        move.action_post()
        self.assertEqual(contract._get_termination_credit(date(2026, 5, 31)), 49.45)
        back = move._reverse_moves([{"invoice_date": TODAY}])
        back.invoice_line_ids.write({"price_unit": 30.0, "discount": 0.0})
        back.action_post()
        self.assertEqual(contract._get_termination_credit(date(2026, 5, 31)), 39.56)
        contract._terminate(date(2026, 5, 31), "Sold")
        note = contract.period_ids.filtered(lambda p: p.kind == "credit").move_id
        self.assertEqual(note.amount_untaxed, 39.56)

    def test_a_cancelled_credit_at_the_end_does_not_come_back_beside_a_new_one(self):
        contract = self.create_contract()
        self.invoice(is_posting=True)
        contract._terminate(date(2026, 5, 31), "Sold")
        first = contract.period_ids.filtered(lambda p: p.kind == "credit").move_id
        first.button_cancel()
        self.as_user(contract, self.billing).action_credit()
        with self.assertRaisesRegex(UserError, "invoiced or credited again since"):
            first.button_draft()

    def test_a_credit_in_a_closed_period_waits_and_the_contract_ends(self):
        contract = self.create_contract()
        self.invoice(is_posting=True)
        self.service.sale_lock_date = "2026-06-30"
        contract._terminate(date(2026, 5, 31), "Sold")
        self.assertEqual(contract.state, "terminated")
        self.assertEqual(contract.open_credit, 98.9)

    def test_in_arrears_the_last_days_are_still_invoiced(self):
        contract = self.create_contract(invoicing_moment="arrears")
        self.invoice()
        contract._terminate(date(2026, 4, 30), "Sold")
        self.assertFalse(contract.open_credit)
        lines = self.preview().line_ids
        self.assertEqual(self.get_days(lines), [("2026-04-01", "2026-04-30")])
        self.assertEqual(lines.amount, 98.9)

    def test_a_renewal_is_invoiced_as_before(self):
        contract = self.create_contract(
            is_calendar_period=True,
            invoice_product_id=self.create_service("Own").id,
            analytic_distribution={"1": 100},
        )
        renewal = contract._renew()
        self.assertTrue(renewal.is_calendar_period)
        self.assertEqual(renewal.invoice_product_id, contract.invoice_product_id)
        self.assertEqual(renewal.analytic_distribution, {"1": 100})

    def test_who_may_not_change_terms_changes_no_invoicing_either(self):
        contract = self.create_contract()
        agent = self.create_user(
            "crm_service.group_service_agent", self.service, login="contract_agent"
        )
        contract = self.as_user(contract, agent)
        with self.assertRaises(AccessError):
            contract.is_calendar_period = True
        with self.assertRaisesRegex(UserError, "by its buttons"):
            contract.is_invoicing_settled = True

    def test_an_invoiced_contract_stays(self):
        contract = self.create_contract()
        self.invoice()
        with self.assertRaisesRegex(UserError, "used already"):
            contract.action_cancel()
