# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .merge_common import MergeCommon


@tagged("post_install", "-at_install")
class TestTicketLink(MergeCommon):
    def _link(self, user=None, **values):
        links = self.env["service.ticket.link"].with_user(user or self.agent)
        return links.create(
            {"ticket_id": self.first.id, "other_id": self.second.id, **values}
        )

    def test_a_link_is_seen_from_both_ends(self):
        action = self.first.with_user(self.agent).action_link()
        links = self.env["service.ticket.link"].with_user(self.agent)
        form = Form(links.with_context(**action["context"]))
        form.kind = "caused_by"
        form.other_id = self.second.with_user(self.agent)
        form.save()
        (row,) = self.first.with_user(self.agent).related_tickets
        self.assertEqual((row["relation"], row["id"]), ("Caused by", self.second.id))
        (row,) = self.second.with_user(self.agent).related_tickets
        self.assertEqual(
            (row["relation"], row["number"]), ("Causes", self.first.number)
        )
        links.browse(row["link_id"]).unlink()
        self.assertFalse(self.second.with_user(self.agent).related_tickets)

    @mute_logger("odoo.sql_db")
    def test_no_link_to_itself_and_none_twice(self):
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self._link(other_id=self.first.id)
        self._link()
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self._link(ticket_id=self.second.id, other_id=self.first.id)
        self._link(kind="duplicate")

    def test_only_within_a_company_and_only_what_one_may_see(self):
        elsewhere = self.tickets.with_company(self.other_company).create(
            {"name": "Elsewhere", "company_id": self.other_company.id}
        )
        with self.assertRaises(UserError):
            self._link(other_id=elsewhere.id)
        with self.assertRaises(UserError):
            self.env["service.ticket.link"].create(
                {"ticket_id": self.first.id, "other_id": elsewhere.id}
            )
        with self.assertRaises(AccessError):
            self._link(self.technician)
        link = self._link()
        with self.assertRaises(AccessError):
            link.with_user(self.agent).kind = "duplicate"
        links = self._as(self.stranger)["service.ticket.link"]
        self.assertFalse(links.browse(link.id).has_access("read"))

    def test_technicians_see_links_of_two_tickets_of_theirs(self):
        link = self._link()
        self.first.user_id = self.technician
        self.assertFalse(link.with_user(self.technician).has_access("read"))
        self.assertFalse(self.first.with_user(self.technician).related_tickets)
        self.second.user_id = self.technician
        self.assertTrue(link.with_user(self.technician).has_access("read"))
        self.first.invalidate_recordset()
        self.assertTrue(self.first.with_user(self.technician).related_tickets)

    def test_a_copy_is_a_ticket_of_its_own_linked_to_the_first(self):
        self.first.write({"serial_number": "S-77", "user_id": self.colleague.id})
        self.first._move_to_phase("resolved")
        copy = self.first.with_user(self.agent).copy()
        self.assertNotEqual(copy.number, self.first.number)
        self.assertRecordValues(
            copy,
            [
                {
                    "name": "Oven is cold (copy)",
                    "phase": "received",
                    "partner_id": self.ann.id,
                    "serial_number": "S-77",
                    "user_id": False,
                    "resolved_at": False,
                    "merged_into_id": False,
                }
            ],
        )
        (row,) = copy.with_user(self.agent).related_tickets
        self.assertEqual((row["relation"], row["id"]), ("Related to", self.first.id))
        self.assertTrue(self.tickets._find_by_track_key(copy.number, "+390255501111"))
        named = self.first.copy({"name": "Another"})
        self.assertEqual(named.name, "Another")

    def test_a_merged_tickets_copy_is_not_merged(self):
        self.second._merge_into(self.first)
        copy = self.second.copy()
        self.assertFalse(copy.merged_into_id or copy.sudo().merge_details)
        self.assertTrue(copy.is_open)
