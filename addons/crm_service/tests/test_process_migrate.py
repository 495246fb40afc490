# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ..models import service_ticket_migrate
from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestProcessMigrate(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_process(
            ("New", "received"),
            ("Look", "triage"),
            ("Work", "in_progress"),
            ("End", "closed"),
        )
        cls.new, cls.look, cls.work, cls.end = cls.old.stage_ids
        cls.type = cls._create_type(cls.old)

    def _tickets(self, *stages, **values):
        tickets = self.tickets
        for stage in stages:
            ticket = self._create_ticket(type_id=self.type.id, **values)
            ticket._enter_stage(stage)
            tickets |= ticket
        return tickets

    def _newer(self, **names):
        """Publish a version in which stages of these old names have other ones."""
        process = self.old.copy()
        for stage in process.stage_ids:
            stage.name = names.get(stage.name, stage.name)
        process.action_publish()
        return process

    def _wizard(self, process=None):
        action = (process or self.old).with_user(self.manager).action_migrate()
        wizard = self.env[action["res_model"]].with_user(self.manager)
        return Form(wizard.with_context(**action["context"]))

    def test_open_tickets_move_stage_by_stage(self):
        tickets = self._tickets(self.new, self.look, self.look, self.work, self.end)
        process = self._newer(Look="Inspect")
        with self._wizard() as form:
            self.assertEqual(form.target_id, process)
            self.assertEqual(form.ticket_count, 4)
            self.assertEqual(form.phase_count, 0)
        wizard = form.record
        self.assertEqual(
            [(line.stage_id.name, line.ticket_count) for line in wizard.line_ids],
            [("New", 1), ("Look", 2), ("Work", 1)],
        )
        # by name, else by phase
        self.assertEqual(
            wizard.line_ids.target_stage_id.mapped("name"), ["New", "Inspect", "Work"]
        )
        wizard.action_confirm()
        self.assertEqual(
            tickets.mapped("stage_id.name"), ["New", "Inspect", "Work", "End"]
        )
        self.assertEqual(tickets[:4].process_id, process)
        self.assertEqual(tickets[4].process_id, self.old)
        self.assertEqual(tickets[4].stage_id, self.end)

    def test_tickets_that_went_on_meanwhile_are_not_left_behind(self):
        ticket = self._tickets(self.new, self.look)[0]
        self._newer()
        wizard = self._wizard().save()
        ticket._enter_stage(self.work)
        with self.assertRaisesRegex(UserError, "gone to “Work” meanwhile"):
            wizard.action_confirm()
        self.assertEqual(ticket.process_id, self.old)

    def test_the_preview_tells_whose_phase_changes(self):
        self._tickets(self.look, self.look)
        process = self._newer()
        with self._wizard() as form:
            with form.line_ids.edit(0) as line:
                line.target_stage_id = process.stage_ids[2]
                self.assertTrue(line.changes_phase)
            self.assertEqual(form.phase_count, 2)

    def test_dates_stay_and_the_history_tells(self):
        with freeze_time("2026-03-02 10:00:00"):
            ticket = self._tickets(self.look)
        entered, opened = ticket.stage_entered_at, ticket.opened_at
        number = ticket.number
        self._newer()
        self._wizard().save().action_confirm()
        self.assertEqual(
            (ticket.stage_entered_at, ticket.opened_at, ticket.number),
            (entered, opened, number),
        )
        row = ticket.stage_log_ids.sorted("id")[-1]
        self.assertEqual(row.reason, "Moved to version 2 of the process")
        self.assertEqual(row.from_stage_id, self.look)
        self.assertEqual(row.stage_id, ticket.stage_id)
        self.assertFalse(row.is_adhoc)
        self.assertGreater(row.entered_at, entered)

    def test_required_things_hold_no_ticket_back(self):
        self.look.check_ids = [(0, 0, {"name": "Look twice"})]
        ticket = self._tickets(self.look)
        process = self._newer()
        self._wizard().save().action_confirm()
        self.assertEqual(ticket.process_id, process)
        self.assertEqual([line["done"] for line in ticket.checklist], [False])

    def test_it_is_done_in_batches(self):
        tickets = self._tickets(*[self.look] * 5)
        self._newer()
        model = type(self.tickets)
        with (
            patch.object(service_ticket_migrate, "MIGRATION_BATCH", 2),
            patch.object(
                model, "_migrate_batch", autospec=True, side_effect=model._migrate_batch
            ) as batch,
        ):
            self._wizard().save().action_confirm()
        self.assertEqual(batch.call_count, 3)
        self.assertEqual(len(tickets.filtered(lambda t: t.process_id == self.old)), 0)

    def test_each_stage_needs_a_place_of_the_new_version(self):
        self._tickets(self.look)
        self._newer()
        wizard = self._wizard().save()
        for stage in (self.env["service.stage"], self.work):
            wizard.line_ids.target_stage_id = stage
            with self.assertRaisesRegex(UserError, "Choose where the tickets"):
                wizard.action_confirm()

    def test_only_to_a_published_version_of_the_same_process(self):
        self._tickets(self.look)
        draft = self.old.copy()
        for target in (draft, self.repair.process_id, self.old):
            wizard = self.env["service.process.migrate"].create(
                {"process_id": self.old.id, "target_id": target.id}
            )
            with self.assertRaisesRegex(UserError, "no other published version"):
                wizard.action_confirm()

    def test_tickets_of_companies_one_does_not_work_in_stay(self):
        mine = self._tickets(self.look)
        theirs = self._create_ticket(
            type_id=self.type.id, company_id=self.other_company.id
        )
        process = self._newer()
        wizard = self._wizard().save()
        self.assertEqual((wizard.ticket_count, wizard.hidden_count), (1, 1))
        wizard.action_confirm()
        self.assertEqual(mine.process_id, process)
        self.assertEqual(theirs.process_id, self.old)
        self.assertEqual(theirs.stage_id.process_id, self.old)

    def test_only_managers_migrate(self):
        for user in (self.agent, self.supervisor):
            with self.assertRaises(AccessError):
                self.env["service.process.migrate"].with_user(user).create(
                    {"process_id": self.old.id}
                )
