# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestPrivateNote(ServiceCommon):
    def test_a_note_does_not_reach_a_customer_who_is_mentioned(self):
        customer = self._create_partner(email="ann@example.com")
        ticket = self._create_ticket(partner_id=customer.id).with_user(self.agent)
        kind = self.env.ref("mail.mt_note")
        for values in (
            {"partner_ids": customer.ids},
            {"partner_ids": customer.ids, "subtype_id": kind.id},
            {"partner_ids": customer.ids, "subtype_xmlid": "mail.mt_note"},
            {"outgoing_email_to": "ann@example.com"},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "our staff"):
                ticket.message_post(body="Rude!", message_type="comment", **values)
        note = ticket.message_post(
            body="Rude!",
            message_type="comment",
            partner_ids=self.supervisor.partner_id.ids,
        )
        self.assertEqual(note.notified_partner_ids, self.supervisor.partner_id)
        with self.assertRaisesRegex(UserError, "our staff"):
            ticket._message_update_content(
                note, body="Rude!!", partner_ids=customer.ids
            )
        self.assertNotIn(customer, note.notified_partner_ids)
        ticket.message_post(
            body="Hello",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=customer.ids,
        )

    def test_a_private_note_is_its_writers_alone(self):
        ticket = self._create_ticket()
        mine = ticket.with_user(self.agent)
        mine.my_note = "The door code is 1234"
        theirs = ticket.with_user(self.supervisor)
        self.assertFalse(theirs.my_note)
        theirs.my_note = "Mine"
        self.assertEqual(mine.my_note, "The door code is 1234")
        notes = self.env["service.ticket.note"]
        self.assertEqual(notes.with_user(self.supervisor).search_count([]), 1)
        self.env.invalidate_all()
        self.assertEqual(len(theirs.note_ids), 1)
        self.assertFalse(theirs.search([("note_ids.body", "ilike", "1234")]))
        note = notes.search([("user_id", "=", self.agent.id)])
        for user in (self.supervisor, self.manager, self.stranger):
            with self.assertRaises(AccessError):
                note.with_user(user).read(["body"])
        mine.my_note = " "
        self.assertFalse(note.exists())

    def test_nobody_writes_a_note_in_anothers_name(self):
        ticket = self._create_ticket()
        note = (
            self.env["service.ticket.note"]
            .with_user(self.agent)
            .create(
                {"ticket_id": ticket.id, "body": "x", "user_id": self.supervisor.id}
            )
        )
        self.assertEqual(note.user_id, self.agent)
        note.write({"user_id": self.supervisor.id})
        self.assertEqual(note.user_id, self.agent)
