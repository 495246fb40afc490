# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .assignment_common import MONDAY, AssignmentCommon

SUNDAY = "2026-11-22 10:00:00"
NIGHT = "2026-11-23 03:00:00"


@tagged("post_install", "-at_install")
@freeze_time(MONDAY)
class TestAssignment(AssignmentCommon):
    # -- methods ------------------------------------------------------------

    def test_by_hand_nobody_gets_a_ticket(self):
        self.team.assignment_method = "manual"
        ticket = self._create_tickets(1)
        self.assertFalse(ticket.user_id or ticket.assignment_problem)

    def test_whoever_has_fewest_open_gets_the_ticket(self):
        self._create_tickets(2, user_id=self.ann.id)
        self._create_tickets(1, user_id=self.bob.id)
        ticket = self._create_tickets(1)
        self.assertEqual(ticket.user_id, self.eve)
        self.assertEqual(ticket.assignment_reason, "Given to Eve: fewest open (0)")
        self.assertTrue(ticket.assigned_at)

    def test_of_those_with_as_few_the_one_without_a_new_ticket_longest_gets_it(self):
        tickets = self._create_tickets(3)
        self.assertEqual(tickets.user_id, self.people)
        second = tickets[1].user_id
        tickets._move_to_phase("resolved")
        (tickets.filtered(lambda t: t.user_id == second)).action_close()
        self.assertEqual(self._create_tickets(1).user_id, tickets[0].user_id)

    def test_tickets_of_other_teams_count(self):
        other = self._create_team()
        self._create_tickets(2, team_id=other.id, user_id=self.ann.id)
        self.assertNotIn(self.ann, self._create_tickets(4).user_id)

    def test_resolved_tickets_do_not_count(self):
        done = self._create_tickets(2, user_id=self.ann.id)
        self._create_tickets(1, user_id=(self.bob).id)
        self._create_tickets(1, user_id=(self.eve).id)
        done._move_to_phase("resolved")
        self.assertEqual(self._create_tickets(1).user_id, self.ann)

    def test_in_turn_each_gets_as_many_whatever_they_have(self):
        self.team.assignment_method = "round_robin"
        self._create_tickets(5, user_id=self.ann.id)
        first = self._create_tickets(3)
        self.assertEqual(first.user_id, self.people)
        self.assertEqual(
            self._create_tickets(3).mapped("user_id.id"), first.mapped("user_id.id")
        )
        self.assertIn("next in turn", first[0].assignment_reason)

    def test_the_reason_stays_however_long_it_takes(self):
        with freeze_time(MONDAY, auto_tick_seconds=3):
            ticket = self._create_tickets(1)
            self.env.flush_all()
        self.assertTrue(ticket.assignment_reason)

    def test_a_person_that_is_named_keeps_the_ticket(self):
        ticket = self._create_tickets(1, user_id=self.agent.id)
        self.assertEqual(ticket.user_id, self.agent)
        self.assertFalse(ticket.assignment_reason)
        self.assertTrue(ticket.assigned_at)

    def test_the_reason_goes_when_somebody_else_is_chosen_by_hand(self):
        ticket = self._create_tickets(1)
        with freeze_time("2026-11-23 10:00:00"):
            ticket.user_id = self.agent
            self.env.flush_all()
        self.assertFalse(ticket.assignment_reason)
        self.assertEqual(ticket.assigned_at, datetime(2026, 11, 23, 10))
        self.assertEqual(len(ticket.assignment_ids), 1)

    def test_having_a_ticket_is_not_having_taken_it(self):
        ticket = self._create_tickets(1)
        log = ticket.stage_log_ids
        self.assertEqual(log.user_id, ticket.user_id)
        self.assertFalse(ticket.taken_at or log.taken_at)

    # -- when ---------------------------------------------------------------

    def test_a_new_team_gives_a_ticket_to_somebody_of_its_own(self):
        ticket = self.tickets.create(self._prepare_ticket(user_id=self.agent.id))
        ticket.team_id = self.team
        self.assertIn(ticket.user_id, self.people)

    def test_who_is_in_the_new_team_too_keeps_the_ticket(self):
        ticket = self._create_ticket(user_id=self.eve.id)
        self._create_tickets(3, user_id=self.eve.id)
        ticket.team_id = self.team
        self.assertEqual(ticket.user_id, self.eve)

    def test_a_stage_with_a_team_gives_the_ticket_to_somebody_of_it(self):
        process = self._create_process(
            ("New", "received"), ("Work", "in_progress"), ("Done", "closed")
        )
        new, work, _done = process.stage_ids
        work.team_id = self.team
        route = self._create_route(new, work)
        self._create_route(work, process.stage_ids[2])
        ticket_type = self._create_type(process, company_id=self.company.id)
        ticket = self._create_ticket(type_id=ticket_type.id)
        self.assertFalse(ticket.user_id)
        ticket.action_route(route)
        self.assertIn(ticket.user_id, self.people)

    def test_closed_tickets_are_left_alone(self):
        self.team.assignment_method = "manual"
        ticket = self._create_tickets(1)
        ticket.action_close()
        self.team.assignment_method = "least_loaded"
        self._run_job()
        self.assertFalse(ticket.user_id)

    def test_who_puts_a_ticket_back_does_not_get_it_again(self):
        ticket = self._create_tickets(1)
        had = self.env["res.users"]
        for _person in self.people:
            person = ticket.user_id
            self.assertNotIn(person, had)
            had |= person
            ticket.with_user(person).action_put_back()
        self.assertFalse(ticket.user_id)
        self.assertIn("has put it back", ticket.assignment_problem)
        ticket.user_id = self.ann
        self.assertFalse(ticket.assignment_problem)

    # -- capacity -----------------------------------------------------------

    def test_nobody_gets_more_than_they_may_have(self):
        self.people.service_capacity = 2
        tickets = self._create_tickets(8)
        counts = [
            len(tickets.filtered(lambda t, u=u: t.user_id == u)) for u in self.people
        ]
        self.assertEqual(counts, [2, 2, 2])
        left = tickets.filtered(lambda t: not t.user_id)
        self.assertEqual(left.mapped("assignment_problem_code"), ["full", "full"])
        self.assertIn("as many open tickets as they may", left[0].assignment_problem)

    def test_a_ticket_that_waits_goes_to_whoever_has_room_again(self):
        self.people.service_capacity = 1
        tickets = self._create_tickets(4)
        waiting = tickets.filtered(lambda t: not t.user_id)
        self._forget_planned()
        done = tickets[0]
        done.with_user(done.user_id)._move_to_phase("resolved")
        self.assertTrue(self._get_planned())
        self._run_job()
        self.assertEqual(waiting.user_id, done.user_id)
        self.assertFalse(waiting.assignment_problem_code)
        self.assertTrue(waiting.assignment_ids)

    def test_nothing_is_woken_when_nothing_waits(self):
        ticket = self._create_tickets(1)
        self._forget_planned()
        ticket._move_to_phase("resolved")
        self.assertFalse(self._get_planned())

    def test_urgent_tickets_are_given_first_then_old_ones(self):
        self.people.service_capacity = 1
        self.team.assignment_method = "manual"
        old = self._create_tickets(3)
        urgent = self._create_tickets(1, priority="3")
        self.team.assignment_method = "least_loaded"
        self._run_job()
        self.assertTrue(urgent.user_id)
        self.assertEqual(old.mapped(lambda t: bool(t.user_id)), [True, True, False])

    def test_a_supervisor_sets_capacity_from_the_team(self):
        team = self.team.with_env(self._as(self.supervisor))
        form = Form(team)
        with form.team_member_ids.edit(0) as line:
            line.capacity = 3
        form.save()
        self.assertEqual(sorted(self.people.mapped("service_capacity")), [0, 0, 3])

    def test_only_supervisors_set_capacity(self):
        member = self.team.team_member_ids[0]
        with self.assertRaises(AccessError):
            member.with_user(self.agent).capacity = 3
        with self.assertRaises(AccessError):
            member.with_user(self.ann).capacity = 3
        with self.assertRaises(AccessError):
            self.ann.with_user(self.supervisor).service_capacity = 3

    def test_another_company_does_not_set_capacity(self):
        stranger = self._create_user(
            "supervisor", self.other_company, login="their_supervisor"
        )
        with self.assertRaises(AccessError):
            self.team.team_member_ids[0].with_user(stranger).capacity = 3

    # -- hours --------------------------------------------------------------

    def test_outside_the_hours_the_ticket_waits_until_they_begin(self):
        with freeze_time(SUNDAY):
            ticket = self._create_tickets(1)
            self.assertFalse(ticket.user_id)
            self.assertEqual(ticket.assignment_problem_code, "absent")
            text = ticket.with_context(tz="Europe/Rome").assignment_problem
        self.assertEqual(
            text, "Nobody in the team “Team” is at work. Next: Monday 08:00."
        )
        self.assertIn(datetime(2026, 11, 23, 7), self._get_planned())
        with freeze_time("2026-11-23 07:00:00"):
            self._run_job()
        self.assertIn(ticket.user_id, self.people)

    def test_the_next_start_is_planned_once(self):
        with freeze_time(SUNDAY):
            for _night in range(3):
                self._create_tickets(1)
        self.assertEqual(self._get_planned().count(datetime(2026, 11, 23, 7)), 1)

    def test_people_work_by_the_hours_of_their_employee(self):
        self._create_employee(self.ann, self._create_calendar(8, 12))
        self._create_employee(self.bob, self._create_calendar(12, 17))
        self._create_employee(self.eve, self._create_calendar(12, 17))
        self.assertEqual(self._create_tickets(4).user_id, self.ann)
        with freeze_time("2026-11-23 13:00:00"):
            self.assertEqual(self._create_tickets(4).user_id, self.bob | self.eve)

    def test_time_off_is_respected(self):
        employee = self._create_employee(self.ann)
        self._create_leave(
            "2026-11-22 23:00:00",
            "2026-11-23 23:00:00",
            resource_id=employee.resource_id.id,
            calendar_id=self.calendar.id,
        )
        self.assertEqual(self._create_tickets(6).user_id, self.bob | self.eve)
        with freeze_time("2026-11-24 09:00:00"):
            self.assertEqual(self._create_tickets(3).user_id, self.ann)

    def test_holidays_are_respected_by_all(self):
        self._create_employee(self.ann)
        self._create_leave("2026-11-22 23:00:00", "2026-11-23 23:00:00")
        ticket = self._create_tickets(1)
        self.assertEqual(ticket.assignment_problem_code, "absent")
        self.assertEqual(ticket.assignment_details["next"], "2026-11-24 07:00:00")

    def test_holidays_of_another_company_do_not_matter(self):
        leave = self._create_leave("2026-11-22 23:00:00", "2026-11-23 23:00:00")
        leave.company_id = self.other_company
        self.assertTrue(self._create_tickets(1).user_id)

    def test_flexible_people_work_in_the_hours_of_the_team(self):
        employee = self._create_employee(self.ann)
        employee.resource_calendar_id = False
        self.team.member_ids = self.ann
        self.assertEqual(self._create_tickets(1).user_id, self.ann)
        with freeze_time(NIGHT):
            ticket = self._create_tickets(1)
            self.assertEqual(ticket.assignment_problem_code, "absent")
        self._create_leave(
            "2026-11-22 23:00:00",
            "2026-11-23 23:00:00",
            resource_id=employee.resource_id.id,
        )
        self.assertFalse(self._create_tickets(1).user_id)

    def test_who_left_gets_nothing(self):
        self._create_employee(self.ann).active = False
        self.bob.active = False
        self.assertEqual(self._create_tickets(4).user_id, self.eve)

    def test_who_comes_later_is_told_when_those_present_are_full(self):
        self._create_employee(self.bob, self._create_calendar(12, 17))
        (self.ann | self.eve).service_capacity = 1
        left = self._create_tickets(3).filtered(lambda t: not t.user_id)
        self.assertEqual(left.assignment_problem_code, "full")
        self.assertEqual(left.assignment_details["next"], "2026-11-23 11:00:00")
        with freeze_time("2026-11-23 11:00:00"):
            self._run_job()
        self.assertEqual(left.user_id, self.bob)

    def test_people_of_other_companies_get_nothing(self):
        self.team.write({"company_id": False, "resource_calendar_id": False})
        self.team.member_ids |= self.stranger
        ours = self._create_tickets(4)
        self.assertNotIn(self.stranger, ours.user_id)
        theirs = self._create_tickets(1, company_id=self.other_company.id)
        self.assertEqual(theirs.user_id, self.stranger)

    def test_an_empty_team_says_so(self):
        self.team.member_ids = False
        self.assertIn("Add one", self._create_tickets(1).assignment_problem)

    def test_the_list_of_members_tells_who_is_there_and_what_they_have(self):
        self._create_tickets(2, user_id=self.ann.id)
        self._create_employee(self.bob, self._create_calendar(12, 17))
        rows = self.team.team_member_ids.with_context(tz="Europe/Rome")
        self.assertEqual(
            [(r.user_id, r.open_ticket_count, r.presence) for r in rows],
            [
                (self.ann, 2, "At work"),
                (self.bob, 0, "Absent until Monday 12:00"),
                (self.eve, 0, "At work"),
            ],
        )

    # -- contention and the job ---------------------------------------------

    def test_while_somebody_else_gives_tickets_it_is_left_to_the_job(self):
        turns = type(self.env["service.assignment.turn"])
        with patch.object(turns, "_lock", return_value=None):
            ticket = self._create_tickets(1)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.assignment_problem_code, "busy")
        self.assertTrue(self._get_planned())
        self._run_job()
        self.assertTrue(ticket.user_id)

    def test_the_button_gives_what_waits(self):
        self.team.assignment_method = "manual"
        tickets = self._create_tickets(4)
        self.team.assignment_method = "least_loaded"
        self.people.service_capacity = 1
        notice = self.team.with_user(self.supervisor).action_distribute()
        self.assertEqual(notice["params"]["message"], "Given: 3. Still waiting: 1.")
        self.assertEqual(len(tickets.filtered("user_id")), 3)

    def test_the_button_refuses_teams_that_assign_by_hand(self):
        self.team.assignment_method = "manual"
        with self.assertRaisesRegex(UserError, "Choose another way"):
            self.team.action_distribute()

    def test_agents_have_no_button(self):
        with self.assertRaises(AccessError):
            self.team.with_user(self.agent).action_distribute()

    def test_a_new_member_gets_tickets(self):
        self.team.member_ids = [Command.set(self.agent.ids)]
        self.assertEqual(self._create_tickets(1).user_id, self.agent)

    def test_tickets_that_cannot_be_given_are_listed(self):
        self.people.service_capacity = 1
        tickets = self._create_tickets(4)
        waiting = tickets.filtered(lambda t: not t.user_id)
        listed = [("assignment_problem", "!=", False), ("id", "in", tickets.ids)]
        self.assertEqual(self.tickets.search(listed), waiting)
        self.assertEqual(self.team.problem_ticket_count, 1)
        action = self.team.action_open_problems()
        self.assertEqual(action["context"]["search_default_team_id"], self.team.id)

    def test_the_reason_is_told_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("it_IT")
        with freeze_time(SUNDAY):
            ticket = self._create_tickets(1)
            text = ticket.with_context(lang="it_IT", tz="UTC").assignment_problem
        self.assertIn("lunedì 07:00", text)

    # -- mail ---------------------------------------------------------------

    def _count_notices(self, tickets):
        return self.env["mail.message"].search_count(
            [
                ("model", "=", "service.ticket"),
                ("res_id", "in", tickets.ids),
                ("message_type", "=", "user_notification"),
            ]
        )

    def test_whoever_gets_a_ticket_is_told(self):
        self.team = self.team.with_context(tracking_disable=False)
        ticket = self.tickets.with_context(tracking_disable=False).create(
            self._prepare_ticket(team_id=self.team.id)
        )
        self.assertEqual(self._count_notices(ticket), 1)
        self.assertIn(ticket.user_id.partner_id, ticket.message_partner_ids)

    def test_an_import_sends_no_message_for_each_ticket(self):
        tickets = self.tickets.with_context(tracking_disable=False).create(
            [self._prepare_ticket(team_id=self.team.id)] * 30
        )
        self.assertEqual(tickets.user_id, self.people)
        self.assertEqual(self._count_notices(tickets), 0)
