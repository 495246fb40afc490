# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from freezegun import freeze_time
from lxml import etree
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .phone_common import PHONE, SPELT, PhoneCommon


@tagged("post_install", "-at_install")
class TestCallback(PhoneCommon):
    """Customers who want to be called: reminded in time, done by a call."""

    def _mine(self, request, user=None):
        return request.with_env(self._as(user or self.agent))

    def _dial(self, request, user=None):
        """Call back from the list; returns the call."""
        action = self._mine(request, user).action_call()
        return self.calls.browse(action["params"]["card"]["id"])

    # -- the request -----------------------------------------------------------

    def test_the_ticket_gives_customer_phone_and_team(self):
        ticket = self._create_ticket(partner_id=self.ann.id, team_id=self.team.id)
        with Form(self._as(self.agent)["service.callback"]) as form:
            form.ticket_id = ticket
        request = form.record
        self.assertEqual((request.partner_id, request.phone), (self.ann, PHONE))
        self.assertEqual(request.team_id, self.team)

    def test_what_cannot_be_called_is_refused(self):
        with self.assertRaises(ValidationError):
            self._request(phone="call me")
        with self.assertRaisesRegex(UserError, "has passed"):
            self._request(wanted_from=self._in(days=-1))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.cr.savepoint():
                self._request(wanted_until=self._in(hours=-1))
        self.assertEqual(
            self._request(phone="+44 20 7946 0958").phone_sanitized, "+442079460958"
        )

    def test_today_and_overdue_are_found(self):
        with freeze_time("2026-05-04 08:00:00"):
            today = self._request(
                wanted_from="2026-05-04 13:00:00", wanted_until="2026-05-04 15:00:00"
            )
            tomorrow = self._request(wanted_from="2026-05-05 08:00:00")
        views = self._as(self.agent)["service.callback"].get_view(
            self.env.ref("crm_service.service_callback_view_search").id
        )
        for moment, name, expected in (
            ("2026-05-04 14:00:00", "filter_today", today),
            ("2026-05-04 14:00:00", "filter_overdue", self.callbacks),
            ("2026-05-04 16:00:00", "filter_overdue", today),
            ("2026-05-05 07:00:00", "filter_today", today | tomorrow),
        ):
            domain = self._get_filter(views["arch"], name)
            with self.subTest(moment=moment, name=name), freeze_time(moment):
                found = self.callbacks.search([("state", "=", "open"), *domain])
                self.assertEqual(found, expected)
                self.assertEqual(
                    today.is_overdue, "16:00" in moment or "05-05" in moment
                )
                today.invalidate_recordset(["is_overdue"])

    def _get_filter(self, arch, name):
        """Return the domain of a filter of the search view."""
        (node,) = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        return safe_eval(node.get("domain"))

    # -- reminders -------------------------------------------------------------

    def test_who_must_call_has_an_activity_on_that_day(self):
        self.bob.tz = "Asia/Shanghai"
        request = self._request(
            user_id=self.bob.id, wanted_from="2099-05-04 20:00:00", name="Price"
        )
        activity = request.activity_ids
        self.assertEqual((activity.user_id, activity.summary), (self.bob, "Price"))
        self.assertEqual(str(activity.date_deadline), "2099-05-05", "on his clock")
        self._mine(request).user_id = self.agent
        self.assertEqual(request.activity_ids.user_id, self.agent)
        self._mine(request).action_done()
        self.assertFalse(request.activity_ids)
        self._mine(request).action_reopen()
        self.assertEqual(request.activity_ids.user_id, self.agent)
        self._mine(request).action_cancel()
        self.assertFalse(request.activity_ids)

    def test_the_time_comes_and_browsers_show_it_once(self):
        request = self._request(team_id=self.team.id, wanted_from=self._in(minutes=-5))
        later = self._request(team_id=self.team.id)
        self._hear()
        self.callbacks._cron_remind()
        self.assertEqual(self._hear(), {self.agent: [("service_callback_due", {})]})
        cards = self._as(self.agent)["service.call"].get_my_calls()["callbacks"]
        self.assertEqual([card["id"] for card in cards], request.ids)
        self.callbacks._cron_remind()
        self.assertFalse(self._hear())
        self.assertFalse(later.reminded_at)
        theirs = self._as(self.bob)["service.call"].get_my_calls()["callbacks"]
        self.assertFalse(theirs, "not of his team")

    def test_a_reminder_reaches_nobody_of_another_company(self):
        self.team.member_ids += self.stranger | self.technician
        self._request(team_id=self.team.id, wanted_from=self._in(minutes=-5))
        self._hear()
        self.callbacks._cron_remind()
        self.assertEqual(set(self._hear()), {self.agent})

    def test_the_job_is_called_when_it_is_time(self):
        cron = self.env.ref("crm_service.ir_cron_service_phone")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        request = self._request()
        new = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertEqual(new.call_at, request.wanted_from)

    def test_later_keeps_the_length_and_reminds_again(self):
        request = self._request(
            wanted_from=self._in(minutes=-30),
            wanted_until=self._in(minutes=30),
            user_id=self.agent.id,
        )
        self.callbacks._cron_remind()
        self._mine(request).action_postpone(60)
        self.assertFalse(request.reminded_at)
        self.assertGreater(request.wanted_from, self._in(minutes=55))
        length = request.wanted_until - request.wanted_from
        self.assertEqual(length.total_seconds(), 3600)
        for minutes in (0, -5, 10**9, "x"):
            with self.assertRaises(UserError):
                self._mine(request).action_postpone(minutes)

    # -- done by a call --------------------------------------------------------

    def test_a_call_that_reaches_the_customer_fulfils_it(self):
        request = self._request(ticket_id=False)
        call = self._dial(request)
        self.assertEqual((call.callback_id, call.partner_id), (request, self.ann))
        self.assertEqual(request.user_id, self.agent, "who calls has it")
        mine = call.with_env(self._as(self.agent))
        mine.action_reached()
        self.assertEqual(request.state, "open", "they still talk")
        mine.action_end()
        self.assertEqual((request.state, request.call_id), ("done", call))
        self.assertTrue(request.done_at)

    def test_a_call_that_nobody_picks_up_is_counted(self):
        request = self._request()
        call = self._dial(request)
        call.with_env(self._as(self.agent)).action_not_reached()
        self.assertEqual((request.state, request.attempt_count), ("open", 1))
        self.assertEqual(request.tried_at, call.started_at)

    def test_two_do_not_call_the_same_customer_at_once(self):
        request = self._request()
        self._dial(request)
        with self.assertRaisesRegex(UserError, self.agent.login):
            self._dial(request, self.bob)

    def test_of_two_who_call_at_once_the_second_begins_anew(self):
        # a second transaction that only waited would not see the call of the first
        request = self._request(user_id=self.agent.id)
        self.env.flush_all()
        before = self._get_place(request)
        self._dial(request)
        self.assertNotEqual(self._get_place(request), before)

    def _get_place(self, request):
        """Return where the row lies: elsewhere, once a transaction has written it."""
        self.env.cr.execute(
            "SELECT ctid FROM service_callback WHERE id = %s", (request.id,)
        )
        return self.env.cr.fetchone()

    def test_a_caller_who_rings_himself_may_fulfil_it(self):
        request = self._request()
        call = self._answered()
        self._mine(request).action_done(call.id)
        self.assertEqual(request.call_id, call)
        with self.assertRaisesRegex(UserError, "closed already"):
            self._mine(request).action_done()
        theirs = self.calls.create(
            {"phone": PHONE, "company_id": self.other_company.id}
        )
        other = self._request()
        with self.assertRaises(AccessError):
            self._mine(other).action_done(theirs.id)

    def test_missed_calls_are_called_back(self):
        call = self._ring(external_ref="A")
        self._api().call_ended("A")
        request = self.callbacks.search([("origin_call_id", "=", call.id)])
        self.assertEqual((request.phone, request.team_id), (SPELT, self.team))
        self._ring(external_ref="B")
        self._api().call_ended("B")
        open_requests = [("phone_sanitized", "=", PHONE), ("state", "=", "open")]
        self.assertEqual(self.callbacks.search(open_requests), request, "once")
        again = self._answered()
        self.assertEqual((request.state, request.call_id), ("done", again))

    def test_a_line_may_not_want_that_nor_can_a_withheld_number(self):
        self._ring(phone="anonymous", external_ref="A")
        self._api().call_ended("A")
        self.line.makes_callbacks = False
        self._ring(external_ref="B")
        self._api().call_ended("B")
        self.assertFalse(self.callbacks.search([("origin_call_id", "!=", False)]))

    def test_what_was_asked_for_is_not_done_by_any_call(self):
        request = self._request()
        self._answered()
        self.assertEqual(request.state, "open")

    # -- rights ----------------------------------------------------------------

    def test_nobody_writes_how_it_stands(self):
        request = self._request()
        values = {
            "state": "done",
            "call_id": self._ring().id,
            "attempt_count": 5,
            "done_at": fields.Datetime.now(),
            "reminded_at": fields.Datetime.now(),
            "origin_call_id": self._ring().id,
        }
        for name, value in values.items():
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    self._mine(request).write({name: value})
                with self.assertRaises(AccessError):
                    self._request(**{name: value})
        forged = self._as(self.agent)["service.callback"].with_context(
            **{f"default_{name}": value for name, value in values.items()}
        )
        made = forged.create({"phone": PHONE, "wanted_from": self._in(hours=1)})
        self.assertEqual((made.state, made.attempt_count), ("open", 0))
        self.assertFalse(made.call_id or made.reminded_at or made.origin_call_id)
        with self.assertRaises(UserError):
            request.unlink()

    def test_it_is_taken_from_whom_its_complaint_is_about(self):
        ticket = self._create_ticket(type_id=self.complaint.id)
        request = self._request(ticket_id=ticket.id)
        partner = self.bob.partner_id
        request.message_subscribe(partner_ids=partner.ids)
        request.activity_schedule("mail.mail_activity_data_todo", user_id=self.bob.id)
        ticket.write({"complaint_about": "person", "complained_user_id": self.bob.id})
        self.assertNotIn(partner, request.message_partner_ids)
        self.assertNotIn(self.bob, request.activity_ids.user_id)
        message = request.message_post(
            body="The number is new",
            partner_ids=partner.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self.assertNotIn(partner, message.notification_ids.res_partner_id)

    def test_others_do_not_touch_it(self):
        request = self._request()
        for user in (self.technician, self.stranger):
            for method in ("action_call", "action_done", "action_cancel"):
                with self.subTest(user=user.login, method=method):
                    with self.assertRaises(AccessError):
                        getattr(self._mine(request, user), method)()
        self.assertFalse(self._as(self.stranger)["service.callback"].search([]))
        theirs = self._create_ticket(company_id=self.other_company.id)
        with self.assertRaises(AccessError):
            self._request(ticket_id=theirs.id)

    def test_technicians_see_requests_of_their_tickets(self):
        ticket = self._create_ticket(partner_id=self.ann.id, user_id=self.technician.id)
        request = self._request(ticket_id=ticket.id)
        self._request()
        found = self._as(self.technician)["service.callback"].search([])
        self.assertEqual(found, request)
