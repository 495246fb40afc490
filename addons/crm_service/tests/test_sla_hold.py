# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import UserError
from odoo.tests import tagged

from .sla_common import HOUR, SlaCommon, at


@tagged("post_install", "-at_install")
class TestSlaHold(SlaCommon):
    """When clocks stand still, and when they go on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_policy(
            first_response_hours=2, next_response_hours=3, resolution_hours=10
        )

    def _create_asking(self, **values):
        """Return a ticket that waits for the customer since 10 o'clock."""
        partner = self._create_partner(email="ann@example.com")
        ticket = self._create_sla_ticket(partner_id=partner.id, **values)
        self._reply(ticket)
        self._go("11-23 10:00")
        ticket._move_to_phase("waiting_customer")
        return ticket

    # -- the customer's answer ------------------------------------------------

    def test_the_answer_of_the_customer_lets_the_clocks_go_on(self):
        ticket = self._create_asking()
        self.assertEqual(self._clock_of(ticket).state, "paused")
        self._go("11-23 11:00")
        self._write_in(ticket)
        answer = self._clock_of(ticket, "next_response")
        self.assertEqual(
            (answer.state, answer.started_at), ("running", at("11-23 11:00"))
        )
        clock = self._clock_of(ticket)
        self.assertEqual((clock.state, clock.held_seconds), ("running", HOUR))
        self.assertEqual(ticket.sla_status, "on_time")
        self._go("11-23 16:00")
        self._run_job()
        self.assertEqual(ticket.sla_status, "breached")

    def test_our_answer_lets_them_wait_for_the_customer_again(self):
        ticket = self._create_asking()
        self._go("11-23 11:00")
        self._write_in(ticket)
        self._go("11-23 12:00")
        self._reply(ticket)
        self.assertEqual(self._clock_of(ticket, "next_response").state, "reached")
        self.assertEqual(self._clock_of(ticket).state, "paused")

    def test_an_answer_to_a_question_on_the_phone_counts_too(self):
        ticket = self._create_sla_ticket(partner_id=self._create_partner().id)
        ticket._move_to_phase("waiting_customer")
        self._write_in(ticket)
        self.assertEqual(self._clock_of(ticket, "first_response").state, "running")
        self.assertFalse(self._clock_of(ticket, "next_response"))

    def test_parts_of_a_ticket_go_on_when_its_customer_answers(self):
        ticket = self._create_asking()
        part = self._create_sla_ticket(parent_id=ticket.id)
        self.assertEqual(self._clock_of(part).state, "paused")
        self._write_in(ticket)
        self.assertEqual(self._clock_of(part).state, "running")
        self._reply(ticket)
        self.assertEqual(self._clock_of(part).state, "paused")

    # -- who is the customer --------------------------------------------------

    def test_what_the_system_writes_is_no_message_of_the_customer(self):
        partner = self._create_partner(email="ann@example.com")
        ticket = self._create_sla_ticket(partner_id=partner.id)
        root = self.env.ref("base.partner_root")
        values = {"author_id": root.id, "message_type": "comment"}
        post = {**values, "body": "Hi", "subtype_xmlid": "mail.mt_comment"}
        ticket.message_post(**post)
        self.assertFalse(ticket.first_replied_at)
        self._reply(ticket)
        ticket.message_post(**post)
        self.assertFalse(ticket.customer_waiting_since)

    def test_a_colleague_who_left_is_no_customer(self):
        partner = self._create_partner(email="ann@example.com")
        ticket = self._create_sla_ticket(partner_id=partner.id)
        self._reply(ticket)
        self.agent.active = False
        ticket.message_post(
            author_id=self.agent.partner_id.id,
            body="I wrote this before I left.",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertFalse(ticket.customer_waiting_since)

    # -- parts of parts -------------------------------------------------------

    def test_parts_of_parts_stand_still_while_the_customer_is_asked(self):
        whole = self._create_sla_ticket()
        part = self._create_sla_ticket(parent_id=whole.id)
        detail = self._create_sla_ticket(parent_id=part.id)
        whole._move_to_phase("waiting_customer")
        self.assertEqual(self._clock_of(detail).state, "paused")
        late = self._create_sla_ticket(parent_id=part.id)
        self.assertEqual(self._clock_of(late).state, "paused")
        whole._move_to_phase("in_progress")
        self.assertEqual(self._clock_of(detail | late).mapped("state"), ["running"] * 2)

    def test_parts_of_a_part_that_is_moved_follow_it(self):
        whole = self._create_sla_ticket()
        whole._move_to_phase("waiting_customer")
        part = self._create_sla_ticket()
        detail = self._create_sla_ticket(parent_id=part.id)
        part.parent_id = whole
        self.assertEqual(self._clock_of(detail).state, "paused")

    # -- put away -------------------------------------------------------------

    def test_archived_tickets_are_not_escalated(self):
        ticket = self._create_sla_ticket()
        self._go("11-23 10:00")
        ticket.active = False
        self.assertEqual(set(ticket.sla_ids.mapped("state")), {"paused"})
        self._go("11-25 10:00")
        self._run_job()
        self.assertFalse(ticket.sla_event_ids)
        ticket.active = True
        clock = self._clock_of(ticket)
        self.assertEqual((clock.state, clock.elapsed_seconds), ("running", HOUR))
        self.assertEqual(clock.held_seconds, 16 * HOUR)

    def test_a_ticket_that_was_put_away_holds_no_part(self):
        whole = self._create_sla_ticket()
        part = self._create_sla_ticket(parent_id=whole.id)
        whole._move_to_phase("waiting_customer")
        whole.active = False
        self.assertEqual(self._clock_of(part).state, "running")

    def test_an_open_ticket_is_archived_by_a_dispatcher_only(self):
        ticket = self._create_sla_ticket(user_id=self.technician.id)
        for user in (self.technician, self.agent):
            with self.assertRaisesRegex(UserError, "Ask a dispatcher"):
                ticket.with_user(user).active = False
            with self.assertRaisesRegex(UserError, "Ask a dispatcher"):
                ticket.with_user(user).action_archive()
        self.assertTrue(ticket.active)
        done = self._create_sla_ticket(phase="closed")
        done.with_user(self.agent).active = False
        ticket.with_user(self._create_user("dispatcher")).active = False
        self.assertFalse(ticket.active or done.active)
        ticket.with_user(self.agent).active = True

    # -- when it was opened ---------------------------------------------------

    def test_nobody_moves_the_request_to_another_time(self):
        ticket = self._create_sla_ticket()
        own = ticket.with_user(self.supervisor)
        for moment in ("2026-11-23 12:00:00", "2026-11-22 09:00:00"):
            with self.assertRaisesRegex(UserError, "“Opened”"):
                own.write({"opened_at": moment})
        own.write({"opened_at": "2026-11-23 09:00:00"})
        own.write({"opened_at": ticket.opened_at, "name": "New subject"})
        self.assertEqual(ticket.opened_at, at("11-23 09:00"))

    def test_a_request_does_not_come_from_the_future(self):
        with self.assertRaisesRegex(UserError, "has yet to come"):
            self._create_sla_ticket(opened_at="2026-11-23 09:00:01")
        ticket = self._create_sla_ticket(opened_at="2026-11-20 09:00:00")
        self.assertEqual(ticket.opened_at, at("11-20 09:00"))
