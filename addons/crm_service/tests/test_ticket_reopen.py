# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .merge_common import MergeCommon


@tagged("post_install", "-at_install")
class TestTicketReopen(MergeCommon):
    def _close(self, phase="closed", days=0):
        self.first._move_to_phase(phase)
        self._age(self.first, days)

    def _get_follow_up(self):
        link = self.env["service.ticket.link"].search(
            [("other_id", "=", self.first.id), ("kind", "=", "follow_up")]
        )
        return link.ticket_id

    def test_an_agent_reopens_within_the_window(self):
        self._close(days=13)
        ticket = self.first.with_user(self.agent)
        self.assertTrue(ticket.can_reopen)
        ticket.action_reopen()
        self.assertRecordValues(
            self.first, [{"phase": "in_progress", "reopen_count": 1}]
        )

    def test_beyond_it_an_agent_opens_a_follow_up(self):
        self._close(days=15)
        ticket = self.first.with_user(self.agent)
        self.assertFalse(ticket.can_reopen)
        self.assertTrue(ticket.can_follow_up)
        phases = set(ticket.available_route_ids.to_stage_id.mapped("phase"))
        self.assertLessEqual(phases, {"closed", "cancelled"})
        with self.assertRaisesRegex(UserError, "Open a follow-up instead"):
            ticket.action_reopen()
        with self.assertRaisesRegex(UserError, "follow-up"):
            ticket._enter_stage(self.first.process_id._get_first_stage())
        new = self.tickets.browse(ticket.action_follow_up()["res_id"])
        self.assertEqual(new, self._get_follow_up())
        self.assertRecordValues(
            new,
            [
                {
                    "name": "Follow-up: Oven is cold",
                    "partner_id": self.ann.id,
                    "phase": "received",
                }
            ],
        )

    def test_a_supervisor_may_still_leave_the_defined_way(self):
        self._close(days=15)
        stage = self.first.process_id._get_first_stage()
        self.first.with_user(self.supervisor).action_detour(stage, "Court says so")
        self.assertEqual(self.first.phase, "received")

    def test_the_window_is_the_companys(self):
        self.company.service_reopen_days = 0
        self._close()
        self.assertFalse(self.first.with_user(self.agent).can_reopen)
        self.company.service_reopen_days = 400
        self._age(self.first, 399)
        self.first.invalidate_recordset()
        self.assertTrue(self.first.with_user(self.agent).can_reopen)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.company.service_reopen_days = -1
            self.company.flush_recordset()

    def test_a_customers_message_takes_it_up_again(self):
        for phase in ("resolved", "closed", "cancelled"):
            with self.subTest(phase=phase), self.env.cr.savepoint():
                self._close(phase)
                self._say(self.first, "Cold again")
                self.assertEqual(self.first.phase, "in_progress")
                self.assertEqual(self._texts(self.first)[-1], "Cold again")
                row = self.first.stage_log_ids.filtered(lambda log: not log.left_at)
                self.assertEqual(row.reason, "The customer wrote.")

    def test_staff_and_notes_do_not_take_it_up(self):
        self._close()
        ticket = self.first.with_user(self.agent)
        ticket.message_post(
            body="Bye", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        ticket.message_post(body="Nice people", message_type="comment")
        self._say(self.first, "Hidden", subtype_xmlid="mail.mt_note")
        self.assertEqual(self.first.phase, "closed")

    def test_a_late_message_opens_a_linked_ticket(self):
        self._close(days=15)
        message = self._say(self.first, "Cold again", message_type="email")
        new = self._get_follow_up()
        self.assertEqual(message.res_id, new.id)
        self.assertEqual(self._texts(new), ["Cold again"])
        self.assertRecordValues(new, [{"channel": "email", "partner_id": self.ann.id}])
        self.assertEqual(self.first.phase, "closed")

    def test_further_late_messages_join_the_follow_up(self):
        self._close(days=15)
        self._say(self.first, "Cold again")
        new = self._get_follow_up()
        self._say(self.first, "Colder", message_type="email")
        self.assertEqual(self._get_follow_up(), new)
        new._move_to_phase("closed")
        self._say(self.first, "Frozen")
        self.assertEqual(self._texts(new), ["Cold again", "Colder", "Frozen"])
        self.assertEqual(new.phase, "in_progress")
        new._move_to_phase("closed")
        self._age(new, 15)
        self._say(self.first, "Broken")
        self.assertEqual(self._texts(self._get_follow_up() - new), ["Broken"])

    def test_a_follow_up_that_others_see_is_not_for_late_messages(self):
        self._close(days=15)
        self._say(self.first, "Cold again")
        new = self._get_follow_up()
        new.partner_id = self.bob
        message = self._say(self.first, "Colder", self.ann)
        self.assertNotEqual(message.res_id, new.id)
        self.first.complained_user_id = self.colleague
        seen = self._get_follow_up()
        message = self._say(self.first, "He shouted", self.ann)
        self.assertNotIn(message.res_id, seen.ids)

    def test_a_message_to_a_merged_ticket_takes_up_the_other(self):
        self.second._merge_into(self.first)
        self._close()
        self._say(self.second, "Cold again")
        self.assertEqual(self.first.phase, "in_progress")
        self.assertEqual(self.second.phase, "cancelled")
        self._close(days=15)
        self._say(self.second, "Colder")
        self.assertEqual(self._texts(self._get_follow_up()), ["Colder"])

    def test_of_another_customer_only_the_work_is_taken_up(self):
        self.other._merge_into(self.first)
        self._close()
        message = self._say(self.other, "Cold again")
        self.assertEqual(message.res_id, self.other.id)
        self.assertEqual(self.first.phase, "in_progress")
        self._close(days=15)
        message = self._say(self.other, "Colder")
        new = self.tickets.browse(message.res_id)
        self.assertEqual(new.partner_id, self.bob)

    def test_another_system_speaks_for_the_customer(self):
        integration = self._create_user("integration")
        self._close()
        answer = self._api(integration).add_message(self.first.number, "Cold")
        self.assertEqual(answer, {"number": self.first.number})
        self.assertEqual(self.first.phase, "in_progress")
        self._close(days=15)
        answer = self._api(integration).add_message(self.first.number, "Colder")
        self.assertEqual(answer, {"number": self._get_follow_up().number})
        # a caller's own word is not enough
        self._close()
        self._age(self.first, -15)
        self.assertFalse(self.first._is_past_reopening())
        self._api().with_context(service_ticket_speaker=True).add_message(
            self.first.number, "Just a note"
        )
        self.assertEqual(self.first.phase, "closed")
