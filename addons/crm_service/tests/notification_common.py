# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.sms.tools.sms_api import SmsApi

from .common import ServiceCommon

LOGGERS = (
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.crm_service.models.service_notification_job",
)
RULE = "crm_service.service_notification_rule_"


class NotificationCommon(ServiceCommon, MockEmail):
    """Tickets of a customer with e-mail and phone, and a job that is called by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "service@centre.example.com"
        cls.ann = cls._create_partner(
            email="ann@customer.example.com", phone="+39 02 5550 1234"
        )
        cls.rows = cls.env["service.notification"]

    @classmethod
    def _create_told(cls, **values):
        """Create a ticket of Ann, which came in by phone unless told otherwise."""
        return cls._create_ticket(**{"partner_id": cls.ann.id, **values})

    def _get_rows(self, tickets, *states):
        """Return the messages of tickets, of all states or of some."""
        rows = self.rows.search([("ticket_id", "in", tickets.ids)], order="id")
        return rows.filtered(lambda row: not states or row.state in states)

    def _run_job(self, **options):
        """Call the job once; return the mails that arrived.

        :param options: see `_mail_server`
        """
        with self._mail_server(**options):
            self.rows._cron_send()
            return list(self._mails)

    @contextmanager
    def _mail_server(self, connect_error=None, send_error=None):
        """A mail server that takes all, or raises when connected or for each mail."""
        errors = {"_connect__": connect_error, "send_email": send_error}
        server = type(self.env["ir.mail_server"])
        with ExitStack() as stack:
            stack.enter_context(self.mock_mail_gateway(mail_unlink_sent=True))
            stack.enter_context(mute_logger(*LOGGERS))
            for name, error in errors.items():
                if error:
                    raising = patch.object(server, name, side_effect=error)
                    stack.enter_context(raising)
            yield

    @contextmanager
    def _sms_provider(self, state="success"):
        """A provider that answers `state` to each SMS; yields what it was sent."""
        sent = []

        def answer(_api, messages, delivery_reports_url=False):
            found = [
                (number["uuid"], number["number"], message["content"])
                for message in messages
                for number in message["numbers"]
            ]
            sent.extend(found)
            return [{"uuid": uuid, "state": state} for uuid, _number, _text in found]

        with patch.object(SmsApi, "_send_sms_batch", answer):
            yield sent

    def _send_sms(self, state="success"):
        """Call the job and then Odoo's SMS queue; return what the provider got."""
        self._run_job()
        with self._sms_provider(state) as sent:
            self.env["sms.sms"].search([("state", "=", "outgoing")]).send(
                unlink_sent=False
            )
        return sent

    def _wait(self, rows, **delta):
        """Let time pass for rows that wait."""
        for row in rows:
            row.next_try_at -= timedelta(**delta)
            row.queued_at -= timedelta(**delta)

    def _get_rule(self, event):
        return self.env.ref(RULE + event)

    def _get_now(self):
        return fields.Datetime.now()
