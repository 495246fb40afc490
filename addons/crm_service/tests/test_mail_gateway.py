# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

MESSAGE = """From: {sender}
To: repairs@{domain}
Subject: {subject}
Message-ID: <{number}@example.com>
Date: Mon, 02 Mar 2026 10:00:00 +0000
Content-Type: text/plain; charset=utf-8

The oven is cold.
"""


@tagged("post_install", "-at_install")
class TestMailGateway(MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.mail_alias_domain_c2
        cls.team = cls.env["service.team"].create(
            {
                "name": "Repairs",
                "company_id": cls.company_2.id,
                "alias_name": "repairs",
                "alias_domain_id": cls.domain.id,
                "ticket_type_id": cls.env.ref("crm_service.ticket_type_inquiry").id,
            }
        )

    def _receive(self, sender="Bob Brown <bob@example.com>", subject="Oven", number=1):
        text = MESSAGE.format(
            sender=sender, subject=subject, number=number, domain=self.domain.name
        )
        ticket_id = self.env["mail.thread"].message_process(None, text)
        return self.env["service.ticket"].browse(ticket_id)

    def test_a_message_becomes_a_ticket_of_the_teams_company(self):
        ticket = self._receive()
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Oven",
                    "channel": "email",
                    "team_id": self.team.id,
                    "company_id": self.company_2.id,
                    "type_id": self.team.ticket_type_id.id,
                    "partner_email": "bob@example.com",
                    "partner_name": "Bob Brown",
                }
            ],
        )
        self.assertEqual(ticket.partner_id.email_normalized, "bob@example.com")
        self.assertIn("The oven is cold", ticket.message_ids[0].body)
        self.assertTrue(ticket.number.startswith("SR"))

    def test_a_known_sender_is_found(self):
        partner = self.env["res.partner"].create(
            {"name": "Robert", "email": "Bob@Example.com"}
        )
        self.assertEqual(self._receive().partner_id, partner)

    def test_a_message_without_name_or_subject_becomes_a_ticket(self):
        ticket = self._receive(sender="bob@example.com", subject="")
        self.assertEqual(ticket.name, "E-mail without subject")
        self.assertEqual(ticket.partner_name, "bob@example.com")

    def test_a_sender_that_is_no_address_makes_no_customer(self):
        for number, sender in enumerate(("", "nobody", "<>", "=?x?=")):
            with self.subTest(sender=sender):
                ticket = self._receive(sender=sender, number=100 + number)
                self.assertTrue(ticket)
                self.assertFalse(ticket.partner_email)

    def test_an_answer_joins_the_ticket(self):
        ticket = self._receive()
        text = MESSAGE.format(
            sender="bob@example.com",
            subject="Re: Oven",
            number=2,
            domain=self.domain.name,
        ).replace("Date:", "In-Reply-To: <1@example.com>\nDate:")
        self.env["mail.thread"].message_process(None, text)
        tickets = self.env["service.ticket"].search([("team_id", "=", self.team.id)])
        self.assertEqual(tickets, ticket)
        self.assertEqual(len(ticket.message_ids), 2)

    def test_the_address_follows_the_team(self):
        self.team.company_id = False
        self.assertNotIn("company_id", self.team.alias_defaults)
        self.team.ticket_type_id = self.env.ref("crm_service.ticket_type_complaint")
        self.assertEqual(self._receive().type_id, self.team.ticket_type_id)
