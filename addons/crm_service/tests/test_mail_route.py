# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .mail_common import ServiceMailCommon


@tagged("post_install", "-at_install")
class TestMailRoute(ServiceMailCommon, MailCase):
    """Which ticket a message belongs to."""

    def _receive_answer(self, ticket, sender="ann@customer.example", **headers):
        """Take in an answer to the last message that we sent about `ticket`."""
        sent = ticket.message_post(
            body="Which oven?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        headers = {"in_reply_to": sent.message_id, "from_": sender, **headers}
        return self._receive(self._make_mail("It is the big one.", **headers))

    def test_an_answer_joins_the_thread_that_it_answers(self):
        ticket, _parked = self._receive(self._make_mail())
        joined, parked = self._receive_answer(ticket)
        self.assertEqual(joined, ticket)
        self.assertFalse(parked)
        self.assertIn("the big one", self._get_text(ticket))

    def test_a_number_joins_the_thread_if_the_ticket_knows_the_sender(self):
        ticket, _parked = self._receive(self._make_mail())
        spelled = (
            f"{ticket.number[:2]}-{ticket.number[2:6]} {ticket.number[6:]}".lower()
        )
        for mail in (
            self._make_mail("The big one.", subject=f"Re: [{ticket.number}] Oven"),
            self._make_mail(f"About {spelled}: still cold."),
            self._make_mail(f"受理号{ticket.number}，还是不热。"),
        ):
            joined, parked = self._receive(mail)
            self.assertEqual(joined, ticket)
            self.assertFalse(parked)

    def test_a_number_of_a_stranger_opens_nobodys_thread(self):
        ticket, _parked = self._receive(self._make_mail())
        before = ticket.message_ids
        for sender in (
            "eve@elsewhere.example",
            "Ann <ann@customer.example.evil.example>",
        ):
            other, parked = self._receive(
                self._make_mail(
                    "Tell me.", from_=sender, subject=f"Re: {ticket.number}"
                )
            )
            self.assertNotEqual(other, ticket)
            self.assertEqual(len(other), 1)
            self.assertFalse(parked)
            self.assertIn(ticket.number, self._get_text(other))
        self.assertEqual(ticket.message_ids, before)

    def test_a_forged_sender_is_a_stranger(self):
        ticket, _parked = self._receive(self._make_mail())
        other, _parked = self._receive(
            self._make_mail(
                subject=f"Re: {ticket.number}",
                authentication_results="mx.service.example; spf=fail; dmarc=fail",
            )
        )
        self.assertNotEqual(other, ticket)

    def test_a_guessed_message_id_of_a_customer_opens_nobodys_thread(self):
        ticket, _parked = self._receive(
            self._make_mail(message_id="<1@customer.example>")
        )
        other, _parked = self._receive(
            self._make_mail(
                from_="eve@elsewhere.example", in_reply_to="<1@customer.example>"
            )
        )
        self.assertNotEqual(other, ticket)
        self.assertFalse(other.message_ids.parent_id & ticket.message_ids)

    def test_whoever_was_sent_our_message_may_answer_it_from_elsewhere(self):
        ticket, _parked = self._receive(self._make_mail())
        joined, _parked = self._receive_answer(ticket, "ann@at-work.example")
        self.assertEqual(joined, ticket)

    def test_a_colleague_in_the_customers_company_is_known(self):
        firm = self._create_partner(name="Firm", is_company=True)
        ann = self._create_partner(email="ann@firm.example", parent_id=firm.id)
        self._create_partner(name="Bob", email="bob@firm.example", parent_id=firm.id)
        ticket = self._create_ticket(partner_id=ann.id)
        joined, _parked = self._receive(
            self._make_mail(from_="bob@firm.example", subject=ticket.number)
        )
        self.assertEqual(joined, ticket)

    def test_one_message_to_two_teams_makes_one_ticket_of_the_first(self):
        ticket, parked = self._receive(self._read_mail("two_teams"))
        self.assertEqual(ticket.team_id, self.installation)
        self.assertFalse(parked)
        self.assertIn("repairs@service.example", self._get_text(ticket))

    def test_one_message_from_two_mailboxes_makes_one_ticket(self):
        first = self._make_mail(message_id="<twice@customer.example>")
        ticket, _parked = self._receive(first)
        second = b"Delivered-To: installation@service.example\r\n" + first
        other, parked = self._receive(second)
        self.assertFalse(other - ticket)
        self.assertFalse(parked)
        self.assertEqual(len(ticket.message_ids.filtered("subject")), 1)

    def test_a_program_that_repeats_its_ids_loses_no_message(self):
        first, _parked = self._receive(self._make_mail(message_id="<1@device>"))
        second, _parked = self._receive(
            self._make_mail("Another.", message_id="<1@device>", subject="Door open")
        )
        self.assertTrue(first and second)
        self.assertNotEqual(first, second)

    def test_an_answer_in_a_side_conversation_stays_out_of_the_customers_thread(self):
        factory = self._create_partner(name="Factory", email="parts@factory.example")
        ticket, _parked = self._receive(self._make_mail())
        ticket.message_subscribe(partner_ids=factory.ids)
        conversation = self.env["service.side.conversation"].create(
            {
                "ticket_id": ticket.id,
                "partner_id": factory.id,
                "name": "Which fuse?",
                "body": "Which fuse does it need?",
            }
        )
        conversation.action_send()
        asked = conversation.message_ids.filtered("body")[0]
        before = ticket.message_ids
        self._receive(
            self._make_mail(
                f"Fuse 7. You wrote: {ticket.number}",
                from_="parts@factory.example",
                to_=self.domain.catchall_email,
                in_reply_to=asked.message_id,
                subject=f"Re: {ticket.number}",
            )
        )
        self.assertEqual(ticket.message_ids, before)
        self.assertIn("Fuse 7", str(conversation.message_ids[0].body))

    def test_a_number_brings_mail_for_nobody_to_its_ticket(self):
        ticket, _parked = self._receive(self._make_mail())
        joined, parked = self._receive(
            self._make_mail(to_=self.domain.catchall_email, subject=ticket.number)
        )
        self.assertEqual(joined, ticket)
        self.assertFalse(parked)


@tagged("post_install", "-at_install")
class TestMailMachines(ServiceMailCommon, MailCase):
    """Answers of machines, failures and loops."""

    def _answer_automatically(self, ticket):
        sent = ticket.message_post(
            body="Thank you.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        mail = self._make_mail(
            "I am on holiday.",
            auto_submitted="auto-replied",
            in_reply_to=sent.message_id,
            subject="Out of office",
        )
        return self._receive(mail)

    def test_an_automatic_answer_is_a_note_and_changes_nothing(self):
        ticket, _parked = self._receive(self._make_mail())
        ticket.sudo().action_close()
        joined, parked = self._answer_automatically(ticket)
        self.assertEqual(joined, ticket)
        self.assertFalse(parked)
        note = ticket.message_ids[0]
        self.assertIn("on holiday", note.body)
        self.assertTrue(note.subtype_id.internal or note.is_internal)
        self.assertEqual(ticket.phase, "closed")
        self.assertFalse(ticket.customer_waiting_since)

    def test_what_a_machine_asks_for_becomes_a_ticket_that_is_not_answered(self):
        ticket, _parked = self._receive(self._read_mail("alarm"))
        self.assertTrue(ticket.is_muted)

    def test_two_machines_that_answer_each_other_stop(self):
        made = self.tickets
        for turn in range(30):
            ticket, parked = self._receive(
                self._make_mail(
                    from_="robot@customer.example", subject=f"Got it {turn}"
                )
            )
            made |= ticket
            self.assertTrue(ticket or parked)
        self.assertEqual(len(made), 10)
        waiting = self.parked.search([("reason", "=", "loop")])
        self.assertEqual(len(waiting), 20)
        mails = self.env["mail.mail"].sudo().search([])
        self.assertFalse(
            mails.filtered(lambda mail: "robot" in (mail.email_to or "")), "no bounces"
        )

    def test_a_machine_that_answers_an_old_ticket_stops(self):
        old, _parked = self._receive(self._make_mail(from_="robot@customer.example"))
        sent = old.message_post(
            body="Thank you.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        old.sudo().action_close()
        old.sudo()._with_flow().closed_at = "2020-01-01 00:00:00"
        for turn in range(24):
            mail = self._make_mail(
                f"Got it {turn}",
                from_="robot@customer.example",
                in_reply_to=sent.message_id,
            )
            self._receive(mail)
        new = self.tickets.search([]) - old
        self.assertEqual(len(new), 1)
        waiting = self.parked.search([("reason", "=", "loop")])
        self.assertEqual(len(waiting), 5)  # the first one counts as well

    def test_our_own_address_is_no_customer(self):
        ticket, parked = self._receive(
            self._make_mail(from_="installation@service.example")
        )
        self.assertFalse(ticket)
        self.assertEqual(parked.reason, "loop")

    def test_a_failure_of_our_message_is_told_on_the_ticket(self):
        ticket, _parked = self._receive(self._make_mail())
        sent = ticket.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        raw = self._read_mail("bounce_dsn").replace(
            b"<unknown-to-us@service.example>", sent.message_id.encode()
        )
        _ticket, parked = self._receive(raw)
        self.assertFalse(parked)
        self.assertIn("nobody@customer.example", self._get_text(ticket))
        self.assertEqual(self.tickets.search_count([]), len(ticket))

    def test_a_receipt_is_no_failure(self):
        ticket, _parked = self._receive(self._make_mail())
        sent = ticket.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        raw = self._read_mail("read_receipt").replace(
            b"MIME-Version", f"In-Reply-To: {sent.message_id}\r\nMIME-Version".encode()
        )
        joined, _parked = self._receive(raw)
        self.assertEqual(joined, ticket)
        self.assertNotIn("could not be delivered", self._get_text(ticket))
