# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestIndependence(BillingCommon):
    """Whom a complaint is about sees nothing of what is spent and sold for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = (
            "hr_expense.group_hr_expense_user,sales_team.group_sale_salesman_all_leads"
        )
        cls.blamed = cls.create_user(groups, cls.service, login="blamed")
        cls.other = cls.create_user(groups, cls.service, login="other")
        cls.team_leader = cls.create_user(groups, cls.service, login="team_leader")
        employees = cls.env["hr.employee"]
        cls.leader = employees.create(
            {
                "name": "Leader",
                "user_id": cls.team_leader.id,
                "company_id": cls.service.id,
            }
        )
        cls.employee = employees.create(
            {
                "name": "Technician",
                "user_id": cls.technician.id,
                "company_id": cls.service.id,
                "expense_manager_id": cls.blamed.id,
                "parent_id": cls.leader.id,
            }
        )
        cls.meals = cls.env["product.product"].create(
            {"name": "Meals", "type": "service", "can_be_expensed": True}
        )
        cls.ticket = cls.create_complaint(name="He shouted")

    def blame(self, user=None):
        user = user or self.blamed
        self.ticket.write({"complaint_about": "person", "complained_user_id": user.id})

    def spend(self, **values):
        expenses = self.env["hr.expense"].with_company(self.service)
        return expenses.create(
            {
                "name": "Meals",
                "ticket_id": self.ticket.id,
                "employee_id": self.employee.id,
                "product_id": self.meals.id,
                "total_amount_currency": 20.0,
                "company_id": self.service.id,
                **values,
            }
        )

    def assert_hidden(self, records, user):
        shown = self.as_user(records, user)
        self.assertFalse(shown.search([("id", "in", records.ids)]))
        with self.assertRaises(AccessError):
            shown.read()

    def test_its_quotation_is_hidden_with_its_lines(self):
        self.set_shares(customer=1)
        self.create_charge(self.ticket, self.create_service(), is_estimate=True)
        order = self.quote(self.ticket)
        self.blame()
        self.assert_hidden(order, self.blamed)
        self.assert_hidden(order.order_line, self.blamed)
        self.assertTrue(self.as_user(order, self.other).read())
        self.assertTrue(self.as_user(order.order_line, self.other).read())

    def test_orders_and_expenses_without_a_ticket_are_shown(self):
        self.blame()
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": self.service.id}
        )
        expense = self.spend(ticket_id=False)
        self.assertTrue(
            self.as_user(order, self.blamed).search([("id", "=", order.id)])
        )
        self.assertTrue(self.as_user(expense, self.blamed).read())
        self.assertEqual(expense.manager_id, self.blamed)

    def test_its_expense_is_hidden_and_approved_by_another(self):
        self.blame()
        expense = self.spend()
        self.assert_hidden(expense, self.blamed)
        self.assertEqual(expense.manager_id, self.team_leader)
        expense.action_submit()
        self.assertEqual(expense.activity_ids.user_id, self.team_leader)
        self.as_user(expense, self.team_leader).action_approve()
        self.assertEqual(expense.state, "approved")

    def test_what_was_submitted_goes_to_another_approver(self):
        expense = self.spend()
        expense.action_submit()
        self.assertEqual(expense.activity_ids.user_id, self.blamed)
        self.blame()
        self.assertEqual(expense.manager_id, self.team_leader)
        self.assertEqual(expense.activity_ids.user_id, self.team_leader)
        self.assertNotIn(self.blamed.partner_id, expense.message_partner_ids)

    def test_an_expense_that_comes_to_it_later_goes_to_another_approver(self):
        self.blame()
        expense = self.spend(ticket_id=False)
        expense.action_submit()
        expense.ticket_id = self.ticket
        self.assertEqual(expense.manager_id, self.team_leader)
        self.assertEqual(expense.activity_ids.user_id, self.team_leader)

    def test_nothing_is_approved_by_itself_because_nobody_is_left(self):
        self.employee.parent_id = False
        (self.other | self.team_leader).active = False
        self.blame()
        expense = self.spend()
        self.assertFalse(expense.manager_id)
        expense.action_submit()
        self.assertEqual(expense.state, "submitted")

    def test_who_spent_it_keeps_it_without_the_name_of_the_ticket(self):
        expense = self.spend()
        self.blame(self.technician)
        shown = self.as_user(expense, self.technician)
        self.assertEqual(shown.total_amount, 20.0)
        values = shown.web_read({"ticket_id": {"fields": {"display_name": {}}}})
        self.assertNotIn("shouted", str(values))
        # what is tracked stands in the history as the writer sees it
        self.assertFalse(expense._track_get_fields() & {"ticket_id"})
