# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestSavedFilters(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mate = cls._create_user("agent", login="mate")
        cls.team = cls._create_team(member_ids=[Command.set(cls.mate.ids)])

    def _save(self, user=None, **values):
        return (
            self.env["ir.filters"]
            .with_user(user or self.agent)
            .create(
                {
                    "name": "Leaks",
                    "model_id": "service.ticket",
                    "domain": "[('name', 'ilike', 'leak')]",
                    "user_ids": [Command.set((user or self.agent).ids)],
                    **values,
                }
            )
        )

    def _get_filters(self, user):
        filters = self.env["ir.filters"].with_user(user).get_filters("service.ticket")
        return {f["id"]: f for f in filters}

    def test_a_team_finds_what_is_shared_with_it(self):
        saved = self._save(service_team_ids=[Command.set(self.team.ids)])
        self.assertIn(saved.id, self._get_filters(self.agent))
        found = self._get_filters(self.mate)
        self.assertEqual(found[saved.id]["domain"], saved.domain)
        self.assertNotIn(saved.id, self._get_filters(self.supervisor))
        self.team.member_ids |= self.supervisor
        self.assertIn(saved.id, self._get_filters(self.supervisor))
        self.team.member_ids -= self.mate
        self.assertNotIn(saved.id, self._get_filters(self.mate))

    def test_only_its_owner_changes_it(self):
        saved = self._save(service_team_ids=[Command.set(self.team.ids)])
        theirs = saved.with_user(self.mate)
        self.assertEqual(theirs.name, "Leaks")
        for call in (lambda: theirs.write({"name": "x"}), theirs.unlink):
            with self.assertRaises(AccessError):
                call()

    def test_what_a_team_shares_is_not_for_all_the_world(self):
        saved = self._save(
            user_ids=[Command.clear()],
            service_team_ids=[Command.set(self.team.ids)],
        )
        self.assertEqual(saved.user_ids, self.agent)
        self.assertNotIn(saved.id, self._get_filters(self.supervisor))

    def test_a_filter_of_ones_own_is_found_once(self):
        self.team.member_ids |= self.agent
        saved = self._save(service_team_ids=[Command.set(self.team.ids)])
        filters = self.env["ir.filters"].with_user(self.agent)
        found = filters.get_filters("service.ticket")
        self.assertEqual([f["id"] for f in found].count(saved.id), 1)


@tagged("post_install", "-at_install")
class TestManyAtOnce(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.three = cls.tickets.create([cls._prepare_ticket() for _i in range(3)])
        cls.tags = cls.env["crm.tag"].create([{"name": "Test A"}, {"name": "Test B"}])

    def _wizard(self, model, user=None, tickets=None, **values):
        context = {
            "active_model": "service.ticket",
            "active_ids": (tickets or self.three).ids,
        }
        form = Form(
            self.env[model].with_user(user or self.agent).with_context(**context)
        )
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def test_tags_priority_and_watching_and_back(self):
        self.three[0].tag_ids = self.tags[1]
        wizard = self._wizard("service.ticket.update", priority="3", watch="watch")
        wizard.add_tag_ids = self.tags[0]
        wizard.remove_tag_ids = self.tags[1]
        wizard.action_apply()
        self.assertIn("3 tickets changed", wizard.result)
        self.assertEqual(self.three.tag_ids, self.tags[0])
        self.assertEqual(set(self.three.mapped("priority")), {"3"})
        mine = self.three.with_user(self.agent)
        self.assertTrue(all(mine.mapped("is_watched")))
        self.three[2].priority = "0"
        wizard.action_undo()
        self.assertIn("Taken back for 2", wizard.result)
        self.assertIn("gone on", wizard.result)
        self.assertEqual(self.three.mapped("priority"), ["1", "1", "0"])
        self.assertEqual(self.three[0].tag_ids, self.tags[1])
        self.assertFalse(self.three[1].tag_ids)
        self.assertEqual(self.three[2].tag_ids, self.tags[0])
        self.assertEqual(mine.mapped("is_watched"), [False, False, True])

    def test_something_must_be_chosen(self):
        with self.assertRaisesRegex(UserError, "what to change"):
            self._wizard("service.ticket.update").action_apply()

    def test_technicians_change_their_own_only(self):
        self.three[0].user_id = self.technician
        wizard = self._wizard(
            "service.ticket.update", self.technician, self.three[0], priority="2"
        )
        wizard.action_apply()
        self.assertEqual(self.three.mapped("priority"), ["2", "1", "1"])

    def test_closing_many_and_back(self):
        self.three[1]._enter_phase("resolved")
        self.three[2].action_close()
        before = self.three[:2].mapped("stage_id")
        wizard = self._wizard("service.ticket.close", self.supervisor, note="Recall")
        wizard.action_apply()
        self.assertEqual(set(self.three.mapped("phase")), {"closed"})
        self.assertIn("2 tickets closed", wizard.result)
        self.assertIn("closed already", wizard.result)
        wizard.action_undo()
        self.assertEqual(self.three[0].phase, "received")
        self.assertEqual(self.three[2].phase, "closed")
        self.assertIn(self.three[0].stage_id, before)
        self.assertEqual(self.three[0].reopen_count, 0)
        row = self.three[0].stage_log_ids.filtered(lambda row: not row.left_at)
        self.assertEqual((row.reason, row.is_adhoc), ("Closed by mistake", True))

    def test_a_forged_window_takes_nothing_back(self):
        ticket = self.three[0]
        ticket.with_user(self.manager).action_close()
        wizard = self._wizard("service.ticket.close", self.agent)
        wizard.undo_values = {ticket.id: True}
        wizard.action_undo()
        self.assertEqual(ticket.phase, "closed")
        self.assertIn("cannot be taken back", wizard.result)

    def test_agents_close_by_their_buttons_only(self):
        wizard = self._wizard("service.ticket.close", self.agent)
        wizard.action_apply()
        self.assertNotIn("closed", self.three.mapped("phase"))
        with self.assertRaises(AccessError):
            self._wizard("service.ticket.close", self.technician)
