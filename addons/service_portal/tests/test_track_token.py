import hashlib
import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, RecordCapturer, new_test_user, users
from odoo.tools import SQL

from .common import ServicePortalCase


class TestTrackToken(ServicePortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.links = cls.env["service.track.token"]

    def _token(self, ticket=None):
        return (ticket or self.ticket)._get_track_url().rpartition("/")[2]

    def test_link_opens_its_own_ticket(self):
        other = self._new_ticket()
        self.assertEqual(self.links._find_ticket(self._token()), self.ticket)
        self.assertEqual(self.links._find_ticket(self._token(other)), other)

    def test_only_a_hash_of_256_random_bits_is_kept(self):
        token = self._token()
        self.assertGreaterEqual(len(token), 43)
        link = self.links.search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual(link.digest, hashlib.sha256(token.encode()).hexdigest())
        self.assertNotIn(token, str(link.read()))

    def test_every_call_makes_another_link_and_the_earlier_ones_go_on(self):
        tokens = {self._token() for _i in range(3)}
        self.assertEqual(len(tokens), 3)
        for token in tokens:
            self.assertEqual(self.links._find_ticket(token), self.ticket)

    def test_links_for_many_tickets_are_made_at_once(self):
        tickets = self.ticket + self._new_ticket() + self._new_ticket()
        urls = tickets._get_track_urls()
        self.assertEqual(set(urls), set(tickets.ids))
        self.assertEqual(len(set(urls.values())), 3)

    def test_unknown_garbage_and_other_scope_open_nothing(self):
        token = self._token()
        for wrong in (
            "",
            "x",
            token[:-1],
            token + "x",
            token.swapcase(),
            "\x00é\ud800",
        ):
            self.assertFalse(self.links._find_ticket(wrong))
        self.assertFalse(self.links._find_ticket(token, scope="rate"))

    def test_revoked_link_opens_nothing(self):
        token = self._token()
        self.ticket._revoke_track_links()
        self.assertFalse(self.links._find_ticket(token))
        self.assertEqual(self.links._find_ticket(self._token()), self.ticket)

    def test_link_expires_ninety_days_after_closing(self):
        token, now = self._token(), fields.Datetime.now()
        for days, opens in ((89, True), (91, False)):
            self.env.cr.execute(
                "UPDATE service_ticket SET closed_at = %s WHERE id = %s",
                [now - timedelta(days=days), self.ticket.id],
            )
            self.ticket.invalidate_recordset(["closed_at"])
            self.assertEqual(bool(self.links._find_ticket(token)), opens, days)

    def test_archived_ticket_cannot_be_followed(self):
        token = self._token()
        self.ticket.active = False
        self.assertFalse(self.links._find_ticket(token))

    def test_another_customer_closes_the_former_ones_links(self):
        token = self._token()
        self.ticket.partner_id = self.stranger
        self.assertFalse(self.links._find_ticket(token))

    def test_finding_out_who_the_customer_is_keeps_the_links(self):
        ticket = self._new_ticket(partner_id=False, partner_name="Odile")
        ticket.partner_id = False
        token = self._token(ticket)
        ticket.partner_id = self.customer
        self.assertEqual(self.links._find_ticket(token), ticket)

    def _dialog(self):
        """Open the dialog as the web client does."""
        ticket = self.ticket.with_env(self.env)
        action = ticket.action_tracking_link()
        dialog = self.env[action["res_model"]].with_context(**action["context"])
        return Form(dialog)

    @users("portal_agent")
    def test_agent_gets_a_link_to_copy(self):
        form = self._dialog()
        self.assertEqual(form.active_links, 1)
        token = form.url.rpartition("/")[2]
        self.assertEqual(self.links._find_ticket(token), self.ticket)
        dialog = form.save()
        dialog.action_revoke()
        self.assertFalse(self.links._find_ticket(token))

    @users("portal_agent")
    def test_agent_sends_a_link(self):
        self.ticket.partner_email = "odile@example.com"
        dialog = self._dialog().save()
        with RecordCapturer(self.env["mail.mail"].sudo(), []) as mails:
            dialog.action_send()
        mail = mails.records
        self.assertEqual(mail.email_to, "odile@example.com")
        self.assertTrue(mail.auto_delete)
        token = re.search(r"/service/track/([\w-]+)", mail.body_html).group(1)
        self.assertEqual(self.links._find_ticket(token), self.ticket)

    def test_no_link_stays_in_the_database(self):
        self.ticket.partner_email = "odile@example.com"
        token = self._token()
        self.env["service.ticket.tracking"].create({"ticket_id": self.ticket.id})
        with RecordCapturer(self.env["mail.mail"], []) as mails:
            self.ticket._send_track_link()
        mails.records.unlink()
        self.assertIn("odile@example.com", str(self.ticket.message_ids.mapped("body")))
        self.assertNotIn("/service/track/", str(self.ticket.message_ids.mapped("body")))
        self.env.flush_all()
        for table in ("service_track_token", "service_ticket_tracking", "mail_message"):
            rows = self.env.execute_query(
                SQL("SELECT t::text FROM %s t", SQL.identifier(table))
            )
            self.assertNotIn(token, str(rows), table)

    @users("portal_agent")
    def test_customer_without_address_gets_no_mail(self):
        self.ticket.partner_email = False
        dialog = self._dialog().save()
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            dialog.action_send()

    @users("portal_odile")
    def test_customer_cannot_make_or_read_links(self):
        ticket = self.ticket.with_env(self.env)
        with self.assertRaises(AccessError):
            ticket.action_tracking_link()
        with self.assertRaises(AccessError):
            self.env["service.ticket.tracking"].create({"ticket_id": ticket.id})
        with self.assertRaises(AccessError):
            self.env["service.track.token"].search([])

    def test_technician_cannot_hand_out_links(self):
        technician = new_test_user(
            self.env, "portal_tech", "crm_service.group_service_technician"
        )
        self.ticket.user_id = technician
        with self.assertRaisesRegex(AccessError, "Only service agents"):
            self.ticket.with_user(technician).action_tracking_link()

    @users("portal_agent")
    def test_agent_can_neither_forge_links_nor_read_hashes(self):
        link = self.env["service.track.token"]
        with self.assertRaises(AccessError):
            link.create({"ticket_id": self.ticket.id, "digest": "0" * 64})
        self.ticket._get_track_url()
        with self.assertRaises(AccessError):
            link.search([]).read(["digest"])
