# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import SUPERUSER_ID, Command

from .common import ServiceCommon

MONDAY = "2026-11-23 09:00:00"  # UTC, 10:00 in Rome


class AssignmentCommon(ServiceCommon):
    """Three people of a team that works from Monday to Friday, 8 to 17 in Rome."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob, cls.eve = (
            cls._create_user("technician", login=f"test_{name}", name=name)
            for name in ("Ann", "Bob", "Eve")
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
                "date_from": start,
                "date_to": stop,
                **values,
            }
        )

    @classmethod
    def _create_tickets(cls, count, **values):
        values = {"team_id": cls.team.id, **values}
        return cls.tickets.create([cls._prepare_ticket(**values)] * count)

    def _run_job(self):
        """Run the scheduled job as the server would."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.job.with_user(SUPERUSER_ID).method_direct_trigger()
        self.assertFalse(self.job.failure_count)
        self.env.invalidate_all()

    def _get_planned(self):
        """Return when the job is to run."""
        return (
            self.env["ir.cron.trigger"]
            .search([("cron_id", "=", self.job.id)], order="call_at")
            .mapped("call_at")
        )

    def _forget_planned(self):
        """Forget that the job is to run, as if it had."""
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.job.id)]).unlink()
        self.env.cr.precommit.data.clear()
