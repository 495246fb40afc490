# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .merge_common import MergeCommon


@tagged("post_install", "-at_install")
class TestTicketSplit(MergeCommon):
    def _window(self, ticket=None):
        ticket = ticket or self.first
        context = {"active_model": "service.ticket", "active_id": ticket.id}
        return Form(
            self.env["service.ticket.split"]
            .with_user(self.agent)
            .with_context(**context)
        )

    def test_what_is_chosen_goes_to_a_new_ticket(self):
        self._say(self.first, "The oven is cold")
        other = self._say(
            self.first, "The fridge drips", attachments=[("drip.png", b"y")]
        )
        loose = self.env["ir.attachment"].create(
            {
                "name": "loose.txt",
                "raw": b"x",
                "res_model": "service.ticket",
                "res_id": self.first.id,
            }
        )
        form = self._window()
        self.assertEqual(form.name, "Oven is cold")
        texts = [line.get("preview") for line in form.line_ids._records]
        self.assertEqual(texts, ["The oven is cold", "The fridge drips", "loose.txt"])
        form.name = "Fridge drips"
        with form.line_ids.edit(1) as line:
            line.is_chosen = True
        action = form.save().action_apply()
        new = self.tickets.browse(action["res_id"])
        self.assertRecordValues(
            new, [{"name": "Fridge drips", "partner_id": self.ann.id}]
        )
        self.assertNotEqual(new.number, self.first.number)
        self.assertEqual(self._texts(new), ["The fridge drips"])
        self.assertEqual(self._texts(self.first), ["The oven is cold"])
        self.assertEqual(other.attachment_ids.res_id, new.id)
        self.assertEqual(loose.res_id, self.first.id)
        relations = [row["relation"] for row in new.related_tickets]
        self.assertEqual(relations, ["Related to"])

    def test_a_file_alone_can_go(self):
        loose = self.env["ir.attachment"].create(
            {
                "name": "loose.txt",
                "raw": b"x",
                "res_model": "service.ticket",
                "res_id": self.first.id,
            }
        )
        new = self.first.with_user(self.agent)._split_off(
            self.env["mail.message"], loose
        )
        self.assertEqual(loose.res_id, new.id)

    def test_nothing_or_what_is_elsewhere_is_refused(self):
        with self.assertRaisesRegex(UserError, "Choose what goes"):
            self._window().save().action_apply()
        theirs = self._say(self.other, "Secret of Bob")
        ticket = self.first.with_user(self.agent)
        with self.assertRaisesRegex(UserError, "not part of ticket"):
            ticket._split_off(theirs.with_user(self.agent), self.env["ir.attachment"])
        foreign = self.env["ir.attachment"].create({"name": "f", "raw": b"x"})
        with self.assertRaisesRegex(UserError, "not part of ticket"):
            ticket._split_off(self.env["mail.message"], foreign)
        tracking = self.first.message_ids - self.first._get_spoken()[0]
        if tracking:
            with self.assertRaisesRegex(UserError, "not part of ticket"):
                ticket._split_off(tracking, self.env["ir.attachment"])

    def test_the_window_is_its_users_own(self):
        self._say(self.first, "Mine")
        wizard = self._window().save()
        for record in (wizard, wizard.line_ids):
            self.assertFalse(record.with_user(self.colleague).has_access("read"))
        with self.assertRaises(AccessError):
            self.env["service.ticket.split"].with_user(self.technician).create(
                {"ticket_id": self.first.id, "name": "x", "type_id": self.repair.id}
            )
