# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .merge_common import COMMENT, MergeCommon


@tagged("post_install", "-at_install")
class TestTicketMerge(MergeCommon):
    # -- what moves -------------------------------------------------------------

    def test_what_people_wrote_and_sent_moves(self):
        self._say(self.second, "It smells")
        self.second.with_user(self.agent).message_post(body="Called Ann")
        file = self.env["ir.attachment"].create(
            {
                "name": "oven.txt",
                "raw": b"x",
                "res_model": "service.ticket",
                "res_id": self.second.id,
            }
        )
        with_file = self.second.message_post(
            body="Picture", attachments=[("oven.png", b"y")], **COMMENT
        )
        self._merge(self.second, self.first, note="Asked twice")
        self.assertEqual(self._texts(self.first), ["It smells", "Picture"])
        self.assertFalse(self._texts(self.second))
        files = file | with_file.attachment_ids
        self.assertEqual(set(files.mapped("res_id")), {self.first.id})
        told = self.first.message_ids.filtered(lambda m: "Asked twice" in m.body)
        self.assertIn(self.second.number, told.body)
        self.assertTrue(told.subtype_id.internal)

    def test_activities_of_those_who_may_see_it_move(self):
        self.second.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.colleague.id
        )
        self.second.team_id = self._create_team(member_ids=self.technician.ids)
        self.second.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.technician.id
        )
        self._merge(self.second, self.first)
        self.assertEqual(self.first.activity_ids.user_id, self.colleague)
        self.assertEqual(self.second.activity_ids.user_id, self.technician)

    def test_sub_tickets_become_parts_of_the_one_that_goes_on(self):
        child = self._create_ticket(parent_id=self.second.id)
        self._merge(self.second, self.first)
        self.assertEqual(child.parent_id, self.first)
        self.assertEqual(self.first.open_child_count, 1)

    def test_who_waits_for_the_merged_ticket_waits_for_the_other(self):
        whole = self._create_ticket()
        self.second.parent_id = whole
        self._merge(self.second, self.first)
        self.assertEqual(self.first.parent_id, whole)
        self.assertEqual(whole.open_child_count, 1)

    def test_tags_priority_and_what_was_unknown_are_added(self):
        tag = self.env["crm.tag"].create({"name": "Freezes"})
        asset = self._create_asset(partner_id=self.ann.id)
        self.second.write(
            {
                "tag_ids": [Command.link(tag.id)],
                "priority": "3",
                "asset_id": asset.id,
            }
        )
        self._merge(self.second, self.first)
        self.assertRecordValues(
            self.first,
            [{"priority": "3", "asset_id": asset.id, "serial_number": "S-1"}],
        )
        self.assertEqual(self.first.tag_ids, tag)

    def test_a_side_conversation_goes_along(self):
        asked = self.env["service.side.conversation"].create(
            {"ticket_id": self.second.id, "name": "Part?", "partner_id": self.bob.id}
        )
        self._merge(self.second, self.first)
        self.assertEqual(asked.ticket_id, self.first)

    def test_calls_go_along_and_corrective_actions_are_of_both(self):
        call = self.env["service.call"].create(
            {"ticket_id": self.second.id, "phone": "+390255501111"}
        )
        self._merge(self.second, self.first)
        self.assertEqual(call.ticket_id, self.first)
        complaints = self._create_ticket(type_id=self.complaint.id) | (
            self._create_ticket(type_id=self.complaint.id)
        )
        action = self.env["service.corrective.action"].create(
            {
                "name": "New seal",
                "date_due": "2099-01-01",
                "user_id": self.agent.id,
                "ticket_ids": [Command.link(complaints[0].id)],
            }
        )
        complaints[0]._merge_into(complaints[1])
        self.assertEqual(action.ticket_ids, complaints[1])
        action._with_flow().state = "effective"
        complaints[0].action_unmerge()
        self.assertEqual(action.ticket_ids, complaints[0])
        complaints[0]._merge_into(complaints[1])
        self.assertEqual(action.ticket_ids, complaints[1])
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            action.with_user(self.agent).ticket_ids = [Command.clear()]

    # -- what becomes of the merged one -------------------------------------------

    def test_the_merged_ticket_ends_and_tells_where_it_went(self):
        self._merge(self.second, self.first, note="Asked twice")
        self.assertEqual(self.second.phase, "cancelled")
        self.assertEqual(self.second.merged_by_id, self.agent)
        self.assertIn(self.first.number, self.second.merged_text)
        row = self.second.stage_log_ids.filtered(lambda log: not log.left_at)
        self.assertIn("Asked twice", row.reason)
        self.assertEqual(
            set(self.second.sla_ids.mapped("state")) - {"cancelled"}, set()
        )

    def test_the_customer_hears_nothing_of_merge_and_undo(self):
        rows = self.env["service.notification"]
        before = rows.search_count([])
        self._merge(self.second, self.first)
        self.second.action_unmerge()
        self.assertEqual(rows.search_count([]), before)
        self.first._move_to_phase("in_progress")
        self.assertGreater(rows.search_count([]), before)

    def test_its_number_finds_the_ticket_that_goes_on(self):
        self._merge(self.second, self.first)
        third = self._create_ticket(partner_id=self.ann.id)
        self._merge(self.first, third)
        tickets = self.tickets.with_user(self.agent)
        for number in (self.second.number, self.first.number):
            self.assertEqual(tickets._find_by_number(number), third)
        self.assertEqual(
            tickets._find_by_number(self.second.number, follow=False), self.second
        )
        answer = self._api().ticket_status(self.second.number)
        self.assertEqual(answer["number"], third.number)

    def test_several_are_merged_into_the_oldest_open_one(self):
        third = self._create_ticket(partner_id=self.ann.id)
        three = self.first | self.second | third
        context = {"active_model": "service.ticket", "active_ids": three.ids}
        form = Form(
            self.env["service.ticket.merge"]
            .with_user(self.agent)
            .with_context(**context)
        )
        self.assertEqual(form.target_id, self.first)
        self.assertIn("Goes to", form.preview)
        wizard = form.save()
        wizard.action_apply()
        self.assertEqual((self.second | third).merged_into_id, self.first)
        self.assertIn("The work goes on there", wizard.result)
        wizard.action_undo()
        self.assertFalse((self.second | third).merged_into_id)

    def test_the_window_lets_the_other_one_go_on(self):
        context = {"active_model": "service.ticket", "active_ids": self.second.ids}
        wizard = (
            self.env["service.ticket.merge"]
            .with_user(self.agent)
            .with_context(**context)
            .create({"target_id": self.first.id})
        )
        wizard.action_swap()
        wizard.action_apply()
        self.assertEqual(self.first.merged_into_id, self.second)

    def test_merging_costs_the_same_however_much_was_written(self):
        def merge_with(count):
            source = self._create_ticket(partner_id=self.ann.id)
            for number in range(count):
                self._say(source, f"Message {number}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            source._merge_into(self.first)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        merge_with(1)
        self.assertLess(abs(merge_with(12) - merge_with(2)), 6)

    # -- replies ------------------------------------------------------------------

    def test_what_is_written_to_it_lands_where_the_work_is(self):
        self._merge(self.second, self.first)
        message = self._say(self.second, "And it stinks")
        self.assertEqual(message.res_id, self.first.id)
        note = self.second.with_user(self.colleague).message_post(
            body="Seen", message_type="comment"
        )
        self.assertEqual(note.res_id, self.first.id)
        answer = self._api().add_message(self.second.number, "From outside")
        self.assertEqual(answer, {"number": self.first.number})
        self.assertEqual(
            self._texts(self.first), ["And it stinks", "Seen", "From outside"]
        )
        self.assertFalse(self._texts(self.second))

    def test_files_of_a_reply_go_along(self):
        self._merge(self.second, self.first)
        uploaded = self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "raw": b"x",
                "res_model": "service.ticket",
                "res_id": self.second.id,
            }
        )
        self.second.with_user(self.agent).message_post(
            body="With a file", attachment_ids=uploaded.ids, **COMMENT
        )
        self.assertEqual(uploaded.res_id, self.first.id)

    def test_an_answer_by_mail_joins_the_ticket_that_goes_on(self):
        asked = self.second.with_user(self.agent).message_post(
            body="Which model?", partner_ids=self.ann.ids, **COMMENT
        )
        self._merge(self.second, self.first)
        text = (
            "From: ann@example.com\nTo: catchall@test.example.com\nSubject: Re\n"
            f"Message-ID: <1@a>\nIn-Reply-To: {asked.message_id}\n\nModel 7"
        )
        self.env["mail.thread"].message_process("service.ticket", text)
        self.assertEqual(self._texts(self.first), ["Which model?", "Model 7"])

    def test_a_mail_with_the_number_joins_it_too(self):
        self.other.partner_id = self.ann
        self.other.partner_email = "ann@work.example.com"
        self._merge(self.other, self.first)
        self._receive("ann@work.example.com", f"[{self.other.number}] still cold")
        self.assertEqual(self._texts(self.first), ["It is me"])

    def test_a_mail_of_another_customer_does_not_join_it(self):
        self._merge(self.other, self.first)
        self._receive("bob@example.com", f"[{self.other.number}] still cold")
        self.assertFalse(self._texts(self.first))
        self.assertEqual(self._texts(self.other), ["It is me"])
        self._receive("bob@example.com", f"[{self.first.number}] hello", 2)
        self.assertFalse(self._texts(self.first))

    def _receive(self, sender, subject, number=1):
        text = (
            f"From: {sender}\nTo: repairs@test.example.com\nSubject: {subject}\n"
            f"Message-ID: <merge-{number}@a>\n\nIt is me"
        )
        self.env["mail.thread"].message_process("service.ticket", text)

    # -- undo ---------------------------------------------------------------------

    def test_undo_brings_back_what_has_moved(self):
        tag = self.env["crm.tag"].create({"name": "Freezes"})
        child = self._create_ticket(parent_id=self.second.id)
        asset = self._create_asset(partner_id=self.ann.id)
        self.second.write(
            {
                "tag_ids": [Command.link(tag.id)],
                "priority": "3",
                "asset_id": asset.id,
                "user_id": self.colleague.id,
            }
        )
        self.second.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.colleague.id
        )
        self.second._move_to_phase("in_progress")
        self._say(self.second, "Before")
        self._say(self.first, "Its own")
        self._merge(self.second, self.first)
        self._say(self.second, "After")
        self.second.with_user(self.agent).action_unmerge()
        self.assertEqual(self._texts(self.second), ["Before"])
        self.assertEqual(self._texts(self.first), ["Its own", "After"])
        self.assertEqual(child.parent_id, self.second)
        self.assertTrue(self.second.activity_ids and not self.first.activity_ids)
        self.assertRecordValues(
            self.second,
            [
                {
                    "phase": "in_progress",
                    "merged_into_id": False,
                    "reopen_count": 0,
                    "closed_at": False,
                    "user_id": self.colleague.id,
                    "priority": "3",
                }
            ],
        )
        self.assertRecordValues(
            self.first, [{"priority": "1", "asset_id": False, "tag_ids": []}]
        )
        self.assertIn("running", self.second.sla_ids.mapped("state") or ["running"])

    def test_undo_leaves_what_somebody_has_changed_since(self):
        self.second.priority = "3"
        activity = self.second.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.colleague.id
        )
        self._merge(self.second, self.first)
        self.first.priority = "2"
        activity.action_feedback(feedback="Done")
        self.second.with_user(self.agent).action_unmerge()
        self.assertEqual(self.first.priority, "2")
        self.assertEqual(activity.res_id, self.first.id)

    def test_undo_has_its_time_and_its_order(self):
        third = self._create_ticket(partner_id=self.ann.id)
        self._merge(self.second, self.first)
        self._merge(self.first, third)
        with self.assertRaisesRegex(UserError, f"was merged into {third.number} since"):
            self.second.with_user(self.agent).action_unmerge()
        self.assertFalse(self.second.with_user(self.agent).can_unmerge)
        self.first.with_user(self.agent).action_unmerge()
        self._age(self.second, 31)
        with self.assertRaisesRegex(UserError, "more than 30 days ago"):
            self.second.with_user(self.agent).action_unmerge()
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            self.other.with_user(self.agent).action_unmerge()
        with self.assertRaises(AccessError):
            self.second.with_user(self.technician).action_unmerge()

    def test_a_merged_ticket_is_not_moved_on(self):
        self._merge(self.second, self.first)
        for move in (
            lambda: self.second.with_user(self.supervisor).action_reopen(),
            lambda: self.second._move_by_hand(phase="in_progress"),
            lambda: self.second.with_user(self.supervisor).action_detour(
                self.second.process_id._get_first_stage(), "Why not"
            ),
        ):
            with self.assertRaises(UserError):
                move()
        self.assertEqual(self.second.phase, "cancelled")
        self.assertFalse(self.second.with_user(self.agent).available_route_ids)

    def test_a_closed_ticket_is_merged_as_it_is(self):
        self.second._move_to_phase("closed")
        closed_at = self.second.closed_at
        self._merge(self.second, self.first)
        self.assertEqual(
            (self.second.phase, self.second.closed_at), ("closed", closed_at)
        )
        self.second.with_user(self.agent).action_unmerge()
        self.assertEqual(self.second.phase, "closed")

    def test_the_list_of_merged_ones_is_on_the_ticket(self):
        self._merge(self.second, self.first)
        (row,) = self.first.with_user(self.agent).related_tickets
        self.assertEqual((row["id"], row["relation"]), (self.second.id, "Merged"))
        self.assertTrue(fields.Datetime.now() >= self.second.merged_at)
