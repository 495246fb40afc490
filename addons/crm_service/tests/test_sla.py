# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .sla_common import HOUR, SlaCommon, at


@tagged("post_install", "-at_install")
class TestSla(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_policy(
            first_response_hours=2, next_response_hours=3, resolution_hours=10
        )

    # -- starting and stopping ------------------------------------------------

    def test_a_new_ticket_gets_its_clocks_in_working_hours(self):
        ticket = self._create_sla_ticket()
        self.assertEqual(ticket.sla_policy_id, self.policy)
        self.assertEqual(
            self._clock_of(ticket, "first_response").deadline, at("11-23 11:00")
        )
        # 3 hours until lunch break, 4 after it, 3 on the next day
        self.assertEqual(self._clock_of(ticket).deadline, at("11-24 11:00"))
        self.assertEqual(ticket.sla_deadline, at("11-23 11:00"))
        self.assertEqual(ticket.sla_status, "on_time")
        self.assertFalse(self._clock_of(ticket, "next_response"))

    def test_an_answer_of_staff_keeps_the_first_response(self):
        ticket = self._create_sla_ticket(partner_id=self._create_partner().id)
        self._go("11-23 10:30")
        self._reply(ticket)
        clock = self._clock_of(ticket, "first_response")
        self.assertEqual(clock.state, "reached")
        self.assertEqual(clock.reached_at, at("11-23 10:30"))
        self.assertEqual(clock.elapsed_seconds, 1.5 * HOUR)
        self.assertEqual(ticket.sla_deadline, at("11-24 11:00"))

    def test_an_answer_by_the_api_counts_too(self):
        ticket = self._create_sla_ticket()
        self._api().add_message(ticket.number, "We look into it.")
        self.assertEqual(self._clock_of(ticket, "first_response").state, "reached")

    def test_notes_and_automatic_messages_are_no_answer(self):
        ticket = self._create_sla_ticket(partner_id=self._create_partner().id)
        ticket.with_user(self.agent).message_post(body="Note", message_type="comment")
        ticket.message_post(body="By itself", subtype_xmlid="mail.mt_comment")
        ticket.message_post(
            body="By itself",
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
        )
        self._write_in(ticket)
        self.assertEqual(self._clock_of(ticket, "first_response").state, "running")

    def test_a_late_answer_is_missed_by_how_much_is_kept(self):
        ticket = self._create_sla_ticket()
        self._go("11-23 14:00")
        self._reply(ticket)
        clock = self._clock_of(ticket, "first_response")
        self.assertEqual(clock.state, "missed")
        # 11 to 12, and 13 to 14
        self.assertEqual(clock.overdue_seconds, 2 * HOUR)

    def test_a_customer_who_writes_again_is_promised_the_next_answer(self):
        ticket = self._create_sla_ticket(partner_id=self._create_partner().id)
        self._reply(ticket)
        self._go("11-23 10:00")
        self._write_in(ticket)
        self._go("11-23 10:30")
        self._write_in(ticket)
        clock = self._clock_of(ticket, "next_response")
        self.assertEqual(clock.started_at, at("11-23 10:00"))
        self.assertEqual(clock.deadline, at("11-23 14:00"))
        self._go("11-23 11:00")
        self._reply(ticket)
        self.assertEqual((clock.state, clock.elapsed_seconds), ("reached", HOUR))
        self._write_in(ticket)
        self.assertEqual(len(self._clock_of(ticket, "next_response")), 2)

    def test_resolving_keeps_all_promises(self):
        ticket = self._create_sla_ticket(partner_id=self._create_partner().id)
        self._reply(ticket)
        self._write_in(ticket)
        self._go("11-23 11:00")
        ticket._move_to_phase("resolved")
        self.assertEqual(set(ticket.sla_ids.mapped("state")), {"reached"})
        self.assertEqual(ticket.sla_status, "reached")
        self.assertFalse(ticket.sla_deadline)
        self.assertEqual(self._clock_of(ticket).elapsed_seconds, 2 * HOUR)

    def test_a_resolution_without_an_answer_is_the_first_response(self):
        ticket = self._create_sla_ticket()
        self._go("11-23 10:00")
        ticket._move_to_phase("resolved")
        clock = self._clock_of(ticket, "first_response")
        self.assertEqual(clock.reached_at, at("11-23 10:00"))

    def test_what_is_solved_on_the_phone_is_kept_at_once(self):
        ticket = self._create_sla_ticket(phase="resolved")
        self.assertEqual(ticket.sla_ids.mapped("state"), ["reached"] * 2)

    def test_a_cancelled_ticket_cancels_its_clocks(self):
        ticket = self._create_sla_ticket()
        ticket._move_to_phase("cancelled")
        self.assertEqual(set(ticket.sla_ids.mapped("state")), {"cancelled"})
        self.assertEqual(ticket.sla_status, "none")
        ticket.action_reopen()
        self.assertEqual(set(ticket.sla_ids.mapped("state")), {"running"})

    # -- on hold --------------------------------------------------------------

    def test_clocks_stand_still_in_paused_stages(self):
        ticket = self._create_sla_ticket()
        self._go("11-23 10:00")
        ticket._move_to_phase("waiting_customer")
        clock = self._clock_of(ticket)
        self.assertEqual(clock.state, "paused")
        self.assertEqual(ticket.sla_status, "paused")
        self.assertFalse(clock.deadline or clock.next_action_at)
        self._go("11-24 10:00")
        ticket._move_to_phase("in_progress")
        # on hold: 10-12, 13-17, 8-10
        self.assertEqual(clock.held_seconds, 8 * HOUR)
        self.assertEqual(clock.elapsed_seconds, HOUR)
        self.assertEqual(clock.deadline, at("11-25 11:00"))
        self.assertEqual(ticket.sla_status, "on_time")

    def test_clocks_stand_still_while_the_parent_waits_for_the_customer(self):
        parent = self._create_sla_ticket()
        part = self._create_sla_ticket(parent_id=parent.id)
        self._go("11-23 10:00")
        parent._move_to_phase("waiting_customer")
        self.assertEqual(self._clock_of(part).state, "paused")
        self._go("11-23 12:00")
        parent._move_to_phase("in_progress")
        self.assertEqual(self._clock_of(part).state, "running")
        self.assertEqual(self._clock_of(part).held_seconds, 2 * HOUR)

    # -- reopening ------------------------------------------------------------

    def test_first_and_total_resolution_are_kept_apart(self):
        ticket = self._create_sla_ticket()
        self._go("11-23 11:00")
        ticket._move_to_phase("resolved")
        self._go("11-24 11:00")
        ticket.action_reopen()
        clock = self._clock_of(ticket)
        self.assertEqual((clock.state, clock.reached_at), ("running", False))
        self.assertEqual(clock.first_reached_at, at("11-23 11:00"))
        # 2 of 10 hours are used: one until lunch, 4 after it, 3 on the next day
        self.assertEqual(clock.deadline, at("11-25 11:00"))
        self._go("11-24 12:00")
        ticket._move_to_phase("resolved")
        self.assertEqual(clock.first_elapsed_seconds, 2 * HOUR)
        self.assertEqual(clock.elapsed_seconds, 3 * HOUR)
        self.assertEqual(clock.first_reached_at, at("11-23 11:00"))

    # -- what changes ---------------------------------------------------------

    def test_another_priority_brings_another_promise_and_keeps_what_was_used(self):
        urgent = self._create_policy(
            name="Urgent", sequence=1, priority_min="3", resolution_hours=4
        )
        ticket = self._create_sla_ticket()
        self._go("11-23 11:00")
        ticket.priority = "3"
        clock = self._clock_of(ticket)
        self.assertEqual(ticket.sla_policy_id, urgent)
        self.assertEqual(clock.policy_id, urgent)
        self.assertEqual(clock.elapsed_seconds, 2 * HOUR)
        self.assertEqual(clock.deadline, at("11-23 14:00"))
        self.assertEqual(self._clock_of(ticket, "first_response").state, "cancelled")
        ticket.priority = "1"
        self.assertEqual(clock.deadline, at("11-24 11:00"))
        self.assertEqual(self._clock_of(ticket, "first_response").state, "running")

    def test_another_team_brings_its_own_hours(self):
        ticket = self._create_sla_ticket()
        early = self._create_calendar(hours=((6, 18),))
        ticket.team_id = self._create_team(resource_calendar_id=early.id)
        self.assertEqual(self._clock_of(ticket).deadline, at("11-24 07:00"))
        self.assertEqual(self._clock_of(ticket).calendar_id, early)

    def test_other_hours_of_a_team_or_company_count_at_once(self):
        team = self._create_team()
        tickets = self._create_sla_ticket(team_id=team.id) | self._create_sla_ticket()
        early = self._create_calendar(hours=((6, 18),))
        team.resource_calendar_id = early
        self.assertEqual(
            [self._clock_of(t).deadline for t in tickets],
            [at("11-24 07:00"), at("11-24 11:00")],
        )
        self.company.resource_calendar_id = early
        self.assertEqual(self._clock_of(tickets[1]).deadline, at("11-24 07:00"))

    def test_a_holiday_entered_late_does_not_count(self):
        ticket = self._create_sla_ticket()
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "date_from": at("11-24 00:00"),
                "date_to": at("11-24 23:59"),
            }
        )
        clock = self._clock_of(ticket)
        self.assertEqual(clock.deadline, at("11-25 11:00"))
        leave.write({"date_from": at("11-25 00:00"), "date_to": at("11-25 23:59")})
        self.assertEqual(clock.deadline, at("11-24 11:00"))
        leave.unlink()
        self.assertEqual(clock.deadline, at("11-24 11:00"))

    def test_a_holiday_of_another_company_changes_nothing(self):
        ticket = self._create_sla_ticket()
        leaves = self.env(context={})["resource.calendar.leaves"]
        leave = leaves.with_company(self.other_company).create(
            {
                "name": "Holiday",
                "date_from": at("11-24 00:00"),
                "date_to": at("11-24 23:59"),
            }
        )
        self.assertEqual(leave.company_id, self.other_company)
        self.env.registry.clear_cache()
        ticket._sync_sla()
        self.assertEqual(self._clock_of(ticket).deadline, at("11-24 11:00"))

    def test_changed_working_hours_count_at_once(self):
        ticket = self._create_sla_ticket()
        clock = self._clock_of(ticket)
        tuesday = self.calendar.attendance_ids.filtered(
            lambda a: a.dayofweek == "1" and a.hour_from == 8
        )
        tuesday.hour_from = 10
        self.assertEqual(clock.deadline, at("11-24 14:00"))
        tuesday.unlink()
        self.assertEqual(clock.deadline, at("11-24 16:00"))
        self.calendar.tz = "Europe/Rome"
        # 9 UTC is 10 in Rome: 2 hours until lunch, 4 after it, 4 on Tuesday
        self.assertEqual(clock.deadline, at("11-24 16:00"))

    def test_a_calendar_that_was_emptied_leaves_no_deadline(self):
        ticket = self._create_sla_ticket()
        self.calendar.attendance_ids.unlink()
        clock = self._clock_of(ticket)
        self.assertEqual((clock.state, clock.deadline), ("running", False))
        self.assertIn("no working hours", clock.remark)
        self.assertFalse(ticket.sla_deadline)
        self._run_job()
        ticket._move_to_phase("resolved")
        self.assertEqual(clock.state, "reached")

    def test_a_policy_that_changes_counts_its_open_clocks_anew(self):
        ticket = self._create_sla_ticket()
        self.policy.resolution_hours = 1
        self.assertEqual(self._clock_of(ticket).deadline, at("11-23 10:00"))

    def test_a_later_promise_counts_from_the_request_or_from_now(self):
        values = {"priority_min": "3", "resolution_hours": 4, "sequence": 1}
        urgent = self._create_policy(**values, is_retroactive=False)
        self.policy.has_resolution = False
        tickets = self._create_sla_ticket() | self._create_sla_ticket()
        self._go("11-23 11:00")
        tickets[0].priority = "3"
        urgent.is_retroactive = True
        tickets[1].priority = "3"
        self.assertEqual(self._clock_of(tickets[1]).deadline, at("11-23 14:00"))
        urgent.is_retroactive = False
        ticket = self._create_sla_ticket()
        self._go("11-23 13:00")
        ticket.priority = "3"
        self.assertEqual(self._clock_of(ticket).started_at, at("11-23 13:00"))
        self.assertEqual(self._clock_of(ticket).deadline, at("11-23 17:00"))

    # -- time passes ----------------------------------------------------------

    def test_the_job_warns_and_notes_breaches(self):
        ticket = self._create_sla_ticket()
        clock = self._clock_of(ticket, "first_response")
        self.assertEqual(clock.next_action_at, at("11-23 10:30"))
        self._go("11-23 10:30")
        self._run_job()
        self.assertEqual(ticket.sla_status, "at_risk")
        self.assertTrue(clock.is_at_risk)
        self._go("11-23 11:00")
        self._run_job()
        self.assertEqual(ticket.sla_status, "at_risk")
        self.time.tick(timedelta(seconds=1))
        self._run_job()
        self.assertEqual(ticket.sla_status, "breached")
        self.assertTrue(clock.is_breached)
        self.assertEqual(clock.state, "running")

    # -- who may what ---------------------------------------------------------

    def test_clocks_are_read_like_their_ticket_and_written_by_nobody(self):
        team = self._create_team(member_ids=self.technician.ids)
        mine = self._create_sla_ticket(team_id=team.id)
        other = self._create_sla_ticket()
        slas = self._as(self.technician)["service.sla"]
        found = slas.search([("ticket_id", "in", (mine | other).ids)])
        self.assertEqual(found.ticket_id.ids, mine.ids)
        strange = self._as(self.stranger)["service.sla"]
        self.assertFalse(strange.search([("ticket_id", "in", (mine | other).ids)]))
        clock = mine.sla_ids[:1].with_user(self.manager)
        for do in (
            lambda: clock.write({"state": "reached"}),
            lambda: clock.copy(),
            lambda: clock.unlink(),
        ):
            with self.assertRaises(AccessError):
                do()
        with self.assertRaises(UserError):
            mine.with_user(self.manager).write({"sla_status": "reached"})

    def test_forged_defaults_do_not_get_into_a_clock(self):
        tickets = self.tickets.with_context(
            default_state="reached", default_target_seconds=1, default_user_id=1
        )
        ticket = tickets.create(self._prepare_ticket(type_id=self.type.id))
        self.assertEqual(set(ticket.sla_ids.mapped("state")), {"running"})

    def test_an_import_of_old_tickets_makes_no_clocks(self):
        number = self.tickets._generate_numbers(["SR"])[0]
        ticket = self.tickets._with_flow().create(
            {
                "number": number,
                "name": "Old",
                "type_id": self.type.id,
                "process_id": self.process.id,
                "stage_id": self.process.stage_ids[4].id,
            }
        )
        self.assertFalse(ticket.sla_ids)

    # -- in bulk --------------------------------------------------------------

    def test_new_tickets_are_inserted_with_their_promise(self):
        vals = {"type_id": self.type.id, "partner_phone": "+39 02 1234 5678"}
        vals_list = [self._prepare_ticket(**vals) for _i in range(2)]
        with patch.object(type(self.tickets), "_write_multi") as update:
            tickets = self.tickets.create(vals_list)
            self.env.flush_all()
        update.assert_not_called()
        tickets.invalidate_recordset()
        for ticket in tickets:
            self.assertEqual(ticket.sla_policy_id, ticket.sla_ids.policy_id)
            self.assertEqual(
                ticket.sla_deadline, min(ticket.sla_ids.mapped("deadline"))
            )
            self.assertEqual(ticket.sla_status, "on_time")
            self.assertTrue(ticket.sudo().track_key)

    def test_clocks_of_many_tickets_take_few_queries(self):
        vals_list = [self._prepare_ticket(type_id=self.type.id) for _i in range(300)]
        self.tickets.create(vals_list[:2])
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        tickets = self.tickets.create(vals_list)
        self.env.flush_all()
        count = self.env.cr.sql_log_count - before
        self.assertEqual(len(tickets.sla_ids), 600)
        self.assertLess(count, 60)

    def test_a_change_of_many_tickets_takes_few_queries(self):
        tickets = self.tickets.create(
            [self._prepare_ticket(type_id=self.type.id) for _i in range(300)]
        )
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        tickets.write({"priority": "3"})
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 60)
