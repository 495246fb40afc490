# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ServiceCommon

# Holds no data of anybody: locks on phones and people, closed to all.
WITHOUT_COMPANY = {"service.contact.lock", "service.assignment.turn"}


@tagged("post_install", "-at_install")
class TestSecurity(ServiceCommon):
    def _get_own_models(self):
        """Return the stored models that this add-on defines."""
        records = self.env["ir.model.data"].search(
            [("module", "=", "crm_service"), ("model", "=", "ir.model")]
        )
        names = self.env["ir.model"].browse(records.mapped("res_id")).mapped("model")
        return [
            self.env[name]
            for name in names
            if name.startswith("service.")
            and not self.env[name]._abstract
            and self.env[name]._original_module == "crm_service"
        ]

    def test_every_model_has_an_access_right_for_a_group(self):
        models = self._get_own_models()
        self.assertGreater(len(models), 7)
        for model in models:
            access = self.env["ir.model.access"].search(
                [("model_id.model", "=", model._name)]
            )
            with self.subTest(model=model._name):
                self.assertTrue(access)
                self.assertTrue(all(access.mapped("group_id")))

    def test_every_model_has_a_company_rule_for_everybody(self):
        for model in self._get_own_models():
            if model._name in WITHOUT_COMPANY or model.is_transient():
                continue
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model._name), ("groups", "=", False)]
            )
            with self.subTest(model=model._name):
                self.assertIn("company_id", model._fields)
                self.assertIn("company_ids", " ".join(rules.mapped("domain_force")))

    def test_what_a_wizard_holds_is_its_users_alone(self):
        wizards = [model for model in self._get_own_models() if model.is_transient()]
        self.assertGreater(len(wizards), 7)
        for model in wizards:
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model._name), ("groups", "=", False)]
            )
            with self.subTest(model=model._name):
                self.assertIn("create_uid", " ".join(rules.mapped("domain_force")))

    def test_a_colleagues_open_window_is_neither_read_nor_changed(self):
        ticket = self._create_ticket(user_id=self.technician.id)
        values = {
            "ticket_ids": ticket.ids,
            "user_id": self.agent.id,
            "note": "The door code is 1234",
        }
        handover = self.env["service.ticket.handover"].with_user(self.agent)
        wizard = handover.create(values)
        theirs = wizard.with_user(self.technician)
        self.assertFalse(theirs.search([]))
        for method in (lambda: theirs.read(["note"]), lambda: theirs.write(values)):
            with self.assertRaises(AccessError):
                method()
        self.assertEqual(wizard.note, "The door code is 1234")

    def test_every_index_that_keeps_a_reference_unique_is_there(self):
        for model in self._get_own_models():
            if "external_ref" in model._fields:
                self.assertIn(
                    f"{model._table}_external_ref_unique", model._table_objects
                )

    def test_a_company_sees_nothing_of_another(self):
        ticket = self._create_ticket(partner_name="Ann")
        asset = self._create_asset()
        team = self._create_team()
        for record in (ticket, ticket.stage_log_ids, asset, team):
            theirs = record.with_env(self._as(self.stranger))
            with self.subTest(model=record._name):
                self.assertFalse(theirs.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    theirs.read(["display_name"])
                if record._name != "service.stage.log":
                    with self.assertRaises(AccessError):
                        theirs.write({"active": False})

    def test_a_forged_company_opens_nothing(self):
        ticket = self._create_ticket()
        forged = ticket.with_user(self.stranger).with_context(
            allowed_company_ids=[self.company.id]
        )
        with self.assertRaises(AccessError):
            forged.read(["name"])

    def test_a_ticket_is_not_created_in_another_company(self):
        with self.assertRaises(AccessError):
            self._as(self.stranger)["service.ticket"].create(
                self._prepare_ticket(company_id=self.company.id)
            )

    def test_a_technician_sees_own_tickets_and_those_of_the_team(self):
        team = self._create_team(member_ids=self.technician.ids)
        own = self._create_ticket(user_id=self.technician.id)
        of_team = self._create_ticket(team_id=team.id)
        other = self._create_ticket()
        self.env.flush_all()
        tickets = self.tickets.with_user(self.technician)
        seen = tickets.search([("id", "in", (own | of_team | other).ids)])
        self.assertEqual(seen, own | of_team)
        logs = self.env["service.stage.log"].with_user(self.technician)
        seen = logs.search([("ticket_id", "in", (own | of_team | other).ids)])
        self.assertEqual(seen.ticket_id, own | of_team)

    def test_an_agent_sees_all_tickets_of_the_company(self):
        ticket = self._create_ticket()
        self.assertTrue(ticket.with_user(self.agent).name)

    def test_roles_may_do_what_the_table_says(self):
        table = {
            "service.ticket": ("technician:rw", "agent:rwc", "manager:rwc"),
            "service.process": ("agent:r", "supervisor:r", "manager:rwcd"),
            "service.team": ("agent:r", "supervisor:rwc", "manager:rwcd"),
            "service.asset": ("technician:rw", "agent:rwc", "manager:rwcd"),
            "service.stage.log": ("technician:r", "agent:r", "manager:r"),
            "service.contact.lock": ("agent:", "manager:"),
        }
        letters = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
        for model, rows in table.items():
            for row in rows:
                role, may = row.split(":")
                user = getattr(self, role)
                for letter, operation in letters.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertIs(
                            self.env[model].with_user(user).has_access(operation),
                            letter in may,
                        )

    def test_people_without_a_role_see_no_ticket(self):
        clerk = new_test_user(self.env, "test_clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.tickets.with_user(clerk).search([])

    def test_the_history_is_not_written_by_anybody(self):
        ticket = self._create_ticket()
        logs = ticket.stage_log_ids.with_user(self.manager)
        with self.assertRaises(AccessError):
            logs.write({"left_at": "2020-01-01"})
        with self.assertRaises(AccessError):
            logs.create(ticket._prepare_log_vals())

    def test_administrators_are_managers(self):
        for name in ("base.user_root", "base.user_admin"):
            user = self.env.ref(name)
            self.assertTrue(user.has_group("crm_service.group_service_manager"))
