import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestExpense(BillingCommon):
    """What technicians spend on the way to a customer is reimbursed by Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meals = cls.env["product.product"].create(
            {"name": "Meals", "type": "service", "can_be_expensed": True}
        )
        cls.boss = cls.create_user(
            "hr_expense.group_hr_expense_user", cls.service, login="expense_boss"
        )
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Technician",
                "user_id": cls.technician.id,
                "company_id": cls.service.id,
                "expense_manager_id": cls.boss.id,
            }
        )
        cls.ticket = cls.create_ticket(user_id=cls.technician.id)
        with file_open("base/static/img/avatar.png", "rb") as file:
            cls.photo = base64.b64encode(file.read())

    def open_window(self, user=None, **values):
        windows = self.as_user(
            self.env["service.ticket.expense"], user or self.technician
        )
        values = {"product_id": self.meals.id, "amount": 18.5, **values}
        return windows.create({"ticket_id": self.ticket.id, **values})

    def test_two_clicks_submit_an_expense_with_its_receipt(self):
        ticket = self.as_user(self.ticket, self.technician)
        action = ticket.action_new_expense()
        windows = self.as_user(self.env[action["res_model"]], self.technician)
        with Form(windows.with_context(**action["context"])) as form:
            form.product_id = self.meals
            form.amount = 18.5
            form.receipt = self.photo
        form.record.action_submit()
        expense = self.ticket.expense_ids
        self.assertRecordValues(
            expense,
            [
                {
                    "name": "Meals",
                    "employee_id": self.employee.id,
                    "total_amount": 18.5,
                    "state": "submitted",
                    "company_id": self.service.id,
                    "nb_attachment": 1,
                }
            ],
        )
        self.assertEqual(expense.message_main_attachment_id.mimetype, "image/png")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.expense_count, 1)

    def test_it_is_approved_and_posted_by_odoo(self):
        self.open_window().action_submit()
        expense = self.as_user(self.ticket.expense_ids, self.boss)
        expense.action_approve()
        self.assertEqual(expense.state, "approved")

    def test_kilometres_are_reimbursed_at_their_price(self):
        car = self.env["product.product"].create(
            {"name": "Car", "type": "service", "can_be_expensed": True}
        )
        car.with_company(self.service).standard_price = 0.4
        window = self.open_window(product_id=car.id, quantity=50.0, amount=0.0)
        self.assertTrue(window.has_price)
        window.action_save()
        self.assertRecordValues(
            self.ticket.expense_ids, [{"state": "draft", "total_amount": 20.0}]
        )

    def test_nothing_paid_is_refused(self):
        with self.assertRaisesRegex(UserError, "as the receipt says"):
            self.open_window(amount=0.0).action_submit()
        self.assertFalse(self.ticket.expense_ids)

    def test_a_currency_without_a_rate_is_refused(self):
        currency = self.env["res.currency"].create({"name": "XQX", "symbol": "X"})
        with self.assertRaisesRegex(UserError, "rate of XQX"):
            self.open_window(currency_id=currency.id).action_submit()
        self.assertFalse(self.ticket.expense_ids)

    def test_who_is_no_employee_is_told_what_to_do(self):
        with self.assertRaisesRegex(UserError, "no employee"):
            self.as_user(self.ticket, self.supervisor).action_new_expense()

    def test_nobody_spends_for_a_ticket_that_they_may_not_see(self):
        other = self.create_ticket()
        with self.assertRaises(AccessError):
            self.open_window(ticket_id=other.id)
        expenses = self.as_user(self.env["hr.expense"], self.technician)
        with self.assertRaises(AccessError):
            expenses.create({"product_id": self.meals.id, "ticket_id": other.id})

    def test_the_colleagues_do_not_see_it(self):
        self.open_window().action_submit()
        self.assertEqual(self.as_user(self.ticket, self.supervisor).expense_count, 0)
        self.assertEqual(self.as_user(self.ticket, self.boss).sudo().expense_count, 1)

    # -- charged on -----------------------------------------------------------

    def approve_expense(self, **values):
        """Return an approved expense of the ticket, as the agent sees it."""
        self.open_window(**values).action_submit()
        expense = self.ticket.expense_ids
        self.as_user(expense, self.boss).action_approve()
        self.agent.sudo().group_ids |= self.env.ref("hr_expense.group_hr_expense_user")
        return self.as_user(expense, self.agent)

    def test_an_approved_expense_is_charged_once(self):
        self.set_shares(customer=1)
        expense = self.approve_expense(amount=23.0)
        self.assertEqual(expense.tax_amount, 3.0)
        expense.service_charge_kind = "travel"
        expense.action_charge_ticket()
        self.assertRecordValues(
            self.ticket.charge_ids.filtered("expense_id"),
            [
                {
                    "kind": "travel",
                    "cost": 20.0,
                    "amount": 20.0,
                    "customer_amount": 20.0,
                    "employee_id": self.employee.id,
                }
            ],
        )
        self.assertTrue(expense.is_service_charged)
        with self.assertRaisesRegex(UserError, "charged already"):
            expense.action_charge_ticket()

    def test_agents_charge_what_they_do_not_see(self):
        self.set_shares(customer=1)
        self.open_window(amount=23.0).action_submit()
        ticket = self.as_user(self.ticket, self.agent)
        self.assertEqual(ticket.expense_to_charge_count, 0)
        with self.assertRaisesRegex(UserError, "left to charge"):
            ticket.action_charge_expenses()
        self.as_user(self.ticket.expense_ids, self.boss).action_approve()
        ticket.invalidate_recordset()
        self.assertEqual(ticket.expense_to_charge_count, 1)
        ticket.action_charge_expenses()
        self.assertEqual(self.ticket.charge_ids.amount, 20.0)
        self.assertEqual(ticket.expense_to_charge_count, 0)
        with self.assertRaises(AccessError):
            self.as_user(self.ticket, self.technician).action_charge_expenses()

    def test_what_is_not_approved_is_not_charged(self):
        self.open_window().action_save()
        with self.assertRaisesRegex(UserError, "not approved"):
            self.ticket.expense_ids.action_charge_ticket()

    def test_a_refused_expense_is_charged_no_longer(self):
        self.set_shares(customer=1)
        expense = self.approve_expense()
        expense.action_charge_ticket()
        self.as_user(expense, self.boss)._do_refuse("No")
        self.assertFalse(self.ticket.charge_ids)

    def test_what_the_customer_was_invoiced_is_not_refused(self):
        self.set_shares(customer=1)
        expense = self.approve_expense()
        expense.action_charge_ticket()
        self.invoice(self.ticket)
        with self.assertRaisesRegex(UserError, "Cancel or credit"):
            self.as_user(expense, self.boss)._do_refuse("No")

    def test_nobody_writes_which_expense_is_charged(self):
        expense = self.approve_expense()
        charges = self.as_user(self.env["service.charge"], self.agent)
        with self.assertRaises(AccessError):
            charges.create(
                {
                    "ticket_id": self.ticket.id,
                    "product_id": self.meals.id,
                    "expense_id": expense.id,
                }
            )

    def test_it_follows_the_ticket_that_its_own_became(self):
        self.assertEqual(self.ticket._get_merge_rows()["hr.expense"], "ticket_id")

    def test_who_has_nothing_to_do_with_service_spends_as_before(self):
        user = new_test_user(
            self.env,
            "spender",
            groups="base.group_user",
            company_id=self.service.id,
            company_ids=[Command.set(self.service.ids)],
        )
        self.env["hr.employee"].create(
            {
                "name": "S",
                "user_id": user.id,
                "company_id": self.service.id,
                "expense_manager_id": self.boss.id,
            }
        )
        expenses = self.as_user(self.env["hr.expense"], user)
        with Form(expenses) as form:
            form.product_id = self.meals
            form.total_amount_currency = 5.0
        self.assertTrue(form.record.web_read({"display_name": {}}))
        form.record.action_submit()
        self.assertNotEqual(form.record.state, "draft")
