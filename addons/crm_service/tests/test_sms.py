# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.sms.tests.common import SMSCase

from ..exceptions import ExternalRefConflict
from .common import ServiceCommon

PHONE = "+39 02 5550 1234"
NUMBER = "+390255501234"


@tagged("post_install", "-at_install")
class TestIncomingSms(ServiceCommon):
    """Text messages that come in."""

    def _text(self, body="The oven stays cold.", phone=PHONE, **values):
        answer = self._api().incoming_sms(phone, body, **values)
        return answer, self.tickets._find_by_number(answer["number"])

    def test_a_text_message_of_a_stranger_opens_a_ticket(self):
        answer, ticket = self._text("The oven stays cold.\nPlease come.")
        self.assertTrue(answer["is_new"])
        self.assertEqual(answer["phase"], "received")
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "The oven stays cold.",
                    "channel": "sms",
                    "phone_sanitized": NUMBER,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertIn("Please come.", ticket.description)
        row = self.env["service.sms"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(
            (row.direction, row.phone, row.is_new_ticket), ("in", NUMBER, True)
        )

    def test_the_next_one_joins_the_open_ticket(self):
        _answer, ticket = self._text()
        answer, same = self._text("It is the big one.", phone="02 5550 1234")
        self.assertFalse(answer["is_new"])
        self.assertEqual(same, ticket)
        message = ticket.message_ids[0]
        self.assertIn("the big one", message.body)
        self.assertEqual(message.author_id, ticket.partner_id)
        self.assertFalse(message.subtype_id.internal)

    def test_the_ticket_that_waits_for_the_customer_is_meant(self):
        _answer, ticket = self._text()
        waiting = self._create_ticket(partner_phone=PHONE, name="Older or newer")
        self._create_ticket(partner_phone=PHONE, name="Newest")
        waiting._move_to_phase("waiting_customer")
        self.assertEqual(self._text("Yes.")[1], waiting)
        self.assertEqual(self._text(f"{ticket.number}: still cold")[1], ticket)

    def test_a_closed_ticket_is_not_meant_unless_it_is_named(self):
        _answer, ticket = self._text()
        ticket.sudo().action_close()
        answer, other = self._text("Something else.")
        self.assertTrue(answer["is_new"])
        self.assertNotEqual(other, ticket)
        self.assertEqual(self._text(f"{ticket.number} is cold again")[1], ticket)
        self.assertNotEqual(ticket.phase, "closed")

    def test_a_number_of_a_stranger_opens_nobodys_thread(self):
        _answer, ticket = self._text()
        before = ticket.message_ids
        answer, other = self._text(f"{ticket.number}?", phone="+39 02 5550 9999")
        self.assertTrue(answer["is_new"])
        self.assertNotEqual(other, ticket)
        self.assertEqual(ticket.message_ids, before)
        self.assertIn(ticket.number, str(other.message_ids.mapped("body")))

    def test_the_same_reference_is_taken_in_once(self):
        answer, ticket = self._text(external_ref="m-1")
        self.assertEqual(self._text(external_ref="m-1")[0], answer)
        self.assertEqual(len(self.tickets.search([("channel", "=", "sms")])), 1)
        with self.assertRaises(ExternalRefConflict):
            self._text("Another text", external_ref="m-1")

    def test_what_is_no_phone_or_no_text_is_refused_with_the_reason(self):
        for phone in ("BANK", "", "12", "anonymous", "+999 1"):
            with self.subTest(phone=phone), self.assertRaises(ValidationError):
                self._text(phone=phone)
        for body in ("", "  ", None, 5, "a\x00b"):
            with self.subTest(body=body), self.assertRaises(ValidationError):
                self._text(body)
        self.assertFalse(self.env["service.sms"].search([]))

    def test_a_number_of_another_country_is_read_as_such(self):
        _answer, ticket = self._text(phone="+86 10 6552 9988")
        self.assertEqual(ticket.phone_sanitized, "+861065529988")

    def test_the_line_leads_to_its_team(self):
        team = self._create_team(name="Night")
        self.env["service.phone.line"].create(
            {"name": "Night", "number": "555", "team_id": team.id}
        )
        self.assertEqual(self._text(line="555")[1].team_id, team)

    def test_only_agents_and_other_systems_bring_text_messages(self):
        with self.assertRaises(AccessError):
            self._api(self.technician).incoming_sms(PHONE, "Cold")

    def test_text_messages_are_for_those_of_the_ticket(self):
        _answer, ticket = self._text()
        row = self.env["service.sms"].search([("ticket_id", "=", ticket.id)])
        row.with_user(self.agent).check_access("read")
        for user in (self.technician, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).check_access("read")
        for user in (self.agent, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).write({"body": "x"})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).create(
                    {"phone": "1", "company_id": self.company.id}
                )


@tagged("post_install", "-at_install")
class TestOutgoingSms(ServiceCommon, SMSCase):
    """Text messages that go out."""

    def _send(self, ticket, body="We are on the way."):
        ticket._message_sms(body)
        messages = self.env["sms.sms"].search([("body", "=", body)])
        messages.send()
        return messages

    def test_they_go_to_the_phone_of_the_ticket_by_the_provider_of_odoo(self):
        ticket = self._create_ticket(partner_phone=PHONE)
        with self.mockSMSGateway():
            self._send(ticket)
        self.assertEqual([sms["number"] for sms in self._sms], [NUMBER])
        self.assertFalse(self.env["service.sms"].search([]))

    def test_a_company_that_sends_none_keeps_them(self):
        self.company.service_sms_provider = "sink"
        ticket = self._create_ticket(partner_phone=PHONE)
        self._send(ticket)
        self.assertRecordValues(
            self.env["service.sms"].search([]),
            [
                {
                    "direction": "out",
                    "phone": NUMBER,
                    "body": "We are on the way.",
                    "ticket_id": ticket.id,
                    "partner_id": ticket.partner_id.id,
                    "company_id": self.company.id,
                }
            ],
        )
        notice = ticket.message_ids.notification_ids.filtered(
            lambda n: n.notification_type == "sms"
        )
        self.assertEqual(notice.notification_status, "sent")

    def test_one_job_sends_for_companies_of_different_providers(self):
        self.company.service_sms_provider = "sink"
        ours = self._create_ticket(partner_phone=PHONE)
        theirs = (
            self.tickets.sudo()
            .with_context(allowed_company_ids=self.other_company.ids)
            .create(
                self._prepare_ticket(
                    company_id=self.other_company.id, partner_phone=PHONE
                )
            )
        )
        with self.mockSMSGateway():
            for ticket in (ours, theirs):
                ticket._message_sms("On the way", sms_numbers=[NUMBER], partner_ids=[])
            self.env["sms.sms"].sudo().search([("state", "=", "outgoing")])._send()
        self.assertEqual(len(self._sms), 1)
        kept = self.env["service.sms"].sudo().search([])
        self.assertEqual(kept.company_id, self.company)
