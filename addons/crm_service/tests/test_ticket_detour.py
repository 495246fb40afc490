# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTicketDetour(ServiceCommon):
    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket()
        self.parts = self.env.ref("crm_service.stage_repair_waiting_parts")

    def test_a_supervisor_sends_a_ticket_anywhere_with_a_reason(self):
        action = self.ticket.with_user(self.supervisor).action_ask_detour()
        wizard = self.env[action["res_model"]].with_user(self.supervisor)
        with Form(wizard.with_context(**action["context"])) as form:
            form.stage_id = self.parts
            form.reason = "The part is known already"
        form.record.action_confirm()
        self.assertEqual(self.ticket.stage_id, self.parts)
        row = self.ticket.stage_log_ids.sorted("id")[-1]
        self.assertTrue(row.is_adhoc)
        self.assertEqual(row.reason, "The part is known already")
        self.assertEqual(row.from_stage_id.phase, "received")
        self.assertFalse(row.route_id)

    def test_others_do_not(self):
        for user in (self.technician, self.agent):
            theirs = self.ticket.with_user(user)
            with self.assertRaisesRegex(AccessError, "Only supervisors"):
                theirs.action_detour(self.parts.id, "I want it")
            with self.assertRaises(AccessError):
                theirs.action_ask_detour()

    def test_a_detour_needs_a_reason_and_another_stage_of_the_process(self):
        foreign = self.env.ref("crm_service.stage_complaint_triage")
        archived = self.parts.with_context(
            **self.parts.process_id._with_structure().env.context
        )
        for stage, reason in (
            (self.parts.id, ""),
            (self.parts.id, "  "),
            (self.parts.id, None),
            (self.ticket.stage_id.id, "Same"),
            (foreign.id, "Other"),
            (0, "None"),
        ):
            with self.subTest(stage=stage, reason=reason):
                with self.assertRaises(UserError):
                    self.ticket.action_detour(stage, reason)
        archived.active = False
        with self.assertRaises(UserError):
            self.ticket.action_detour(self.parts.id, "Put away")
        self.assertEqual(self.ticket.phase, "received")
