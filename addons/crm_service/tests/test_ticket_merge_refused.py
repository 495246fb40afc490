# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.service_ticket import FLOW_FIELDS
from .merge_common import MergeCommon


@tagged("post_install", "-at_install")
class TestTicketMergeRefused(MergeCommon):
    def _refused(self, source, target, sentence, user=None):
        source, target = (t.with_user(user or self.agent) for t in (source, target))
        before = (source.phase, target.phase, source.merged_into_id)
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            source._merge_into(target)
        after = (source.phase, target.phase, source.merged_into_id)
        self.assertEqual(after, before)

    def test_into_itself(self):
        self._refused(self.first, self.first, "merged into itself")

    def test_in_a_circle(self):
        third = self._create_ticket(partner_id=self.ann.id)
        self.second._merge_into(self.first)
        self._refused(self.first, self.second, "in a circle")
        self.first._merge_into(third)
        self._refused(third, self.second, "in a circle")
        self._refused(third, self.first, "in a circle")

    def test_twice_or_into_a_merged_one(self):
        self.second._merge_into(self.first)
        self._refused(self.second, self.other, "Undo that first")
        self._refused(self.other, self.second, "Choose that one")

    def test_across_companies(self):
        other = self.tickets.with_company(self.other_company).create(
            {"name": "Elsewhere", "company_id": self.other_company.id}
        )
        both = self._create_user("agent", login="both")
        both.company_ids = [(4, self.other_company.id)]
        tickets = self.env(
            user=both.id,
            context={"allowed_company_ids": (self.company | self.other_company).ids},
        )["service.ticket"]
        with self.assertRaisesRegex(UserError, "different companies"):
            tickets.browse(self.first.id)._merge_into(tickets.browse(other.id))
        with self.assertRaises(AccessError):
            self.first.with_user(self.agent)._merge_into(other.with_user(self.agent))

    def test_into_a_closed_one(self):
        self.first._move_to_phase("closed")
        self._refused(self.second, self.first, "is closed, nobody would go on")

    def test_a_complaint_and_a_request(self):
        complaint = self._create_ticket(
            type_id=self.complaint.id, partner_id=self.ann.id
        )
        self._refused(complaint, self.first, "Link them instead")
        self._refused(self.first, complaint, "Link them instead")

    def test_a_whole_into_its_part(self):
        part = self._create_ticket(parent_id=self.first.id)
        piece = self._create_ticket(parent_id=part.id)
        self._refused(self.first, piece, "Merge the part into the whole")
        piece.with_user(self.agent)._merge_into(self.first.with_user(self.agent))
        self.assertEqual(piece.merged_into_id, self.first)

    def test_parts_of_different_wholes(self):
        self.first.parent_id = self._create_ticket()
        self.second.parent_id = self._create_ticket()
        self._refused(self.second, self.first, "parts of different tickets")

    def test_the_window_tells_the_reason_and_leaves_all_as_it_was(self):
        self.first._move_to_phase("closed")
        context = {"active_model": "service.ticket", "active_ids": self.second.ids}
        wizard = (
            self.env["service.ticket.merge"]
            .with_user(self.agent)
            .with_context(**context)
            .create({"target_id": self.first.id})
        )
        self.assertIn("is closed, nobody would go on", wizard.problem)
        wizard.action_apply()
        self.assertIn("Not possible for 1", wizard.result)
        self.assertFalse(self.second.merged_into_id)
        wizard.target_id = False
        with self.assertRaisesRegex(UserError, "Choose the ticket"):
            wizard.action_apply()

    # -- who ------------------------------------------------------------------------

    def test_technicians_neither_merge_nor_split(self):
        self.first.user_id = self.second.user_id = self.technician
        mine = self.first.with_user(self.technician)
        with self.assertRaisesRegex(AccessError, "Only agents"):
            self.second.with_user(self.technician)._merge_into(mine)
        with self.assertRaisesRegex(AccessError, "Only agents"):
            mine._split_off(mine.message_ids, self.env["ir.attachment"])
        with self.assertRaises(AccessError):
            self.env["service.ticket.merge"].with_user(self.technician).create(
                {"target_id": self.first.id, "ticket_ids": self.second.ids}
            )

    def test_nobody_writes_by_hand_what_a_merge_writes(self):
        values = {
            "merged_into_id": self.first.id,
            "merged_at": "2026-01-01 00:00:00",
            "merged_by_id": self.agent.id,
            "merge_details": {"messages": [1]},
        }
        self.assertLessEqual(set(values), FLOW_FIELDS)
        for user in (self.agent, self.supervisor, self.manager):
            for name, value in values.items():
                ticket = self.second.with_user(user)
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(UserError):
                        ticket.write({name: value})
                    with self.assertRaises(UserError):
                        ticket.create({**self._prepare_ticket(), name: value})
                    with self.assertRaises(UserError):
                        self.first.with_user(user).write(
                            {"merged_ids": [(4, self.second.id)]}
                        )
        forged = self.tickets.with_user(self.agent).with_context(
            default_merged_into_id=self.first.id,
            default_merged_ids=[(4, self.second.id)],
            service_ticket_flow=True,
            service_ticket_speaker=True,
        )
        self.assertFalse(forged.create(self._prepare_ticket()).merged_into_id)
        self.assertFalse(self.second.merged_into_id)

    def test_what_was_moved_is_nobodys_to_read(self):
        self.second._merge_into(self.first)
        with self.assertRaises(AccessError):
            self.second.with_user(self.manager).read(["merge_details"])
