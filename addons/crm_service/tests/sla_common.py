# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import datetime

from odoo import Command
from odoo.tests import freeze_time

from .common import ServiceCommon

HOUR = 3600


def at(text):
    """Return the moment of “MM-DD HH:MM” in 2026, UTC."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M")


class SlaCommon(ServiceCommon):
    """A company that works 8-12 and 13-17 on weekdays, UTC; no delivered policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies = cls.env["service.sla.policy"]
        cls.policies.search([]).active = False
        cls.calendar = cls._create_calendar()
        cls.company.resource_calendar_id = cls.calendar
        cls.slas = cls.env["service.sla"]
        cls.process = cls._create_process(
            ("New", "received"),
            ("Work", "in_progress"),
            ("Ask", "waiting_customer"),
            ("Solved", "resolved"),
            ("Closed", "closed"),
            ("Dropped", "cancelled"),
            company_id=cls.company.id,
        )
        stages = cls.process.stage_ids
        stages.filtered(lambda s: s.phase == "waiting_customer").clock = "paused"
        for stage in stages.filtered(lambda s: s.phase != "received"):
            cls.env["service.route"].create(
                {
                    "name": stage.name,
                    "process_id": cls.process.id,
                    "to_stage_id": stage.id,
                }
            )
        cls.type = cls._create_type(cls.process, code="sla", company_id=cls.company.id)

    def setUp(self):
        super().setUp()
        self.clock = freeze_time("2026-11-23 09:00:00")  # a Monday
        self.time = self.clock.start()
        self.addCleanup(self.clock.stop)

    def _go(self, text):
        """Let it be “MM-DD HH:MM”."""
        self.time.move_to(at(text))

    @classmethod
    def _create_calendar(cls, hours=((8, 12), (13, 17)), days=range(5), **values):
        return cls.env["resource.calendar"].create(
            {
                "name": "Weekdays",
                "tz": "UTC",
                "company_id": cls.company.id,
                "attendance_ids": [
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
                    for start, stop in hours
                ],
                **values,
            }
        )

    @classmethod
    def _create_policy(cls, **values):
        return cls.policies.create(
            {"name": "Promise", "company_id": cls.company.id, **values}
        )

    def _create_sla_ticket(self, **values):
        return self._create_ticket(type_id=self.type.id, **values)

    def _clock_of(self, ticket, kind="resolution"):
        return ticket.sla_ids.filtered(lambda clock: clock.kind == kind)

    def _reply(self, ticket, user=None):
        """Let staff answer the customer."""
        ticket.with_user(user or self.agent).message_post(
            body="We look into it.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _write_in(self, ticket):
        """Let the customer write."""
        ticket.message_post(
            body="Hello?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=ticket.partner_id.id,
        )

    def _run_job(self):
        self.env["service.sla"]._cron_process_due()
