# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

from psycopg2 import OperationalError

from odoo.tests import tagged

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from .notification_common import NotificationCommon

DOWN = ConnectionRefusedError("Connection refused")
BOUNCE = """From: MAILER-DAEMON@example.com
To: {bounce}
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce-1@example.com>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail system: host mx.customer.example.com said: 550 no such user

--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; ann@customer.example.com
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

From: service@centre.example.com
To: ann@customer.example.com
Message-Id: {reference}
Subject: Your request

Hello
--b--
"""
ANSWER = """From: Ann <{sender}>
To: service@centre.example.com
Subject: Re: Your request
Message-Id: <answer-1@customer.example.com>
In-Reply-To: {reference}
{headers}
Content-Type: text/plain; charset=utf-8

Thank you.
"""
REQUEST = """From: Ann <ann@customer.example.com>
To: service@centre.example.com
Subject: The fridge hums
Message-Id: <request-{number}@customer.example.com>
Date: Mon, 02 Mar 2026 10:00:00 +0000
{header}
Content-Type: text/plain; charset=utf-8

It hums.
"""


@tagged("post_install", "-at_install")
class TestNotificationSend(NotificationCommon):
    """What goes out, how often, and what is known of it afterwards."""

    def test_three_failures_give_one_arrival(self):
        row = self._get_rows(self._create_told())
        reference, waits = row.reference, []
        for tries in (1, 2, 3):
            self.assertFalse(self._run_job(connect_error=DOWN))
            self.assertEqual((row.state, row.reason), ("queued", "retry"))
            self.assertEqual(row.tries, tries)
            self.assertIn("Connection refused", row.failure)
            waits.append((row.next_try_at - self._get_now()).total_seconds() / 60)
            self.assertFalse(self._run_job(), "it is not tried again at once")
            self._wait(row, minutes=61)
        self.assertEqual([round(wait) for wait in waits], [1, 5, 15])
        mails = self._run_job()
        self.assertEqual(len(mails), 1)
        self.assertEqual(row.state, "sent")
        self.assertFalse(row.failure or row.reason)
        self.assertFalse(self._run_job())
        self.assertEqual(row.reference, reference)
        self.assertEqual(len(row.ticket_id.message_ids), 1)

    def test_the_message_id_is_the_same_at_each_try(self):
        row = self._get_rows(self._create_told())
        tried = self._run_job(send_error=MailDeliveryException("busy"))
        self._wait(row, minutes=61)
        tried += self._run_job()
        self.assertEqual([mail["message_id"] for mail in tried], [row.reference] * 2)
        self.assertEqual(row.state, "sent")

    def test_a_mail_server_that_is_down_is_not_hammered(self):
        vals_list = [
            self._prepare_ticket(partner_email=f"ann{place}@customer.example.com")
            for place in range(45)
        ]
        rows = self._get_rows(self.tickets.create(vals_list))
        self._run_job(connect_error=DOWN)
        self.assertEqual(sum(rows.mapped("tries")), 20)

    def test_an_address_that_is_refused_is_not_tried_again(self):
        row = self._get_rows(self._create_told())
        refused = {"ann@customer.example.com": (550, b"no such user")}
        self._run_job(send_error=MailDeliveryException(SMTPRecipientsRefused(refused)))
        self.assertEqual((row.state, row.reason), ("failed", "rejected"))
        self.assertIn("no such user", row.failure)
        self.assertFalse(self._run_job())

    def test_a_mail_that_breaks_does_not_stop_the_others(self):
        bad, good = self._create_told(), self._create_told()
        send = type(self.rows)._send_by_email

        def fail(rows):
            if bad in rows.ticket_id:
                raise ValueError("broken")
            return send(rows)

        self.patch(type(self.rows), "_send_by_email", fail)
        self.assertEqual(len(self._run_job()), 1)
        self.assertEqual(self._get_rows(good).state, "sent")
        self.assertEqual(self._get_rows(bad).failure, "broken")

    def test_a_server_that_hangs_up_costs_only_a_try(self):
        row = self._get_rows(self._create_told())
        self._run_job(send_error=SMTPServerDisconnected("closed"))
        self.assertEqual((row.state, row.tries), ("queued", 1))
        self.assertFalse(self.env["mail.mail"].search([("state", "=", "outgoing")]))

    def test_conflicts_with_others_go_through(self):
        self._create_told()
        with self.assertRaises(OperationalError):
            self._run_job(send_error=OperationalError("could not serialize"))

    def test_after_an_outage_old_news_are_dropped(self):
        self.company.service_notify_hours = 24
        old, fresh = self._create_told(), self._create_told()
        self._run_job(connect_error=DOWN)
        self._wait(self._get_rows(old), hours=25)
        self._wait(self._get_rows(fresh), hours=2)
        self.assertEqual(len(self._run_job()), 1)
        row = self._get_rows(old)
        self.assertEqual((row.state, row.reason), ("suppressed", "too_old"))
        self.assertEqual(self._get_rows(fresh).state, "sent")

    def test_sending_switched_off_leaves_it_waiting(self):
        row = self._get_rows(self._create_told())
        self.rows._cron_send()  # Odoo sends nothing in a test without a mail server
        self.assertEqual((row.state, row.tries), ("queued", 1))

    def test_the_mail_with_the_customers_link_is_not_kept(self):
        url = "https://example.com/service/track/secret"
        ticket = self._create_told()
        self.patch(
            type(ticket), "_get_tracking_urls", lambda t: dict.fromkeys(t.ids, url)
        )
        self._run_job(connect_error=DOWN)
        row = self._get_rows(ticket)
        self._wait(row, minutes=61)
        mails = self._run_job()
        self.assertIn(url, mails[0]["body"])
        self.assertNotIn("secret", row.body + row.mail_message_id.body)
        kept = self.env["mail.mail"].search([("body_html", "like", "secret")])
        self.assertFalse(kept)

    def test_machines_are_told_not_to_answer(self):
        self._create_told()
        by_mail = self._create_told(channel="email", partner_email=self.ann.email)
        headers = [mail["headers"] for mail in self._run_job()]
        submitted = [header["Auto-Submitted"] for header in headers]
        self.assertEqual(submitted, ["auto-generated", "auto-replied"])
        self.assertEqual(headers[0]["X-Auto-Response-Suppress"], "All")
        self.assertTrue(by_mail)

    def test_answers_come_to_the_team(self):
        domain = self.env["mail.alias.domain"].create({"name": "centre.example.com"})
        team = self._create_team(alias_name="repairs", alias_domain_id=domain.id)
        self._create_told(team_id=team.id)
        mail = self._run_job()[0]
        self.assertIn("repairs@centre.example.com", mail["reply_to"])
        self.assertIn("service@centre.example.com", mail["email_from"])

    def test_mails_of_a_ticket_belong_together(self):
        ticket = self._create_told()
        self._run_job()
        ticket._move_to_phase("in_progress")
        mail = self._run_job()[0]
        first, second = self._get_rows(ticket)
        self.assertEqual(mail["references"], first.reference)
        self.assertEqual(mail["message_id"], second.reference)

    # -- what becomes of it ---------------------------------------------------

    def test_a_mail_that_comes_back_is_noted(self):
        row = self._get_rows(self._create_told())
        self._run_job()
        bounce = self.env["mail.alias.domain"].search([], limit=1).bounce_email
        text = BOUNCE.format(
            bounce=bounce or "bounce@example.com", reference=row.reference
        )
        self.env["mail.thread"].message_process(None, text)
        self.assertEqual((row.state, row.reason), ("failed", "bounced"))

    def _answer(self, row, sender="ann@customer.example.com", headers="X-Ok: 1"):
        text = ANSWER.format(reference=row.reference, sender=sender, headers=headers)
        return self.env["mail.thread"].message_process("service.ticket", text)

    def test_a_mail_that_is_answered_has_arrived(self):
        row = self._get_rows(self._create_told())
        self._run_job()
        self.assertFalse(self.ann._is_email_verified("ann@customer.example.com"))
        self.assertEqual(self._answer(row), row.ticket_id.id)
        self.assertEqual(row.state, "delivered")
        self.assertTrue(row.delivered_at)
        self.assertTrue(self.ann._is_email_verified("ann@customer.example.com"))
        self.assertFalse(self.ann._is_email_verified("bob@customer.example.com"))

    def test_an_answer_from_elsewhere_proves_nothing_of_the_customer(self):
        self.ann.sudo().service_verified_email = "ann@customer.example.com"
        ticket = self._create_told(partner_email="eve@example.com")
        row = self._get_rows(ticket)
        self._run_job()
        self.assertEqual(row.recipient, "eve@example.com")
        self._answer(row, sender="eve@example.com")
        self.assertEqual(row.state, "delivered")
        self.assertTrue(self.ann._is_email_verified("ann@customer.example.com"))
        self.assertFalse(self.ann._is_email_verified("eve@example.com"))

    def test_an_answer_of_somebody_else_proves_nothing(self):
        row = self._get_rows(self._create_told())
        self._run_job()
        self._answer(row, sender="eve@example.com")
        self.assertEqual(row.state, "sent")
        self.assertFalse(self.ann.sudo().service_verified_email)

    def test_an_automatic_answer_proves_nothing(self):
        row = self._get_rows(self._create_told())
        self._run_job()
        self._answer(row, headers="Auto-Submitted: auto-replied")
        self.assertEqual(row.state, "sent")
        self.assertFalse(self.ann.sudo().service_verified_email)

    def test_what_a_machine_sends_is_not_acknowledged(self):
        domain = self.env["mail.alias.domain"].create({"name": "centre.example.com"})
        self._create_team(alias_name="service", alias_domain_id=domain.id)
        tickets = {}
        for number, header in enumerate(("Auto-Submitted: auto-replied", "X-Ok: 1")):
            text = REQUEST.format(number=number, header=header)
            ticket_id = self.env["mail.thread"].message_process(None, text)
            tickets[header] = self.tickets.browse(ticket_id or ())
        machine, person = tickets.values()
        self.assertFalse(self._get_rows(machine))
        self.assertEqual(self._get_rows(person).event, "acknowledgement")

    # -- SMS ------------------------------------------------------------------

    def _create_sms(self, **values):
        self.ann.service_notify_by = "sms"
        ticket = self._create_told(**values)
        return ticket, self._get_rows(ticket)

    def test_an_sms_goes_through_odoos_queue(self):
        ticket, row = self._create_sms()
        sent = self._send_sms()
        self.assertEqual(len(sent), 1)
        uuid, number, text = sent[0]
        self.assertEqual((uuid, number), (row.reference, "+390255501234"))
        self.assertIn(ticket.number, text)
        self.assertEqual(row.state, "sent")
        self.assertTrue(row.sent_at)

    def test_the_providers_report_tells_that_it_arrived(self):
        _ticket, row = self._create_sms()
        self._send_sms()
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", row.reference)])
        tracker._action_update_from_sms_state("sent")
        self.assertEqual(row.state, "delivered")

    def test_an_sms_is_tried_again_with_the_same_reference(self):
        _ticket, row = self._create_sms()
        reference = row.reference
        self._send_sms(state="server_error")
        self.assertEqual((row.state, row.reason, row.tries), ("queued", "retry", 1))
        self._wait(row, minutes=61)
        sent = self._send_sms()
        self.assertEqual([uuid for uuid, *_more in sent], [reference])
        self.assertEqual(row.state, "sent")

    def test_a_number_that_is_refused_is_not_tried_again(self):
        _ticket, row = self._create_sms()
        self._send_sms(state="wrong_number_format")
        self.assertEqual((row.state, row.reason), ("failed", "rejected"))

    def test_an_sms_that_waits_too_long_is_taken_back(self):
        _ticket, row = self._create_sms()
        self._run_job()
        self.assertEqual(row.state, "sending")
        row.queued_at = self._get_now().replace(year=2020)
        self._run_job()
        self.assertEqual((row.state, row.reason), ("suppressed", "too_old"))
        sms = self.env["sms.sms"].search([("uuid", "=", row.reference)])
        self.assertEqual(sms.state, "canceled")

    def test_numbers_and_addresses_on_the_block_list_get_nothing(self):
        self.ann.service_notify_by = "both"
        self.env["phone.blacklist"].create({"number": "+390255501234"})
        self.env["mail.blacklist"].create({"email": self.ann.email})
        ticket = self._create_told()
        self.assertFalse(self._run_job())
        self.assertEqual(
            self._get_rows(ticket).mapped("reason"), ["blocked", "blocked"]
        )
