# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import ServiceCommon


class NotificationCommon(ServiceCommon, MockEmail):
    """Tickets of customers with e-mail and phone, and a job that is called by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "service@centre.example.com"
        cls.ann = cls._create_partner(
            email="ann@customer.example.com", phone="+39 02 5550 1234"
        )

    @classmethod
    def _create_told(cls, **values):
        """Create a ticket of Ann that came in by phone."""
        return cls._create_ticket(partner_id=cls.ann.id, **values)

    def _get_rows(self, tickets, *states):
        rows = self.env["service.notification"].search(
            [("ticket_id", "in", tickets.ids)], order="id"
        )
        return rows.filtered(lambda row: not states or row.state in states)

    def _run_job(self):
        """Call the job once, with a mail server that takes everything."""
        with self.mock_mail_gateway():
            self.env["service.notification"]._cron_send()
        return self._mails

    def _get_rule(self, event):
        return self.env.ref(f"crm_service.service_notification_rule_{event}")


@tagged("post_install", "-at_install")
class TestNotification(NotificationCommon):
    def test_a_new_ticket_is_acknowledged_with_its_number(self):
        ticket = self._create_told()
        self.assertEqual(self._get_rows(ticket).state, "queued")
        mails = self._run_job()
        self.assertEqual(len(mails), 1)
        self.assertIn(ticket.number, mails[0]["subject"])
        self.assertIn(ticket.number, mails[0]["body"])
        self.assertEqual(mails[0]["email_to"], ["ann@customer.example.com"])
        row = self._get_rows(ticket)
        self.assertRecordValues(
            row,
            [
                {
                    "state": "sent",
                    "event": "acknowledgement",
                    "means": "email",
                    "recipient": "ann@customer.example.com",
                    "subject": mails[0]["subject"],
                }
            ],
        )
        self.assertTrue(row.sent_at)
