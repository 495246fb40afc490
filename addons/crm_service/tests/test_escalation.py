# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from unittest.mock import patch

from psycopg2 import IntegrityError, OperationalError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .sla_common import SlaCommon, at

JOB = "odoo.addons.crm_service.models.service_sla_job"


@tagged("post_install", "-at_install")
class TestEscalation(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_policy(resolution_hours=4, warning_percent=0)
        cls.team = cls._create_team(
            user_id=cls.supervisor.id, member_ids=[Command.set(cls.agent.ids)]
        )
        cls.events = cls.env["service.escalation.event"]

    def _create_level(self, **values):
        return self.env["service.escalation"].create(
            {"name": "Level", "policy_id": self.policy.id, **values}
        )

    def _create_team_ticket(self, **values):
        return self._create_sla_ticket(team_id=self.team.id, **values)

    def _get_messages_to(self, user):
        domain = [("notified_partner_ids", "in", user.partner_id.ids)]
        return self.env["mail.message"].search(domain)

    # -- when -----------------------------------------------------------------

    def test_a_level_is_fired_once_when_a_share_is_used(self):
        level = self._create_level(share_percent=50, notify_leader=True)
        ticket = self._create_team_ticket()
        self._go("11-23 10:59")
        self._run_job()
        self.assertFalse(ticket.sla_event_ids)
        self._go("11-23 11:00")
        self._run_job()
        self._run_job()
        event = ticket.sla_event_ids
        self.assertEqual(event.escalation_id, level)
        self.assertEqual(event.fired_at, at("11-23 11:00"))
        self.assertEqual(event.done, f"Told {self.supervisor.name}")
        self.assertEqual(len(self._get_messages_to(self.supervisor)), 1)

    def test_a_level_is_fired_when_it_is_overdue_in_working_hours(self):
        self._create_level(trigger="overdue", overdue_hours=2, priority="3")
        ticket = self._create_team_ticket()
        # 4 hours are over at 14:00; 2 more at 16:00
        self._go("11-23 15:59")
        self._run_job()
        self.assertEqual(ticket.priority, "1")
        self._go("11-23 16:00")
        self._run_job()
        self.assertEqual(ticket.priority, "3")

    def test_a_clock_on_hold_is_not_escalated(self):
        self._create_level(share_percent=50, priority="3")
        ticket = self._create_team_ticket()
        ticket._move_to_phase("waiting_customer")
        self._go("11-27 12:00")
        self._run_job()
        self.assertFalse(ticket.sla_event_ids)

    def test_levels_that_were_slept_through_are_fired_in_order(self):
        self._create_level(name="Two", trigger="overdue", overdue_hours=1, priority="3")
        self._create_level(name="One", share_percent=50, priority="2")
        ticket = self._create_team_ticket()
        self._go("11-24 12:00")
        self._run_job()
        names = ticket.sla_event_ids.sorted("id").mapped("display_name")
        self.assertEqual(names, ["One", "Two"])
        self.assertEqual(ticket.priority, "3")
        self.assertFalse(ticket.sla_ids.next_action_at)

    def test_a_later_level_does_not_fire_an_earlier_one_again(self):
        self._create_level(name="One", share_percent=50, notify_leader=True)
        self._create_level(name="Two", share_percent=75, notify_leader=True)
        ticket = self._create_team_ticket()
        for moment in ("11-23 11:00", "11-23 12:00", "11-23 13:30"):
            self._go(moment)
            self._run_job()
        names = ticket.sla_event_ids.sorted("id").mapped("display_name")
        self.assertEqual(names, ["One", "Two"])
        self.assertEqual(len(self._get_messages_to(self.supervisor)), 2)

    def test_a_new_level_reaches_open_tickets(self):
        ticket = self._create_team_ticket()
        level = self._create_level(share_percent=25, priority="3")
        self.assertEqual(ticket.sla_ids.next_action_at, at("11-23 10:00"))
        level.active = False
        self.assertNotEqual(ticket.sla_ids.next_action_at, at("11-23 10:00"))

    def test_the_database_lets_a_level_fire_once(self):
        level = self._create_level(share_percent=50, priority="3")
        ticket = self._create_team_ticket()
        vals = {
            "sla_id": ticket.sla_ids.id,
            "ticket_id": ticket.id,
            "company_id": self.company.id,
            "escalation_id": level.id,
            "fired_at": at("11-23 11:00"),
        }
        self.events.create(vals)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.events.create(vals)

    # -- what -----------------------------------------------------------------

    def test_warnings_tell_whoever_keeps_the_ticket(self):
        self.policy.warning_percent = 75
        mine = self._create_team_ticket(user_id=self.agent.id)
        nobodys = self._create_team_ticket()
        self._go("11-23 12:00")
        self._run_job()
        self.assertEqual((mine | nobodys).mapped("sla_status"), ["at_risk"] * 2)
        self.assertIn(mine.number, self._get_messages_to(self.agent).body)
        self.assertIn(nobodys.number, self._get_messages_to(self.supervisor).body)
        self.assertEqual(mine.sla_event_ids.display_name, "Warning")

    def test_a_person_gets_one_message_for_many_tickets(self):
        self._create_level(share_percent=50, notify_leader=True)
        tickets = self.tickets.create(
            [
                self._prepare_ticket(type_id=self.type.id, team_id=self.team.id)
                for _i in range(40)
            ]
        )
        self._go("11-23 11:00")
        self._run_job()
        message = self._get_messages_to(self.supervisor)
        self.assertEqual(len(message), 1)
        self.assertIn("40 tickets", message.subject)
        self.assertIn("10 more", message.body)
        self.assertEqual(len(tickets.sla_event_ids), 40)

    def test_a_level_hands_the_ticket_to_the_next_team_and_person(self):
        other = self._create_team(
            name="Experts", member_ids=[Command.set(self.supervisor.ids)]
        )
        self._create_level(
            share_percent=50, team_id=other.id, user_id=self.supervisor.id
        )
        ticket = self._create_team_ticket(user_id=self.agent.id)
        self._go("11-23 11:00")
        self._run_job()
        self.assertEqual((ticket.team_id, ticket.user_id), (other, self.supervisor))
        self.assertIn("Experts", ticket.sla_event_ids.done)
        self.assertIn("Level", ticket.message_ids[:1].body)

    def test_a_level_schedules_an_activity(self):
        kind = self.env.ref("mail.mail_activity_data_todo")
        self._create_level(
            share_percent=50, activity_type_id=kind.id, activity_summary="Call"
        )
        ticket = self._create_team_ticket(user_id=self.agent.id)
        self._go("11-23 11:00")
        self._run_job()
        activity = ticket.activity_ids
        self.assertEqual(
            (activity.summary, activity.user_id, activity.activity_type_id),
            ("Call", self.agent, kind),
        )

    def test_the_customer_gets_an_apology_with_a_new_promise(self):
        self._create_apology()
        partner = self._create_partner(email="ann@example.com")
        ticket = self._create_team_ticket(partner_id=partner.id)
        self._go("11-23 15:00")
        self._run_job()
        # 3 working hours from 15:00
        self.assertEqual(ticket.promised_at, at("11-24 09:00"))
        mail = self.env["mail.mail"].search(
            [("model", "=", "service.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(mail.recipient_ids, partner)
        self.assertIn("Auto-Submitted", mail.headers)
        self.assertIn(ticket.number, mail.subject)
        self.assertIn("November 24", mail.body_html)
        self.assertIn("ann@example.com", ticket.sla_event_ids.done)
        self.assertFalse(ticket.first_replied_at)

    def test_a_customer_without_email_is_noted(self):
        self._create_apology()
        ticket = self._create_team_ticket()
        self._go("11-23 15:00")
        self._run_job()
        self.assertIn("no e-mail address", ticket.sla_event_ids.done)
        self.assertIn("no e-mail address", ticket.message_ids[:1].body)
        self.assertFalse(self.env["mail.mail"].search([("res_id", "=", ticket.id)]))

    def _create_apology(self):
        template = self.env.ref("crm_service.mail_template_service_apology")
        return self._create_level(
            trigger="overdue",
            overdue_hours=1,
            mail_template_id=template.id,
            promise_hours=3,
        )

    def test_what_cannot_be_done_is_noted_and_stops_nobody_else(self):
        self._create_level(share_percent=50, priority="3")
        bad, good = self._create_team_ticket(), self._create_team_ticket()
        model = type(self.tickets)
        write = model.write

        def refuse(tickets, vals):
            if "priority" in vals and bad in tickets:
                raise UserError(tickets.env._("Not this one."))
            return write(tickets, vals)

        self.patch(model, "write", refuse)
        self._go("11-23 11:00")
        self._run_job()
        self.assertEqual((bad.priority, good.priority), ("1", "3"))
        self.assertIn("Not this one.", bad.sla_event_ids.done)
        self.assertIn("raised", good.sla_event_ids.done)

    # -- quiet hours ----------------------------------------------------------

    def test_messages_wait_for_the_quiet_hours_to_end(self):
        self.policy.write({"has_quiet_hours": True, "quiet_from": 11, "quiet_to": 13})
        self._create_level(share_percent=50, notify_leader=True, priority="3")
        ticket = self._create_team_ticket()
        solved = self._create_team_ticket()
        self._go("11-23 11:00")
        self._run_job()
        event = ticket.sla_event_ids
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(event.message_due_at, at("11-23 13:00"))
        self.assertFalse(self._get_messages_to(self.supervisor))
        solved._move_to_phase("resolved")
        self._go("11-23 13:00")
        self._run_job()
        self._run_job()
        self.assertFalse(event.message_due_at)
        message = self._get_messages_to(self.supervisor)
        self.assertEqual(len(message), 1)
        self.assertIn(ticket.number, message.body)
        self.assertNotIn(solved.number, message.body)
        self.assertIn("not needed", solved.sla_event_ids.done)

    # -- the job --------------------------------------------------------------

    def test_thousands_are_dealt_with_in_few_queries(self):
        kind = self.env.ref("mail.mail_activity_data_todo")
        self.policy.warning_percent = 50
        self._create_level(
            share_percent=75,
            notify_leader=True,
            priority="3",
            activity_type_id=kind.id,
        )
        counts = []
        for size in (100, 1200):
            tickets = self.tickets.create(
                [
                    self._prepare_ticket(type_id=self.type.id, team_id=self.team.id)
                    for _i in range(size)
                ]
            )
            self.env.flush_all()
            self._go("11-24 12:00")
            before = self.env.cr.sql_log_count
            self._run_job()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(tickets.sla_event_ids), 2 * size)
            self.assertEqual(set(tickets.mapped("sla_status")), {"breached"})
            self._go("11-23 09:00")
        self.assertLess(counts[1], 100 + 0.1 * 1200, counts)

    def _run_job_with(self, culprit, error):
        """Run the job while `error` comes up on the ticket `culprit`."""
        clocks = type(self.slas)
        original = clocks._prepare_event_vals

        def prepare(clock, level, now):
            if clock.ticket_id == culprit:
                raise error
            return original(clock, level, now)

        with patch.object(clocks, "_prepare_event_vals", prepare):
            self._run_job()

    def test_an_unexpected_error_on_one_ticket_stops_no_other(self):
        self._create_level(share_percent=50, priority="3")
        tickets = self.env["service.ticket"].union(
            *(self._create_team_ticket() for _i in range(3))
        )
        culprit = tickets[1]
        self._go("11-23 11:00")
        with self.assertLogs(JOB, "ERROR") as log:
            self._run_job_with(culprit, TypeError("'<' not supported"))
        self.assertIn(culprit.number, log.output[0])
        self.assertEqual(tickets.mapped("priority"), ["3", "1", "3"])
        self.assertEqual(culprit.sla_ids.next_action_at, at("11-23 12:00"))
        self._go("11-23 12:00")
        self._run_job()
        self.assertEqual(culprit.priority, "3")

    def test_a_conflict_in_the_database_is_left_to_the_caller(self):
        self._create_level(share_percent=50, priority="3")
        culprit = self._create_team_ticket()
        self._go("11-23 11:00")
        with self.assertRaises(OperationalError):
            self._run_job_with(culprit, OperationalError("could not serialize"))

    def test_the_job_is_called_when_something_is_due_before_it_comes_anyway(self):
        cron = self.env.ref("crm_service.ir_cron_service_sla")
        triggers = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", cron.id)]
        triggers.search(domain).unlink()
        self._create_team_ticket()
        self.assertFalse(triggers.search(domain))
        self.policy.resolution_hours = 0.2
        self.tickets.create(
            [self._prepare_ticket(type_id=self.type.id) for _i in range(5)]
        )
        self.assertEqual(
            triggers.search(domain).call_at, at("11-23 09:12").replace(second=1)
        )
        self._create_team_ticket()
        self.assertEqual(len(triggers.search(domain)), 1)

    def test_the_job_runs_as_a_job(self):
        self._create_level(share_percent=50, priority="3")
        ticket = self._create_team_ticket()
        self._go("11-23 11:00")
        cron = self.env.ref("crm_service.ir_cron_service_sla")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(cron.failure_count, 0)
        self.assertEqual(ticket.priority, "3")

    def test_due_clocks_are_found_by_an_index(self):
        for way in ("seqscan", "bitmapscan", "sort"):  # the table is too small
            self.env.cr.execute(
                SQL("SET LOCAL %s = off", SQL.identifier(f"enable_{way}"))
            )
        query = self.slas._search(
            self.slas._get_due_domain(), limit=1000, order="next_action_at, id"
        )
        self.env.cr.execute(query.select())  # flushes
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(row[0] for row in rows)
        self.assertIn("service_sla_due_idx", plan)
        self.assertNotIn("Sort", plan)

    # -- bad input ------------------------------------------------------------

    def test_levels_that_make_no_sense_are_refused(self):
        for sentence, values in (
            ("does nothing", {}),
            ("before the promise is made", {"share_percent": 0, "priority": "3"}),
            (
                "before the promise is broken",
                {"trigger": "overdue", "overdue_hours": 0, "priority": "3"},
            ),
            ("does not promise", {"kind": "first_response", "priority": "3"}),
            ("lies in the past", {"promise_hours": -1, "priority": "3"}),
            (
                "not in the team",
                {"team_id": self.team.id, "user_id": self.manager.id},
            ),
        ):
            with (
                self.subTest(sentence),
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                self._create_level(**values)

    def test_a_level_that_was_fired_is_kept(self):
        level = self._create_level(share_percent=50, priority="3")
        self._create_team_ticket()
        self._go("11-23 11:00")
        self._run_job()
        with self.assertRaisesRegex(UserError, "Archive"):
            level.unlink()
