from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestCostPosting(BillingCommon):
    """What payers bear stands on their accounts once, and follows the charges."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.labour = cls.create_service()
        cls.ticket = cls.create_ticket()

    def charge(self, quantity=1.0, **values):
        return self.create_charge(self.ticket, self.labour, quantity, **values)

    def post(self, tickets=None, user=None, **values):
        tickets = tickets or self.ticket
        windows = self.as_user(self.env["service.charge.post"], user or self.supervisor)
        window = windows.create({"ticket_ids": [Command.set(tickets.ids)], **values})
        before = self.env["service.charge.posting"].search([])
        window.action_confirm()
        return self.env["service.charge.posting"].search([]) - before

    def test_each_payer_bears_its_share_on_its_account(self):
        self.set_shares(customer=0.2, warranty=0.4, goodwill=0.4)
        self.charge(4.0)
        postings = self.post()
        self.assertEqual(sorted(postings.mapped("payer")), ["goodwill", "warranty"])
        self.assertEqual(postings.mapped("amount"), [40.0, 40.0])
        self.assertEqual(set(postings.move_id.mapped("state")), {"posted"})
        self.assertEqual(
            self.get_balances(postings.move_id),
            {"WARR1": 40.0, "GOOD1": 40.0, "RELI1": -80.0},
        )

    def test_it_is_posted_once(self):
        self.set_shares(warranty=1)
        self.charge()
        self.post()
        with self.assertRaisesRegex(UserError, "nothing to post"):
            self.post()

    def test_what_has_changed_is_taken_back_and_posted_anew(self):
        self.set_shares(warranty=1)
        charge = self.charge()
        first = self.post()
        charge.quantity = 3.0
        postings = self.post()
        self.assertTrue(first.is_reversed)
        self.assertEqual(postings.reversed_posting_id, first)
        self.assertEqual(sorted(postings.mapped("amount")), [-25.0, 75.0])
        moves = (first | postings).move_id
        self.assertEqual(self.get_balances(moves), {"WARR1": 75.0, "RELI1": -75.0})
        self.assertEqual(first.move_id.reversal_move_ids, postings[1:].move_id)

    def test_what_is_no_longer_borne_is_taken_back(self):
        self.set_shares(warranty=1)
        charge = self.charge()
        first = self.post()
        charge.unlink()
        back = self.post()
        self.assertEqual(back.reversed_posting_id, first)
        self.assertEqual(
            self.get_balances((first | back).move_id), {"WARR1": 0.0, "RELI1": 0.0}
        )
        with self.assertRaisesRegex(UserError, "nothing to post"):
            self.post()

    def test_a_kind_has_an_account_of_its_own_and_analytics(self):
        plan = self.env["account.analytic.plan"].create({"name": "Service"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Warranty", "plan_id": plan.id, "company_id": self.service.id}
        )
        account = self.create_account("WARRL", "Warranty labour")
        self.create_payer_account(
            payer="warranty",
            kind="labour",
            expense_account_id=account.id,
            analytic_distribution={str(analytic.id): 100},
        )
        self.set_shares(warranty=1)
        self.charge()
        self.charge(kind="travel")
        move = self.post().move_id
        self.assertEqual(
            self.get_balances(move), {"WARRL": 25.0, "WARR1": 25.0, "RELI1": -50.0}
        )
        lines = self.env["account.analytic.line"].search(
            [("auto_account_id", "=", analytic.id)]
        )
        self.assertEqual(lines.mapped("amount"), [-25.0])

    def test_without_an_account_nothing_at_all_is_posted(self):
        self.set_shares(warranty=0.5, contract=0.5)
        self.charge()
        with self.assertRaisesRegex(UserError, "Accounts of Payers"):
            self.post()
        self.assertFalse(self.ticket.cost_posting_ids)

    def test_the_preview_tells_accounts_and_what_is_missing(self):
        self.set_shares(warranty=0.5, contract=0.5)
        self.charge()
        windows = self.as_user(self.env["service.charge.post"], self.supervisor)
        window = windows.create({"ticket_ids": [Command.set(self.ticket.ids)]})
        self.assertIn("Warranty cost", window.preview)
        self.assertIn("has no account for", window.preview)

    def test_a_closed_period_is_refused_and_nothing_is_written(self):
        self.set_shares(warranty=1)
        self.charge()
        today = fields.Date.today()
        self.lock_books(today)
        with self.assertRaisesRegex(UserError, "closed"):
            self.post(date=today)
        self.assertFalse(self.ticket.cost_posting_ids)
        posting = self.post(date=today + timedelta(days=1))
        self.assertEqual(posting.date, today + timedelta(days=1))

    def test_it_is_posted_when_the_ticket_is_resolved_if_so_chosen(self):
        self.service.service_cost_event = "resolved"
        self.set_shares(warranty=1)
        charge = self.charge()
        self.ticket._move_to_phase("resolved")
        self.assertEqual(self.ticket.cost_posting_ids.amount, 25.0)
        self.ticket.action_reopen()
        charge.quantity = 2.0
        self.ticket._move_to_phase("resolved")
        standing = self.ticket._get_standing_postings()
        self.assertEqual(standing.mapped("amount"), [50.0])

    def test_a_missing_account_does_not_hold_the_ticket_up(self):
        self.service.service_cost_event = "resolved"
        self.set_shares(contract=1)
        self.charge()
        self.ticket._move_to_phase("resolved")
        self.assertEqual(self.ticket.phase, "resolved")
        self.assertFalse(self.ticket.cost_posting_ids)
        self.assertIn("could not be posted", self.ticket.message_ids[0].body)

    def post_late(self):
        """Run the job of the night."""
        with self.enter_registry_test_mode():
            self.env.ref(
                "spare_parts_bridge.ir_cron_post_late_costs"
            ).method_direct_trigger()

    def test_cost_that_comes_after_the_end_is_posted_in_the_night(self):
        self.service.service_cost_event = "resolved"
        self.set_shares(warranty=1)
        charge = self.charge()
        self.ticket._move_to_phase("resolved")
        self.charge()
        self.post_late()
        standing = self.ticket._get_standing_postings()
        self.assertEqual(sum(standing.mapped("amount")), 50.0)
        charge.unlink()
        self.post_late()
        standing = self.ticket._get_standing_postings()
        self.assertEqual(sum(standing.mapped("amount")), 25.0)
        count = len(self.ticket.cost_posting_ids)
        self.post_late()
        self.assertEqual(len(self.ticket.cost_posting_ids), count)

    def test_what_is_not_finished_or_posted_by_hand_is_left_alone_in_the_night(self):
        self.set_shares(warranty=1)
        self.charge()
        self.post_late()
        self.assertFalse(self.ticket.cost_posting_ids)
        self.ticket._move_to_phase("resolved")
        self.service.service_cost_event = "closed"
        self.post_late()
        self.assertFalse(self.ticket.cost_posting_ids)

    def test_the_night_tells_once_what_is_in_the_way(self):
        self.service.service_cost_event = "resolved"
        self.set_shares(contract=1)
        self.charge()
        self.ticket._move_to_phase("resolved")
        told = len(self.ticket.message_ids)
        self.post_late()
        self.post_late()
        self.assertEqual(len(self.ticket.message_ids), told)

    def test_who_may_not_see_cost_posts_none(self):
        self.set_shares(warranty=1)
        self.charge()
        for user in (self.technician, self.agent):
            with self.assertRaises(AccessError):
                self.as_user(self.ticket, user).action_post_costs()
            with self.assertRaises(AccessError):
                self.post(user=user)

    def test_nobody_writes_postings(self):
        self.set_shares(warranty=1)
        self.charge()
        posting = self.post()
        mine = self.as_user(posting, self.supervisor)
        with self.assertRaises(AccessError):
            mine.write({"amount": 1.0})
        with self.assertRaises(AccessError):
            mine.create({"ticket_id": self.ticket.id})
        with self.assertRaisesRegex(UserError, "stays"):
            posting.unlink()

    def test_whom_a_complaint_is_about_sees_no_posting(self):
        self.set_shares(warranty=1)
        complaint = self.create_complaint()
        self.create_charge(complaint, self.labour)
        posting = self.post(complaint)
        self.assertTrue(self.as_user(posting, self.supervisor).amount)
        complaint.write(
            {"complaint_about": "person", "complained_user_id": self.supervisor.id}
        )
        found = self.as_user(posting, self.supervisor).search([])
        self.assertNotIn(posting, found)

    def test_an_account_for_what_is_owed_is_refused(self):
        account = self.create_account("RECX", "Receivable", "asset_receivable")
        account.reconcile = True
        with self.assertRaisesRegex(UserError, "owed by or to somebody"):
            self.create_payer_account(payer="contract", expense_account_id=account.id)

    def test_an_undone_merge_leaves_each_ticket_its_own_cost(self):
        self.set_shares(warranty=1)
        self.ticket.partner_id = self.customer
        other = self.create_ticket(partner_id=self.customer.id)
        self.charge()
        self.create_charge(other, self.labour, 2.0)
        self.post(other)
        other._merge_into(self.ticket)
        self.post()
        other.action_unmerge()
        self.post(self.ticket | other)
        both = self.ticket | other
        standing = {p.ticket_id: p.amount for p in both._get_standing_postings()}
        self.assertEqual(standing, {self.ticket: 25.0, other: 50.0})
        moves = both.cost_posting_ids.move_id
        self.assertEqual(self.get_balances(moves), {"WARR1": 75.0, "RELI1": -75.0})

    def test_an_undone_merge_posts_a_finished_ticket_anew(self):
        self.service.service_cost_event = "resolved"
        self.set_shares(warranty=1)
        other = self.create_ticket()
        self.charge()
        self.create_charge(other, self.labour, 2.0)
        other._merge_into(self.ticket)
        self.ticket._move_to_phase("resolved")
        other.action_unmerge()
        standing = self.ticket._get_standing_postings()
        self.assertEqual(standing.mapped("amount"), [25.0])
