# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon

NOW = datetime(2026, 3, 2, 10, 0)


@tagged("post_install", "-at_install")
class TestTimeEntry(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls._create_employee(cls.technician)
        cls.ticket = cls._create_ticket(user_id=cls.technician.id)
        cls.other = cls._create_ticket(user_id=cls.technician.id)
        cls.entries = cls.env["service.time.entry"]

    @classmethod
    def _create_employee(cls, user):
        return cls.env["hr.employee"].create(
            {"name": user.name, "user_id": user.id, "company_id": cls.company.id}
        )

    def _create_entry(self, user=None, **values):
        values = {
            "ticket_id": self.ticket.id,
            "employee_id": self.employee.id,
            "start": NOW - timedelta(hours=2),
            "stop": NOW - timedelta(hours=1),
            **values,
        }
        entries = self.entries.with_user(user) if user else self.entries
        return entries.create(values)

    # -- timer ----------------------------------------------------------------

    def test_one_click_starts_the_timer_and_one_stops_it(self):
        ticket = self.ticket.with_user(self.technician)
        with freeze_time(NOW):
            ticket.action_start_work()
        self.assertEqual(ticket.running_kind, "work")
        self.assertEqual(ticket.running_since, NOW)
        with freeze_time(NOW + timedelta(minutes=90)):
            ticket.action_stop_timer()
        self.assertFalse(ticket.running_entry_id)
        self.assertRecordValues(
            ticket.time_entry_ids,
            [{"hours": 1.5, "employee_id": self.employee.id, "is_running": False}],
        )
        self.assertEqual(ticket.time_hours, 1.5)

    def test_a_timer_elsewhere_is_stopped_by_the_next_one(self):
        with freeze_time(NOW):
            self.ticket.with_user(self.technician).action_start_travel()
        with freeze_time(NOW + timedelta(minutes=30)):
            self.other.with_user(self.technician).action_start_work()
        self.assertRecordValues(
            self.ticket.time_entry_ids, [{"kind": "travel", "hours": 0.5}]
        )
        self.assertTrue(self.other.time_entry_ids.is_running)
        with freeze_time(NOW + timedelta(minutes=40)):
            self.other.with_user(self.technician).action_start_work()
        self.assertEqual(len(self.other.time_entry_ids), 1)

    def test_a_forgotten_timer_is_not_stopped_a_day_later(self):
        ticket = self.ticket.with_user(self.technician)
        with freeze_time(NOW):
            ticket.action_start_work()
        with freeze_time(NOW + timedelta(hours=25)):
            with self.assertRaisesRegex(UserError, "has been running since"):
                ticket.action_stop_timer()
            with self.assertRaisesRegex(UserError, self.ticket.number):
                self.other.with_user(self.technician).action_start_work()
            ticket.running_entry_id.stop = NOW + timedelta(hours=2)
        self.assertEqual(ticket.time_hours, 2.0)

    def test_who_is_no_employee_is_told_so(self):
        ticket = self.ticket.with_user(self.agent)
        with self.assertRaisesRegex(UserError, "not registered as one"):
            ticket.action_start_work()
        with self.assertRaisesRegex(UserError, "No timer of yours"):
            ticket.action_stop_timer()

    # -- entered afterwards -----------------------------------------------------

    def test_two_of_start_stop_and_hours_give_the_third(self):
        stop = NOW - timedelta(hours=1)
        entry = self._create_entry(stop=False, hours=1)
        self.assertEqual(entry.stop, stop)
        entry.hours = 0.5
        self.assertEqual(entry.stop, stop - timedelta(minutes=30))
        entry.stop = NOW
        self.assertEqual(entry.hours, 2.0)
        with freeze_time(NOW + timedelta(days=1)):
            late = self._create_entry(start=False, stop=False, hours=3)
        self.assertEqual(late.stop, NOW + timedelta(days=1))
        self.assertEqual(late.hours, 3.0)

    def test_the_form_proposes_the_last_hour(self):
        entries = self.entries.with_user(self.technician)
        with freeze_time(NOW), Form(entries) as form:
            form.ticket_id = self.ticket
            self.assertEqual(form.employee_id, self.employee)
        self.assertRecordValues(form.record, [{"hours": 1.0, "stop": NOW}])

    # -- what cannot be ---------------------------------------------------------

    def test_nobody_is_in_two_places(self):
        self._create_entry()
        with self.assertRaisesRegex(ValidationError, self.ticket.number):
            self._create_entry(
                ticket_id=self.other.id, start=NOW - timedelta(minutes=90), stop=NOW
            )
        with self.assertRaises(ValidationError):
            self._create_entry(start=NOW - timedelta(hours=3), stop=False)
        self._create_entry(start=NOW - timedelta(hours=1), stop=NOW)
        other = self._create_employee(self.agent)
        self._create_entry(employee_id=other.id)

    def test_postgresql_refuses_overlaps_that_no_check_has_seen(self):
        entry = self._create_entry()
        model = self.registry["service.time.entry"]
        self.patch(model, "_ensure_possible", lambda entries, vals: None)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            entry.copy()

    def test_the_ticket_of_others_is_not_told(self):
        hidden = self._create_ticket()
        self._create_entry(ticket_id=hidden.id)
        with self.assertRaisesRegex(ValidationError, "of others"):
            self._create_entry(self.technician)

    def test_times_that_cannot_be_are_refused(self):
        for start, stop, words in (
            (NOW, NOW - timedelta(hours=1), "ends before it begins"),
            (NOW - timedelta(hours=25), NOW, "longer than 24 hours"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._create_entry(start=start, stop=stop)
        with freeze_time(NOW), self.assertRaisesRegex(ValidationError, "yet to come"):
            self._create_entry(
                start=NOW + timedelta(hours=1), stop=NOW + timedelta(hours=2)
            )

    # -- who --------------------------------------------------------------------

    def test_a_technician_enters_only_their_own_time(self):
        colleague = self._create_employee(self.supervisor)
        mine = self._create_entry(self.technician)
        with self.assertRaises(AccessError):
            self._create_entry(self.technician, employee_id=colleague.id)
        entry = self._create_entry(employee_id=colleague.id)
        self.assertEqual(entry.with_user(self.technician).hours, 1.0)
        with self.assertRaises(AccessError):
            entry.with_user(self.technician).note = "Mine"
        mine.with_user(self.supervisor).note = "Corrected"
        mine.with_user(self.technician).unlink()

    def test_time_of_other_tickets_and_companies_is_hidden(self):
        colleague = self._create_employee(self.supervisor)
        hidden = self._create_ticket()
        entry = self._create_entry(ticket_id=hidden.id, employee_id=colleague.id)
        for user in (self.technician, self.stranger):
            with self.assertRaises(AccessError):
                entry.with_user(user).read(["hours"])
        self.assertEqual(entry.with_user(self.agent).hours, 1.0)

    def test_no_time_is_entered_on_a_ticket_of_others(self):
        hidden = self._create_ticket()
        with self.assertRaises(AccessError):
            self._create_entry(self.technician, ticket_id=hidden.id)
        entry = self._create_entry(self.technician)
        with self.assertRaises(AccessError):
            entry.ticket_id = hidden
        entry.ticket_id = self.other
        self.assertEqual(entry.ticket_id, self.other)

    def test_time_ends_when_it_is_over(self):
        with freeze_time(NOW), self.assertRaisesRegex(ValidationError, "yet to come"):
            self._create_entry(start=NOW, stop=NOW + timedelta(hours=5))

    def test_time_follows_the_ticket_that_it_becomes(self):
        entry = self._create_entry()
        self.ticket._merge_into(self.other)
        self.assertEqual(entry.ticket_id, self.other)
