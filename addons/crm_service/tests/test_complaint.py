# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.service_ticket_complaint_work import REMINDER_PAUSE
from .complaint_common import ComplaintCommon

ASSESSED = {
    "complaint_about": "product",
    "severity": "moderate",
    "complexity": "simple",
    "impact": "single",
}


@tagged("post_install", "-at_install")
class TestComplaint(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_complaint(partner_email="zoe@example.com")
        cls.mine = cls.ticket.with_user(cls.agent)

    def _stage(self, name):
        return self.env.ref(f"crm_service.stage_complaint_{name}")

    def _press(self, label, **kwargs):
        """Press the button of the present stage that is called `label`."""
        routes = self.mine.available_route_ids
        route = routes.filtered(lambda r: r.name == label)
        self.assertTrue(route, f"{label} is none of {routes.mapped('name')}")
        self.mine.action_route(route[:1], **kwargs)

    def _answer(self, **values):
        self.mine.write({**ASSESSED, **values})
        self.mine._answer("<p>We are sorry and repair it.</p>")

    # -- the way --------------------------------------------------------------

    def test_a_complaint_goes_all_the_way(self):
        self.assertEqual(self.ticket.stage_id, self._stage("received"))
        self._press("Begin")
        self.assertEqual(self.ticket.stage_id, self._stage("acknowledge"))
        self.mine.action_acknowledge()
        self.assertTrue(self.ticket.acknowledged_at)
        self.assertEqual(self.ticket.stage_id, self._stage("triage"))
        with self.assertRaisesRegex(UserError, "Severity"):
            self._press("Investigate")
        self.mine.write(ASSESSED)
        self._press("Investigate")
        self._press("Prepare answer")
        self.mine._answer("<p>We are sorry.</p>")
        self.assertEqual(self.ticket.stage_id, self._stage("waiting_customer"))
        self.assertEqual(self.ticket.phase, "waiting_customer")
        self.mine.action_accept()
        self.assertEqual(self.ticket.stage_id, self._stage("resolved"))
        self._press("Close")
        self.assertEqual(self.ticket.stage_id, self._stage("closed"))
        self.assertRecordValues(
            self.ticket, [{"outcome": "accepted", "phase": "closed"}]
        )

    def test_the_first_reply_acknowledges_it(self):
        self.mine.message_post(
            body="We have it", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self.ticket.acknowledged_at)
        self.assertEqual(self.ticket.stage_id, self._stage("triage"))

    def test_a_note_or_the_customer_does_not_acknowledge_it(self):
        self.mine.message_post(body="Look", message_type="comment")
        self.ticket.message_post(
            body="Hello?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.partner.id,
        )
        self.assertFalse(self.ticket.acknowledged_at)

    def test_an_answer_waits_until_the_complaint_is_assessed(self):
        self.mine._answer("<p>Sorry</p>")
        self.assertEqual(self.ticket.stage_id, self._stage("triage"))
        self.mine.write(ASSESSED)
        self.assertEqual(self.ticket.stage_id, self._stage("waiting_customer"))

    def test_an_answer_is_sent_to_the_customer_or_only_noted(self):
        self._answer()
        message = self.ticket.message_ids.filtered(lambda m: "repair it" in m.body)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertIn(self.partner, message.notified_partner_ids)
        self.mine._answer("<p>As I said on the phone</p>", is_sent=False)
        note = self.ticket.message_ids.filtered(lambda m: "the phone" in m.body)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(note.notified_partner_ids)

    def test_an_empty_answer_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Write the answer"):
            self.mine._answer("<p><br></p>")

    def test_an_answer_that_is_not_accepted_needs_another_one(self):
        self._answer()
        first = self.ticket.answered_at
        self._press("Not accepted", reason="It is too little")
        self.assertEqual(self.ticket.stage_id, self._stage("in_progress"))
        self.assertFalse(self.ticket.is_answered)
        with self.assertRaisesRegex(UserError, "no answer"):
            self.mine.action_accept()
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self._answer()
        self.assertEqual(self.ticket.answered_at, first)
        self.assertEqual(self.ticket.stage_id, self._stage("waiting_customer"))

    def test_a_remedy_that_was_granted_must_be_done_before_it_is_settled(self):
        remedy = self.env["service.remedy"].create(
            {"ticket_id": self.ticket.id, "kind": "replacement"}
        )
        remedy.with_user(self.supervisor).action_grant()
        self._answer()
        self.mine.action_accept()
        self.assertEqual(self.ticket.stage_id, self._stage("waiting_parts"))
        remedy.with_user(self.agent).action_done()
        self.assertEqual(self.ticket.stage_id, self._stage("resolved"))

    def test_a_grave_complaint_goes_on_to_improvement_once(self):
        self._answer(severity="serious")
        self.mine.action_accept()
        self._press("Close")
        self.assertEqual(self.ticket.stage_id, self._stage("improve"))
        self.assertEqual(self.ticket.phase, "closed")
        self.assertFalse(self.ticket.is_open)
        closed_at = self.ticket.closed_at
        with freeze_time(fields.Datetime.now() + timedelta(days=9)):
            self._press("Improvement decided")
        self.assertEqual(self.ticket.stage_id, self._stage("improved"))
        self.assertEqual(self.ticket.closed_at, closed_at)

    # -- closing --------------------------------------------------------------

    def test_it_is_not_closed_before_it_is_known_how_it_ended(self):
        for user in self.agent, self.supervisor, self.manager:
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.ticket.with_user(user).action_close()
        with self.assertRaisesRegex(UserError, "cannot be closed yet"):
            self.ticket._move_to_phase("closed")
        with self.assertRaisesRegex(UserError, "cannot be closed yet"):
            detour = self._stage("closed")
            self.ticket.with_user(self.supervisor).action_detour(detour, "Enough")
        with self.assertRaises(UserError):
            self.ticket.with_user(self.manager).write({"outcome": "accepted"})

    def test_other_tickets_are_closed_as_ever(self):
        ticket = self._create_ticket()
        ticket._move_to_phase("closed")
        self.assertEqual(ticket.phase, "closed")

    def test_silence_ends_it_only_after_reminders_and_time(self):
        self._answer()
        now = fields.Datetime.now()
        with self.assertRaisesRegex(UserError, "2 more reminders"):
            self.mine.action_close_silent()
        self.mine.action_remind()
        with self.assertRaisesRegex(UserError, "within the last day"):
            self.mine.action_remind()
        with freeze_time(now + REMINDER_PAUSE + timedelta(hours=1)):
            self.mine.action_remind()
            with self.assertRaisesRegex(UserError, "until .* to answer"):
                self.mine.action_close_silent()
        self.assertEqual(self.ticket.reminder_count, 2)
        with freeze_time(now + timedelta(days=9)):
            self.mine.action_close_silent()
        self.assertEqual(self.ticket.outcome, "silence")
        self.assertEqual(self.ticket.stage_id, self._stage("resolved"))

    def test_a_customer_who_wrote_is_not_silent(self):
        self._answer()
        now = fields.Datetime.now()
        self.mine.action_remind()
        with freeze_time(now + timedelta(days=2)):
            self.mine.action_remind()
            self.ticket.message_post(
                body="I am thinking",
                message_type="email",
                subtype_xmlid="mail.mt_comment",
                author_id=self.partner.id,
            )
        with (
            freeze_time(now + timedelta(days=20)),
            self.assertRaisesRegex(UserError, "answer first"),
        ):
            self.mine.action_close_silent()

    def test_a_reminder_is_sent_to_the_customer(self):
        self._answer()
        self.mine.action_remind()
        message = self.ticket.message_ids[:1]
        self.assertIn("does our answer help", message.subject)
        self.assertIn(self.partner, message.notified_partner_ids)

    def test_recourse_goes_to_the_next_level_and_comes_back_with_an_answer(self):
        self._answer()
        self.mine._start_recourse("internal", "Too little", team=self.independent)
        self.assertEqual(self.ticket.stage_id, self._stage("recourse"))
        self.assertEqual(self.ticket.team_id, self.independent)
        self.assertTrue(self.ticket.is_in_recourse)
        self.ticket.with_user(self.judge)._answer("<p>We pay it all</p>")
        self.assertEqual(self.ticket.stage_id, self._stage("waiting_customer"))
        self.assertFalse(self.ticket.is_in_recourse)
        self.mine.action_accept()
        self.assertEqual(self.ticket.outcome, "accepted")

    def test_the_decision_of_an_outside_body_ends_it(self):
        self._answer()
        with self.assertRaisesRegex(UserError, "outside body"):
            self.mine._start_recourse("external", "Too little")
        self.mine._start_recourse("external", "Too little", body="Ombudsman")
        self.assertEqual(self.ticket.recourse_body, "Ombudsman")
        with self.assertRaisesRegex(UserError, "what was decided"):
            self.mine._end_recourse(" ")
        self.mine._end_recourse("The ombudsman finds for us")
        self.assertEqual(self.ticket.outcome, "recourse")
        self.assertEqual(self.ticket.stage_id, self._stage("resolved"))
        self.assertIn("finds for us", self.ticket.message_ids[:1].body)

    def test_recourse_needs_an_answer_that_was_not_accepted(self):
        with self.assertRaisesRegex(UserError, "no answer"):
            self.mine._start_recourse("internal", "No")
        with self.assertRaisesRegex(UserError, "not in recourse"):
            self.mine._end_recourse("No")

    def test_who_withdraws_ends_it_and_may_come_back(self):
        self._press("Withdraw", reason="All is well")
        self.assertRecordValues(
            self.ticket, [{"outcome": "withdrawn", "phase": "cancelled"}]
        )
        self._press("Take up again")
        self.assertFalse(self.ticket.outcome)

    def test_a_reopened_complaint_must_end_anew(self):
        self._answer()
        self.mine.action_accept()
        self._press("Close")
        self.mine.action_reopen()
        self.assertRecordValues(
            self.ticket,
            [{"outcome": False, "is_answered": False, "reminder_count": 0}],
        )
        with self.assertRaises(UserError):
            self.mine.action_close()

    # -- at once --------------------------------------------------------------

    def test_an_answer_that_satisfies_at_once_closes_it_with_the_same_history(self):
        self.mine.action_settle_at_once(
            "We send a new <knob>", {"kind": "compensation", "amount": 20}
        )
        self.assertRecordValues(
            self.ticket,
            [
                {
                    "phase": "closed",
                    "outcome": "accepted",
                    "severity": "minor",
                    "is_answered": True,
                }
            ],
        )
        ticket = self.ticket
        self.assertTrue(ticket.acknowledged_at and ticket.answered_at)
        self.assertEqual(
            ticket.stage_log_ids.sorted("id").mapped("phase"),
            ["received", "resolved", "closed"],
        )
        self.assertIn("Settled at once", ticket.stage_log_ids.mapped("reason"))
        self.assertRecordValues(
            ticket.remedy_ids,
            [{"state": "granted", "granted_by_id": self.agent.id, "amount": 20}],
        )
        self.assertIn("&lt;knob&gt;", ticket.answer)

    def test_at_once_beyond_the_limit_closes_nothing(self):
        with self.assertRaisesRegex(UserError, "beyond your limit. .* may grant it"):
            self.mine.action_settle_at_once("Yes", {"kind": "refund", "amount": 900})
        with self.assertRaises(ValidationError):
            self.mine.action_settle_at_once("  ")
        self.assertEqual(self.ticket.phase, "received")

    def test_only_an_open_unanswered_complaint_is_settled_at_once(self):
        with self.assertRaisesRegex(UserError, "is no complaint"):
            self._create_ticket().action_settle_at_once("Yes")
        self._answer()
        with self.assertRaisesRegex(UserError, "has an answer already"):
            self.mine.action_settle_at_once("Yes")
        self.mine.action_accept()
        self._press("Close")
        with self.assertRaisesRegex(UserError, "is closed"):
            self.mine.action_settle_at_once("Yes")

    # -- who ------------------------------------------------------------------

    def test_a_colleague_of_another_company_does_nothing(self):
        theirs = self.ticket.with_user(self.stranger)
        for action in (
            theirs.action_acknowledge,
            theirs.action_accept,
            theirs.action_remind,
            theirs.action_close_silent,
            lambda: theirs.action_settle_at_once("Yes"),
        ):
            with self.assertRaises(AccessError):
                action()


@tagged("post_install", "-at_install")
class TestComplaintPromise(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env.ref("crm_service.service_sla_policy_complaint")
        cls.ticket = cls._create_complaint()

    def _clock(self, kind):
        return self.ticket.sla_ids.filtered(lambda sla: sla.kind == kind)

    def test_acknowledgement_and_answer_have_promises_of_their_own(self):
        self.assertEqual(self.ticket.sla_policy_id, self.policy)
        self.assertEqual(
            set(self.ticket.sla_ids.mapped("kind")),
            {"acknowledgement", "answer", "resolution"},
        )
        self.assertEqual(self._clock("acknowledgement").target_seconds, 8 * 3600)
        self.ticket.action_acknowledge()
        self.assertEqual(self._clock("acknowledgement").state, "reached")
        self.assertEqual(self._clock("answer").state, "running")
        self.ticket._answer("<p>Sorry</p>")
        self.assertEqual(self._clock("answer").state, "reached")

    def test_other_tickets_have_no_such_promise(self):
        kinds = self._create_ticket().sla_ids.mapped("kind")
        self.assertNotIn("acknowledgement", kinds)
        self.assertNotIn("answer", kinds)

    def test_a_late_answer_is_missed_for_good(self):
        with freeze_time(fields.Datetime.now() + timedelta(days=60)):
            self.ticket.sla_ids._recount()
            self.assertTrue(self._clock("answer").is_breached)
            self.ticket._answer("<p>Sorry</p>")
        self.assertEqual(self._clock("answer").state, "missed")
        self.ticket.action_accept()
        self.assertEqual(self._clock("answer").state, "missed")
