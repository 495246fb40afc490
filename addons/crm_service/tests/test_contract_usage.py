# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractUsage(ContractCommon):
    def _left(self, contract):
        return contract.balance_ids.left

    def _two_visits(self, **values):
        balance = {"kind": "visits", "granted": 2.0, **values}
        return self._create_contract(balances=[balance])

    # -- used and given back ----------------------------------------------------

    def test_a_visit_is_used_when_the_ticket_is_made(self):
        contract = self._two_visits()
        ticket = self._create_covered_ticket()
        self.assertEqual(self._left(contract), 1.0)
        self.assertRecordValues(
            ticket.contract_usage_ids,
            [{"quantity": 1.0, "taken": 1.0, "short": 0.0, "state": "used"}],
        )

    def test_a_case_is_used_when_the_ticket_is_resolved_if_chosen_so(self):
        contract = self._two_visits(kind="cases", use_at="resolved")
        ticket = self._create_covered_ticket()
        self.assertEqual(self._left(contract), 2.0)
        ticket._move_to_phase("resolved")
        self.assertEqual(self._left(contract), 1.0)
        ticket.action_reopen()
        ticket._move_to_phase("resolved")
        self.assertEqual(self._left(contract), 1.0)

    def test_a_retry_uses_it_once(self):
        contract = self._two_visits()
        ticket = self._create_covered_ticket()
        for _try in range(3):
            ticket._sync_contract_usage()
        self.assertEqual(self._left(contract), 1.0)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.cr.savepoint():
                ticket.contract_usage_ids.sudo().create(
                    {"ticket_id": ticket.id, "balance_id": contract.balance_ids.id}
                )

    def test_a_cancelled_ticket_gives_back(self):
        contract = self._two_visits()
        ticket = self._create_covered_ticket()
        ticket._enter_phase("cancelled")
        self.assertEqual(self._left(contract), 2.0)
        self.assertEqual(ticket.contract_usage_ids.state, "returned")
        ticket.action_reopen()
        self.assertEqual(self._left(contract), 1.0)
        self.assertEqual(ticket.contract_usage_ids.state, "used")

    def test_a_merged_ticket_gives_back_until_the_merge_is_undone(self):
        contract = self._two_visits()
        ticket, other = self._create_covered_ticket(), self._create_covered_ticket()
        self.assertEqual(self._left(contract), 0.0)
        ticket._merge_into(other)
        self.assertEqual(self._left(contract), 1.0)
        ticket.action_unmerge()
        self.assertEqual(self._left(contract), 0.0)

    def test_another_contract_is_used_instead(self):
        contract = self._two_visits()
        ticket = self._create_covered_ticket()
        ticket.with_user(self.agent).contract_id = False
        self.assertEqual(self._left(contract), 2.0)
        ticket.with_user(self.agent).contract_id = contract
        self.assertEqual(self._left(contract), 1.0)

    def test_complaints_and_parts_of_tickets_use_nothing(self):
        contract = self._two_visits()
        self._create_covered_ticket(type_id=self.complaint.id)
        self.assertEqual(self._left(contract), 2.0)
        ticket = self._create_covered_ticket()
        self._create_covered_ticket(parent_id=ticket.id)
        self.assertEqual(self._left(contract), 1.0)

    def test_a_balance_for_some_types_is_used_by_them_alone(self):
        contract = self._two_visits(type_ids=self.complaint.ids)
        self._create_covered_ticket()
        self.assertEqual(self._left(contract), 2.0)
        self._create_covered_ticket(type_id=self.complaint.id)
        self.assertEqual(self._left(contract), 1.0)

    def test_hours_are_those_that_were_worked(self):
        contract = self._create_contract(balances=[{"kind": "hours", "granted": 5.0}])
        employee = self.env["hr.employee"].create(
            {"name": "Ann", "company_id": self.company.id}
        )
        ticket = self._create_covered_ticket()
        entry = self.env["service.time.entry"].create(
            {
                "ticket_id": ticket.id,
                "employee_id": employee.id,
                "start": "2026-05-04 09:00:00",
                "stop": "2026-05-04 11:00:00",
            }
        )
        self.assertEqual(self._left(contract), 5.0)
        ticket._move_to_phase("resolved")
        self.assertEqual(self._left(contract), 3.0)
        entry.stop = "2026-05-04 12:30:00"
        self.assertEqual(self._left(contract), 1.5)
        entry.stop = "2026-05-04 15:00:00"
        self.assertEqual(self._left(contract), 0.0)
        self.assertRecordValues(
            ticket.contract_usage_ids,
            [{"quantity": 6.0, "taken": 5.0, "short": 1.0, "state": "waiting"}],
        )

    # -- never under zero without a decision --------------------------------------

    def _use_up(self):
        contract = self._two_visits()
        return contract, [self._create_covered_ticket() for _place in range(3)]

    def test_a_balance_that_is_used_up_waits_for_a_decision(self):
        contract, tickets = self._use_up()
        self.assertEqual(self._left(contract), 0.0)
        usage = tickets[2].contract_usage_ids
        self.assertRecordValues(
            usage, [{"taken": 0.0, "short": 1.0, "state": "waiting"}]
        )
        activity = tickets[2].activity_ids
        self.assertEqual(activity.user_id, self.supervisor)
        self.assertIn("used up", activity.summary)

    def test_many_at_once_get_no_more_than_there_is(self):
        contract = self._two_visits()
        values = {"asset_id": self.asset.id, "opened_at": "2026-05-04 09:00:00"}
        tickets = self.tickets.create([self._prepare_ticket(**values)] * 5)
        states = tickets.contract_usage_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["used", "used", "waiting", "waiting", "waiting"])
        self.assertEqual(contract.balance_ids.used, 2.0)

    def test_the_database_refuses_to_go_under_zero(self):
        contract = self._two_visits()
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            with self.cr.savepoint():
                self.cr.execute(
                    "UPDATE service_contract_balance SET used = 3 WHERE id = %s",
                    [contract.balance_ids.id],
                )

    def test_what_is_given_back_serves_who_waits(self):
        _contract, tickets = self._use_up()
        tickets[0]._enter_phase("cancelled")
        self.assertEqual(tickets[2].contract_usage_ids.state, "used")

    def test_more_that_is_granted_serves_who_waits(self):
        contract, tickets = self._use_up()
        with self.assertRaisesRegex(AccessError, "is in force"):
            contract.balance_ids.with_user(self.agent).granted = 3.0
        contract.balance_ids.with_user(self.supervisor).granted = 3.0
        self.assertEqual(tickets[2].contract_usage_ids.state, "used")
        self.assertEqual(self._left(contract), 0.0)

    def test_a_supervisor_grants_more_with_a_reason(self):
        contract, tickets = self._use_up()
        usage = tickets[2].contract_usage_ids
        with self.assertRaises(AccessError):
            self._decide(usage, self.agent)
        with self.assertRaisesRegex(UserError, "Say why"):
            usage.with_user(self.supervisor)._decide(True, " ")
        self._decide(usage, self.supervisor)
        self.assertRecordValues(
            usage,
            [
                {
                    "state": "used",
                    "overdrawn": 1.0,
                    "short": 0.0,
                    "decided_by_id": self.supervisor.id,
                    "reason": "A good customer",
                }
            ],
        )
        self.assertEqual(contract.balance_ids.used, 3.0)
        self.assertEqual(contract.balance_ids.overdrawn, 1.0)
        self.assertFalse(tickets[2].activity_ids)
        with self.assertRaisesRegex(UserError, "waits for no decision"):
            self._decide(usage, self.supervisor)

    def _decide(self, usage, user):
        window = Form(
            self.env["service.contract.decide"]
            .with_user(user)
            .with_context(default_usage_id=usage.id)
        )
        window.reason = "A good customer"
        window.save().action_confirm()

    def test_a_refused_one_stays_refused(self):
        contract, tickets = self._use_up()
        usage = tickets[2].contract_usage_ids
        usage.with_user(self.supervisor)._decide(False, "Three times this week")
        tickets[2]._sync_contract_usage()
        self.assertEqual(usage.state, "refused")
        self.assertEqual(contract.balance_ids.used, 2.0)

    def test_what_was_granted_is_given_back_with_the_ticket(self):
        contract, tickets = self._use_up()
        tickets[2].contract_usage_ids.with_user(self.supervisor)._decide(True, "Ok")
        tickets[2]._enter_phase("cancelled")
        self.assertEqual(contract.balance_ids.used, 2.0)
        self.assertEqual(contract.balance_ids.overdrawn, 0.0)

    # -- guards -------------------------------------------------------------------

    def test_nobody_writes_what_is_used(self):
        contract = self._two_visits()
        usage = self._create_covered_ticket().contract_usage_ids
        with self.assertRaises(AccessError):
            usage.with_user(self.manager).write({"taken": 0.0})
        with self.assertRaisesRegex(UserError, "follows from the ticket"):
            usage.sudo().write({"taken": 0.0})
        for values in ({"used": 0.0}, {"overdrawn": 5.0}, {"left": 9.0}):
            with self.assertRaisesRegex(UserError, "follows from the tickets"):
                contract.balance_ids.with_user(self.manager).write(values)
        with self.assertRaisesRegex(UserError, "must stay"):
            contract.balance_ids.with_user(self.supervisor).unlink()

    def test_a_contract_that_was_used_is_neither_dropped_nor_taken_back(self):
        contract = self._two_visits()
        self._create_covered_ticket()
        for method in (contract.action_cancel, contract.action_draft):
            with self.assertRaisesRegex(UserError, "was used already"):
                method()

    def test_balances_of_many_tickets_take_few_queries(self):
        self._create_contract(balances=[{"granted": 1000.0}])
        values = {"asset_id": self.asset.id, "opened_at": "2026-05-04 09:00:00"}
        self._create_covered_ticket()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.tickets.create([self._prepare_ticket(**values)] * 100)
        self.env.flush_all()
        count = self.env.cr.sql_log_count - before
        self.assertLess(count / 100, 1.0, f"{count} queries for 100 tickets")

    def test_dates_count_where_the_company_is(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        contract = self._create_contract(date_start=date(2026, 6, 1))
        before = self._create_covered_ticket(opened_at="2026-05-31 15:00:00")
        on_day = self._create_covered_ticket(opened_at="2026-05-31 17:00:00")
        self.assertFalse(before.contract_id)
        self.assertEqual(on_day.contract_id, contract)
