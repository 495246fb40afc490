# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestCannedReplies(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._create_partner(name="Ann {{ number }}", lang="en_US")
        cls.ticket = cls._create_ticket(partner_id=cls.customer.id, name="It leaks")

    def _create_reply(self, text, user=None, **values):
        return (
            self.env["mail.canned.response"]
            .with_user(user or self.agent)
            .create({"source": "x", "substitution": text, "is_service": True, **values})
        )

    def _read_reply(self, reply, user=None):
        replies = self.ticket.with_user(user or self.agent).get_canned_replies()
        return next((r for r in replies if r["id"] == reply.id), None)

    def test_placeholders_are_filled_in_once(self):
        reply = self._create_reply(
            "Dear {{customer}}, {{ subject }} ({{ number }}), "
            "unit {{ serial_number }}. {{ agent }}"
        )
        self.assertEqual(
            self._read_reply(reply)["text"],
            "Dear Ann {{ number }}, It leaks "
            f"({self.ticket.number}), unit [serial_number?]. {self.agent.name}",
        )

    def test_an_unknown_placeholder_is_refused_with_the_known_ones(self):
        for text in (
            "Dear {{ custommer }}",
            "{{ object.company_id.partner_id.email }}",
            "{{ object.env['res.users'].search([]) }}",
            "{{ user.password }}",
            "{{ }}",
        ):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, "serial"):
                self._create_reply(text)
        reply = self._create_reply("Dear {{ customer }}")
        with self.assertRaisesRegex(ValidationError, "nobody"):
            reply.substitution = "{{ nobody }}"
        self._create_reply("A price of {{ net }}", is_service=False)

    def test_personal_and_shared_replies(self):
        mine = self._create_reply("Mine")
        shared = self._create_reply("All", is_service_shared=True)
        self.assertTrue(shared.is_shared)
        self.assertIn(
            self.env.ref("crm_service.group_service_technician"), shared.group_ids
        )
        self.assertTrue(self._read_reply(mine))
        self.assertFalse(self._read_reply(mine, self.supervisor))
        self.assertTrue(self._read_reply(shared, self.supervisor))
        with self.assertRaises(AccessError):
            shared.with_user(self._create_user("agent", login="mate")).unlink()
        shared.with_user(self.supervisor).substitution = "Better"
        shared.is_service_shared = False
        self.assertFalse(self._read_reply(shared, self.supervisor))

    def test_replies_in_the_customers_language_fit(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self._create_reply("Bonjour {{ customer }}", lang="fr_FR")
        english = self._create_reply("Hello {{ customer }}", lang="en_US")
        anything = self._create_reply("{{ number }}")
        fits = [self._read_reply(r)["fits"] for r in (french, english, anything)]
        self.assertEqual(fits, [False, True, True])
        self.customer.lang = "fr_FR"
        fits = [self._read_reply(r)["fits"] for r in (french, english, anything)]
        self.assertEqual(fits, [True, False, True])

    def test_the_window_shows_how_a_reply_looks(self):
        model = self.env["mail.canned.response"].with_user(self.agent)
        form = Form(
            model.with_context(service_reply=True),
            "crm_service.mail_canned_response_view_form",
        )
        form.source = "hello"
        form.substitution = "Dear {{ customer }}, {{ nonsense }}"
        form.preview_ticket_id = self.ticket
        self.assertIn("Dear Ann", form.preview)
        self.assertIn("{{ nonsense }}", form.preview)
        with self.assertRaisesRegex(ValidationError, "nonsense"):
            form.save()
        form.substitution = "Dear {{ customer }}"
        self.assertTrue(form.save().is_service)

    def test_replies_speak_of_tickets_that_one_may_read(self):
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.technician).get_canned_replies()
        with self.assertRaises(AccessError):
            self.ticket.with_env(self._as(self.stranger)).get_canned_replies()
