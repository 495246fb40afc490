# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTicketWork(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.colleague = cls._create_user("agent", login="colleague")
        cls.team = cls._create_team(member_ids=cls.technician.ids)

    def _held(self, user, **values):
        """Create a ticket that `user` has taken."""
        ticket = self._create_ticket(team_id=self.team.id, **values)
        ticket.with_user(user).action_take()
        return ticket

    def _open_row(self, ticket):
        return ticket.stage_log_ids.filtered(lambda row: not row.left_at)

    # -- take -----------------------------------------------------------------

    def test_taking_starts_the_clock_of_processing(self):
        ticket = self._create_ticket(user_id=self.agent.id)
        self.assertFalse(ticket.taken_at)
        ticket.with_user(self.agent).action_take()
        self.assertTrue(ticket.taken_at)
        row = self._open_row(ticket)
        self.assertEqual((row.user_id, row.taken_at), (self.agent, ticket.taken_at))

    def test_taking_what_one_has_changes_nothing(self):
        ticket = self._held(self.agent)
        rows, taken_at = ticket.stage_log_ids, ticket.taken_at
        ticket.with_user(self.agent).action_take()
        self.assertEqual((ticket.stage_log_ids, ticket.taken_at), (rows, taken_at))

    def test_what_somebody_has_is_not_taken_away(self):
        ticket = self._held(self.agent).with_user(self.colleague)
        with self.assertRaisesRegex(UserError, "test_agent.* is responsible .* Ask"):
            ticket.action_take()
        with self.assertRaisesRegex(UserError, "is responsible"):
            ticket.user_id = self.colleague
        with self.assertRaisesRegex(UserError, "is responsible"):
            ticket.action_put_back()
        with self.assertRaisesRegex(UserError, "is responsible"):
            ticket.action_hand_over(self.colleague.id, "Mine")
        self.assertEqual(ticket.user_id, self.agent)

    def test_a_dispatcher_takes_what_somebody_has(self):
        ticket = self._held(self.agent)
        ticket.with_user(self.dispatcher).action_take()
        self.assertEqual(ticket.user_id, self.dispatcher)
        self.assertEqual(self._open_row(ticket).user_id, self.dispatcher)
        self.assertTrue(self._open_row(ticket).taken_at)

    def test_a_technician_takes_only_what_the_team_has(self):
        other = self._create_ticket(team_id=self._create_team().id)
        with self.assertRaises(AccessError):
            other.with_user(self.technician).action_take()
        self.assertEqual(self._held(self.technician).user_id, self.technician)

    def test_when_it_was_taken_cannot_be_written(self):
        with self.assertRaisesRegex(UserError, "set by the ticket's process"):
            self._create_ticket().with_user(self.agent).taken_at = "2020-01-01"

    # -- put back ---------------------------------------------------------------

    def test_what_is_put_back_waits_for_the_team(self):
        ticket = self._held(self.technician)
        before = self._open_row(ticket)
        ticket.with_user(self.technician).action_put_back()
        self.assertFalse(ticket.user_id or ticket.taken_at)
        row = self._open_row(ticket)
        self.assertTrue(before.left_at and row.is_handover)
        self.assertFalse(row.user_id or row.taken_at)
        self.assertEqual(row.stage_id, before.stage_id)

    def test_only_what_somebody_has_in_a_team_is_put_back(self):
        with self.assertRaisesRegex(UserError, "waits for its team already"):
            self._create_ticket(team_id=self.team.id).action_put_back()
        alone = self._create_ticket(user_id=self.agent.id)
        with self.assertRaisesRegex(UserError, "Choose a team"):
            alone.action_put_back()

    # -- hand over ----------------------------------------------------------------

    def test_who_is_handed_a_ticket_is_told_and_has_it_waiting(self):
        ticket = self._held(self.technician)
        ticket.with_user(self.technician).action_hand_over(self.agent.id, "Call Ann")
        self.assertEqual(ticket.user_id, self.agent)
        row = self._open_row(ticket)
        self.assertEqual((row.user_id, row.taken_at), (self.agent, False))
        activity = ticket.activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("Call Ann", activity.note)
        self.assertIn("Call Ann", ticket.message_ids[:1].body)
        ticket.with_user(self.agent).action_take()
        self.assertFalse(ticket.activity_ids)

    def test_a_technician_may_give_away_the_right_to_see_a_ticket(self):
        ticket = self._create_ticket(user_id=self.technician.id)
        ticket.with_user(self.technician).action_hand_over(self.agent.id, "Not mine")
        self.assertEqual(ticket.user_id, self.agent)

    def test_a_ticket_is_handed_over_with_a_note_to_somebody_who_can(self):
        ticket = self._held(self.agent).with_user(self.agent)
        for note in ("", "  ", None):
            with self.assertRaisesRegex(UserError, "Write a note"):
                ticket.action_hand_over(self.colleague.id, note)
        customer = self.env["res.users"].search([("share", "=", True)], limit=1)
        for person in (self.stranger, customer, self.env.ref("base.public_user")):
            with self.assertRaisesRegex(UserError, "cannot work on tickets"):
                ticket.action_hand_over(person.id, "Please")
        with self.assertRaisesRegex(UserError, "cannot work on tickets"):
            ticket.action_hand_over(0, "Please")

    # -- finish -----------------------------------------------------------------

    def test_finishing_takes_the_first_next_step(self):
        process = self._create_process(("New", "received"), ("End", "closed"))
        new, end = process.stage_ids
        self._create_route(new, end)
        ticket = self._create_ticket(type_id=self._create_type(process).id)
        ticket.with_user(self.agent).action_finish()
        self.assertEqual(ticket.stage_id, end)
        with self.assertRaisesRegex(UserError, "Reopen it"):
            ticket.action_finish()

    def test_finishing_without_next_step_says_so(self):
        process = self._create_process(("New", "received"), ("End", "closed"))
        ticket = self._create_ticket(type_id=self._create_type(process).id)
        with self.assertRaisesRegex(UserError, "no next step"):
            ticket.action_finish()

    # -- what is offered --------------------------------------------------------

    def test_each_person_is_offered_what_they_may_do(self):
        ticket = self._held(self.agent)
        names = ("is_mine", "can_take", "can_put_back", "can_hand_over", "can_finish")
        for user, expected in (
            (self.agent, (True, False, True, True, True)),
            (self.colleague, (False, False, False, False, True)),
            (self.dispatcher, (False, True, True, True, True)),
        ):
            theirs = ticket.with_user(user)
            with self.subTest(user=user.login):
                self.assertEqual(tuple(theirs[name] for name in names), expected)
        mine = self.tickets.with_user(self.agent).search([("is_mine", "=", True)])
        self.assertEqual(mine, ticket)
