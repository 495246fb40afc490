# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import PHASES
from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestProcess(ServiceCommon):
    def test_the_ready_processes_have_a_stage_for_each_phase(self):
        for name in ("process_repair", "process_complaint"):
            process = self.env.ref(f"crm_service.{name}")
            phases = process.stage_ids.mapped("phase")
            self.assertEqual(set(phases), set(dict(PHASES)))

    def test_every_open_stage_of_a_ready_process_leads_to_an_end(self):
        for name in ("process_repair", "process_complaint"):
            process = self.env.ref(f"crm_service.{name}")
            routes = process.route_ids.filtered("from_stage_id")
            reached = process.stage_ids.filtered(lambda s: s.phase == "closed")
            for _step in process.stage_ids:
                reached |= routes.filtered(
                    lambda r, found=reached: r.to_stage_id in found
                ).from_stage_id
            self.assertEqual(reached, process.stage_ids)

    def test_a_version_exists_once(self):
        self._create_process(code="x")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self._create_process(code="x").flush_recordset()

    def test_a_copy_is_the_next_version_with_stages_and_routes(self):
        process = self.repair.process_id
        copy = process.copy()
        self.assertEqual((copy.code, copy.version), ("repair", process.version + 1))
        self.assertEqual(
            copy.stage_ids.mapped("name"), process.stage_ids.mapped("name")
        )
        self.assertEqual(len(copy.route_ids), len(process.route_ids))
        self.assertEqual(copy.route_ids.to_stage_id.process_id, copy)

    def test_tickets_under_way_keep_their_version(self):
        ticket = self._create_ticket()
        self.repair.process_id = self.repair.process_id.copy()
        self.assertNotEqual(ticket.process_id, self.repair.process_id)
        ticket._move_to_phase("triage")
        self.assertEqual(ticket.stage_id.process_id, ticket.process_id)
        self.assertEqual(self._create_ticket().process_id, self.repair.process_id)

    def test_what_is_remembered_follows_every_change(self):
        process = self._create_process(("A", "received"), ("B", "triage"))
        one, other = process.stage_ids
        self.assertEqual(process._get_first_stage(), one)
        one.sequence = 10
        self.assertEqual(process._get_first_stage(), other)
        other.active = False
        self.assertEqual(process._get_first_stage(), one)
        one.unlink()
        self.assertFalse(process._get_first_stage())

    def test_a_stage_stays_in_its_process(self):
        stage = self._create_process(("A", "received")).stage_ids
        with self.assertRaises(UserError):
            stage.process_id = self.repair.process_id

    def test_prefixes_that_are_easily_misread_are_refused(self):
        for prefix in ("LO", "S1", "sr", "ABCDE"):
            with self.subTest(prefix=prefix), self.assertRaises(ValidationError):
                self.repair.number_prefix = prefix

    def test_a_unit_is_no_part_of_itself(self):
        one = self._create_asset()
        other = self._create_asset(serial_number="S-2", parent_id=one.id)
        with self.assertRaises(ValidationError):
            one.parent_id = other

    def test_a_team_counts_its_open_tickets(self):
        team = self._create_team()
        for values in ({}, {"user_id": self.agent.id}, {}):
            self._create_ticket(team_id=team.id, **values)
        self._create_ticket(team_id=team.id).action_close()
        self.assertEqual(team.open_ticket_count, 3)
        self.assertEqual(team.unassigned_ticket_count, 2)
