# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .assignment_common import MONDAY, AssignmentCommon


@tagged("post_install", "-at_install")
@freeze_time(MONDAY)
class TestAssignmentSkill(AssignmentCommon):
    """Ann is an expert in compressors, Bob a beginner; Eve speaks Italian."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assignment_method = "skill"
        cls.trade = cls._create_skill_type("Trade", "Compressors", "Electronics")
        cls.compressors, cls.electronics = cls.trade.skill_ids
        cls.beginner, cls.expert = cls.trade.skill_level_ids.sorted("level_progress")
        cls.language = cls._create_skill_type("Speech", "Italian")
        cls.italian = cls.language.skill_ids
        cls.employees = {user: cls._create_employee(user) for user in cls.people}
        cls._teach(cls.ann, cls.compressors, cls.expert)
        cls._teach(cls.bob, cls.compressors, cls.beginner)
        cls._teach(cls.eve, cls.italian, cls.language.skill_level_ids[0])
        cls.cooling = cls.env["product.category"].create({"name": "Cooling"})
        cls.fridges = cls.env["product.category"].create(
            {"name": "Fridges", "parent_id": cls.cooling.id}
        )
        cls.fridge = cls.env["product.product"].create(
            {"name": "Fridge", "categ_id": cls.fridges.id}
        )

    @classmethod
    def _create_skill_type(cls, name, *skills):
        return cls.env["hr.skill.type"].create(
            {
                "name": name,
                "skill_ids": [Command.create({"name": skill}) for skill in skills],
                "skill_level_ids": [
                    Command.create({"name": "Beginner", "level_progress": 20}),
                    Command.create({"name": "Expert", "level_progress": 90}),
                ],
            }
        )

    @classmethod
    def _teach(cls, user, skill, level, **values):
        return cls.env["hr.employee.skill"].create(
            {
                "employee_id": cls.employees[user].id,
                "skill_id": skill.id,
                "skill_level_id": level.id,
                "skill_type_id": skill.skill_type_id.id,
                "valid_from": "2026-01-01",
                **values,
            }
        )

    @classmethod
    def _create_rule(cls, skill, **values):
        return cls.env["service.skill.rule"].create({"skill_id": skill.id, **values})

    def test_only_who_knows_the_product_gets_the_ticket(self):
        self._create_rule(self.compressors, categ_id=self.cooling.id)
        tickets = self._create_tickets(4, product_id=self.fridge.id)
        self.assertEqual(tickets.user_id, self.ann | self.bob)
        self.assertEqual(
            tickets[-1].assignment_reason,
            f"Given to {tickets[-1].user_id.name}: fewest open (1), knows Compressors",
        )

    def test_other_products_are_for_everybody(self):
        self._create_rule(self.compressors, categ_id=self.fridges.id)
        oven = self.env["product.product"].create(
            {"name": "Oven", "categ_id": self.cooling.id}
        )
        tickets = self._create_tickets(3, product_id=oven.id)
        self.assertEqual(tickets.user_id, self.people)
        self.assertNotIn("knows", tickets[0].assignment_reason)

    def test_the_level_is_respected(self):
        self._create_rule(
            self.compressors, type_id=self.repair.id, level_id=self.expert.id
        )
        tickets = self._create_tickets(3)
        self.assertEqual(tickets.user_id, self.ann)
        self.assertIn("the only one", tickets[0].assignment_reason)

    def test_the_language_of_the_customer_is_respected(self):
        self.env["res.lang"]._activate_lang("it_IT")
        self._create_rule(self.italian, lang="it_IT")
        partner = self._create_partner(lang="it_IT")
        tickets = self._create_tickets(3, partner_id=partner.id)
        self.assertEqual(tickets.user_id, self.eve)
        english = self._create_partner(name="Bob", lang="en_US")
        tickets = self._create_tickets(3, partner_id=english.id)
        self.assertEqual(tickets.user_id, self.ann | self.bob)

    def test_all_skills_are_needed(self):
        self._create_rule(self.compressors, type_id=self.repair.id)
        self._create_rule(self.electronics, categ_id=self.cooling.id)
        self._teach(self.bob, self.electronics, self.beginner)
        tickets = self._create_tickets(2, product_id=self.fridge.id)
        self.assertEqual(tickets.user_id, self.bob)

    def test_a_skill_that_is_missing_is_named(self):
        self._create_rule(self.compressors, type_id=self.repair.id)
        self._create_rule(self.electronics, type_id=self.repair.id)
        ticket = self._create_tickets(1)
        self.assertEqual(
            ticket.assignment_problem,
            "Nobody in the team “Team” has this at the level needed: Electronics.",
        )

    def test_a_skill_that_has_run_out_does_not_count(self):
        self._create_rule(self.electronics, type_id=self.repair.id)
        old = self._teach(
            self.eve, self.electronics, self.expert, valid_to="2026-11-22"
        )
        self.assertFalse(self._create_tickets(1).user_id)
        old.valid_to = "2026-11-23"
        self.assertEqual(self._create_tickets(1).user_id, self.eve)

    def test_of_two_rules_for_a_skill_the_higher_level_counts(self):
        self._create_rule(self.compressors, type_id=self.repair.id)
        self._create_rule(
            self.compressors, categ_id=self.cooling.id, level_id=self.expert.id
        )
        tickets = self._create_tickets(3, product_id=self.fridge.id)
        self.assertEqual(tickets.user_id, self.ann)

    def test_rules_of_another_company_do_not_matter(self):
        self._create_rule(
            self.electronics,
            categ_id=self.cooling.id,
            company_id=self.other_company.id,
        )
        self.assertTrue(self._create_tickets(1, product_id=self.fridge.id).user_id)

    def test_other_methods_ask_for_no_skill(self):
        self.team.assignment_method = "least_loaded"
        self._create_rule(self.electronics, type_id=self.repair.id)
        self.assertTrue(self._create_tickets(1).user_id)

    def test_who_has_the_skill_but_no_room_keeps_it_waiting(self):
        self._create_rule(self.italian, type_id=self.repair.id)
        self.eve.service_capacity = 1
        tickets = self._create_tickets(2)
        self.assertEqual(tickets.mapped("assignment_problem_code"), [False, "full"])

    def test_a_rule_without_a_condition_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "choose a ticket type"):
            self._create_rule(self.italian)

    def test_a_level_of_another_skill_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "is no level of the skill"):
            self._create_rule(
                self.italian, type_id=self.repair.id, level_id=self.expert.id
            )

    def test_only_managers_say_which_skills_are_needed(self):
        values = {"skill_id": self.italian.id, "type_id": self.repair.id}
        rules = self.env["service.skill.rule"]
        self.assertTrue(rules.with_user(self.manager).create(values))
        with self.assertRaises(AccessError):
            rules.with_user(self.supervisor).create(values)
