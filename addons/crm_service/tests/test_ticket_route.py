# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTicketRoute(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._create_process(
            ("New", "received"), ("Work", "in_progress"), ("End", "closed")
        )
        cls.new, cls.work, cls.end = cls.process.stage_ids
        cls.go = cls._create_route(cls.new, cls.work)
        cls._create_route(cls.work, cls.end)
        cls.type = cls._create_type(cls.process)

    def _ticket(self, **values):
        return self._create_ticket(type_id=self.type.id, **values)

    # -- what a route does --------------------------------------------------------

    def test_a_route_gives_the_ticket_to_a_person_with_tags(self):
        tags = self.env["crm.tag"].create([{"name": "Hot"}, {"name": "Old"}])
        team = self._create_team()
        self.go.write(
            {
                "user_id": self.supervisor.id,
                "team_id": team.id,
                "tag_ids": [Command.link(tags[0].id)],
            }
        )
        ticket = self._ticket(user_id=self.agent.id, tag_ids=[Command.link(tags[1].id)])
        ticket.with_user(self.agent).action_route(self.go.id)
        self.assertRecordValues(
            ticket, [{"user_id": self.supervisor.id, "team_id": team.id}]
        )
        self.assertEqual(ticket.tag_ids, tags)

    def test_the_history_tells_the_way(self):
        ticket = self._ticket()
        ticket.action_route(self.go, reason="  It is urgent ")
        first, second = ticket.stage_log_ids.sorted("id")
        self.assertRecordValues(
            first + second,
            [
                {"from_stage_id": False, "route_id": False, "reason": False},
                {
                    "from_stage_id": self.new.id,
                    "route_id": self.go.id,
                    "reason": "It is urgent",
                },
            ],
        )
        self.assertFalse(second.is_adhoc)

    # -- who may --------------------------------------------------------------------

    def test_only_members_of_its_groups_see_and_press_a_button(self):
        self.go.group_ids = self.env.ref("crm_service.group_service_supervisor")
        ticket = self._ticket()
        theirs = ticket.with_user(self.agent)
        self.assertFalse(theirs.available_route_ids)
        self.assertEqual(ticket.with_user(self.supervisor).available_route_ids, self.go)
        self.assertFalse(theirs.route_buttons)
        with self.assertRaises(UserError):
            theirs.action_route(self.go.id)
        with self.assertRaises(UserError):
            theirs.phase = "in_progress"
        ticket.with_user(self.supervisor).action_route(self.go.id)
        self.assertEqual(ticket.stage_id, self.work)

    def test_an_automatic_route_asks_for_no_group(self):
        self.go.write(
            {
                "mode": "automatic",
                "group_ids": self.env.ref("crm_service.group_service_manager").ids,
                "domain": "[('priority', '=', '3')]",
            }
        )
        ticket = self._ticket()
        ticket.with_user(self.agent).priority = "3"
        self.assertEqual(ticket.stage_id, self.work)

    # -- questions ------------------------------------------------------------------

    def test_a_button_without_question_goes_on_at_once(self):
        ticket = self._ticket().with_user(self.agent)
        self.assertIs(ticket.action_ask_route(self.go.id), True)
        self.assertEqual(ticket.stage_id, self.work)

    def test_a_button_asks_and_goes_on_with_the_answers(self):
        self.go.question = "reason_person"
        ticket = self._ticket().with_user(self.agent)
        action = ticket.action_ask_route(self.go.id)
        self.assertEqual(ticket.stage_id, self.new)
        wizard = self.env[action["res_model"]].with_user(self.agent)
        with Form(wizard.with_context(**action["context"])) as form:
            form.reason = "She knows it"
            form.user_id = self.supervisor
        form.record.action_confirm()
        self.assertEqual(ticket.stage_id, self.work)
        self.assertEqual(ticket.user_id, self.supervisor)
        self.assertEqual(ticket.stage_log_ids.sorted("id")[-1].reason, "She knows it")

    def test_a_question_must_be_answered(self):
        ticket = self._ticket().with_user(self.agent)
        for question, answers in (
            ("reason", {}),
            ("reason", {"reason": "  "}),
            ("person", {"reason": "x"}),
            ("reason_person", {"reason": "x"}),
            ("reason_person", {"user_id": self.supervisor.id}),
            ("person", {"user_id": -1}),
        ):
            self.go.question = question
            with self.subTest(question=question, answers=answers):
                with self.assertRaises(UserError):
                    ticket.action_route(self.go.id, **answers)
                self.assertEqual(ticket.stage_id, self.new)

    def test_only_somebody_who_works_here_takes_over(self):
        self.go.question = "person"
        ticket = self._ticket().with_user(self.agent)
        portal = self.env.ref("base.public_user")
        for person in (self.stranger, portal):
            with self.subTest(person.login), self.assertRaises(UserError):
                ticket.action_route(self.go.id, user_id=person.id)

    def test_a_question_is_not_passed_by_dragging_a_card(self):
        self.go.question = "reason"
        ticket = self._ticket()
        for values in ({"phase": "in_progress"}, {"stage_id": self.work.id}):
            with self.assertRaisesRegex(UserError, "asks a question"):
                ticket.with_user(self.agent).write(values)
        ticket.write({"phase": "in_progress"})  # the system itself is not asked
        self.assertEqual(ticket.stage_id, self.work)

    def test_nobody_asks_for_somebody_else(self):
        self.go.question = "reason"
        ticket = self._ticket()
        question = self.env["service.route.question"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            question.create(
                {"ticket_id": ticket.id, "route_id": self.go.id, "reason": "x"}
            ).action_confirm()
        self.assertEqual(ticket.stage_id, self.new)

    def test_giving_up_is_never_the_next_step(self):
        ticket = self._create_ticket()
        gone = ticket.available_route_ids.filtered(
            lambda route: route.to_stage_id.phase == "cancelled"
        )
        self.assertTrue(gone)
        self.assertNotEqual(ticket._get_next_route(), gone)
        self.assertTrue(ticket.route_buttons[-1]["is_cancel"])
