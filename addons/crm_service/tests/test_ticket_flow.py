# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTicketFlow(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._create_process(
            ("New", "received"),
            ("Work", "in_progress"),
            ("Check", "in_progress"),
            ("Fixed", "resolved"),
            ("Gone", "closed"),
        )
        cls.new, cls.work, cls.check, cls.fixed, cls.gone = cls.process.stage_ids
        cls.type = cls._create_type(cls.process)

    def _ticket(self, **values):
        return self._create_ticket(type_id=self.type.id, **values)

    # -- buttons ------------------------------------------------------------

    def test_only_routes_that_leave_here_and_fit_are_offered(self):
        fits = self._create_route(self.new, self.work)
        self._create_route(self.work, self.fixed)
        self._create_route(self.new, self.gone, domain="[('priority', '=', '3')]")
        anywhere = self._create_route(self.env["service.stage"], self.gone, sequence=99)
        ticket = self._ticket()
        self.assertEqual(ticket.available_route_ids, fits | anywhere)
        self.assertEqual(
            ticket.route_buttons,
            [{"id": fits.id, "label": "Go"}, {"id": anywhere.id, "label": "Go"}],
        )

    def test_no_button_from_anywhere_leaves_an_end(self):
        self._create_route(self.env["service.stage"], self.work)
        ticket = self._ticket()
        ticket._enter_stage(self.gone)
        self.assertFalse(ticket.available_route_ids)

    def test_a_button_changes_stage_team_and_priority(self):
        team = self._create_team()
        route = self._create_route(self.new, self.work, team_id=team.id, priority="3")
        ticket = self._ticket()
        ticket.with_user(self.agent).action_route(route.id)
        self.assertRecordValues(
            ticket,
            [{"stage_id": self.work.id, "team_id": team.id, "priority": "3"}],
        )

    def test_a_button_of_another_stage_is_refused(self):
        route = self._create_route(self.work, self.fixed)
        with self.assertRaises(UserError):
            self._ticket().action_route(route)

    def test_a_button_whose_condition_does_not_hold_is_refused(self):
        route = self._create_route(
            self.new, self.work, domain="[('priority', '=', '3')]"
        )
        with self.assertRaises(UserError):
            self._ticket().action_route(route)

    def test_an_unknown_button_is_refused(self):
        with self.assertRaises(UserError):
            self._ticket().action_route(0)

    def test_a_stage_is_written_only_where_a_button_leads(self):
        self._create_route(self.new, self.work)
        ticket = self._ticket().with_user(self.agent)
        with self.assertRaisesRegex(UserError, "it can go to: Work"):
            ticket.write({"stage_id": self.fixed.id})
        ticket.write({"stage_id": self.work.id})
        self.assertEqual(ticket.stage_id, self.work)
        with self.assertRaisesRegex(UserError, "no button"):
            ticket.write({"stage_id": self.fixed.id})

    def test_a_phase_is_written_only_where_a_button_leads(self):
        self._create_route(self.new, self.check)
        ticket = self._ticket().with_user(self.agent)
        ticket.write({"phase": "in_progress"})
        self.assertEqual(ticket.stage_id, self.check)
        with self.assertRaises(UserError):
            ticket.write({"phase": "closed"})

    def test_a_ticket_is_created_in_another_stage_only_by_a_route(self):
        with self.assertRaises(UserError):
            self._ticket(stage_id=self.gone.id)
        self._create_route(self.new, self.work)
        ticket = self._ticket(phase="in_progress")
        self.assertEqual(ticket.stage_id, self.work)
        self.assertEqual(len(ticket.stage_log_ids), 2)

    # -- automatic routes -----------------------------------------------------

    def test_automatic_routes_are_taken_at_creation_in_order(self):
        urgent = "[('priority', '=', '3')]"
        self._create_route(
            self.new, self.work, mode="automatic", domain=urgent, sequence=1
        )
        self._create_route(self.new, self.check, mode="automatic", sequence=2)
        self.assertEqual(self._ticket(priority="3").stage_id, self.work)
        self.assertEqual(self._ticket(priority="0").stage_id, self.check)

    def test_automatic_routes_are_taken_after_a_change(self):
        self._create_route(
            self.new, self.work, mode="automatic", domain="[('user_id', '!=', False)]"
        )
        ticket = self._ticket()
        self.assertEqual(ticket.stage_id, self.new)
        ticket.user_id = self.agent
        self.assertEqual(ticket.stage_id, self.work)

    def test_automatic_routes_go_on_until_none_fits(self):
        for origin, target in (
            (self.new, self.work),
            (self.work, self.check),
            (self.check, self.fixed),
        ):
            self._create_route(origin, target, mode="automatic")
        ticket = self._ticket()
        self.assertEqual(ticket.stage_id, self.fixed)
        self.assertEqual(len(ticket.stage_log_ids), 4)

    def test_a_circle_of_automatic_routes_leaves_the_ticket_and_says_so(self):
        normal = "[('priority', '=', '1')]"
        self._create_route(self.new, self.work, mode="automatic", domain=normal)
        self._create_route(self.work, self.new, mode="automatic", domain=normal)
        ticket = self._ticket(priority="0")
        ticket.write({"priority": "1", "name": "Still written"})
        self.assertRecordValues(
            ticket,
            [{"stage_id": self.new.id, "priority": "1", "name": "Still written"}],
        )
        self.assertEqual(len(ticket.stage_log_ids), 1)
        self.assertIn("in a circle", ticket.message_ids[0].body)

    def test_a_circle_is_told_once_in_each_stay(self):
        normal = "[('priority', '=', '1')]"
        self._create_route(self.new, self.work, mode="automatic", domain=normal)
        self._create_route(self.work, self.new, mode="automatic", domain=normal)
        ticket = self._ticket(priority="0")

        def told():
            return [m for m in ticket.message_ids if "in a circle" in m.body]

        for name in ("First", "Second", "Third"):
            ticket.write({"priority": "1", "name": name})
        self.assertEqual(len(told()), 1)
        ticket._enter_stage(self.fixed)
        ticket._enter_stage(self.new)
        ticket.name = "Fourth"
        self.assertEqual(len(told()), 2)

    def test_a_circle_holds_back_nobody_else(self):
        self._create_route(
            self.new, self.work, mode="automatic", domain="[('priority', '>', '0')]"
        )
        self._create_route(
            self.work, self.new, mode="automatic", domain="[('priority', '=', '1')]"
        )
        tickets = self._ticket(priority="1") | self._ticket(priority="3")
        self.assertEqual(tickets.mapped("stage_id"), self.new | self.work)

    def test_a_condition_that_cannot_be_read_is_refused(self):
        for domain in ("[(", "[('no_field', '=', 1)]", "open('/x')", "7"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self._create_route(self.new, self.work, domain=domain)

    def test_a_route_joins_two_stages_of_its_process(self):
        foreign = self.repair.process_id.stage_ids[0]
        for origin, target in (
            (self.new, self.new),
            (foreign, self.work),
            (self.new, foreign),
        ):
            with self.subTest(origin=origin.name), self.assertRaises(ValidationError):
                self._create_route(origin, target, process_id=self.process.id)

    # -- phases, dates --------------------------------------------------------

    def test_moving_to_a_phase_needs_no_route_and_is_done_once(self):
        tickets = self._ticket() | self._ticket()
        tickets._move_to_phase("in_progress")
        tickets._move_to_phase("in_progress")
        self.assertEqual(tickets.stage_id, self.work)
        self.assertEqual(len(tickets.stage_log_ids), 4)

    def test_moving_to_a_phase_without_stage_does_nothing(self):
        ticket = self._ticket()
        ticket._move_to_phase("waiting_parts")
        self.assertEqual(ticket.stage_id, self.new)

    def test_moving_leaves_closed_tickets_alone(self):
        ticket = self._ticket()
        ticket.action_close()
        ticket._move_to_phase("in_progress")
        self.assertEqual(ticket.phase, "closed")

    def test_closing_goes_by_way_of_resolved_and_sets_the_dates(self):
        ticket = self._ticket()
        with freeze_time("2026-03-02 10:00:00"):
            ticket._move_to_phase("resolved")
        with freeze_time("2026-03-03 10:00:00"):
            ticket.action_close()
        self.assertRecordValues(
            ticket,
            [
                {
                    "phase": "closed",
                    "is_open": False,
                    "resolved_at": fields.Datetime.to_datetime("2026-03-02 10:00:00"),
                    "closed_at": fields.Datetime.to_datetime("2026-03-03 10:00:00"),
                }
            ],
        )

    def test_closing_twice_is_refused(self):
        ticket = self._ticket()
        ticket.action_close()
        with self.assertRaisesRegex(UserError, "closed already"):
            ticket.action_close()

    def test_cancelling_is_not_resolving(self):
        ticket = self._create_ticket()
        ticket.write({"phase": "cancelled"})
        self.assertFalse(ticket.resolved_at)
        self.assertTrue(ticket.closed_at)

    def test_reopening_clears_the_dates_and_is_counted(self):
        ticket = self._ticket()
        for times in (1, 2):
            ticket.action_close()
            ticket.action_reopen()
            self.assertRecordValues(
                ticket,
                [
                    {
                        "phase": "in_progress",
                        "is_open": True,
                        "resolved_at": False,
                        "closed_at": False,
                        "reopen_count": times,
                    }
                ],
            )

    def test_an_open_ticket_is_not_reopened(self):
        with self.assertRaisesRegex(UserError, "still open"):
            self._ticket().action_reopen()

    def test_dates_of_many_tickets_are_kept_apart(self):
        old, new = self._ticket(), self._ticket()
        with freeze_time(fields.Datetime.now() - timedelta(days=5)):
            old._move_to_phase("resolved")
        (old | new).action_close()
        self.assertLess(old.resolved_at, new.resolved_at)
        self.assertEqual(old.closed_at, new.closed_at)

    # -- people, type -----------------------------------------------------------

    def test_taking_makes_responsible_and_checks_the_request(self):
        ticket = self._create_ticket()
        ticket.with_user(self.agent).action_take()
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(ticket.phase, "triage")

    def test_a_closed_ticket_is_not_taken(self):
        ticket = self._ticket()
        ticket.action_close()
        with self.assertRaisesRegex(UserError, "Reopen it"):
            ticket.action_take()

    def test_a_stage_of_another_team_hands_the_ticket_over(self):
        team = self._create_team()
        self.work.team_id = team
        ticket = self._ticket(user_id=self.agent.id)
        ticket._enter_stage(self.work)
        self.assertEqual(ticket.team_id, team)
        self.assertFalse(ticket.user_id)
        ticket.user_id = self.agent
        ticket._enter_stage(self.fixed)
        self.assertEqual(ticket.user_id, self.agent)

    def test_another_type_moves_the_ticket_to_its_process(self):
        ticket = self._create_ticket()
        ticket._move_to_phase("triage")
        number = ticket.number
        ticket.type_id = self.complaint
        self.assertEqual(ticket.process_id, self.complaint.process_id)
        self.assertEqual(ticket.stage_id.process_id, self.complaint.process_id)
        self.assertEqual((ticket.phase, ticket.number), ("triage", number))

    def test_another_type_without_that_phase_starts_again(self):
        ticket = self._create_ticket()
        ticket._move_to_phase("triage")
        ticket.type_id = self.type
        self.assertEqual(ticket.stage_id, self.new)

    def test_a_stage_of_another_process_is_never_entered(self):
        with self.assertRaisesRegex(UserError, "does not belong"):
            self._ticket()._enter_stage(self.repair.process_id.stage_ids[1])
