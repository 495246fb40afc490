# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..const import LETTER_PURPOSES
from .common import ServiceCommon

PAYLOAD = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestComplaintLetter(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_partner(
            name="Ann Lee", street="Via Roma 1", city="Milano", email="ann@example.com"
        )
        cls.ticket = cls._create_ticket(
            type_id=cls.complaint.id,
            partner_id=cls.partner.id,
            name=f"Cold {PAYLOAD}",
            user_id=cls.agent.id,
        )

    def _open_letter(self, user=None, **values):
        ticket = self._as(user or self.agent)["service.ticket"].browse(self.ticket.id)
        context = ticket.action_open_letter()["context"]
        letters = ticket.env["service.ticket.letter"].with_context(**context)
        return letters.create(values)

    def _get_page(self, report, record):
        reports = record.env["ir.actions.report"]
        html, _kind = reports._render_qweb_html(report, record.ids)
        return html.decode()

    def test_a_letter_begins_with_what_is_due_next(self):
        letters = self._as(self.agent)["service.ticket.letter"]
        with Form(letters.with_context(default_ticket_id=self.ticket.id)) as form:
            self.assertEqual(form.purpose, "acknowledgement")
            self.assertIn(self.ticket.number, form.subject)
            self.assertIn("Ann Lee", form.body)
            form.purpose = "interim"
            self.assertIn("needs more time", form.body)
        self.ticket.action_acknowledge()
        self.assertEqual(self._open_letter().purpose, "interim")
        self.ticket.answer = "<p>The seal was bad.</p>"
        letter = self._open_letter()
        self.assertEqual(letter.purpose, "answer")
        self.assertIn("The seal was bad", letter.body)

    def test_every_purpose_has_a_text_that_can_be_rendered(self):
        self.ticket.answer = "<p>The seal was bad.</p>"
        for purpose, _label in LETTER_PURPOSES:
            letter = self._open_letter(purpose=purpose)
            with self.subTest(purpose=purpose):
                self.assertIn(self.ticket.number, letter.subject)
                self.assertIn("Yours sincerely", letter.body)

    def test_printing_is_noted_and_counts_as_an_answer(self):
        self.ticket.answer = "<p>The seal was bad.</p>"
        letter = self._open_letter()
        letter.body += "<p>Come by.</p>"
        action = letter.action_print()
        self.assertEqual(action["report_type"], "qweb-pdf")
        self.assertTrue(self.ticket.answered_at)
        note = self.ticket.message_ids.filtered(lambda m: "Come by" in m.body)
        self.assertTrue(note.subtype_id.internal)

    def test_an_acknowledgement_stops_its_promise_only(self):
        self._open_letter().action_print()
        self.assertTrue(self.ticket.acknowledged_at)
        self.assertFalse(self.ticket.answered_at)

    def test_a_letter_without_words_is_refused(self):
        letter = self._open_letter()
        letter.body = "<p><br></p>"
        with self.assertRaisesRegex(UserError, "Write the letter"):
            letter.action_print()

    def test_the_page_shows_the_address_and_hides_what_staff_notes(self):
        canaries = {
            "cause_note": "CANARY-CAUSE",
            "immediate_action": "CANARY-ACTION",
        }
        self.ticket.write(canaries)
        self.ticket.message_post(body="CANARY-NOTE", subtype_xmlid="mail.mt_note")
        remedy = self.env["service.remedy"].create(
            [
                {"ticket_id": self.ticket.id, "kind": "repair", "amount": 7777},
                {"ticket_id": self.ticket.id, "kind": "refund", "amount": 1234},
                {"ticket_id": self.ticket.id, "kind": "apology", "note": "CANARY"},
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE service_remedy SET state = 'granted' WHERE id IN %s",
            [tuple(remedy.ids[:2])],
        )
        self.env.invalidate_all()
        self.ticket.answer = f"<p>Words {PAYLOAD}</p>"
        letter = self._open_letter()
        report = "crm_service.service_ticket_letter_print_report"
        page = self._get_page(report, letter)
        for text in ("Via Roma 1", "Milano", self.ticket.number, "1,234", "Repair"):
            self.assertIn(text, page)
        for text in ("CANARY", "7,777", PAYLOAD, self.agent.name):
            self.assertNotIn(text, page)

    def test_letters_of_many_complaints_are_printed_at_once(self):
        other = self._create_ticket(
            type_id=self.complaint.id, partner_id=self.partner.id
        )
        tickets = (self.ticket | other).with_user(self.agent)
        report = "crm_service.service_ticket_letter_report_action"
        page = self._get_page(report, tickets)
        self.assertEqual(page.count("Signature"), 2)
        self.assertFalse(other.acknowledged_at)
        repair = self._create_ticket().with_user(self.agent)
        with self.assertRaisesRegex(UserError, "no complaint"):
            self._get_page(report, repair)

    def test_the_letter_speaks_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner.lang = "fr_FR"
        template = self.env.ref("crm_service.mail_template_complaint_acknowledgement")
        template.with_context(lang="fr_FR").subject = "Votre {{ object.number }}"
        self.assertEqual(self._open_letter().subject, f"Votre {self.ticket.number}")

    def test_texts_of_other_models_are_refused(self):
        template = self.env["mail.template"].create(
            {
                "name": "Else",
                "model_id": self.env.ref("base.model_res_users").id,
                "body_html": "<p t-out='object.login'/>",
            }
        )
        with self.assertRaisesRegex(UserError, "no text for tickets"):
            self._open_letter(template_id=template.id)

    def test_letters_of_others_and_of_hidden_complaints_are_closed(self):
        letter = self._open_letter()
        with self.assertRaises(AccessError):
            letter.with_user(self.manager).read(["body"])
        self.ticket._with_flow().write(
            {
                "is_confidential": True,
                "excluded_user_ids": [Command.set(self.manager.ids)],
            }
        )
        with self.assertRaises(AccessError):
            self._open_letter(self.manager)
        letters = self._as(self.manager)["service.ticket.letter"]
        with self.assertRaises(AccessError):
            letters.create({"ticket_id": self.ticket.id})
        with self.assertRaises(AccessError):
            letters.onchange(
                {"ticket_id": self.ticket.id},
                ["ticket_id"],
                {"ticket_id": {}, "subject": {}, "body": {}},
            )
        report = "crm_service.service_ticket_letter_report_action"
        ticket = self._as(self.manager)["service.ticket"].browse(self.ticket.id)
        with self.assertRaises(AccessError):
            self._get_page(report, ticket)

    def test_responses_are_offered_in_the_window_for_messages(self):
        templates = self._as(self.agent)["mail.template"].search(
            [("model", "=", "service.ticket"), ("name", "like", "Complaint:")]
        )
        self.assertGreaterEqual(len(templates), len(LETTER_PURPOSES))
        composer = self._as(self.agent)["mail.compose.message"].with_context(
            default_model="service.ticket", default_res_ids=self.ticket.ids
        )
        with Form(composer) as form:
            form.template_id = templates.filtered(lambda t: "Our Answer" in t.name)[0]
            self.assertIn("looked into your complaint", form.body)
