# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .sla_common import SlaCommon

MISFITS = (
    "[('partner_id.zip', '>=', 80000)]",
    "[('priority', '=', '3'), ('partner_id.zip', '>=', 80000)]",
    "[('product_id.categ_id.name', '<', 5)]",
    "[('partner_id', 'any', [('zip', '>=', 80000)])]",
    "[('child_ids.name', '>', 5)]",
)
SECRETS = (
    "[('track_key', '=like', 'a%')]",
    "[('user_id.totp_secret', '=like', 'a%')]",
    "['|', ('priority', '=', '3'), ('user_id', 'any', [('totp_secret', '!=', False)])]",
    "[('message_follower_ids.partner_id.user_ids.totp_secret', '!=', False)]",
)
MIXIN = "odoo.addons.crm_service.models.service_condition_mixin"


@tagged("post_install", "-at_install")
class TestCondition(SlaCommon):
    """Conditions of routes and of promises, on what belongs to a ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls._create_process(
            ("New", "received"),
            ("End", "closed"),
            code="draft",
            company_id=cls.company.id,
        )

    def _add_route(self, user, domain):
        new, end = self.draft.stage_ids
        routes = self.env["service.route"].with_user(user)
        return routes.create(
            {
                "name": "Go",
                "process_id": self.draft.id,
                "from_stage_id": new.id,
                "to_stage_id": end.id,
                "domain": domain,
            }
        )

    def _add_policy(self, user, domain):
        return self.policies.with_user(user).create(
            {
                "name": "Promise",
                "company_id": self.company.id,
                "resolution_hours": 1,
                "domain": domain,
            }
        )

    def _break(self, record, domain):
        """Put a condition in the database as an older version let it be saved."""
        record.flush_recordset()
        self.env.cr.execute(
            f"UPDATE {record._table} SET domain = %s WHERE id = %s", [domain, record.id]
        )
        record.invalidate_recordset()
        self.env.registry.clear_cache()

    # -- saving ---------------------------------------------------------------

    def test_conditions_that_fail_on_related_records_are_refused(self):
        for add in (self._add_route, self._add_policy):
            for domain in MISFITS:
                with (
                    self.subTest(add=add.__name__, domain=domain),
                    self.assertRaisesRegex(ValidationError, "cannot be read"),
                ):
                    add(self.manager, domain)

    def test_conditions_on_related_records_are_taken(self):
        for domain in (
            "[('partner_id.zip', '>=', '80000')]",
            "[('partner_id.country_id.code', 'in', ['IT', 'DE'])]",
            "[('product_id.categ_id.name', 'ilike', 'pump')]",
            "[('partner_id', 'child_of', 1)]",
            "[('team_id', '=', False), ('opened_at', '>', '2020-01-01')]",
            "[('partner_id.child_ids.email', '!=', False)]",
            "[('user_id.name', '=', 'Ann')]",
        ):
            with self.subTest(domain=domain):
                self._add_route(self.manager, domain)
                self._add_policy(self.manager, domain)

    def test_a_condition_does_not_look_at_what_its_writer_may_not_read(self):
        for add in (self._add_route, self._add_policy):
            for domain in SECRETS:
                with (
                    self.subTest(add=add.__name__, domain=domain),
                    self.assertRaisesRegex(ValidationError, "not for you to read"),
                ):
                    add(self.manager, domain)
            kept = add(self.manager, "[('name', '!=', 'x')]")
            with self.assertRaisesRegex(ValidationError, "not for you to read"):
                kept.domain = "[('track_key', '!=', False)]"

    # -- at work --------------------------------------------------------------

    def test_a_promise_whose_condition_fails_fits_no_ticket(self):
        policy = self._add_policy(self.env.user, "[('name', '!=', 'x')]")
        self._break(policy, MISFITS[0])
        partner = self._create_partner(zip="80331")
        with self.assertLogs(MIXIN, "WARNING") as log:
            ticket = self._create_sla_ticket(partner_id=partner.id)
        self.assertIn("partner_id.zip", log.output[0])
        self.assertFalse(ticket.sla_policy_id)

    def test_a_route_whose_condition_fails_is_no_next_step(self):
        route = self.process.route_ids[:1]
        self._break(route, MISFITS[0])
        partner = self._create_partner(zip="80331")
        ticket = self._create_sla_ticket(partner_id=partner.id)
        with mute_logger(MIXIN):
            buttons = ticket.available_route_ids
        self.assertTrue(buttons)
        self.assertNotIn(route, buttons)
        self._break(route, "[]")
        ticket.invalidate_recordset()
        self.assertIn(route, ticket.available_route_ids)

    @mute_logger(MIXIN)
    def test_one_ticket_that_fails_leaves_the_others(self):
        policy = self._add_policy(self.env.user, "[('name', '!=', 'x')]")
        self._break(policy, "['|', ('partner_id', '=', False), " + MISFITS[0][1:])
        partner = self._create_partner(zip="80331")
        values = [
            self._prepare_ticket(type_id=self.type.id, partner_id=partner_id)
            for partner_id in (partner.id, False)
        ]
        tickets = self.tickets.create(values)
        self.assertEqual(tickets[1].sla_policy_id, policy)
        self.assertFalse(tickets[0].sla_policy_id)
