import re

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import ServicePortalCase

LINK = re.compile(r"/service/track/([\w-]{43})")


@tagged("post_install", "-at_install")
class TestNotificationLink(ServicePortalCase, MockEmail):
    """What customers are sent leads them to the page of their request."""

    def _send(self):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.env["service.notification"]._cron_send()
            return list(self._mails)

    def _get_token(self, text):
        return LINK.search(text)[1]

    def test_a_message_carries_a_link_of_its_own(self):
        self.customer.email = "odile@example.com"
        ticket = self._new_ticket()
        first = self._get_token(self._send()[-1]["body"])
        ticket._move_to_phase("in_progress")
        second = self._get_token(self._send()[-1]["body"])
        self.assertNotEqual(first, second)
        for token in (first, second):
            found = self.env["service.track.token"]._find_ticket(token)
            self.assertEqual(found, ticket)

    def test_the_link_is_in_no_history(self):
        self.customer.email = "odile@example.com"
        ticket = self._new_ticket()
        token = self._get_token(self._send()[-1]["body"])
        for row in ticket.notification_ids:
            self.assertNotIn(token, row.body + row.mail_message_id.body)
        kept = self.env["mail.mail"].search([("body_html", "like", token)])
        self.assertFalse(kept)

    def test_a_preview_makes_no_link(self):
        count = self.env["service.track.token"].search_count([])
        rule = self.env.ref("crm_service.service_notification_rule_resolved")
        rule.preview_ticket_id = self.ticket
        self.assertIn("/service/track/xxx", rule.preview_mail)
        self.assertEqual(self.env["service.track.token"].search_count([]), count)

    def test_customers_do_not_read_what_was_sent(self):
        rows = self.env["service.notification"].with_user(self.portal_user)
        with self.assertRaises(AccessError):
            rows.search([])
        rules = self.env["service.notification.rule"].with_user(self.portal_user)
        with self.assertRaises(AccessError):
            rules.search([])
