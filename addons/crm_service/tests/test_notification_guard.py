# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .notification_common import NotificationCommon

STRANGER = "victim@example.com"


@tagged("post_install", "-at_install")
class TestNotificationGuard(NotificationCommon):
    """No relay for strangers, and no talk among machines (row 25 of security.md)."""

    def _submit(self, count, **values):
        """Create requests of somebody who claims to have an address."""
        values = {"channel": "web", "partner_email": STRANGER, **values}
        return self.tickets.create(
            [self._prepare_ticket(**values) for _place in range(count)]
        )

    def test_a_hundred_requests_make_three_mails(self):
        tickets = self._submit(100)
        self.assertEqual(len(self._run_job()), 3)
        rows = self._get_rows(tickets, "suppressed")
        self.assertEqual(len(rows), 97)
        self.assertEqual(set(rows.mapped("reason")), {"limit"})

    def test_it_does_not_matter_how_they_come_in(self):
        for channel in ("email", "api", "sms", "portal", "phone", "counter"):
            address = f"{channel}@victim.example.com"
            self._submit(10, channel=channel, partner_email=address)
            with self.subTest(channel=channel):
                self.assertEqual(len(self._run_job()), 3)

    def test_one_by_one_they_are_three_as_well(self):
        mails = []
        for _round in range(5):
            self._submit(1)
            mails += self._run_job()
        self.assertEqual(len(mails), 3)

    def test_ways_of_writing_an_address_are_one_address(self):
        for address in ("Victim@Example.com", "victim@EXAMPLE.com", STRANGER):
            self._submit(2, partner_email=address)
        self.assertEqual(len(self._run_job()), 3)

    def test_news_of_a_stranger_count_too(self):
        ticket = self._submit(1)
        mails = self._run_job()
        for phase in ("in_progress", "waiting_customer", "resolved", "closed"):
            ticket._move_to_phase(phase)
            mails += self._run_job()
        self.assertEqual(len(mails), 3)
        self.assertEqual(self._get_rows(ticket)[-1].reason, "limit")

    def test_the_next_day_there_is_room_again(self):
        first = self._submit(3)
        self._run_job()
        for row in self._get_rows(first):
            row.sent_at -= timedelta(days=1, minutes=1)
        self._submit(1)
        self.assertEqual(len(self._run_job()), 1)

    def test_a_stranger_is_told_nothing_that_was_typed(self):
        typed = "Buy pills at evil.example.com"
        ticket = self._submit(
            1, name=typed, partner_name=typed, serial_number=typed, description=typed
        )
        mail = self._run_job()[0]
        self.assertNotIn("evil", str(mail))
        self.assertIn(ticket.number, mail["body"])
        ticket._move_to_phase("in_progress")
        self.assertNotIn("evil", str(self._run_job()[0]))

    def test_the_fixed_text_knows_no_typed_words(self):
        rule = self._get_rule("unverified")
        for name in ("customer", "subject", "product", "serial_number"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                rule.body = f"<p>{{{{{name}}}}}</p>"

    def test_without_a_fixed_text_a_stranger_is_told_nothing(self):
        self._get_rule("unverified").active = False
        ticket = self._submit(1)
        self.assertFalse(self._run_job())
        self.assertEqual(self._get_rows(ticket).reason, "no_text")

    def test_an_sms_to_a_stranger_is_limited_too(self):
        tickets = self._submit(
            10, partner_email=False, partner_phone="+39 02 5550 9999", name="evil"
        )
        sent = self._send_sms()
        self.assertEqual(len(sent), 3)
        self.assertNotIn("evil", str(sent))
        self.assertEqual(len(self._get_rows(tickets, "suppressed")), 7)

    # -- who is known -----------------------------------------------------------

    def test_who_has_answered_is_told_everything(self):
        self.ann.sudo().service_verified_email = "ann@customer.example.com"
        tickets = self._submit(
            5, partner_id=self.ann.id, partner_email=self.ann.email, name="My fridge"
        )
        mails = self._run_job()
        self.assertEqual(len(mails), 5)
        self.assertIn("My fridge", mails[0]["body"])
        tickets[0].partner_email = "other@example.com"
        tickets[0]._move_to_phase("in_progress")
        self.assertNotIn("My fridge", self._run_job()[0]["body"])

    def test_a_login_proves_the_address(self):
        self._create_user("technician", login="ann", partner_id=self.ann.id)
        self._submit(
            4, partner_id=self.ann.id, partner_email=self.ann.email, channel="portal"
        )
        self.assertEqual(len(self._run_job()), 4)

    def test_nobody_writes_that_an_address_is_known(self):
        with self.assertRaises(Exception):  # noqa: B017 - any refusal will do
            self.ann.with_user(self.agent).service_verified_email = self.ann.email

    def test_news_that_staff_cause_are_not_limited(self):
        ticket = self._create_told()
        mails = self._run_job()
        for phase in ("in_progress", "waiting_customer", "resolved", "closed"):
            ticket._move_to_phase(phase)
            mails += self._run_job()
        self.assertEqual(len(mails), 5)

    def test_two_auto_responders_stop(self):
        """Each answer of the other machine comes as a new request of its address."""
        self.ann.sudo().service_verified_email = "ann@customer.example.com"
        for address, limit in ((STRANGER, 3), ("ann@customer.example.com", 30)):
            mails = waiting = self._answer_machine(address, 1)
            rounds = 0
            while waiting and rounds < 50:
                waiting = self._answer_machine(address, len(waiting))
                mails, rounds = mails + waiting, rounds + 1
            self.assertLessEqual(len(mails), limit)
            self.assertLess(rounds, 50)

    def _answer_machine(self, address, count):
        """Take `count` mails in from an address; return what goes out."""
        self._submit(count, channel="email", partner_email=address)
        return self._run_job()
