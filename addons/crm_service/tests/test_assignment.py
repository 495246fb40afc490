# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import ServiceCommon

MONDAY = "2026-11-23 09:00:00"  # UTC, 10:00 in Rome


@tagged("post_install", "-at_install")
class AssignmentCommon(ServiceCommon):
    """Three people of a team that works from Monday to Friday, 8 to 17 in Rome."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob, cls.eve = (
            cls._create_user("technician", login=name, name=name.title())
            for name in ("ann", "bob", "eve")
        )
        cls.people = cls.ann | cls.bob | cls.eve
        cls.calendar = cls._create_calendar(8, 17)
        cls.team = cls._create_team(
            member_ids=[Command.set(cls.people.ids)],
            resource_calendar_id=cls.calendar.id,
            assignment_method="least_loaded",
        )
        cls.job = cls.env.ref("crm_service.ir_cron_service_assignment")

    @classmethod
    def _create_calendar(cls, start, stop, days=range(5), **values):
        """Create working hours from `start` to `stop` o'clock in Rome."""
        return cls.env["resource.calendar"].create(
            {
                "name": f"{start} to {stop}",
                "company_id": cls.company.id,
                "tz": "Europe/Rome",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "Work",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": stop,
                            "day_period": "morning",
                        }
                    )
                    for day in days
                ],
                **values,
            }
        )

    @classmethod
    def _create_employee(cls, user, calendar=None, **values):
        calendar = calendar or cls.calendar
        return cls.env["hr.employee"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": cls.company.id,
                "resource_calendar_id": calendar.id,
                "tz": "Europe/Rome",
                **values,
            }
        )

    @classmethod
    def _create_leave(cls, start, stop, **values):
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Off",
                "company_id": cls.company.id,
                "date_from": start,
                "date_to": stop,
                **values,
            }
        )

    @classmethod
    def _create_tickets(cls, count, **values):
        values = {"team_id": cls.team.id, **values}
        return cls.tickets.create([cls._prepare_ticket(**values)] * count)


@tagged("post_install", "-at_install")
@freeze_time(MONDAY)
class TestAssignment(AssignmentCommon):
    def test_by_hand_nobody_gets_a_ticket(self):
        self.team.assignment_method = "manual"
        ticket = self._create_tickets(1)
        self.assertFalse(ticket.user_id)
        self.assertFalse(ticket.assignment_problem)

    def test_whoever_has_fewest_open_gets_the_ticket(self):
        self._create_tickets(2, user_id=self.ann.id)
        self._create_tickets(1, user_id=self.bob.id)
        ticket = self._create_tickets(1)
        self.assertEqual(ticket.user_id, self.eve)
        self.assertEqual(ticket.assignment_reason, "Given to Eve: fewest open (0)")
        self.assertTrue(ticket.assigned_at)
