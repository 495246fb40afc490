# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestProcessVersion(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._create_process(("New", "received"), ("End", "closed"))
        cls.new, cls.end = cls.process.stage_ids
        cls.route = cls._create_route(cls.new, cls.end)

    def _published(self):
        self.process.action_publish()
        self.type = self._create_type(self.process)
        return self.process

    def _used(self):
        process = self._published()
        self.ticket = self._create_ticket(type_id=self.type.id)
        return process

    # -- publishing -------------------------------------------------------------

    def test_publishing_notes_when(self):
        self.assertEqual(self.process.state, "draft")
        self.process.with_user(self.manager).action_publish()
        self.assertEqual(self.process.state, "published")
        self.assertTrue(self.process.published_at)

    def test_publishing_twice_is_refused(self):
        self.process.action_publish()
        with self.assertRaisesRegex(UserError, "published already"):
            self.process.action_publish()

    def test_only_managers_publish(self):
        for user in (self.agent, self.supervisor):
            with self.assertRaises(AccessError):
                self.process.with_user(user).action_publish()

    def test_the_state_is_set_by_buttons_only(self):
        for values in ({"state": "published"}, {"published_at": "2020-01-01"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.process.with_user(self.manager).write(values)
        with self.assertRaises(UserError):
            self._create_process(code="other", state="published")

    def test_a_type_publishes_the_draft_it_is_given(self):
        self.repair.process_id = self.process
        self.assertEqual(self.process.state, "published")

    def test_types_follow_the_version_that_is_published(self):
        old = self._used()
        new = old.copy()
        self.assertEqual((new.state, new.version), ("draft", 2))
        self.assertEqual(self.type.process_id, old)
        new.action_publish()
        self.assertEqual(self.type.process_id, new)
        self.assertEqual(old.state, "retired")
        self.assertEqual(self.ticket.process_id, old)
        self.ticket.action_route(self.route)
        self.assertEqual(self.ticket.stage_id, self.end)
        later = self._create_ticket(type_id=self.type.id)
        self.assertEqual(later.stage_id.process_id, new)

    def test_a_retired_version_is_not_given_to_a_type(self):
        old = self._used()
        old.copy().action_publish()
        with self.assertRaisesRegex(ValidationError, "retired"):
            self.repair.process_id = old

    def test_an_older_version_may_be_published_again(self):
        old = self._used()
        new = old.copy()
        new.action_publish()
        old.action_publish()
        self.assertEqual(self.type.process_id, old)
        self.assertEqual(new.state, "retired")

    def test_companies_have_versions_of_their_own(self):
        self._published()
        own = self.process.copy({"company_id": self.company.id})
        own.action_publish()
        self.assertEqual(self.process.state, "published")
        self.assertEqual(self.type.process_id, self.process)

    def test_a_version_that_types_use_is_not_retired(self):
        process = self._published()
        with self.assertRaisesRegex(UserError, "These ticket types use"):
            process.action_retire()
        self.type.process_id = self.repair.process_id
        process.action_retire()
        self.assertEqual(process.state, "retired")

    def test_only_a_version_that_nobody_follows_becomes_a_draft_again(self):
        process = self._published()
        with self.assertRaisesRegex(UserError, "These ticket types use"):
            process.action_draft()
        ticket = self._create_ticket(type_id=self.type.id)
        self.type.process_id = self.repair.process_id
        with self.assertRaisesRegex(UserError, "New Version"):
            process.action_draft()
        other = process.copy()
        other.action_publish()
        other.action_draft()
        self.assertEqual((other.state, other.published_at), ("draft", False))
        self.assertEqual(ticket.process_id, process)

    def test_a_new_version_is_a_whole_copy(self):
        self.new.write(
            {
                "required_field_ids": [
                    (4, self.env.ref("crm_service.field_service_ticket__site_id").id)
                ],
                "check_ids": [(0, 0, {"name": "Look"}), (0, 0, {"name": "Listen"})],
            }
        )
        self.route.group_ids = self.env.ref("crm_service.group_service_manager")
        action = self.process.with_user(self.manager).action_new_version()
        new = self.env["service.process"].browse(action["res_id"])
        first = new.stage_ids[0]
        self.assertEqual(first.required_field_ids, self.new.required_field_ids)
        self.assertEqual(first.check_ids.mapped("name"), ["Look", "Listen"])
        self.assertEqual(new.route_ids.group_ids, self.route.group_ids)
        self.assertEqual(self.process.version_count, 2)

    # -- what tickets follow stays ------------------------------------------------

    def test_the_structure_that_tickets_follow_is_locked(self):
        self._used()
        check = {"name": "Look", "stage_id": self.new.id}
        field = self.env.ref("crm_service.field_service_ticket__site_id")
        changes = {
            "phase": lambda: self.new.write({"phase": "triage"}),
            "clock": lambda: self.new.write({"clock": "paused"}),
            "order": lambda: self.new.write({"sequence": 5}),
            "archive": lambda: self.end.write({"active": False}),
            "field": lambda: self.new.write({"required_field_ids": [(4, field.id)]}),
            "check": lambda: self.env["service.stage.check"].create(check),
            "stage": lambda: self.new.copy(),
            "route": lambda: self._create_route(self.new, self.end),
            "route archived": lambda: self.route.write({"active": False}),
            "route deleted": lambda: self.route.unlink(),
            "condition": lambda: self.route.write({"domain": "[('id', '=', 1)]"}),
            "mode": lambda: self.route.write({"mode": "automatic"}),
            "code": lambda: self.process.write({"code": "changed"}),
            "version": lambda: self.process.write({"version": 7}),
        }
        for name, change in changes.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "New Version"):
                change()

    def test_what_people_read_stays_editable(self):
        self._used()
        self.new.write(
            {
                "name": "Fresh",
                "instructions": "<p>Look</p>",
                "fold": True,
                "team_id": self._create_team().id,
                "phase": "received",
            }
        )
        self.route.write({"name": "Onwards", "question": "reason", "mode": "manual"})
        self.process.description = "New words"
        self.assertEqual(self.new.name, "Fresh")

    def test_the_structure_of_the_unused_is_free(self):
        self._published()
        self.new.write({"clock": "paused", "sequence": -3})
        self._create_route(self.new, self.end, name="Other way")
        self.assertEqual(len(self.process.route_ids), 2)

    def test_a_version_in_use_is_neither_archived_nor_deleted(self):
        process = self._used()
        with self.assertRaisesRegex(ValidationError, "in use"):
            process.active = False
        with self.assertRaisesRegex(UserError, "must stay"):
            process.unlink()

    def test_a_stage_with_open_tickets_is_not_put_away(self):
        self._used()
        with self.assertRaisesRegex(UserError, "New Version|Open tickets"):
            self.new.active = False
        # also where the structure may be changed, as by an import
        free = self.new.with_context(**self.process._with_structure().env.context)
        with self.assertRaisesRegex(UserError, "Open tickets are in the stage"):
            free.active = False
        self.assertTrue(self.new.active)

    def test_nobody_gets_the_right_to_change_it_by_a_context(self):
        self._used()
        forged = self.new.with_user(self.manager).with_context(
            service_process_structure=True, install_mode=True
        )
        with self.assertRaisesRegex(UserError, "New Version"):
            forged.phase = "triage"

    def test_postgresql_keeps_two_versions_from_being_published_at_once(self):
        self._published()
        other = self.process.copy()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE service_process SET state = 'published' WHERE id = %s",
                [other.id],
            )
