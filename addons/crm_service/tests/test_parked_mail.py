# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from ..const import MAX_MAIL_BYTES, MAX_MAIL_LINES
from .mail_common import ServiceMailCommon

TICKET = "odoo.addons.crm_service.models.service_ticket.ServiceTicket"


@tagged("post_install", "-at_install")
class TestParkedMail(ServiceMailCommon, MailCase):
    """What cannot be taken in is kept, and decided about by people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.repairs.user_id = cls.supervisor

    def _park(self, raw=None, error="It broke"):
        """Take in a message while tickets cannot be made."""
        raw = raw or self._make_mail("Bitte helfen.", subject="Backofen")
        broken = patch(f"{TICKET}.create", side_effect=ValueError(error))
        with broken, mute_logger("odoo.addons.crm_service.models.mail_thread"):
            ticket, parked = self._receive(raw)
        self.assertFalse(ticket)
        return parked

    def test_what_fails_is_kept_as_it_came(self):
        raw = self._make_mail("Bitte helfen.", subject="Backofen")
        parked = self._park(raw)
        self.assertRecordValues(
            parked,
            [
                {
                    "name": "Backofen",
                    "email_from": "Ann Example <ann@customer.example>",
                    "email_normalized": "ann@customer.example",
                    "reason": "failed",
                    "details": "It broke",
                    "state": "parked",
                    "company_id": self.company.id,
                    "team_id": self.repairs.id,
                    "preview": "Bitte helfen.",
                }
            ],
        )
        self.assertEqual(parked._read_incoming().raw, raw)
        self.assertEqual(parked.activity_user_id, self.supervisor)

    def test_nobody_is_told_that_a_parked_message_was_refused(self):
        mails = self.env["mail.mail"].sudo().search_count([])
        self._park()
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)
        self.assertNotEqual(self.repairs.alias_id.alias_status, "invalid")

    def test_the_same_message_is_kept_once(self):
        raw = self._make_mail()
        parked = self._park(raw)
        self.assertFalse(self._park(raw))
        self.assertEqual(self.parked.search([]), parked)

    def test_a_parked_message_that_comes_again_is_tried_again(self):
        raw = self._make_mail()
        parked = self._park(raw)
        ticket, _parked = self._receive(raw)
        self.assertEqual((parked.state, parked.ticket_id), ("done", ticket))

    def test_others_who_write_the_same_rows_let_it_be_tried_again(self):
        busy = patch(f"{TICKET}.create", side_effect=SerializationFailure())
        with busy, self.assertRaises(SerializationFailure):
            self._receive(self._make_mail())
        self.assertFalse(self.parked.search([]))

    def test_a_message_beyond_all_measure_is_kept_unread(self):
        for body in ("x" * MAX_MAIL_BYTES, "\r\n" * (MAX_MAIL_LINES + 1)):
            ticket, parked = self._receive(self._make_mail(body))
            self.assertFalse(ticket)
            self.assertEqual((parked.reason, parked.name), ("size", "Oven"))

    def test_a_message_to_nobody_is_for_managers(self):
        _ticket, parked = self._receive(self._make_mail(to_="nobody@elsewhere.example"))
        self.assertEqual(parked.reason, "route")
        self.assertFalse(parked.team_id)
        if not parked.company_id:
            parked.with_user(self.manager).check_access("read")
            with self.assertRaises(AccessError):
                parked.with_user(self.agent).check_access("read")

    def test_an_address_for_partners_only_parks_strangers(self):
        self.repairs.alias_id.alias_contact = "partners"
        ticket, parked = self._receive(self._make_mail(from_="eve@elsewhere.example"))
        self.assertFalse(ticket)
        self.assertEqual(parked.reason, "refused")

    def test_messages_of_other_applications_are_none_of_our_business(self):
        other = self.env["mail.alias"].create(
            {
                "alias_name": "chances",
                "alias_domain_id": self.domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        broken = patch(
            "odoo.addons.crm.models.crm_lead.CrmLead.create", side_effect=ValueError
        )
        bounce = patch(
            "odoo.addons.mail.models.mail_alias.MailAlias._alias_bounce_incoming_email"
        )
        with broken, bounce, self.assertRaises(ValueError):
            self._receive(self._make_mail(to_=other.alias_full_name))
        self.assertFalse(self.parked.search([]))

    # -- decisions ------------------------------------------------------------

    def test_an_agent_tries_again_what_failed(self):
        parked = self._park()
        action = parked.with_user(self.agent).action_retry()
        self.assertEqual(parked.state, "done")
        self.assertEqual(parked.decided_by_id, self.agent)
        self.assertEqual(parked.ticket_id.name, "Backofen")
        self.assertEqual(action["res_id"], parked.ticket_id.id)
        self.assertFalse(parked.activity_ids)
        with self.assertRaises(UserError):
            parked.with_user(self.agent).action_retry()

    def test_a_ticket_can_be_made_of_anything(self):
        names = ("auto_reply_de", "bounce_zh", "read_receipt")
        for name in names:
            _ticket, parked = self._receive(self._read_mail(name))
            parked.with_user(self.agent).action_make_ticket()
            self.assertEqual(parked.state, "done", name)
            self.assertEqual(parked.ticket_id.channel, "email")
            self.assertEqual(parked.ticket_id.company_id, self.company)

    def test_a_ticket_can_be_made_of_what_cannot_be_read(self):
        parked = self._park()
        gate = "odoo.addons.mail.models.mail_thread.MailThread.message_parse"
        with patch(gate, side_effect=ValueError("broken")):
            parked.with_user(self.agent).action_make_ticket()
        ticket = parked.ticket_id
        self.assertEqual(ticket.name, "Backofen")
        self.assertIn("Bitte helfen.", ticket.description)
        self.assertEqual(ticket.partner_email, "ann@customer.example")
        self.assertEqual(ticket.team_id, self.repairs)

    def test_a_message_can_be_added_to_a_ticket(self):
        parked = self._park()
        ticket = self._create_ticket(name="Known oven")
        self._decide(parked, "attach", ticket_id=ticket.id)
        self.assertEqual((parked.state, parked.ticket_id), ("done", ticket))
        self.assertIn("Bitte helfen.", self._get_text(ticket))

    def _decide(self, parked, kind, user=None, **values):
        decisions = self._as(user or self.agent)["service.parked.decision"]
        values = {"kind": kind, "parked_ids": parked.ids, **values}
        return decisions.create(values).action_apply()

    def test_discarding_needs_a_reason_and_can_be_taken_back(self):
        parked = self._park()
        with self.assertRaises(UserError):
            self._decide(parked, "discard", reason=" ")
        self._decide(parked, "discard", reason="Advertising")
        self.assertRecordValues(
            parked, [{"state": "discarded", "discard_reason": "Advertising"}]
        )
        ticket, again = self._receive(parked._read_incoming().raw)
        self.assertFalse(ticket or again, "what was discarded stays so")
        parked.with_user(self.agent).action_restore()
        self.assertEqual(parked.state, "parked")
        parked.with_user(self.agent).action_retry()
        self.assertTrue(parked.ticket_id)

    def test_what_was_decided_is_deleted_after_a_season(self):
        parked, waiting = self._park(), self._park(self._make_mail("Another"))
        self._decide(parked, "discard", reason="Advertising")
        parked.decided_at = fields.Datetime.subtract(fields.Datetime.now(), days=91)
        waiting.create_date = parked.decided_at
        self.parked._gc_decided()
        self.assertFalse(parked.exists())
        self.assertTrue(waiting.exists())

    def test_the_lock_of_a_message_does_not_stay(self):
        self._receive(self._make_mail())
        locks = self.env["service.contact.lock"].sudo()
        self.assertTrue(locks.search([("key", "=like", "mail:%")]))
        locks._gc_messages()
        locks.invalidate_model()
        self.assertFalse(locks.search([("key", "=like", "mail:%")]))
        self.assertTrue(locks.search([]), "those of customers stay")

    # -- who may ----------------------------------------------------------------

    def test_only_agents_of_the_company_see_and_decide(self):
        parked = self._park()
        for user in (self.technician, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                parked.with_user(user).action_retry()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                parked.with_user(user).read(["preview"])
        self.assertEqual(parked.state, "parked")

    def test_nobody_writes_by_hand_what_the_gate_wrote(self):
        parked = self._park()
        for user in (self.agent, self.manager):
            rows = parked.with_user(user)
            with self.assertRaises(AccessError):
                rows.write({"state": "done"})
            with self.assertRaises(AccessError):
                rows.create({"digest": "x", "reason": "failed"})
            with self.assertRaises(AccessError):
                rows.unlink()

    def test_no_caller_says_where_a_message_comes_from(self):
        self.repairs.alias_id.alias_status = "valid"
        gate = self._as(self.agent)["mail.thread"]
        gate = gate.with_context(service_mail="x", service_fetch=True, service_held=1)
        found = gate.message_process(None, self._make_mail().decode())
        self.assertFalse(self.parked.search([]).mapped("details"))
        self.assertEqual(
            self.tickets.browse(found).partner_email, "ann@customer.example"
        )

    def test_portal_users_bring_no_mail_in(self):
        portal = self.env["res.users"].create(
            {
                "name": "Pia",
                "login": "pia",
                "group_ids": [
                    fields.Command.set([self.env.ref("base.group_portal").id])
                ],
            }
        )
        with self.assertRaises(AccessError):
            self._as(portal)["mail.thread"].message_process(
                "service.ticket", self._make_mail().decode()
            )
        self.assertFalse(self.parked.search([]))

    def test_what_is_held_of_a_late_message_is_shown_where_it_landed(self):
        old, _parked = self._receive(self._make_mail())
        old.sudo().action_close()
        old.sudo()._with_flow().closed_at = "2020-01-01 00:00:00"
        subject = f"Subject: {old.number} ".encode()
        raw = self._read_mail("bad_files").replace(b"Subject: ", subject, 1)
        new, parked = self._receive(raw)
        self.assertNotEqual(new, old)
        self.assertEqual(new.sudo()._get_links().other_id, old)
        self.assertEqual(parked.ticket_id, new)

    def test_whom_a_complaint_is_about_does_not_see_its_files(self):
        ticket, parked = self._receive(self._read_mail("bad_files"))
        file = parked.file_ids[0].with_user(self.agent)
        self.assertTrue(file.name)
        ticket.write(
            {
                "type_id": self.complaint.id,
                "complaint_about": "person",
                "complained_user_id": self.agent.id,
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            file.read(["name"])
        with self.assertRaises(AccessError):
            parked.with_user(self.agent).read(["name"])
