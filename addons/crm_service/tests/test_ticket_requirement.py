# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTicketRequirement(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._create_process(
            ("New", "received"),
            ("Work", "in_progress"),
            ("End", "closed"),
            ("Gone", "cancelled"),
        )
        cls.new, cls.work, cls.end, cls.gone = cls.process.stage_ids
        cls.go = cls._create_route(cls.new, cls.work)
        cls.finish = cls._create_route(cls.work, cls.end)
        cls.cancel = cls._create_route(cls.env["service.stage"], cls.gone, name="No")
        cls.back = cls._create_route(cls.end, cls.new, name="Again")

    def _ticket(self, **values):
        if self.process.state == "draft":
            self.process.action_publish()
            self.type = self._create_type(self.process)
        return self._create_ticket(type_id=self.type.id, **values)

    def _require_field(self, name="serial_number"):
        field = self.env.ref(f"crm_service.field_service_ticket__{name}")
        self.new.required_field_ids = [Command.link(field.id)]

    def _add_checks(self, *names, **values):
        self.new.check_ids = [Command.create({"name": n, **values}) for n in names]

    # -- fields -----------------------------------------------------------------

    def test_a_field_is_filled_in_before_the_stage_is_left(self):
        self._require_field()
        ticket = self._ticket().with_user(self.agent)
        self.assertIn("Serial Number", ticket.missing_text)
        with self.assertRaisesRegex(UserError, "Fill in: Serial Number"):
            ticket.action_route(self.go.id)
        with self.assertRaisesRegex(UserError, "Fill in: Serial Number"):
            ticket.action_ask_route(self.go.id)
        with self.assertRaisesRegex(UserError, "Fill in: Serial Number"):
            ticket.phase = "in_progress"
        self.assertEqual(ticket.stage_id, self.new)
        ticket.serial_number = "S-1"
        ticket.action_route(self.go.id)
        self.assertEqual(ticket.stage_id, self.work)

    def test_an_empty_text_is_not_filled_in(self):
        self._require_field("description")
        ticket = self._ticket(description="<p><br></p>")
        with self.assertRaisesRegex(UserError, "Description"):
            ticket.action_route(self.go)

    def test_a_field_that_nobody_can_fill_in_is_refused(self):
        for name in ("number", "resolved_at", "stage_log_ids"):
            with self.subTest(name), self.assertRaises(ValidationError):
                self._require_field(name)
        with self.assertRaises(ValidationError):
            self.new.required_field_ids = self.env.ref("base.field_res_partner__name")

    def test_cancelling_and_code_that_knows_ask_for_nothing(self):
        self._require_field()
        self._add_checks("Look")
        ticket = self._ticket()
        ticket.action_route(self.cancel)
        self.assertEqual(ticket.stage_id, self.gone)
        ticket = self._ticket()
        ticket._move_to_phase("in_progress")
        self.assertEqual(ticket.stage_id, self.work)

    def test_closing_asks_for_what_is_missing(self):
        self._require_field()
        ticket = self._ticket()
        with self.assertRaisesRegex(UserError, "Fill in"):
            ticket.action_close()
        self.assertTrue(ticket.is_open)

    def test_an_automatic_route_waits_for_what_is_missing(self):
        self._require_field()
        self._add_checks("Look")
        self.go.mode = "automatic"
        ticket = self._ticket()
        self.assertEqual(ticket.stage_id, self.new)
        ticket.serial_number = "S-1"
        self.assertEqual(ticket.stage_id, self.new)
        ticket.action_tick(ticket.check_ids.id)
        self.assertEqual(ticket.stage_id, self.work)

    # -- checklists ---------------------------------------------------------------

    def test_a_checklist_is_laid_out_and_ticked(self):
        self._add_checks("Look", "Listen")
        ticket = self._ticket().with_user(self.agent)
        self.assertEqual([c["name"] for c in ticket.checklist], ["Look", "Listen"])
        with self.assertRaisesRegex(UserError, "Tick off: Look, Listen"):
            ticket.action_route(self.go.id)
        for check in ticket.check_ids:
            ticket.action_tick(check.id)
        self.assertEqual(ticket.check_ids.done_by_id, self.agent)
        self.assertTrue(all(c["done"] for c in ticket.checklist))
        self.assertEqual(ticket.checklist[0]["by"], self.agent.name)
        ticket.action_route(self.go.id)
        self.assertEqual(ticket.stage_id, self.work)
        self.assertFalse(ticket.checklist)

    def test_a_tick_can_be_taken_off(self):
        self._add_checks("Look")
        ticket = self._ticket().with_user(self.agent)
        ticket.action_tick(ticket.check_ids.id)
        ticket.action_tick(ticket.check_ids.id)
        self.assertRecordValues(
            ticket.check_ids, [{"done_at": False, "done_by_id": False}]
        )

    def test_lines_that_are_not_required_hold_nobody_back(self):
        self._add_checks("Look", required=False)
        ticket = self._ticket()
        self.assertFalse(ticket.missing_text)
        ticket.action_route(self.go)
        self.assertEqual(ticket.stage_id, self.work)

    def test_a_line_of_another_stage_or_ticket_is_not_ticked(self):
        self._add_checks("Look", required=False)
        ticket, other = self._ticket(), self._ticket()
        with self.assertRaises(UserError):
            ticket.action_tick(other.check_ids.id)
        ticket.action_route(self.go)
        with self.assertRaisesRegex(UserError, "has left that stage"):
            ticket.action_tick(ticket.check_ids.id)

    def test_a_reopened_ticket_gets_its_checklist_anew(self):
        self._add_checks("Look")
        ticket = self._ticket()
        ticket.action_tick(ticket.check_ids.id)
        ticket.action_route(self.go)
        ticket.action_route(self.finish)
        ticket.action_route(self.back)
        self.assertEqual(len(ticket.check_ids), 2)
        self.assertEqual([c["done"] for c in ticket.checklist], [False])
        ticket.action_tick(ticket.checklist[0]["id"])
        self.assertEqual(len(ticket.check_ids.filtered("done_at")), 2)

    def test_ticks_last_while_a_ticket_comes_and_goes(self):
        self._add_checks("Look")
        self._create_route(self.work, self.new, name="Back")
        ticket = self._ticket()
        ticket.action_tick(ticket.check_ids.id)
        ticket.action_route(self.go)
        ticket._enter_stage(self.new)
        self.assertEqual(len(ticket.check_ids), 1)
        self.assertTrue(ticket.checklist[0]["done"])

    def test_nobody_writes_ticks_without_the_ticket(self):
        self._add_checks("Look")
        ticket = self._ticket()
        check = ticket.check_ids.with_user(self.manager)
        with self.assertRaises(AccessError):
            check.write({"done_at": "2020-01-01"})
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).write(
                {"check_ids": [Command.update(check.id, {"done_at": "2020-01-01"})]}
            )
        with self.assertRaises(AccessError):
            ticket.check_ids.with_user(self.stranger).read(["name"])

    def test_many_tickets_get_their_checklists_at_once(self):
        self._add_checks("Look", "Listen")
        self._ticket()
        vals_list = [self._prepare_ticket(type_id=self.type.id) for _i in range(50)]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        tickets = self.tickets.create(vals_list)
        self.env.flush_all()
        self.assertLess((self.env.cr.sql_log_count - before) / 50, 1.5)
        self.assertEqual(len(tickets.check_ids), 100)
