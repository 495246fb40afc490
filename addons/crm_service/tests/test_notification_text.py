# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from lxml import html

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .notification_common import NotificationCommon

PAYLOAD = (
    "<script>alert(1)</script>{{company_email}}{{7*7}}"
    "\r\nBcc: eve@example.com\x0b<t t-out='object.env'/>\"'><img src=x onerror=1>"
)
INJECTIONS = (
    "{{ 7*7 }}",
    "{{object.company_id.name}}",
    "{{ object.env['res.users'].search([]) }}",
    "{{number.__class__}}",
    "{{numbr}}",
    "{{number",
    "}} {{",
    "{{ }}",
    "{{ctx}}",
    "{{agent}}",
)


@tagged("post_install", "-at_install")
class TestNotificationText(NotificationCommon):
    """What a manager writes and what a customer typed, in the same message."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")

    def _prepare_rule(self, **values):
        return {
            "name": "Test",
            "subject": "Request {{number}}",
            "body": "<p>Hello {{customer}}</p>",
            "sms_text": "Request {{number}}",
            **values,
        }

    def _create_rule(self, **values):
        rules = self._as(self.manager)["service.notification.rule"]
        return rules.create(self._prepare_rule(**values))

    # -- what a manager may write -----------------------------------------------

    def test_an_unknown_placeholder_is_refused_with_the_known_ones(self):
        for name in ("subject", "body", "sms_text"):
            text = "<p>{{numbr}}</p>" if name == "body" else "{{numbr}}"
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(
                    ValidationError, r"\{\{numbr\}\}.*\{\{number\}\}.*\{\{status\}\}"
                ),
            ):
                self._create_rule(**{name: text})

    def test_expressions_are_no_placeholders(self):
        rule = self._create_rule()
        for text in INJECTIONS:
            for name in ("subject", "body", "sms_text"):
                with self.subTest(text=text, field=name):
                    with self.assertRaises(ValidationError), self.cr.savepoint():
                        rule[name] = text

    def test_qweb_in_a_text_is_never_run(self):
        rule = self._create_rule(
            sequence=1,
            event="acknowledgement",
            body="<p>Hi<t t-out='object.env.user.login'/>"
            "<t t-if='1'>{{number}}</t><i t-att-title='7*7'>x</i></p>",
        )
        self._create_told()
        body = self._run_job()[0]["body"]
        self.assertNotIn("t-out", body)
        self.assertNotIn("OdooBot", html.fromstring(body).text_content())
        self.assertNotIn("49", rule.body)

    def test_a_placeholder_in_an_attribute_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "subject"):
            self._create_rule(body='<p title="{{subject}}">x</p>')

    def test_translations_are_checked_too(self):
        rule = self._create_rule()
        for name, text in (("subject", "{{nummero}}"), ("sms_text", "{{nummero}}")):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                rule.update_field_translations(name, {"fr_FR": text})
        term = "Hello {{customer}}"
        with self.assertRaises(ValidationError), self.cr.savepoint():
            rule.update_field_translations(
                "body", {"fr_FR": {term: "Bonjour {{client}}"}}
            )

    def test_a_means_needs_its_words(self):
        for values in ({"subject": ""}, {"body": "<p><br></p>"}, {"sms_text": " "}):
            with self.assertRaisesRegex(ValidationError, "switch"):
                self._create_rule(**values)
        self._create_rule(by_sms=False, sms_text=False)

    def test_only_managers_write_messages(self):
        rule = self._get_rule("acknowledgement")
        for user in (self.technician, self.agent, self.supervisor):
            with self.assertRaises(AccessError):
                rule.with_user(user).subject = "Hi {{number}}"
        group = self.env.ref("mail.group_mail_template_editor")
        self.manager.group_ids -= group
        rule.with_user(self.manager).subject = "Hi {{number}}"

    def test_rules_of_other_companies_are_closed(self):
        rule = self._create_rule(company_id=self.company.id)
        with self.assertRaises(AccessError):
            rule.with_user(self.stranger).read(["subject"])

    # -- what a customer typed --------------------------------------------------

    def _get_words(self):
        """Return a text with every placeholder that there is."""
        known = self.tickets._get_notification_placeholders()
        return " ".join(f"{{{{{name}}}}}" for name in known if name != "button")

    def test_a_payload_in_every_field_stays_text(self):
        words = self._get_words()
        self._create_rule(
            sequence=1,
            subject=words,
            body=f"<p>{words}</p><p>{{{{button}}}}</p>",
            sms_text=words,
        )
        self.company.write({"name": PAYLOAD, "phone": PAYLOAD})
        self.repair.name = PAYLOAD
        self.ann.write({"name": PAYLOAD, "service_notify_by": "both"})
        product = self.env["product.product"].create({"name": PAYLOAD})
        ticket = self._create_told(
            name=PAYLOAD, serial_number=PAYLOAD, product_id=product.id
        )
        mail = self._run_job()[0]
        tree = html.fromstring(mail["body"])
        self.assertFalse(tree.xpath("//script"))
        self.assertFalse(tree.xpath("//*[@onerror]"))
        self.assertFalse(tree.xpath("//img[@src='x']"))
        self.assertIn("{{7*7}}", tree.text_content())
        self.assertIn("{{company_email}}", tree.text_content())
        self.assertNotIn("\n", mail["subject"])
        message = mail["EmailMessage"]
        self.assertFalse(message["Bcc"])
        self.assertEqual(len(message.get_all("Subject")), 1)
        for row in self._get_rows(ticket):
            self.assertNotIn("<script", row.body)
            self.assertNotIn("<script", row.mail_message_id.body)

    def test_the_internal_part_of_a_ticket_is_not_told(self):
        canary = "CANARY-7731"
        ticket = self._create_told(
            description=f"<p>{canary}</p>", user_id=self.agent.id
        )
        ticket.message_post(body=canary, subtype_xmlid="mail.mt_note")
        self.agent.name = canary
        ticket.stage_id.sudo().with_context(lang=False).name = canary
        text = str(self._run_job()[0])
        self.assertNotIn(canary, text)

    # -- languages --------------------------------------------------------------

    def test_each_customer_reads_his_language(self):
        rule = self._get_rule("acknowledgement")
        rule.with_context(lang="fr_FR").subject = "Demande {{number}}"
        term = "Dear {{customer}},"
        rule.update_field_translations("body", {"fr_FR": {term: "Salut {{customer}}"}})
        bob = self._create_partner(name="Bob", email="bob@x.example.com", lang="fr_FR")
        french = self._create_ticket(partner_id=bob.id)
        self._create_told()
        mails = self._run_job()
        subjects = {mail["email_to"][0]: mail["subject"] for mail in mails}
        self.assertEqual(subjects["bob@x.example.com"], f"Demande {french.number}")
        self.assertIn("We have received", subjects["ann@customer.example.com"])
        self.assertEqual(self._get_rows(french).lang, "fr_FR")
        body = next(m["body"] for m in mails if "bob" in m["email_to"][0])
        self.assertIn("Salut Bob", body)
        self.assertIn('lang="fr-FR"', body)

    def test_a_language_that_is_switched_off_falls_back(self):
        self.ann.lang = "fr_FR"
        ticket = self._create_told()
        self.env["res.users"].search([("lang", "=", "fr_FR")]).lang = "en_US"
        self.env.cr.execute("UPDATE res_lang SET active = false WHERE code = 'fr_FR'")
        self.env.registry.clear_cache()
        self.env.invalidate_all()
        self._run_job()
        self.assertEqual(self._get_rows(ticket).lang, "en_US")

    # -- the preview ------------------------------------------------------------

    def test_the_preview_shows_what_is_being_written(self):
        ticket = self._create_told(name="The fridge hums")
        rules = self._as(self.manager)["service.notification.rule"]
        with Form(rules.browse(self._get_rule("resolved").id)) as form:
            form.preview_ticket_id = ticket.with_user(self.manager)
            form.subject = "About {{subject}}"
            self.assertEqual(form.preview_subject, "About The fridge hums")
            self.assertIn(ticket.number, form.preview_mail)
            form.sms_text = "受" * 70
            self.assertIn("one message, 0 left", form.preview_sms_length)
            form.sms_text = "受" * 71
            self.assertIn("as 2 messages", form.preview_sms_length)
            form.subject = "About {{nobody}}"
            self.assertIn("{{nobody}}", form.preview_problem)
            form.subject = "About {{subject}}"

    def test_the_preview_is_in_the_customers_language(self):
        self.ann.lang = "fr_FR"
        rule = self._get_rule("resolved").with_user(self.manager)
        rule.with_context(lang="fr_FR").subject = "Demande {{number}}"
        ticket = self._create_told()
        rule.preview_ticket_id = ticket
        self.assertEqual(rule.preview_lang, "fr_FR")
        self.assertEqual(rule.preview_subject, f"Demande {ticket.number}")

    def test_the_preview_needs_the_right_to_see_the_ticket(self):
        foreign = self.tickets.with_company(self.other_company).create(
            self._prepare_ticket(company_id=self.other_company.id)
        )
        rules = self._as(self.manager)["service.notification.rule"]
        vals = self._prepare_rule(preview_ticket_id=foreign.id)
        with self.assertRaises(AccessError):
            rules.new(vals).preview_mail  # noqa: B018 - reading it is the test

    def test_the_preview_makes_no_link_and_no_message(self):
        ticket = self._create_told()
        count = self.rows.search_count([])
        rule = self._get_rule("resolved")
        rule.preview_ticket_id = ticket
        self.assertTrue(rule.preview_mail)
        self.assertEqual(self.rows.search_count([]), count)
