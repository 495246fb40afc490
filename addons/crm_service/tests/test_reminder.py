# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import OperationalError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestReminders(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(user_id=cls.technician.id)
        cls.agent.tz = "Asia/Shanghai"
        cls.cron = cls.env.ref("crm_service.ir_cron_service_remind")

    def _remind(self, moment, note=None, user=None):
        ticket = self.ticket.with_user(user or self.agent)
        before = ticket.activity_ids
        ticket.action_remind_me(moment, note)
        return ticket.activity_ids - before

    def _run(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def _get_told(self, user=None):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", (user or self.agent).partner_id.ids),
                ("model", "=", "service.ticket"),
                ("res_id", "=", self.ticket.id),
            ]
        )

    def test_a_reminder_comes_at_its_hour_and_once(self):
        now = fields.Datetime.now()
        activity = self._remind(now + timedelta(hours=1), "Call Ann")
        self.assertEqual(activity.user_id, self.agent)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        self.assertIn(activity.remind_at, triggers.mapped("call_at"))
        self._run(now + timedelta(minutes=59))
        self.assertFalse(self._get_told())
        self._run(now + timedelta(minutes=61))
        self.assertEqual(len(self._get_told()), 1)
        self.assertIn("Call Ann", self._get_told().subject)
        self._run(now + timedelta(minutes=75))
        self.assertEqual(len(self._get_told()), 1)

    def test_one_bad_reminder_stops_no_other(self):
        now = fields.Datetime.now()
        bad = self._remind(now + timedelta(minutes=10), "Bad")
        good = self._remind(now + timedelta(minutes=11), "Good")
        activities = type(self.env["mail.activity"])
        tell = activities._remind

        def fail(activity):
            tell(activity)
            if activity == bad:
                raise AttributeError("no thread")

        with (
            patch.object(activities, "_remind", fail),
            mute_logger("odoo.addons.crm_service.models.mail_activity_reminder"),
        ):
            self._run(now + timedelta(hours=1))
        self.assertIn("Good", self._get_told().subject)
        self.assertEqual(len(self._get_told()), 1)
        self.assertTrue(bad.reminded_at and good.reminded_at)

        def clash(activity):
            raise OperationalError

        bad.remind_at = now
        with (
            patch.object(activities, "_remind", clash),
            self.assertRaises(OperationalError),
        ):
            activities._cron_remind(self.env["mail.activity"])

    def test_a_record_without_messages_is_reminded_of_too(self):
        now = fields.Datetime.now()
        activity = self._remind(now + timedelta(hours=1), "Look at the rate")
        activity.flush_recordset()
        self.env.cr.execute(
            "UPDATE mail_activity SET res_model = %s, res_id = %s WHERE id = %s",
            ["res.currency", self.company.currency_id.id, activity.id],
        )
        activity.invalidate_recordset()
        activity._remind()
        told = self.env["mail.message"].search(
            [("subject", "like", "Look at the rate")]
        )
        self.assertEqual(told.partner_ids, self.agent.partner_id)

    def test_what_is_done_is_not_reminded_of(self):
        now = fields.Datetime.now()
        self._remind(now + timedelta(hours=1)).action_done()
        self._run(now + timedelta(hours=2))
        self.assertFalse(self._get_told())

    def test_who_may_not_see_it_any_more_is_not_told(self):
        now = fields.Datetime.now()
        self._remind(now + timedelta(hours=1), "canary", self.technician)
        self.ticket.user_id = self.agent
        self._run(now + timedelta(hours=2))
        self.assertFalse(self._get_told(self.technician))

    def test_another_day_means_the_same_hour(self):
        with freeze_time("2026-03-01 12:00:00"):
            activity = self._remind("2026-03-02 01:00:00")
        self.assertEqual(str(activity.date_deadline), "2026-03-02")
        activity.date_deadline = "2026-03-05"
        self.assertEqual(str(activity.remind_at), "2026-03-05 01:00:00")

    def test_a_moment_that_cannot_be_is_refused(self):
        for moment in ("2020-01-01 00:00:00", "2999-01-01 00:00:00", "soon", False, 7):
            with self.subTest(moment), self.assertRaisesRegex(UserError, "Choose when"):
                self._remind(moment)

    def test_two_clicks_remind_of_many(self):
        tickets = self.ticket | self._create_ticket()
        model = self.env["service.ticket.remind"].with_user(self.agent)
        form = Form(
            model.with_context(active_model="service.ticket", active_ids=tickets.ids)
        )
        answer = form.save().action_tomorrow()
        self.assertEqual(answer["tag"], "display_notification")
        activities = tickets.activity_ids.filtered("remind_at")
        self.assertEqual(len(activities), 2)
        self.assertEqual({a.remind_at.hour for a in activities}, {1})


@tagged("post_install", "-at_install")
class TestWatching(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(user_id=cls.agent.id)
        # as if it was made in an earlier transaction
        cls.ticket.flush_recordset()
        cls.env.cr.execute(
            "UPDATE service_ticket SET create_date = create_date - interval '1 hour'"
            " WHERE id = %s",
            [cls.ticket.id],
        )
        cls.ticket.invalidate_recordset()
        cls.mate = cls._create_user("agent", login="mate")

    def _get_told(self, user):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
                ("res_id", "=", self.ticket.id),
            ]
        )

    def test_who_watches_is_told_of_each_stage(self):
        self.ticket.with_user(self.mate).action_watch()
        self.ticket.with_user(self.agent)._enter_phase("in_progress")
        self.assertEqual(len(self._get_told(self.mate)), 1)
        self.assertIn(self.ticket.stage_id.name, self._get_told(self.mate).body)
        self.ticket.with_user(self.mate)._enter_phase("resolved")
        self.assertEqual(len(self._get_told(self.mate)), 1)
        self.ticket.with_user(self.mate).action_unwatch()
        self.ticket.with_user(self.agent)._enter_phase("closed")
        self.assertEqual(len(self._get_told(self.mate)), 1)

    def test_watched_tickets_are_found(self):
        mine = self.tickets.with_user(self.mate)
        self.assertFalse(mine.search([("is_watched", "=", True)]))
        mine.browse(self.ticket.id).action_watch()
        self.assertEqual(mine.search([("is_watched", "=", True)]), self.ticket)
        self.assertNotIn(self.ticket, mine.search([("is_watched", "=", False)]))
        self.assertTrue(self.ticket.with_user(self.mate).is_watched)
        self.assertFalse(self.ticket.with_user(self.agent).is_watched)

    def test_who_is_responsible_hears_of_messages_all_the_same(self):
        mine = self.ticket.with_user(self.agent)
        mine.action_watch()
        mine.action_unwatch()
        self.assertFalse(mine.is_watched)
        self.assertIn(self.agent.partner_id, self.ticket.message_partner_ids)

    def test_who_may_not_see_it_any_more_is_not_told(self):
        mine = self._create_user("technician", login="former")
        self.ticket.user_id = mine
        self.ticket.with_user(mine).action_watch()
        self.ticket.user_id = self.agent
        self.ticket._enter_phase("in_progress")
        self.assertFalse(self._get_told(mine))

    def test_strangers_watch_nothing(self):
        with self.assertRaises(AccessError):
            self.ticket.with_env(self._as(self.stranger)).action_watch()
