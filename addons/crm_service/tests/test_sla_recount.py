# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .sla_common import SlaCommon, at

COUNT = "odoo.addons.crm_service.models.service_sla_count"


@tagged("post_install", "-at_install")
class TestSlaRecount(SlaCommon):
    """Open clocks are counted anew when it matters, once, and many by the job."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_policy(resolution_hours=10, warning_percent=0)
        cls.level = cls.env["service.escalation"].create(
            {
                "name": "Level",
                "policy_id": cls.policy.id,
                "share_percent": 50,
                "priority": "3",
            }
        )

    @contextmanager
    def _assert_counted(self, times):
        """Check how often an open clock is counted within."""
        clocks = type(self.slas)
        original = clocks._prepare_count_vals
        calls = []

        def count(*args, **kwargs):
            calls.append(args)
            return original(*args, **kwargs)

        with patch.object(clocks, "_prepare_count_vals", count):
            yield
        self.assertEqual(len(calls), times)

    def test_what_a_level_is_called_or_does_changes_no_clock(self):
        self._create_sla_ticket()
        with self._assert_counted(0):
            self.level.write({"name": "Leader", "priority": "2", "share_percent": 50})
            self.policy.write({"name": "Promised", "resolution_hours": 10})
            self.calendar.attendance_ids[0].name = "Early"

    def test_when_a_level_is_due_changes_its_clocks(self):
        clock = self._create_sla_ticket().sla_ids
        self.assertEqual(clock.next_action_at, at("11-23 15:00"))
        with self._assert_counted(1):
            self.level.share_percent = 20
        self.assertEqual(clock.next_action_at, at("11-23 11:00"))

    def test_levels_that_change_together_are_counted_once(self):
        clock = self._create_sla_ticket().sla_ids
        with self._assert_counted(1):
            self.policy.escalation_ids = [
                Command.update(self.level.id, {"share_percent": 40}),
                Command.create({"name": "1", "share_percent": 10, "priority": "2"}),
                Command.create({"name": "2", "share_percent": 30, "priority": "2"}),
            ]
        self.assertEqual(clock.next_action_at, at("11-23 10:00"))

    def test_a_level_that_goes_to_another_promise_changes_both(self):
        clock = self._create_sla_ticket().sla_ids
        urgent = self._create_policy(
            resolution_hours=1, warning_percent=0, priority_min="3", sequence=1
        )
        self.level.policy_id = urgent
        self.assertEqual(clock.next_action_at, clock.deadline.replace(second=1))

    @patch(f"{COUNT}.SLA_BATCH_SIZE", 2)
    def test_many_clocks_are_counted_anew_by_the_job(self):
        tickets = self.tickets.union(*(self._create_sla_ticket() for _i in range(3)))
        self.assertEqual(tickets[0].sla_deadline, at("11-24 11:00"))
        cron = self.env.ref("crm_service.ir_cron_service_sla")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        early = self.calendar.attendance_ids.filtered(lambda a: a.hour_from == 8)
        with self._assert_counted(0):
            self.calendar.attendance_ids = [
                Command.update(row.id, {"hour_from": 7}) for row in early
            ]
        self.assertEqual(
            triggers.search([("cron_id", "=", cron.id)]).call_at, at("11-23 09:00")
        )
        self._run_job()
        self.assertEqual(set(tickets.mapped("sla_deadline")), {at("11-24 10:00")})
        self.assertEqual(
            set(tickets.sla_ids.mapped("next_action_at")), {at("11-23 15:00")}
        )
