# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTicketBulk(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.colleague = cls._create_user("agent", login="colleague")
        cls.team = cls._create_team(member_ids=cls.agent.ids)
        cls.other_team = cls._create_team(name="Other", member_ids=cls.colleague.ids)
        cls.three = cls.tickets.create(
            [cls._prepare_ticket(team_id=cls.team.id) for _i in range(3)]
        )

    def _wizard(self, model, user, tickets=None, **values):
        """Open the wizard as the list's action menu does, and fill it in."""
        tickets = tickets or self.three
        context = {"active_model": "service.ticket", "active_ids": tickets.ids}
        form = Form(self.env[model].with_user(user).with_context(**context))
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    # -- reassign -----------------------------------------------------------

    def test_reassigning_gives_all_to_team_and_person(self):
        wizard = self._wizard(
            "service.ticket.reassign",
            self.dispatcher,
            team_id=self.other_team,
            user_id=self.colleague,
            note="Anna is ill",
        )
        wizard.action_apply()
        self.assertEqual(self.three.team_id, self.other_team)
        self.assertEqual(self.three.user_id, self.colleague)
        self.assertFalse(any(self.three.mapped("taken_at")))
        self.assertIn("3 tickets reassigned", wizard.result)
        for ticket in self.three:
            row = ticket.stage_log_ids.filtered(lambda row: not row.left_at)
            self.assertEqual(row.team_id, self.other_team)
            self.assertEqual((row.reason, row.is_handover), ("Anna is ill", True))

    def test_taking_back_keeps_the_notes_of_others(self):
        ticket = self.three[0]
        ticket.with_user(self.dispatcher).action_hand_over(self.agent.id, "Call Ann")
        note = ticket.activity_ids
        wizard = self._wizard(
            "service.ticket.reassign", self.dispatcher, user_id=self.colleague
        )
        wizard.action_apply()
        self.assertEqual(len(self.three.activity_ids), 4)
        wizard.action_undo()
        self.assertEqual(self.three.activity_ids, note)
        self.assertEqual(ticket.user_id, self.agent)

    def test_what_cannot_be_reassigned_is_told_and_the_rest_is_done(self):
        self.three[1].action_close()
        wizard = self._wizard(
            "service.ticket.reassign", self.dispatcher, user_id=self.agent
        )
        wizard.action_apply()
        self.assertEqual(self.three.mapped("user_id"), self.agent)
        self.assertFalse(self.three[1].user_id)
        self.assertIn("2 tickets reassigned", wizard.result)
        self.assertIn(self.three[1].number, wizard.result)
        self.assertIn("Reopen it", wizard.result)

    def test_reassigning_is_taken_back_where_nobody_went_on(self):
        self.three[0].user_id = self.agent
        wizard = self._wizard(
            "service.ticket.reassign", self.dispatcher, team_id=self.other_team
        )
        wizard.action_apply()
        self.assertTrue(wizard.can_undo)
        self.assertFalse(self.three.user_id)
        self.three[2].with_user(self.colleague).action_take()
        wizard.action_undo()
        self.assertEqual(self.three[:2].team_id, self.team)
        self.assertEqual(self.three[0].user_id, self.agent)
        self.assertEqual(self.three[2].team_id, self.other_team)
        self.assertIn("Taken back for 2", wizard.result)
        self.assertIn("gone on", wizard.result)
        self.assertFalse(wizard.can_undo)

    def test_reassigning_needs_a_team_or_a_person_and_a_dispatcher(self):
        with self.assertRaisesRegex(UserError, "a team, a person, or both"):
            self._wizard("service.ticket.reassign", self.dispatcher).action_apply()
        with self.assertRaises(AccessError):
            self._wizard("service.ticket.reassign", self.agent)

    def test_nobody_of_another_company_is_given_tickets(self):
        wizard = self._wizard("service.ticket.reassign", self.dispatcher)
        wizard.user_id = self.stranger
        wizard.action_apply()
        self.assertIn("cannot work on tickets", wizard.result)
        self.assertFalse(self.three.user_id)

    # -- re-route -----------------------------------------------------------

    def test_rerouting_sends_each_process_to_its_stage(self):
        process = self._create_process(("New", "received"), ("Check", "in_progress"))
        other = self._create_ticket(type_id=self._create_type(process).id)
        tickets = self.three | other
        wizard = self._wizard(
            "service.ticket.reroute", self.supervisor, tickets, reason="Storm damage"
        )
        self.assertEqual(
            dict(wizard.line_ids.mapped(lambda r: (r.process_id, r.ticket_count))),
            {self.three.process_id: 3, process: 1},
        )
        stage = self.three._get_stage_of_phase(self.three.process_id, "in_progress")
        for line in wizard.line_ids:
            line.stage_id = (
                process.stage_ids[1] if line.process_id == process else stage
            )
        before = self.three.stage_id
        wizard.action_apply()
        self.assertEqual(self.three.stage_id, stage)
        self.assertEqual(other.stage_id, process.stage_ids[1])
        row = other.stage_log_ids.filtered(lambda row: not row.left_at)
        self.assertEqual((row.reason, row.is_adhoc), ("Storm damage", True))
        wizard.action_undo()
        self.assertEqual(self.three.stage_id, before)

    def test_a_process_without_a_chosen_stage_is_told(self):
        process = self._create_process(("New", "received"), ("Check", "in_progress"))
        other = self._create_ticket(type_id=self._create_type(process).id)
        wizard = self._wizard(
            "service.ticket.reroute", self.supervisor, self.three | other, reason="Why"
        )
        with self.assertRaisesRegex(UserError, "Choose a stage"):
            wizard.action_apply()
        line = wizard.line_ids.filtered(lambda line: line.process_id == process)
        line.stage_id = process.stage_ids[1]
        wizard.action_apply()
        self.assertEqual(other.stage_id, process.stage_ids[1])
        self.assertIn("No stage was chosen", wizard.result)
        self.assertIn("1 tickets re-routed", wizard.result)

    def test_only_supervisors_reroute(self):
        with self.assertRaises(AccessError):
            self._wizard("service.ticket.reroute", self.dispatcher, reason="Why")

    # -- urge, hand over ----------------------------------------------------

    def test_urging_many_tells_which_could_not(self):
        self.team.user_id = self.supervisor
        self.three[0].action_close()
        wizard = self._wizard("service.ticket.urge", self.agent, reason="Again")
        wizard.action_apply()
        self.assertEqual(self.three.mapped("urge_count"), [0, 1, 1])
        self.assertIn("2 tickets urged", wizard.result)
        self.assertIn(self.three[0].number, wizard.result)

    def test_people_of_the_team_are_offered_first(self):
        ticket = self.three[0]
        wizard = self._wizard(
            "service.ticket.handover",
            self.agent,
            ticket,
            user_id=self.agent,
            note="Go on",
        )
        self.assertEqual(wizard.candidate_ids, self.agent)
        wizard.beyond_team = True
        self.assertIn(self.colleague, wizard.candidate_ids)
        self.assertNotIn(self.stranger, wizard.candidate_ids)
        wizard.user_id = self.colleague
        wizard.action_apply()
        self.assertEqual(ticket.user_id, self.colleague)
