# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTicketSub(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._create_process(
            ("New", "received"),
            ("Wait", "in_progress"),
            ("Work", "in_progress"),
            ("End", "closed"),
            ("Gone", "cancelled"),
        )
        cls.new, cls.wait, cls.work, cls.end, cls.gone = cls.process.stage_ids
        cls.wait.waits_for_children = True
        cls.team = cls._create_team(name="Workshop", company_id=False)
        cls.ask = cls._create_route(
            cls.new,
            cls.wait,
            child_type_id=cls.repair.id,
            child_team_id=False,
            child_name="Workshop",
        )
        cls.on = cls._create_route(cls.wait, cls.work, mode="automatic")
        cls.skip = cls._create_route(cls.wait, cls.work, name="Skip", sequence=20)
        cls.again = cls._create_route(cls.work, cls.wait, name="Again")
        cls._create_route(cls.work, cls.end)
        cls.cancel = cls._create_route(cls.env["service.stage"], cls.gone)
        cls.type = cls._create_type(cls.process)

    def _ticket(self, **values):
        return self._create_ticket(type_id=self.type.id, **values)

    def _parent(self, **values):
        ticket = self._ticket(**values)
        ticket.action_route(self.ask)
        return ticket

    def test_a_route_opens_a_sub_ticket_with_its_own_process(self):
        partner = self._create_partner(phone="02 5550 1234")
        asset = self._create_asset(partner_id=partner.id)
        parent = self._parent(partner_id=partner.id, asset_id=asset.id, priority="3")
        child = parent.child_ids
        self.assertRecordValues(
            child,
            [
                {
                    "name": "Workshop: It is broken",
                    "type_id": self.repair.id,
                    "process_id": self.repair.process_id.id,
                    "phase": "received",
                    "company_id": parent.company_id.id,
                    "partner_id": partner.id,
                    "partner_phone": parent.partner_phone,
                    "asset_id": asset.id,
                    "priority": "3",
                    "user_id": False,
                }
            ],
        )
        self.assertNotEqual(child.number, parent.number)
        self.assertEqual(parent.child_progress, "0 of 1 done")

    def test_nothing_of_the_screen_s_defaults_reaches_the_sub_ticket(self):
        parent = self._ticket().with_context(default_user_id=self.agent.id)
        parent.action_route(self.ask)
        self.assertFalse(parent.child_ids.user_id)

    def test_the_parent_waits_and_goes_on_by_itself(self):
        parent = self._parent()
        self.assertEqual(parent.stage_id, self.wait)
        self.assertIn(parent.child_ids.number, parent.missing_text)
        with self.assertRaisesRegex(UserError, parent.child_ids.number):
            parent.action_route(self.skip)
        parent.priority = "3"
        self.assertEqual(parent.stage_id, self.wait)
        parent.child_ids._move_to_phase("resolved")
        self.assertEqual(parent.stage_id, self.work)
        self.assertEqual(parent.child_progress, "1 of 1 done")

    def test_the_parent_waits_for_the_last_one(self):
        parent = self._parent()
        other = self._create_ticket(parent_id=parent.id)
        parent.child_ids[1]._move_to_phase("resolved")
        self.assertEqual(parent.stage_id, self.wait)
        self.assertEqual(parent.open_child_count, 1)
        self.assertEqual(parent.child_progress, "1 of 2 done")
        (parent.child_ids - other)._move_to_phase("resolved")
        other._move_to_phase("cancelled")
        self.assertEqual(parent.stage_id, self.work)

    def test_children_that_end_together_wake_the_parent_once(self):
        parent = self._parent()
        self._create_ticket(parent_id=parent.id)
        parent.child_ids._move_to_phase("resolved")
        self.assertEqual(parent.stage_id, self.work)
        self.assertEqual(len(parent.stage_log_ids), 3)

    def test_an_archived_child_holds_nobody(self):
        parent = self._parent()
        parent.child_ids.active = False
        self.assertEqual(parent.stage_id, self.work)

    def test_cancelling_detours_and_code_that_knows_do_not_wait(self):
        parent = self._parent()
        parent.action_route(self.cancel)
        self.assertEqual(parent.stage_id, self.gone)
        parent = self._parent()
        parent.action_detour(self.end, "The workshop is on strike")
        self.assertEqual(parent.stage_id, self.end)
        parent = self._parent()
        parent._move_to_phase("closed")
        self.assertEqual(parent.stage_id, self.end)

    def test_the_person_need_not_see_the_other_department(self):
        mine = self._create_team(member_ids=self.technician.ids)
        parent = self._ticket(team_id=mine.id)
        self.repair.team_id = self.team
        self.env.flush_all()
        theirs = parent.with_user(self.technician)
        theirs.action_route(self.ask.id)
        child = parent.child_ids
        self.assertEqual(child.team_id, self.team)
        with self.assertRaises(AccessError):
            child.with_user(self.technician).read(["name"])
        self.assertEqual(theirs.child_progress, "0 of 1 done")
        self.assertIn(child.number, theirs.missing_text)

    def test_who_ends_the_sub_ticket_need_not_see_the_parent(self):
        parent = self._parent()
        child = parent.child_ids
        child.team_id = self._create_team(member_ids=self.technician.ids)
        child._move_to_phase("triage")
        route = self.env.ref("crm_service.route_repair_triage_resolved")
        child.with_user(self.technician).action_route(route.id)
        self.assertEqual(parent.stage_id, self.work)

    def test_no_ticket_is_part_of_itself(self):
        one, other = self._ticket(), self._ticket()
        other.parent_id = one
        for parent in (one, other):
            with self.assertRaises(ValidationError):
                one.parent_id = parent

    def test_the_parent_belongs_to_the_same_company(self):
        theirs = self.tickets.with_company(self.other_company).create(
            self._prepare_ticket(company_id=self.other_company.id)
        )
        with self.assertRaises(UserError):
            self._ticket().parent_id = theirs

    def test_sub_tickets_of_sub_tickets_come_to_an_end(self):
        process = self._create_process(
            ("New", "received"), ("Wait", "in_progress"), ("End", "closed"), code="deep"
        )
        new, wait, end = process.stage_ids
        self._create_route(wait, end)
        route = self._create_route(
            new, wait, mode="automatic", domain="[('name', 'ilike', 'deep')]"
        )
        ticket_type = self._create_type(process, code="deep")
        route.child_type_id = ticket_type
        ticket = self._create_ticket(type_id=ticket_type.id, name="deep")
        levels = [ticket]
        while levels[-1].child_ids:
            levels.append(levels[-1].child_ids)
        self.assertEqual(len(levels), 6)
        self.assertEqual(levels[-1].stage_id, new)
        self.assertIn("without an end", levels[-1].message_ids[0].body)
        self.assertEqual(levels[0].stage_id, wait)

    def test_many_tickets_open_their_sub_tickets_at_once(self):
        tickets = self.tickets.create(
            [self._prepare_ticket(type_id=self.type.id) for _i in range(40)]
        )
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        tickets._follow_route(self.ask)
        self.env.flush_all()
        self.assertLess((self.env.cr.sql_log_count - before) / 40, 3)
        self.assertEqual(len(tickets.child_ids), 40)
