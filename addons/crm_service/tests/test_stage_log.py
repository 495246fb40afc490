# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2.errors import RestrictViolation

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..hooks import uninstall_hook
from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestStageLog(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"

    def _refuse(self, statement, *arguments):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(RestrictViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(statement, arguments)

    def test_postgresql_refuses_to_delete_or_change_what_is_recorded(self):
        ticket = self._create_ticket()
        ticket._move_to_phase("triage")
        self.env.flush_all()
        closed, opened = ticket.stage_log_ids.sorted("id").ids
        table = "service_stage_log"
        self._refuse(f"DELETE FROM {table} WHERE id = %s", opened)
        self._refuse(f"TRUNCATE {table}")
        for column, value in (
            ("entered_at", "2000-01-01"),
            ("stage_id", ticket.stage_id.id + 1),
            ("phase", "closed"),
            ("actor_name", "Somebody"),
            ("ticket_id", 1),
        ):
            self._refuse(
                f"UPDATE {table} SET {column} = %s WHERE id = %s", value, opened
            )
        for column, value in (
            ("left_at", "2000-01-01"),
            ("left_at", None),
            ("waiting_hours", 5),
        ):
            self._refuse(
                f"UPDATE {table} SET {column} = %s WHERE id = %s", value, closed
            )

    def test_postgresql_lets_empty_times_be_filled_once(self):
        row = self._create_ticket().stage_log_ids
        self.env.flush_all()
        statement = "UPDATE service_stage_log SET taken_at = now() WHERE id = %s"
        self.env.cr.execute(statement, [row.id])
        self._refuse(
            "UPDATE service_stage_log SET taken_at = '2000-01-01' WHERE id = %s", row.id
        )

    def test_rows_are_not_deleted_by_the_orm_either(self):
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self._create_ticket().stage_log_ids.unlink()

    def test_a_stage_with_history_is_kept(self):
        ticket = self._create_ticket()
        with self.assertRaisesRegex(UserError, "Archive the stage"):
            ticket.stage_id.unlink()

    def test_waiting_and_processing_are_counted_in_working_hours(self):
        with freeze_time("2026-03-06 15:00:00"):  # a Friday
            ticket = self._create_ticket()
        with freeze_time("2026-03-09 09:00:00"):  # Monday
            ticket.with_user(self.agent).user_id = self.agent
        with freeze_time("2026-03-09 11:30:00"):
            ticket._move_to_phase("triage")
        row = ticket.stage_log_ids.sorted("id")[0]
        self.assertEqual(row.user_id, self.agent)
        self.assertAlmostEqual(row.waiting_hours, 3.0)
        self.assertAlmostEqual(row.processing_hours, 2.5)

    def test_what_nobody_took_was_waiting_all_the_time(self):
        with freeze_time("2026-03-09 09:00:00"):
            ticket = self._create_ticket()
        with freeze_time("2026-03-09 11:00:00"):
            ticket._move_to_phase("triage")
        row = ticket.stage_log_ids.sorted("id")[0]
        self.assertEqual((row.waiting_hours, row.processing_hours), (2.0, 0.0))

    def test_the_teams_hours_count_before_the_companys(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Nights", "tz": "UTC", "company_id": self.company.id}
        )
        calendar.attendance_ids.unlink()
        calendar.attendance_ids = [
            (0, 0, {"name": "Mon", "dayofweek": "0", "hour_from": 0, "hour_to": 10})
        ]
        team = self._create_team(resource_calendar_id=calendar.id)
        with freeze_time("2026-03-09 09:00:00"):
            ticket = self._create_ticket(team_id=team.id)
        with freeze_time("2026-03-09 12:00:00"):
            ticket._move_to_phase("triage")
        self.assertAlmostEqual(ticket.stage_log_ids.sorted("id")[0].waiting_hours, 1.0)

    def test_without_working_hours_the_clock_is_counted(self):
        self.company.resource_calendar_id = False
        with freeze_time("2026-03-07 09:00:00"):  # a Saturday
            ticket = self._create_ticket()
        with freeze_time("2026-03-08 09:00:00"):
            ticket._move_to_phase("triage")
        self.assertAlmostEqual(ticket.stage_log_ids.sorted("id")[0].waiting_hours, 24)

    def test_time_spent_closed_is_nobodys(self):
        with freeze_time("2026-03-09 09:00:00"):
            ticket = self._create_ticket()
            ticket.action_close()
        with freeze_time("2026-03-10 15:00:00"):
            ticket.action_reopen()
        row = ticket.stage_log_ids.filtered(lambda row: row.phase == "closed")
        self.assertTrue(row.left_at)
        self.assertEqual((row.waiting_hours, row.processing_hours), (0, 0))

    def test_each_person_who_has_a_ticket_gets_a_row(self):
        ticket = self._create_ticket()
        ticket.user_id = self.agent
        self.assertEqual(ticket.stage_log_ids.user_id, self.agent)
        ticket.user_id = self.supervisor
        first, second = ticket.stage_log_ids.sorted("id")
        self.assertEqual((first.user_id, second.user_id), (self.agent, self.supervisor))
        self.assertEqual(first.stage_id, second.stage_id)
        self.assertEqual(first.left_at, second.entered_at)
        self.assertEqual(
            (first | second).mapped("is_handover"),
            [False, True],
        )

    def test_who_is_given_a_ticket_has_it_waiting_until_taken(self):
        with freeze_time("2026-03-09 09:00:00"):
            ticket = self._create_ticket()
            ticket.user_id = self.agent
        with freeze_time("2026-03-09 10:00:00"):
            ticket._move_to_phase("in_progress")
        with freeze_time("2026-03-09 11:00:00"):
            self.assertFalse(ticket.taken_at)
            ticket.with_user(self.agent).action_take()
        with freeze_time("2026-03-09 11:30:00"):
            ticket._move_to_phase("resolved")
        rows = ticket.stage_log_ids.sorted("id")
        self.assertEqual(rows.user_id, self.agent)
        self.assertEqual(rows.mapped("waiting_hours"), [1.0, 1.0, 0.0])
        self.assertEqual(rows.mapped("processing_hours"), [0.0, 0.5, 0.0])

    def test_who_moves_on_a_ticket_of_ones_own_works_on_it(self):
        with freeze_time("2026-03-09 09:00:00"):
            ticket = self._create_ticket()
            ticket.user_id = self.agent
        with freeze_time("2026-03-09 10:00:00"):
            ticket.with_user(self.agent)._move_to_phase("in_progress")
        with freeze_time("2026-03-09 11:00:00"):
            ticket.with_user(self.agent)._move_to_phase("resolved")
        received, work = ticket.stage_log_ids.sorted("id")[:2]
        self.assertEqual(str(received.taken_at), "2026-03-09 10:00:00")
        self.assertEqual((work.waiting_hours, work.processing_hours), (0.0, 1.0))

    def test_a_ticket_opened_in_the_past_has_its_history_from_then(self):
        ticket = self._create_ticket(opened_at="2020-05-05 10:00:00")
        self.assertEqual(str(ticket.stage_log_ids.entered_at), "2020-05-05 10:00:00")

    def test_moving_many_tickets_fetches_their_hours_once(self):
        tickets = self.tickets.create([self._prepare_ticket() for _i in range(60)])
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        tickets._move_to_phase("triage")
        self.env.flush_all()
        count = self.env.cr.sql_log_count - before
        self.assertLess(count, 30, f"{count} queries to move 60 tickets")

    def test_uninstalling_leaves_no_function(self):
        self._create_ticket()
        uninstall_hook(self.env)
        self.env.cr.execute(
            "SELECT count(*) FROM pg_proc WHERE proname LIKE 'service_stage_log%'"
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))
        self.env["service.stage.log"]._install_guard()
