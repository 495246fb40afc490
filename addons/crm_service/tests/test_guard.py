# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon

# What a caller would like the history to say.
FORGED = {
    "default_done_at": "2020-01-01 00:00:00",
    "default_left_at": "2020-01-01 00:00:00",
    "default_actor_name": "Somebody else",
    "default_is_adhoc": True,
    "default_details": {"forged": True},
    "default_seen_at": "2020-01-01 00:00:00",
    "default_lead_seen_at": "2020-01-01 00:00:00",
    "default_is_handover": True,
    "default_reached_at": "2020-01-01 00:00:00",
    "default_first_reached_at": "2020-01-01 00:00:00",
    "default_held_seconds": 3600,
}


@tagged("post_install", "-at_install")
class TestGuard(ServiceCommon):
    """What callers try over RPC to get round the process and their colleagues."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._create_user("agent", login="colleague")
        cls.process = cls._create_process(
            ("New", "received"), ("Work", "in_progress"), ("End", "closed")
        )
        cls.new, cls.work, cls.end = cls.process.stage_ids
        cls.go = cls._create_route(cls.new, cls.work)
        cls.new.check_ids = [Command.create({"name": "Look", "required": False})]
        cls.type = cls._create_type(cls.process)
        cls.team = cls._create_team(member_ids=cls.technician.ids)

    def _ticket(self, **values):
        return self._create_ticket(type_id=self.type.id, **values)

    def _held(self, user=None, **values):
        """Create a ticket that `user` (the agent) has taken."""
        ticket = self._ticket(team_id=self.team.id, **values)
        ticket.with_user(user or self.agent).action_take()
        return ticket

    # -- defaults of the context ----------------------------------------------------

    def _assert_nothing_forged(self, records):
        for record in records:
            for key, value in FORGED.items():
                name = key.removeprefix("default_")
                if name in record._fields:
                    with self.subTest(model=record._name, field=name):
                        self.assertNotEqual(
                            record._fields[name].convert_to_write(record[name], record),
                            record._fields[name].convert_to_cache(value, record),
                        )

    def test_defaults_of_the_context_forge_no_history(self):
        theirs = self.tickets.with_env(self._as(self.agent)).with_context(**FORGED)
        ticket = theirs.create(self._prepare_ticket(type_id=self.type.id))
        ticket.action_take()
        ticket.action_urge("It presses")
        self.assertTrue(ticket.check_ids and ticket.sla_ids and ticket.urge_ids)
        ticket.action_route(self.go.id)
        ticket.team_id = self.team
        found = ticket.sudo()
        self.assertEqual(len(found.stage_log_ids.filtered(lambda r: not r.left_at)), 1)
        self._assert_nothing_forged(
            [*found.check_ids, *found.urge_ids, *found.sla_ids]
            + [row for row in found.stage_log_ids if not row.is_handover]
        )

    def test_defaults_of_the_context_reach_no_customer(self):
        context = {"default_user_id": self.agent.id, "default_city": "Rome"}
        theirs = self.tickets.with_env(self._as(self.agent)).with_context(**context)
        ticket = theirs.create(
            self._prepare_ticket(partner_name="Bea", partner_phone="+39 06 1234 5678")
        )
        partner = ticket.partner_id.sudo()
        self.assertEqual(partner.name, "Bea")
        self.assertFalse(partner.user_id or partner.city)

    # -- state of a version ---------------------------------------------------------

    def test_the_state_of_a_version_is_not_written(self):
        process = self.process.with_user(self.manager)
        for values in (
            {"state": "draft"},
            {"state": "published"},
            {"state": "retired"},
            {"published_at": False},
            {"published_at": "2020-01-01"},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "by its butt"):
                process.write(values)
        self.assertEqual(self.process.state, "published")

    def test_a_new_version_is_a_draft_whatever_the_context_says(self):
        context = {"default_state": "published", "default_published_at": "2020-01-01"}
        model = self.env["service.process"].with_user(self.manager)
        process = model.with_context(**context).create({"name": "N", "code": "forged"})
        self.assertEqual((process.state, process.published_at), ("draft", False))
        with self.assertRaisesRegex(UserError, "by its buttons"):
            model.create({"name": "N", "code": "forged2", "state": "published"})
        model.create({"name": "N", "code": "drafted", "state": "draft"})

    # -- hands ----------------------------------------------------------------------

    def test_only_a_route_that_asks_takes_a_person(self):
        ticket = self._held()
        with self.assertRaisesRegex(UserError, "asks for no person"):
            ticket.with_user(self.colleague).action_route(
                self.go.id, user_id=self.colleague.id
            )
        self.assertEqual((ticket.user_id, ticket.stage_id), (self.agent, self.new))

    def test_a_person_is_not_chosen_for_what_a_colleague_has(self):
        self.go.question = "person"
        ticket = self._held()
        with self.assertRaisesRegex(UserError, "is responsible"):
            ticket.with_user(self.colleague).action_route(
                self.go.id, user_id=self.colleague.id
            )
        self.assertEqual((ticket.user_id, ticket.stage_id), (self.agent, self.new))
        other = self._held()
        other.with_user(self.colleague).action_route(self.go.id, user_id=self.agent.id)
        ticket.with_user(self.agent).action_route(self.go.id, user_id=self.colleague.id)
        self.assertEqual((ticket | other).stage_id, self.work)
        self.assertEqual((ticket | other).user_id, self.colleague | self.agent)

    def test_another_team_does_not_take_away_what_a_colleague_has(self):
        other = self._create_team(name="Mine", member_ids=self.colleague.ids)
        dispatcher = self._create_user("dispatcher")
        for method in ("manual", "round_robin"):
            other.assignment_method = method
            ticket = self._held()
            with self.subTest(method):
                with self.assertRaisesRegex(UserError, "is responsible"):
                    ticket.with_user(self.colleague).team_id = other
                with self.assertRaisesRegex(UserError, "is responsible"):
                    ticket.with_user(self.colleague).write(
                        {"team_id": other.id, "user_id": self.agent.id}
                    )
                self.assertEqual(ticket.team_id, self.team)
                self.assertEqual(ticket.user_id, self.agent)
                ticket.with_user(self.colleague).team_id = self.team
                ticket.with_user(dispatcher).team_id = other
                self.assertEqual(ticket.team_id, other)

    # -- closing and reopening ------------------------------------------------------

    def test_only_supervisors_close_past_the_buttons(self):
        ticket = self._ticket()
        for user in (self.technician, self.agent):
            ticket.user_id = user
            with self.subTest(user.login), self.assertRaises(UserError):
                ticket.with_user(user).action_close()
        self.assertEqual(ticket.stage_id, self.new)
        ticket.with_user(self.supervisor).action_close()
        self.assertEqual(ticket.phase, "closed")

    def test_agents_close_by_the_buttons_that_they_have(self):
        ticket = self._create_ticket()
        ticket._enter_phase("in_progress")
        ticket.with_user(self.agent).action_close()
        self.assertEqual(ticket.phase, "closed")
        rows = ticket.stage_log_ids.sorted("id")[-2:]
        self.assertEqual(rows.mapped("phase"), ["resolved", "closed"])
        self.assertTrue(all(row.route_id for row in rows))

    def test_technicians_reopen_nothing(self):
        ticket = self._ticket(user_id=self.technician.id)
        ticket.action_close()
        with self.assertRaisesRegex(AccessError, "Only agents"):
            ticket.with_user(self.technician).action_reopen()
        self.assertEqual(ticket.phase, "closed")
        ticket.with_user(self.agent).action_reopen()
        self.assertEqual(ticket.phase, "in_progress")

    # -- sub-tickets ----------------------------------------------------------------

    def test_only_agents_make_a_ticket_part_of_another(self):
        parent = self._ticket()
        mine = self._ticket(user_id=self.technician.id)
        theirs = mine.with_user(self.technician)
        with self.assertRaisesRegex(AccessError, "Only agents"):
            theirs.parent_id = parent.id
        own = self._ticket(user_id=self.technician.id)
        with self.assertRaisesRegex(AccessError, "Only agents"):
            own.with_user(self.technician).child_ids = [Command.link(mine.id)]
        self.assertFalse(mine.parent_id)
        mine.with_user(self.agent).parent_id = parent
        self.assertEqual(mine.parent_id, parent)
        theirs.write({"parent_id": parent.id, "name": "The same"})
        with self.assertRaisesRegex(AccessError, "Only agents"):
            theirs.parent_id = False
        self.assertEqual(mine.parent_id, parent)

    def test_a_parent_must_be_open_to_the_writer(self):
        parent = self._create_ticket(company_id=self.other_company.id)
        tickets = self.tickets.with_user(self.agent)
        with self.assertRaises(AccessError):
            tickets.create(self._prepare_ticket(parent_id=parent.id))
        with self.assertRaises(AccessError):
            tickets.with_context(default_parent_id=parent.id).create(
                self._prepare_ticket()
            )
        with self.assertRaises(AccessError):
            tickets.create(self._prepare_ticket()).parent_id = parent.id

    # -- versions -------------------------------------------------------------------

    def test_the_same_type_written_again_keeps_the_version(self):
        ticket = self._ticket()
        newer = self.process.copy()
        newer.action_publish()
        self.assertEqual(self.type.process_id, newer)
        ticket.with_user(self.agent).type_id = self.type
        self.assertEqual((ticket.process_id, ticket.stage_id), (self.process, self.new))
        same_process = self._create_type(newer, name="Other", code="other")
        ticket.with_user(self.agent).type_id = same_process
        self.assertEqual((ticket.process_id, ticket.stage_id), (self.process, self.new))

    def test_who_has_no_right_to_change_a_process_exports_none(self):
        process = self.process.with_user(self.technician)
        with self.assertRaises(AccessError):
            process.export_bpmn()
        with self.assertRaises(AccessError):
            process.action_export_bpmn()
        with self.assertRaises(AccessError):
            process.read(["bpmn_file"])
        self.assertTrue(self.process.with_user(self.manager).bpmn_file)
