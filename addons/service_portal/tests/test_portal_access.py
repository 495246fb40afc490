import contextlib
import inspect

from odoo.exceptions import AccessError, UserError
from odoo.tests import users
from odoo.tools import SQL, mute_logger

from ..const import PORTAL_READABLE_FIELDS
from .common import PHONE, ServicePortalCase

# What can be called from outside, reviewed: add a name only after asking who may
# call it and what it does for them.
PUBLIC_METHODS = {
    "service.api": {"ticket_status"},
    "service.ticket": {"write", "action_tracking_link"},
    "service.ticket.tracking": {"action_send", "action_revoke"},
    "service.track.token": set(),
    "service.throttle": set(),
}

OWN_MODELS = ("service.ticket.tracking", "service.track.token", "service.throttle")


class TestPortalAccess(ServicePortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign_ticket = cls._new_ticket(partner_id=cls.stranger.id)

    @users("portal_odile")
    def test_customer_sees_the_own_company_s_tickets_only(self):
        tickets = self.env["service.ticket"]
        self.assertIn(self.ticket, tickets.search([]))
        self.assertNotIn(self.foreign_ticket, tickets.search([]))
        with self.assertRaises(AccessError):
            self.foreign_ticket.with_env(self.env).read(["number"])

    @users("portal_odile")
    @mute_logger("odoo.models")
    def test_customer_reads_the_allowed_fields_only(self):
        ticket = self.ticket.with_env(self.env)
        for name in ticket._fields:
            with self.subTest(name):
                if name in PORTAL_READABLE_FIELDS:
                    ticket.read([name])
                else:
                    with self.assertRaises(AccessError):
                        ticket.read([name])

    @users("portal_odile")
    @mute_logger("odoo.models")
    def test_customer_cannot_ask_about_private_fields(self):
        tickets = self.env["service.ticket"]
        for call in (
            lambda: tickets.search([("user_id", "!=", False)]),
            lambda: tickets.search([("stage_id.name", "ilike", "a")]),
            lambda: tickets.search([("message_ids.body", "ilike", "a")]),
            lambda: tickets.search([], order="stage_id"),
            lambda: tickets.search([], order="track_key"),
            lambda: tickets.formatted_read_group([], ["user_id"], ["__count"]),
            lambda: tickets.search_read([], ["description"]),
        ):
            with self.assertRaises(AccessError):
                call()

    @users("portal_odile")
    def test_all_that_is_read_without_asking_is_allowed(self):
        values = self.ticket.with_env(self.env).read()[0]
        self.assertLessEqual(set(values), PORTAL_READABLE_FIELDS)

    @users("portal_odile")
    @mute_logger("odoo.models")
    def test_customer_changes_nothing(self):
        ticket = self.ticket.with_env(self.env)
        for name in ("name", "phase", "priority", "partner_id", "user_id"):
            with self.assertRaises(AccessError):
                ticket.write({name: False})
        with self.assertRaises(AccessError):
            ticket.create({"name": "mine"})
        with self.assertRaises(AccessError):
            ticket.unlink()

    @users("portal_odile")
    def test_own_models_are_closed_to_customers(self):
        for name in OWN_MODELS:
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(
                    self.env[name].has_access(operation), (name, operation)
                )

    def test_public_has_no_right_on_anything(self):
        public = self.env.ref("base.public_user")
        for name in (*OWN_MODELS, "service.ticket"):
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(
                    self.env[name].with_user(public).has_access(operation),
                    (name, operation),
                )

    def test_public_methods_are_the_reviewed_ones(self):
        for model, reviewed in PUBLIC_METHODS.items():
            ours = {
                name
                for cls in type(self.env[model]).__mro__
                if cls.__module__.startswith("odoo.addons.service_portal.")
                for name, member in vars(cls).items()
                if inspect.isfunction(member) and not name.startswith("_")
            }
            self.assertEqual(ours, reviewed, model)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_no_public_method_of_a_ticket_lets_a_customer_change_it(self):
        ticket = self.ticket.with_user(self.portal_user)
        before, called = self._snapshot(), set()
        for cls in type(ticket).__mro__:
            if not cls.__module__.startswith("odoo.addons.crm_service."):
                continue
            for name, member in vars(cls).items():
                if name.startswith("_") or not inspect.isfunction(member):
                    continue
                called.add(name)
                self._call_as_somebody_would(ticket, name, member)
        self.assertIn("action_take", called)
        self.assertEqual(self._snapshot(), before)

    def _call_as_somebody_would(self, ticket, name, member):
        """Call a method with a false value for each argument that it asks for."""
        parameters = list(inspect.signature(member).parameters.values())[1:]
        needed = [p for p in parameters if p.default is p.empty and p.kind < 2]
        with contextlib.suppress(Exception), self.env.cr.savepoint():
            getattr(ticket, name)(*[{}] * len(needed))

    def _snapshot(self):
        self.env.flush_all()
        rows = []
        for table in ("service_ticket", "service_stage_log", "service_track_token"):
            query = f"SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t"
            rows += self.env.execute_query(SQL(query))
        return rows

    def test_customer_asks_for_the_own_status_without_a_phone(self):
        api = self.env["service.api"].with_user(self.portal_user)
        self.assertEqual(api.ticket_status(self.ticket.number)["phase"], "received")
        with self.assertRaisesRegex(UserError, "no ticket with this number"):
            api.ticket_status(self.foreign_ticket.number)

    def test_customer_cannot_guess_phones_over_rpc(self):
        self.registry_enter_test_mode()
        api = self.env["service.api"].with_user(self.stranger_user)
        number = self.ticket.number
        for i in range(5):
            with self.assertRaisesRegex(UserError, "no ticket with this number"):
                api.ticket_status(number, f"+3361234567{i}")
        with self.assertRaisesRegex(UserError, "Try again in 15 minutes"):
            api.ticket_status(number, PHONE)
        # staff is not stopped by it
        staff = self.env["service.api"].with_user(self.agent)
        self.assertEqual(staff.ticket_status(number, PHONE)["number"], number)

    def test_right_guesses_over_rpc_do_not_count(self):
        self.registry_enter_test_mode()
        api = self.env["service.api"].with_user(self.stranger_user)
        for _i in range(12):
            self.assertTrue(api.ticket_status(self.ticket.number, PHONE))

    def test_link_of_another_company_is_hidden_from_agents(self):
        other = self.env["res.company"].create({"name": "Another Service"})
        self.ticket._get_track_url()
        links = self.env["service.track.token"].with_user(self.agent)
        self.assertTrue(links.search([("ticket_id", "=", self.ticket.id)]))
        self.agent.write({"company_ids": [(4, other.id)], "company_id": other.id})
        links = links.with_context(allowed_company_ids=other.ids)
        self.assertFalse(links.search([("ticket_id", "=", self.ticket.id)]))
