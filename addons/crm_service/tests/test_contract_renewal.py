# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractRenewal(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.index = cls.env["service.price.index"].create(
            {
                "name": "Wages",
                "source": "Statistical office",
                "value_ids": [
                    Command.create({"month": month, "value": value})
                    for month, value in (
                        ("2026-01-15", 100.0),
                        ("2026-10-01", 103.0),
                        ("2027-10-01", 110.0),
                    )
                ],
            }
        )

    def _indexed(self, **values):
        return self._create_contract(
            **{"price": 100.0, "index_id": self.index.id, **values}
        )

    # -- price ------------------------------------------------------------------

    def test_the_price_follows_its_index_at_each_anniversary(self):
        contract = self._indexed(date_end=date(2028, 12, 31))
        self.assertEqual(contract.index_month, date(2026, 1, 1))
        self.assertEqual(contract._get_price_on(date(2026, 12, 31)), 100.0)
        self.assertEqual(contract._get_price_on(date(2027, 1, 1)), 103.0)
        self.assertEqual(contract._get_price_on(date(2027, 11, 30)), 103.0)
        self.assertEqual(contract._get_price_on(date(2028, 2, 1)), 110.0)
        contract.index_share = 50.0
        self.assertEqual(contract._get_price_on(date(2028, 2, 1)), 105.0)
        contract.index_cap = 4.0
        self.assertEqual(contract._get_price_on(date(2028, 2, 1)), 104.0)

    def test_a_base_month_without_a_value_is_told(self):
        contract = self._indexed(index_month=date(2025, 6, 1))
        self.assertEqual(contract.current_price, 100.0)
        with self.assertRaisesRegex(UserError, "no value for 2025-06"):
            contract._get_price_on(date(2027, 3, 1))

    def test_a_year_costs_as_many_periods_as_it_has(self):
        contract = self._create_contract(price=30.0, invoicing_period="quarter")
        self.assertEqual(contract.yearly_price, 120.0)
        periods = contract._get_periods()
        self.assertEqual(len(periods), 4)
        self.assertEqual(contract._get_period_amount(periods[0]), 30.0)

    def test_an_index_that_is_nothing_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.index.value_ids[0].value = 0.0
            self.env.flush_all()

    # -- renewal ----------------------------------------------------------------

    def test_a_contract_is_renewed_in_one_click(self):
        contract = self._indexed(
            balances=[{"granted": 4.0, "is_carried_over": True}],
            note="<p>Our terms</p>",
        )
        self._create_covered_ticket()
        contract.with_user(self.supervisor).action_renew()
        renewal = contract.renewal_id
        self.assertRecordValues(
            renewal,
            [
                {
                    "state": "active",
                    "date_start": date(2027, 1, 1),
                    "date_end": date(2027, 12, 31),
                    "price": 103.0,
                    "index_month": date(2026, 10, 1),
                    "partner_id": self.customer.id,
                    "renewal_of_id": contract.id,
                    "user_id": self.supervisor.id,
                }
            ],
        )
        self.assertEqual(renewal.line_ids.asset_id, self.asset)
        self.assertRecordValues(
            renewal.balance_ids,
            [{"granted": 4.0, "carried": 3.0, "left": 7.0, "used": 0.0}],
        )
        self.assertIn("Our terms", renewal.note)

    def test_what_is_carried_over_is_granted_once(self):
        contract = self._create_contract(
            balances=[{"granted": 4.0, "is_carried_over": True}]
        )
        ticket = self._create_covered_ticket()
        contract.action_renew()
        renewed = contract.renewal_id.balance_ids
        self._create_covered_ticket()
        self.assertEqual(renewed.carried, 2.0)
        ticket._enter_phase("cancelled")
        self.assertEqual(renewed.carried, 3.0)
        contract.balance_ids.granted = 2.0
        self.assertEqual((renewed.carried, renewed.left), (1.0, 5.0))

    def test_what_is_carried_over_and_used_stays(self):
        contract = self._create_contract(
            balances=[{"granted": 1.0, "is_carried_over": True}]
        )
        contract.action_renew()
        renewed = contract.renewal_id.balance_ids
        dates = {"opened_at": "2027-05-04 09:00:00"}
        with freeze_time("2027-05-05"):
            later = [self._create_covered_ticket(**dates) for _place in range(3)]
        self.assertEqual(renewed.used, 2.0)
        waiting = later[2].contract_usage_ids
        self.assertEqual(waiting.state, "waiting")
        self._create_covered_ticket()
        self.assertEqual((renewed.carried, renewed.left), (1.0, 0.0))
        contract.balance_ids.granted = 3.0
        self.assertEqual((renewed.carried, waiting.state), (2.0, "used"))

    def test_balances_that_were_taken_out_stay_out(self):
        template = self.env["service.contract.template"].create(
            {"name": "Gold", "balance_ids": [Command.create({"granted": 4.0})]}
        )
        contract = self._create_contract(template_id=template.id)
        self.assertEqual(contract.balance_ids.granted, 4.0)
        contract.balance_ids.unlink()
        contract.action_renew()
        self.assertFalse(contract.renewal_id.balance_ids)

    def test_nobody_says_what_is_carried_over(self):
        contract = self._create_contract(is_active=False, balances=[{"granted": 1.0}])
        other = self._create_contract(is_active=False, balances=[{"granted": 9.0}])
        with self.assertRaisesRegex(UserError, "follows from the tickets"):
            contract.balance_ids.carried_from_id = other.balance_ids

    def test_a_contract_is_renewed_once(self):
        contract = self._create_contract()
        contract.action_prepare_renewal()
        self.assertEqual(contract.renewal_id.state, "draft")
        with self.assertRaisesRegex(UserError, "was renewed already"):
            contract.action_renew()
        contract.renewal_id.action_cancel()
        contract.action_renew()
        self.assertEqual(contract.renewal_id.state, "active")

    def test_an_agent_renews_nothing(self):
        contract = self._create_contract()
        with self.assertRaisesRegex(AccessError, "Only supervisors"):
            contract.with_user(self.agent).action_renew()

    # -- the job ----------------------------------------------------------------

    def _run_job(self):
        self.env.flush_all()
        job = self.env.ref("crm_service.ir_cron_service_contract")
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.env.invalidate_all()

    def test_somebody_is_reminded_once_before_the_end(self):
        contract = self._create_contract()
        with freeze_time("2026-10-01"):
            self._run_job()
            self.assertFalse(contract.activity_ids)
            self.assertFalse(contract.is_ending)
        with freeze_time("2026-11-15"):
            contract.invalidate_recordset()
            self.assertTrue(contract.is_ending)
            found = contract.search([("is_ending", "=", True)])
            self.assertIn(contract, found)
            for _night in range(2):
                self._run_job()
            self.assertEqual(contract.activity_ids.user_id, self.supervisor)
            self.assertIn(contract.name, contract.activity_ids.summary)
            contract.action_renew()
            self.assertFalse(contract.activity_ids)

    def test_some_renew_themselves_and_the_others_expire(self):
        contract = self._create_contract(renewal_mode="automatic")
        other = self._create_asset(serial_number="F-2")
        ending = self._create_contract(asset=other, renewal_mode="none")
        with freeze_time("2026-12-15"):
            self._run_job()
            self.assertEqual(contract.renewal_id.state, "active")
        with freeze_time("2027-01-01"):
            self._run_job()
        self.assertEqual(contract.state, "expired")
        self.assertEqual(ending.state, "expired")
        self.assertFalse(ending.renewal_id or ending.activity_ids)

    def test_what_cannot_renew_itself_is_given_to_somebody(self):
        contract = self._indexed(renewal_mode="automatic", index_month=date(2025, 1, 1))
        with freeze_time("2026-12-15"):
            self._run_job()
        self.assertFalse(contract.renewal_id)
        self.assertIn("has no value", str(contract.activity_ids.note))

    # -- termination ------------------------------------------------------------

    def _terminate(self, contract, day, reason="Sold the hotel"):
        window = Form(
            self.env["service.contract.terminate"]
            .with_user(self.supervisor)
            .with_context(default_contract_id=contract.id)
        )
        window.last_day = day
        window.reason = reason
        return window

    def test_a_termination_tells_what_is_left(self):
        contract = self._create_contract(price=365.0, balances=[{"granted": 4.0}])
        self._create_covered_ticket()
        window = self._terminate(contract, date(2026, 9, 30))
        self.assertEqual(window.days_left, 92)
        self.assertEqual(contract._get_price_after(date(2026, 9, 30)), 92.0)
        # with the bridge, what was invoiced of it
        credit = contract._get_termination_credit(date(2026, 9, 30))
        self.assertEqual(window.credit, credit)
        self.assertIn("3 visits", window.balances_left)
        window.save().action_confirm()
        self.assertRecordValues(
            contract,
            [
                {
                    "state": "terminated",
                    "terminated_on": date(2026, 9, 30),
                    "covered_until": date(2026, 9, 30),
                    "terminated_by_id": self.supervisor.id,
                    "termination_reason": "Sold the hotel",
                }
            ],
        )

    def test_what_happens_after_a_termination_is_not_covered(self):
        contract = self._create_contract()
        self._terminate(contract, date(2026, 5, 31)).save().action_confirm()
        self.assertEqual(self._create_covered_ticket().contract_id, contract)
        late = self._create_covered_ticket(opened_at="2026-06-02 09:00:00")
        self.assertFalse(late.contract_id)
        follow = self._create_contract(date_start=date(2026, 6, 1))
        self.assertEqual(follow.state, "active")

    def test_arrears_leave_nothing_to_pay_back(self):
        contract = self._create_contract(price=365.0, invoicing_moment="arrears")
        self.assertEqual(contract._get_price_after(date(2026, 9, 30)), 0.0)
        monthly = self._create_contract(
            is_active=False, price=31.0, invoicing_period="month"
        )
        self.assertEqual(monthly._get_price_after(date(2026, 1, 21)), 10.0)
        self.assertEqual(monthly._get_price_after(date(2026, 1, 31)), 0.0)

    def test_a_termination_needs_a_reason_and_a_day_of_the_term(self):
        contract = self._create_contract()
        with self.assertRaisesRegex(UserError, "Say why"):
            contract._terminate(date(2026, 5, 1), " ")
        with self.assertRaisesRegex(UserError, "Choose a last day"):
            contract._terminate(date(2027, 5, 1), "Late")
        with self.assertRaises(AccessError):
            contract.with_user(self.agent)._terminate(date(2026, 5, 1), "No")
        self.assertEqual(contract.state, "active")

    def test_what_is_over_stays_as_it_was(self):
        contract = self._create_contract()
        contract._terminate(date(2026, 5, 1), "Sold")
        with self.assertRaisesRegex(UserError, "is over"):
            contract.with_user(self.supervisor).price = 9.0
        with self.assertRaisesRegex(UserError, "already"):
            contract.action_renew()
        with self.assertRaisesRegex(UserError, "was in force"):
            contract.with_user(self.manager).unlink()

    def test_a_renewal_that_would_overlap_is_refused(self):
        contract = self._create_contract()
        later = self._create_contract(
            date_start=date(2027, 3, 1), date_end=date(2027, 6, 30)
        )
        with self.assertRaisesRegex(ValidationError, later.name):
            with self.cr.savepoint():
                contract.action_renew()
        self.assertFalse(contract.renewal_id)
