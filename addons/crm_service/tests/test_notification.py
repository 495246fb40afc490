# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .notification_common import NotificationCommon


@tagged("post_install", "-at_install")
class TestNotification(NotificationCommon):
    """What is told when, to whom, and what staff see of it."""

    def test_a_new_ticket_is_acknowledged_with_its_number(self):
        ticket = self._create_told()
        self.assertEqual(self._get_rows(ticket).state, "queued")
        mails = self._run_job()
        self.assertEqual(len(mails), 1)
        self.assertIn(ticket.number, mails[0]["subject"])
        self.assertIn(ticket.number, mails[0]["body"])
        self.assertEqual(mails[0]["email_to"], ["ann@customer.example.com"])
        row = self._get_rows(ticket)
        expected = {
            "state": "sent",
            "event": "acknowledgement",
            "means": "email",
            "recipient": "ann@customer.example.com",
            "subject": mails[0]["subject"],
            "company_id": self.company.id,
        }
        self.assertRecordValues(row, [expected])
        self.assertTrue(row.sent_at)

    def test_nothing_is_sent_before_the_job_runs(self):
        with self.mock_mail_gateway():
            self._create_told()
            self.env.flush_all()
            self.assertFalse(self._mails)

    def test_the_job_is_called_once_when_the_transaction_is_committed(self):
        trigger = self.env["ir.cron.trigger"]
        cron = self.env.ref("crm_service.ir_cron_service_notification")
        known = trigger.search([("cron_id", "=", cron.id)])
        self._create_told()
        self._create_told()
        self.env.cr.precommit.run()
        called = trigger.search([("cron_id", "=", cron.id)]) - known
        self.assertEqual(len(called), 1)

    def test_each_phase_is_told(self):
        ticket = self._create_told()
        self._run_job()
        for phase in ("in_progress", "waiting_customer", "resolved", "closed"):
            ticket._move_to_phase(phase)
            mails = self._run_job()
            with self.subTest(phase=phase):
                self.assertEqual(len(mails), 1)
                rows = self._get_rows(ticket, "sent")
                self.assertEqual(rows[-1].event, phase)
                rule = self._get_rule(phase)
                self.assertEqual(rows[-1].rule_id, rule)

    def test_a_stage_of_the_same_phase_is_no_news(self):
        process = self._create_process(
            ("New", "received"), ("First", "in_progress"), ("Second", "in_progress")
        )
        type_id = self._create_type(process).id
        ticket = self._create_told(type_id=type_id)
        first, second = process.stage_ids[1:3]
        ticket._enter_stage(first)
        count = len(self._get_rows(ticket))
        ticket._enter_stage(second)
        self.assertEqual(len(self._get_rows(ticket)), count)

    def test_only_the_last_of_several_quick_changes_is_told(self):
        ticket = self._create_told()
        self._run_job()
        ticket._close()
        self.assertEqual(len(self._run_job()), 1)
        resolved, closed = self._get_rows(ticket)[1:]
        self.assertEqual((resolved.state, resolved.reason), ("suppressed", "overtaken"))
        self.assertEqual((closed.state, closed.event), ("sent", "closed"))

    def test_a_change_that_was_undone_is_not_told(self):
        ticket = self._create_told()
        self._run_job()
        ticket._move_to_phase("in_progress")
        ticket._move_to_phase("received")
        self._run_job()
        rows = self._get_rows(ticket)
        self.assertEqual(rows.mapped("reason"), [False, "overtaken", "known"])

    def test_stages_that_a_new_ticket_runs_through_are_no_news(self):
        process = self._create_process(("New", "received"), ("Check", "triage"))
        self._create_route(*process.stage_ids[:2], mode="automatic", domain="[]")
        ticket = self._create_told(type_id=self._create_type(process).id)
        self.assertEqual(ticket.phase, "triage")
        self.assertEqual(self._get_rows(ticket).mapped("event"), ["acknowledgement"])

    def test_context_keys_of_a_caller_silence_nothing(self):
        ticket = self._create_told()
        self._run_job()
        for forged in (True, [ticket.id], {"ids": [ticket.id]}):
            silent = ticket.with_context(service_ticket_starting=forged)
            silent._move_to_phase("in_progress")
            self.assertEqual(self._get_rows(ticket)[-1].event, "in_progress")
            silent._move_to_phase("waiting_customer")
        defaults = {"default_state": "sent", "default_recipient": "eve@example.com"}
        other = self.tickets.with_context(**defaults).create(
            self._prepare_ticket(partner_id=self.ann.id)
        )
        row = self._get_rows(other)
        self.assertEqual((row.state, row.recipient), ("queued", False))

    def test_old_sub_and_muted_tickets_are_not_told(self):
        long_ago = fields.Datetime.now() - timedelta(days=2)
        whole = self._create_told(is_muted=True)
        part = self._create_told(parent_id=whole.id)
        old = self._create_told(opened_at=long_ago)
        self.assertFalse(self._get_rows(whole | part | old))
        whole._move_to_phase("in_progress")
        part._move_to_phase("in_progress")
        self.assertFalse(self._get_rows(whole | part))

    def test_a_company_that_does_not_want_it_tells_nothing(self):
        self.company.service_notify = False
        self.assertFalse(self._get_rows(self._create_told()))

    def test_what_is_switched_off_after_queueing_is_not_sent(self):
        muted, archived = self._create_told(), self._create_told()
        muted.is_muted = True
        archived.active = False
        self.assertFalse(self._run_job())
        self.assertEqual(self._get_rows(muted).reason, "muted")
        self.assertEqual(self._get_rows(archived).reason, "archived")

    def test_a_merged_ticket_is_silent(self):
        source, target = self._create_told(), self._create_told()
        self._run_job()
        source._with_flow().merged_into_id = target
        source._move_to_phase("cancelled")
        self.assertEqual(len(self._get_rows(source)), 1)

    # -- by which means -------------------------------------------------------

    def test_the_customer_chooses_the_means(self):
        for choice, expected in (
            ("email", ["email"]),
            ("sms", ["sms"]),
            ("both", ["email", "sms"]),
            ("none", []),
            (False, ["email"]),
        ):
            self.ann.service_notify_by = choice
            rows = self._get_rows(self._create_told())
            with self.subTest(choice=choice):
                self.assertEqual(rows.mapped("means"), expected)

    def test_without_an_address_the_customer_gets_an_sms(self):
        self.ann.email = False
        self.assertEqual(self._get_rows(self._create_told()).means, "sms")

    def test_without_address_and_phone_nothing_is_sent(self):
        nobody = self._create_partner(name="Nobody")
        ticket = self._create_ticket(partner_id=nobody.id)
        self.assertFalse(self._get_rows(ticket))

    def test_a_choice_that_changes_before_sending_counts(self):
        ticket = self._create_told()
        self.ann.service_notify_by = "none"
        self.assertFalse(self._run_job())
        self.assertEqual(self._get_rows(ticket).reason, "declined")

    def test_a_means_without_an_address_tells_why(self):
        self.ann.write({"service_notify_by": "both", "phone": False})
        ticket = self._create_told()
        self._run_job()
        email, sms = self._get_rows(ticket)
        self.assertEqual(email.state, "sent")
        self.assertEqual((sms.state, sms.reason), ("suppressed", "no_address"))

    # -- which rule -----------------------------------------------------------

    def test_the_first_rule_that_fits_applies(self):
        general = self._get_rule("acknowledgement")
        special = general.copy({"sequence": 1, "type_ids": self.complaint.ids})
        complaint = self._create_told(type_id=self.complaint.id)
        self.assertEqual(self._get_rows(complaint).rule_id, special)
        self.assertEqual(self._get_rows(self._create_told()).rule_id, general)

    def test_a_rule_without_means_keeps_silent(self):
        silent = {"sequence": 1, "channel": "counter"}
        silent |= {"by_email": False, "by_sms": False}
        self._get_rule("acknowledgement").copy(silent)
        self.assertFalse(self._get_rows(self._create_told(channel="counter")))
        self.assertTrue(self._get_rows(self._create_told()))

    def test_a_rule_of_another_company_does_not_apply(self):
        other = {"sequence": 1, "company_id": self.other_company.id}
        self._get_rule("acknowledgement").copy(other)
        rule = self._get_rows(self._create_told()).rule_id
        self.assertEqual(rule, self._get_rule("acknowledgement"))

    # -- what staff do and see ------------------------------------------------

    def test_an_agent_stops_and_repeats_a_message(self):
        ticket = self._create_told()
        row = self._get_rows(ticket).with_user(self.agent)
        row.action_stop()
        self.assertEqual((row.state, row.reason), ("suppressed", "by_hand"))
        self.assertFalse(self._run_job())
        before = row.reference
        row.action_repeat()
        self.assertEqual(len(self._run_job()), 1)
        self.assertEqual(row.state, "sent")
        self.assertNotEqual(row.reference, before)

    def test_what_was_sent_is_neither_stopped_nor_sent_again(self):
        row = self._get_rows(self._create_told()).with_user(self.agent)
        self._run_job()
        for action in (row.action_stop, row.action_repeat):
            with self.assertRaisesRegex(UserError, "already"):
                action()

    def test_a_technician_reads_only(self):
        ticket = self._create_told(user_id=self.technician.id)
        row = self._get_rows(ticket).with_user(self.technician)
        self.assertEqual(row.state, "queued")
        with self.assertRaisesRegex(AccessError, "agents and supervisors"):
            row.action_stop()
        other = self._get_rows(self._create_told()).with_user(self.technician)
        with self.assertRaises(AccessError):
            other.read(["state"])

    def test_nobody_writes_rows_by_hand(self):
        row = self._get_rows(self._create_told())
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"state": "sent"})
            with self.assertRaises(AccessError):
                row.with_user(user).copy()

    def test_another_company_sees_nothing(self):
        row = self._get_rows(self._create_told())
        with self.assertRaises(AccessError):
            row.with_user(self.stranger).read(["recipient"])
        self.assertFalse(self._as(self.stranger)["service.notification"].search([]))

    def test_the_ticket_counts_its_messages(self):
        ticket = self._create_told()
        self.assertEqual(ticket.notification_count, 1)
        self._get_rows(ticket)._fail("rejected", "no such user")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.notification_problem_count, 1)
        domain = [("notification_ids.state", "=", "failed")]
        self.assertIn(ticket, self.tickets.search(domain))
        action = ticket.with_user(self.agent).action_open_notifications()
        self.assertEqual(action["domain"], [("ticket_id", "=", ticket.id)])

    def test_the_ticket_shows_what_was_sent(self):
        ticket = self._create_told()
        self._run_job()
        row = self._get_rows(ticket)
        message = row.mail_message_id
        self.assertIn(message, ticket.message_ids)
        self.assertEqual(message.message_id, row.reference)
        self.assertEqual(message.notification_ids.notification_status, "sent")
        self.assertFalse(ticket.first_replied_at)

    def test_many_tickets_are_written_down_in_one_batch(self):
        vals_list = [
            self._prepare_ticket(partner_id=self.ann.id) for _place in range(100)
        ]
        self.tickets.create(vals_list[:1])
        self.env.flush_all()

        def count():
            before = self.env.cr.sql_log_count
            self.tickets.create(vals_list)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with_rows = count()
        self.company.service_notify = False
        self.assertLessEqual(with_rows - count(), 3)
