# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .complaint_common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestRemedy(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_complaint()
        cls.limits = cls.env["service.remedy.limit"]

    def _create_remedy(self, user=None, **values):
        remedies = self.env["service.remedy"].with_user(user or self.agent)
        values = {"ticket_id": self.ticket.id, "kind": "refund", **values}
        return remedies.create(values)

    def test_a_remedy_within_the_limit_is_granted(self):
        remedy = self._create_remedy(amount=50)
        self.assertTrue(remedy.can_grant)
        self.assertIs(remedy.action_grant(), True)
        self.assertRecordValues(
            remedy, [{"state": "granted", "granted_by_id": self.agent.id}]
        )
        self.assertTrue(remedy.granted_at)
        remedy.action_done()
        self.assertEqual(remedy.state, "done")

    def test_beyond_the_limit_somebody_who_may_is_asked_and_nothing_is_lost(self):
        self.team.user_id = self.manager
        remedy = self._create_remedy(amount=51)
        self.assertFalse(remedy.can_grant)
        answer = remedy.action_grant()
        self.assertIn("beyond your limit", answer["params"]["message"])
        self.assertIn(self.manager.name, answer["params"]["message"])
        self.assertRecordValues(
            remedy,
            [{"state": "proposed", "amount": 51, "asked_id": self.manager.id}],
        )
        self.assertEqual(self.ticket.activity_ids.user_id, self.manager)
        remedy.with_user(self.manager).action_grant()
        self.assertEqual(remedy.granted_by_id, self.manager)
        self.assertFalse(self.ticket.activity_ids)

    def test_the_activity_stays_until_all_that_was_asked_is_decided(self):
        remedies = self._create_remedy(amount=60)
        remedies |= self._create_remedy(kind="compensation", amount=60)
        remedies.action_grant()
        asked = remedies.asked_id
        self.assertEqual(len(asked), 1)
        remedies[0].with_user(asked).action_grant()
        self.assertTrue(self.ticket.activity_ids)
        remedies[1].with_user(asked)._refuse("No")
        self.assertFalse(self.ticket.activity_ids)

    def test_who_is_asked_is_never_the_one_complained_about(self):
        self.team.user_id = self.supervisor
        self.ticket.complained_user_id = self.supervisor
        remedy = self._create_remedy(amount=500)
        remedy.action_grant()
        self.assertTrue(remedy.asked_id)
        self.assertNotEqual(remedy.asked_id, self.supervisor)

    def test_if_nobody_may_grant_it_that_is_said(self):
        self.limits.search([]).active = False
        answer = self._create_remedy(kind="apology").action_grant()
        self.assertIn("nobody may grant it", answer["params"]["message"])

    def test_small_sums_of_one_kind_count_together(self):
        for amount in 30, 20:
            self._create_remedy(amount=amount).action_grant()
        last = self._create_remedy(amount=1)
        last.action_grant()
        self.assertEqual(last.state, "proposed")
        self.assertEqual(self._create_remedy(kind="apology").action_grant(), True)

    def test_a_limit_of_ones_own_counts_instead_of_the_role(self):
        self.limits.create({"user_id": self.manager.id, "amount": 5})
        remedy = self._create_remedy(self.manager, amount=6)
        self.assertFalse(remedy.can_grant)
        self.limits.create({"user_id": self.agent.id, "kind": "refund", "amount": 6})
        self.assertTrue(remedy.with_user(self.agent).can_grant)

    def test_a_limit_of_another_company_does_not_count(self):
        self.limits.search([]).active = False
        values = {"user_id": self.agent.id, "is_unlimited": True}
        self.limits.create({**values, "company_id": self.other_company.id})
        self.assertFalse(self._create_remedy(amount=1).can_grant)
        self.limits.create({**values, "company_id": self.company.id})
        self.assertTrue(self._create_remedy(amount=1).can_grant)

    def test_an_amount_in_another_currency_counts_by_its_value(self):
        other = self.env["res.currency"].create(
            {"name": "XQZ", "symbol": "Q", "rate_ids": [(0, 0, {"rate": 0.1})]}
        )
        remedy = self._create_remedy(amount=10, currency_id=other.id)
        self.assertFalse(remedy.can_grant)

    def test_a_currency_without_a_rate_is_beyond_every_limit(self):
        other = self.env["res.currency"].create({"name": "XQZ", "symbol": "Q"})
        remedy = self._create_remedy(amount=10, currency_id=other.id)
        self.assertFalse(remedy.can_grant)
        remedy.action_grant()
        self.assertEqual(remedy.state, "proposed")
        self.limits.create({"user_id": self.agent.id, "is_unlimited": True})
        remedy.action_grant()
        self.assertEqual(remedy.state, "granted")

    def test_cents_add_up(self):
        self.limits.create({"user_id": self.agent.id, "amount": 0.3})
        self._create_remedy(amount=0.1).action_grant()
        last = self._create_remedy(amount=0.2)
        self.assertTrue(last.can_grant)
        self.ticket.team_id.user_id = self.agent
        self.assertEqual(last._find_granter(), self.agent)

    def test_states_are_set_by_buttons_only(self):
        remedy = self._create_remedy(amount=900)
        for values in (
            {"state": "granted"},
            {"granted_by_id": self.manager.id},
            {"granted_at": "2026-01-01"},
            {"done_at": "2026-01-01"},
            {"asked_id": self.agent.id},
            {"refusal": "No"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                remedy.write(values)
        for state in "granted", "done", "refused":
            with self.assertRaises(UserError):
                self._create_remedy(state=state)
            forged = remedy.with_context(default_state=state).create(
                {"ticket_id": self.ticket.id, "kind": "apology"}
            )
            self.assertEqual(forged.state, "sought")
        for key in (True, "FLOW", {}):
            with self.assertRaises(UserError):
                remedy.with_context(service_ticket_flow=key).write({"state": "done"})

    def test_what_was_granted_keeps_its_terms(self):
        remedy = self._create_remedy(amount=50)
        remedy.action_grant()
        for values in {"amount": 5000}, {"kind": "compensation"}:
            with self.assertRaisesRegex(UserError, "decided already"):
                remedy.write(values)
        with self.assertRaisesRegex(UserError, "must stay"):
            remedy.unlink()
        with self.assertRaisesRegex(UserError, "state “Granted” already"):
            remedy.action_grant()

    def test_money_needs_an_amount_and_no_amount_is_below_zero(self):
        with self.assertRaisesRegex(ValidationError, "Enter the amount"):
            self._create_remedy().action_propose()
        self._create_remedy(kind="apology").action_propose()

    def test_a_refusal_needs_a_reason(self):
        remedy = self._create_remedy(amount=5)
        with self.assertRaisesRegex(UserError, "Say why"):
            remedy._refuse(" ")
        remedy._refuse("The unit was opened")
        self.assertRecordValues(
            remedy, [{"state": "refused", "refusal": "The unit was opened"}]
        )

    def test_who_may_not_work_on_the_ticket_grants_nothing(self):
        remedy = self._create_remedy(amount=5)
        with self.assertRaises(AccessError):
            remedy.with_user(self.stranger).action_grant()
        with self.assertRaises(AccessError):
            remedy.with_user(self.technician).action_grant()
        self.ticket.complained_user_id = self.blamed
        with self.assertRaises(AccessError):
            remedy.with_user(self.blamed).action_grant()

    def test_limits_are_for_managers(self):
        with self.assertRaises(AccessError):
            self.limits.with_user(self.supervisor).create(
                {"user_id": self.supervisor.id, "is_unlimited": True}
            )


@tagged("post_install", "-at_install")
class TestSafetyRisk(ComplaintCommon):
    def _get_events(self, ticket):
        return ticket.sla_event_ids.filtered("is_safety")

    def _get_told(self, ticket):
        domain = [
            ("model", "=", "service.ticket"),
            ("res_id", "=", ticket.id),
            ("message_type", "=", "user_notification"),
        ]
        messages = self.env["mail.message"].search(domain)
        return messages.filtered(lambda m: "afety" in m.subject).notified_partner_ids

    def test_a_safety_risk_is_escalated_at_once(self):
        self.team.user_id = self.supervisor
        ticket = self._create_complaint(safety_risk=True)
        event = self._get_events(ticket)
        self.assertEqual(len(event), 1)
        self.assertEqual(ticket.priority, "3")
        self.assertIn(self.supervisor.partner_id, self._get_told(ticket))
        self.assertEqual(ticket.activity_ids.user_id, self.supervisor)
        self.assertIn("Safety", event.display_name)

    def test_one_that_is_seen_later_is_escalated_once(self):
        ticket = self._create_complaint()
        self.assertFalse(self._get_events(ticket))
        ticket.with_user(self.agent).safety_risk = True
        ticket.with_user(self.agent).safety_risk = False
        ticket.with_user(self.agent).safety_risk = True
        self.assertEqual(len(self._get_events(ticket)), 1)

    def test_without_a_promise_it_is_escalated_all_the_same(self):
        self.env["service.sla.policy"].search([]).active = False
        ticket = self._create_ticket(safety_risk=True, team_id=self.team.id)
        event = self._get_events(ticket)
        self.assertFalse(event.escalation_id)
        self.assertEqual(ticket.priority, "3")
        self.assertIn(self.supervisor.partner_id, self._get_told(ticket))

    def test_the_one_complained_about_is_not_told(self):
        self.team.user_id = self.blamed
        ticket = self._blame(safety_risk=True)
        self.assertTrue(self._get_events(ticket))
        told = self._get_told(ticket)
        self.assertTrue(told)
        self.assertNotIn(self.blamed.partner_id, told)
