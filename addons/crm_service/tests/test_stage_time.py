# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common import ServiceCommon

MONDAY = datetime(2026, 3, 9, 8)


@tagged("post_install", "-at_install")
class TestStageTime(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.process = cls._create_process(
            ("New", "received"), ("Work", "in_progress"), ("End", "closed")
        )
        cls.new, cls.work, cls.end = cls.process.stage_ids
        cls.type = cls._create_type(cls.process)
        cls.stages = cls.env["service.stage"]

    def _at(self, moment, **values):
        """Create a ticket that came in at `moment`."""
        with freeze_time(moment):
            return self._create_ticket(type_id=self.type.id, **values)

    def _stay(self, start, hours):
        """Let a ticket stay in the first stage for so many hours on the clock."""
        ticket = self._at(start)
        with freeze_time(start + timedelta(hours=hours)):
            ticket._enter_stage(self.work)
        return ticket

    def _count(self, moment=MONDAY + timedelta(days=5)):
        with freeze_time(moment):
            self.stages._cron_update_usual_hours()

    def test_working_hours_of_an_old_ticket_are_worked_out_once(self):
        tickets = self._at(MONDAY - timedelta(days=3650)) | self._at(MONDAY)
        calendars = type(self.company.resource_calendar_id)
        original = calendars._work_intervals_batch
        with (
            freeze_time(MONDAY + timedelta(hours=4)),
            patch.object(
                calendars, "_work_intervals_batch", autospec=True, side_effect=original
            ) as counted,
        ):
            first = tickets.mapped("stage_hours")
            self.assertGreater(first[0], 10000)
            self.assertEqual(first[1], 4)
            counted.reset_mock()
            tickets.invalidate_recordset()
            self.assertEqual(tickets.mapped("stage_hours"), first)
            counted.assert_not_called()

    # -- usual time -----------------------------------------------------------

    def test_the_usual_time_is_the_median_of_the_stays(self):
        for hours in (1, 1, 2, 3, 40):
            self._stay(MONDAY, hours)
        self._count()
        self.assertEqual(self.new.usual_hours, 2.0)
        self.assertEqual(self.work.usual_hours, 0.0)

    def test_too_few_and_too_old_stays_tell_nothing(self):
        for _i in range(4):
            self._stay(MONDAY, 2)
        self._count()
        self.assertEqual(self.new.usual_hours, 0.0)
        self._stay(MONDAY, 2)
        self._count()
        self.assertEqual(self.new.usual_hours, 2.0)
        self._count(MONDAY + timedelta(days=100))
        self.assertEqual(self.new.usual_hours, 0.0)

    def test_a_stay_in_several_hands_is_one_stay(self):
        for _i in range(5):
            ticket = self._at(MONDAY, user_id=self.agent.id)
            with freeze_time(MONDAY + timedelta(hours=1)):
                ticket.user_id = self.supervisor
            with freeze_time(MONDAY + timedelta(hours=3)):
                ticket._enter_stage(self.work)
            self.assertEqual(len(ticket.stage_log_ids), 3)
        self._count()
        self.assertEqual(self.new.usual_hours, 3.0)

    def test_coming_back_to_a_stage_is_another_stay(self):
        for _i in range(3):
            ticket = self._stay(MONDAY, 1)
            with freeze_time(MONDAY + timedelta(hours=2)):
                ticket._enter_stage(self.new)
            with freeze_time(MONDAY + timedelta(hours=4)):
                ticket._enter_stage(self.work)
        self._count()
        self.assertEqual(self.new.usual_hours, 1.0 + 0.5)

    # -- time in stage --------------------------------------------------------

    def test_time_in_stage_is_counted_in_working_hours_of_the_team(self):
        nights = self.env["resource.calendar"].create(
            {"name": "Nights", "tz": "UTC", "company_id": self.company.id}
        )
        nights.attendance_ids.unlink()
        nights.attendance_ids = [
            (0, 0, {"name": "Mon", "dayofweek": "0", "hour_from": 0, "hour_to": 9})
        ]
        ours = self._at(MONDAY)
        theirs = self._at(
            MONDAY, team_id=self._create_team(resource_calendar_id=nights.id).id
        )
        with freeze_time(MONDAY + timedelta(hours=3)):
            (ours | theirs).invalidate_recordset()
            self.assertEqual(ours.stage_hours, 3.0)
            self.assertEqual(theirs.stage_hours, 1.0)

    def test_slow_tickets_are_found_and_marked_alike(self):
        self.new.usual_hours = 2.0
        slow, fits = self._at(MONDAY), self._at(MONDAY + timedelta(hours=2))
        team = self._create_team(
            resource_calendar_id=self.company.resource_calendar_id.copy().id
        )
        slow_team = self._at(MONDAY, team_id=team.id)
        closed = self._at(MONDAY)
        with freeze_time(MONDAY + timedelta(hours=3)):
            closed.action_close()
        tickets = slow | fits | slow_team | closed
        # three hours on Monday morning are exactly one and a half times the usual
        for hours, expected in (
            (3, self.tickets),
            (3.01, slow | slow_team),
            (24, slow | slow_team | fits),
        ):
            with (
                freeze_time(MONDAY + timedelta(hours=hours)),
                self.subTest(hours=hours),
            ):
                tickets.invalidate_recordset()
                found = self.tickets.search(
                    [("is_slow", "=", True), ("id", "in", tickets.ids)]
                )
                self.assertEqual(found, expected.sorted(lambda t: -t.id))
                self.assertEqual(tickets.filtered("is_slow"), tickets & expected)
                others = self.tickets.search(
                    [("is_slow", "=", False), ("id", "in", tickets.ids)]
                )
                self.assertEqual(others, (tickets - expected).sorted(lambda t: -t.id))

    def test_the_time_of_many_tickets_is_counted_with_few_queries(self):
        tickets = self.tickets.browse()
        for _i in range(30):
            tickets |= self._at(MONDAY)
        tickets.invalidate_recordset()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        tickets.mapped("stage_share")
        self.assertLess(self.env.cr.sql_log_count - before, 10)
