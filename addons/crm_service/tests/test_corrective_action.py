# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..models.service_corrective_action_guard import FLOW_FIELDS, FLOW_KEY
from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestCorrectiveAction(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.actions = cls.env["service.corrective.action"]
        cls.owner = cls._create_user("technician", login="owner")
        cls.checker = cls._create_user("agent", login="checker")
        cls.ticket = cls._create_ticket(type_id=cls.complaint.id)
        cls.action = cls._create_action()

    @classmethod
    def _create_action(cls, **values):
        return cls.actions.create(
            {
                "name": "Test every seal",
                "ticket_ids": [Command.set(cls.ticket.ids)],
                "user_id": cls.owner.id,
                "check_user_id": cls.checker.id,
                "date_due": cls.today + timedelta(days=5),
                **values,
            }
        )

    def _carry_out(self, action=None):
        action = action or self.action
        action = action.with_user(self.owner)
        action.done_note = "Tested"
        action.action_carry_out()

    def _get_tasks(self, action=None):
        """Return what is to be done by whom until when."""
        activities = (action or self.action).activity_ids
        return [
            (a.activity_type_id.name, a.user_id, a.date_deadline) for a in activities
        ]

    # -- the way of an action -------------------------------------------------

    def test_the_owner_is_told_by_an_activity_until_the_due_date(self):
        due = self.today + timedelta(days=5)
        self.assertEqual(self._get_tasks(), [("Corrective Action", self.owner, due)])
        other = self._create_user("agent", login="other")
        self.action.write({"user_id": other.id, "date_due": due + timedelta(days=2)})
        self.assertEqual(
            self._get_tasks(),
            [("Corrective Action", other, due + timedelta(days=2))],
        )

    def test_who_carried_it_out_hands_on_to_the_check_of_the_effect(self):
        self._carry_out()
        self.assertEqual(self.action.state, "done")
        self.assertEqual(self.action.done_by_id, self.owner)
        self.assertEqual(
            self._get_tasks(),
            [("Check of the Effect", self.checker, self.action.check_date)],
        )
        self.assertEqual(
            self.action.check_date, self.action.date_due + timedelta(days=30)
        )

    def test_an_effective_action_is_closed_and_its_complaint_says_so(self):
        self._carry_out()
        action = self.action.with_user(self.checker)
        action.action_check_effect("effective", "None came again")
        self.assertEqual(action.state, "effective")
        self.assertEqual(action.checked_by_id, self.checker)
        self.assertFalse(self._get_tasks())
        self.assertIn("None came again", self.ticket.message_ids[0].body)
        self.assertFalse(self.ticket.message_ids[0].partner_ids)
        self.assertTrue(self.ticket.message_ids[0].subtype_id.internal)

    def test_an_action_without_effect_begins_anew(self):
        self._carry_out()
        due = self.today + timedelta(days=20)
        action = self.action.with_user(self.checker)
        with self.assertRaisesRegex(UserError, "until when"):
            action.action_check_effect("ineffective", "Two more came")
        action.action_check_effect("ineffective", "Two more came", due)
        self.assertEqual((action.state, action.round), ("open", 2))
        self.assertEqual(self._get_tasks(), [("Corrective Action", self.owner, due)])
        self.assertEqual(action.check_date, due + timedelta(days=30))
        self.assertEqual(action.check_note, "Two more came")

    def test_what_is_missing_is_said_before_it_is_carried_out(self):
        action = self.action.with_user(self.owner)
        with self.assertRaisesRegex(UserError, "Write what was done"):
            action.action_carry_out()
        self.action.check_user_id = False
        action.done_note = "Tested"
        with self.assertRaisesRegex(UserError, "Choose who checks"):
            action.action_carry_out()

    def test_a_step_taken_twice_says_what_happened_meanwhile(self):
        self._carry_out()
        with self.assertRaisesRegex(UserError, "meanwhile"):
            self.action.with_user(self.owner).action_carry_out()

    def test_a_supervisor_drops_and_reopens(self):
        action = self.action.with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "why"):
            action.action_drop(" ")
        action.action_drop("The model is no longer made")
        self.assertEqual(action.state, "cancelled")
        self.assertFalse(self._get_tasks())
        action.action_reopen()
        self.assertEqual((action.state, action.round), ("open", 2))
        self.assertFalse(action.cancel_reason)
        for user in (self.owner, self.agent):
            with self.assertRaises(AccessError):
                self.action.with_user(user).action_drop("No time")

    def test_numbers_are_given_in_turn(self):
        other = self._create_action()
        self.assertTrue(self.action.number)
        self.assertNotEqual(self.action.number, other.number)

    # -- who may: rows 8 and 9 ------------------------------------------------

    def test_nobody_checks_the_effect_of_what_they_own_or_did(self):
        roles = {
            role: self._create_user(role, login=f"pair_{role}")
            for role in ("technician", "agent", "supervisor", "manager")
        }
        for owner in roles.values():
            for checker in roles.values():
                action = self._create_action(
                    user_id=owner.id,
                    check_user_id=checker.id if checker != owner else False,
                    done_note="Tested",
                )
                if owner == checker:
                    action.check_user_id = self.checker
                action.with_user(owner).action_carry_out()
                mine = action.with_user(checker)
                with self.subTest(owner=owner.login, checker=checker.login):
                    if owner == checker:
                        with self.assertRaisesRegex(UserError, "somebody else"):
                            mine.action_check_effect("effective", "Good")
                        self.assertFalse(mine.can_check)
                        self.assertEqual(action.state, "done")
                    else:
                        mine.action_check_effect("effective", "Good")
                        self.assertEqual(action.state, "effective")

    def test_a_supervisor_who_did_the_work_of_another_does_not_check_it(self):
        self.action.done_note = "Tested"
        self.action.with_user(self.supervisor).action_carry_out()
        with self.assertRaisesRegex(UserError, "somebody else"):
            self.action.with_user(self.supervisor).action_check_effect(
                "effective", "Good"
            )
        self.action.with_user(self.manager).action_check_effect("effective", "Good")

    def test_the_owner_cannot_be_changed_away_before_the_check(self):
        supervisor = self._create_action(user_id=self.supervisor.id, done_note="Done")
        supervisor.with_user(self.manager).action_carry_out()
        with self.assertRaisesRegex(UserError, "no longer be changed"):
            supervisor.with_user(self.supervisor).user_id = self.owner
        with self.assertRaisesRegex(UserError, "somebody else"):
            supervisor.with_user(self.supervisor).action_check_effect(
                "effective", "Good"
            )

    def test_owner_and_checker_are_two_people(self):
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            self.action.check_user_id = self.owner
        clerk = self.env["res.users"].create({"name": "Clerk", "login": "clerk"})
        clerk.write(
            {
                "company_ids": [Command.link(self.company.id)],
                "company_id": self.company.id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "does not work"):
            self.action.user_id = clerk

    def test_only_the_owner_or_a_supervisor_says_it_was_carried_out(self):
        self.action.done_note = "Tested"
        with self.assertRaises(AccessError):
            self.action.with_user(self.agent).action_carry_out()
        self.action.with_user(self.supervisor).action_carry_out()

    def test_another_agent_does_not_check_the_effect(self):
        self._carry_out()
        with self.assertRaisesRegex(UserError, "Ask a supervisor"):
            self.action.with_user(self.agent).action_check_effect("effective", "Good")

    def test_owners_do_not_put_off_their_own_due_date(self):
        mine = self._create_action(user_id=self.agent.id).with_user(self.agent)
        mine.date_due -= timedelta(days=1)
        with self.assertRaisesRegex(UserError, "put off"):
            mine.date_due += timedelta(days=30)
        mine.with_user(self.supervisor).date_due += timedelta(days=30)

    def test_nobody_writes_what_the_steps_own(self):
        values = {"state": "effective", "round": 3, "check_result": "effective"}
        for name in sorted(FLOW_FIELDS):
            for user in (self.owner, self.manager):
                action = self.action.with_user(user)
                value = values.get(name, False)
                with self.subTest(field=name, user=user.login):
                    with self.assertRaises(UserError):
                        action.write({name: value})
        with self.assertRaises(UserError):
            self._create_action(state="effective")

    def test_no_context_key_opens_the_steps(self):
        forged = {FLOW_KEY: True, "default_state": "effective", "default_round": 9}
        action = self.action.with_user(self.manager).with_context(**forged)
        with self.assertRaises(UserError):
            action.state = "effective"
        new = action.create(
            {
                "name": "New",
                "user_id": self.owner.id,
                "date_due": self.today,
            }
        )
        self.assertEqual((new.state, new.round), ("open", 1))

    def test_what_was_begun_is_not_deleted(self):
        self._carry_out()
        with self.assertRaisesRegex(UserError, "stays for the record"):
            self.action.with_user(self.manager).unlink()
        self._create_action().with_user(self.manager).unlink()

    # -- who sees it ------------------------------------------------------------

    def test_technicians_see_what_they_own_or_check(self):
        theirs = self._create_action(user_id=self.checker.id, check_user_id=False)
        seen = self.actions.with_user(self.owner).search([])
        self.assertIn(self.action, seen)
        self.assertNotIn(theirs, seen)

    def test_another_company_sees_and_links_nothing(self):
        actions = self._as(self.stranger)["service.corrective.action"]
        self.assertFalse(actions.search([("id", "=", self.action.id)]))
        with self.assertRaises(AccessError):
            actions.browse(self.action.id).read(["name"])
        with self.assertRaises(AccessError):
            actions.create(
                {
                    "name": "Look",
                    "user_id": self.stranger.id,
                    "date_due": self.today,
                    "ticket_ids": [Command.link(self.ticket.id)],
                    "company_id": self.other_company.id,
                }
            )

    def test_no_complaint_is_linked_that_the_user_may_not_see(self):
        mine = self._create_action(user_id=self.technician.id, ticket_ids=False)
        with self.assertRaises(AccessError):
            mine.with_user(self.technician).ticket_ids = [Command.link(self.ticket.id)]
        self._keep_away(self.agent)
        with self.assertRaises(AccessError):
            self._as(self.agent)["service.corrective.action"].create(
                {
                    "name": "Look",
                    "user_id": self.agent.id,
                    "date_due": self.today,
                    "ticket_ids": [Command.link(self.ticket.id)],
                }
            )

    def _keep_away(self, *users):
        """Let the complaint be about `users`."""
        ids = [user.id for user in users]
        self.ticket._with_flow().write(
            {"is_confidential": True, "excluded_user_ids": [Command.set(ids)]}
        )

    def test_whom_the_complaint_is_about_sees_nothing_of_its_actions(self):
        self._keep_away(self.agent, self.manager)
        for user in (self.agent, self.manager):
            actions = self._as(user)["service.corrective.action"]
            self.assertFalse(actions.search([("id", "=", self.action.id)]))
            self.assertFalse(actions.name_search("seal"))
            self.assertFalse(actions._read_group([], ["state"], ["__count"]))
            with self.assertRaises(AccessError):
                actions.browse(self.action.id).read(["name"])
            messages = self._as(user)["mail.message"].search(
                [("model", "=", actions._name), ("res_id", "=", self.action.id)]
            )
            self.assertFalse(messages)
        self.assertTrue(self.action.with_user(self.supervisor).name)

    def test_no_window_opens_on_an_action_that_the_user_may_not_see(self):
        self._keep_away(self.manager)
        for name in ("check", "drop"):
            windows = self._as(self.manager)[f"service.corrective.action.{name}"]
            values = {"action_id": self.action.id, "reason": "x"}
            if name == "check":
                values = {**values, "result": "effective", "note": "x"}
                del values["reason"]
            with self.assertRaises(AccessError):
                windows.create(values)
        windows = self._as(self.manager)["service.corrective.action.check"]
        with self.assertRaises(AccessError):
            windows.onchange(
                {"action_id": self.action.id},
                ["action_id"],
                {"action_id": {}, "done_note": {}, "criterion": {}},
            )

    def test_whom_the_complaint_is_about_neither_owns_nor_checks(self):
        self._keep_away(self.agent)
        for name in ("user_id", "check_user_id"):
            with self.assertRaisesRegex(ValidationError, "Choose somebody else"):
                self.action[name] = self.agent

    def test_an_owner_whom_a_complaint_is_about_later_hears_no_more_of_it(self):
        self._keep_away(self.owner)
        tasks = self._get_tasks()
        self.assertNotIn(self.owner, [person for _kind, person, _day in tasks])
        self.assertTrue(tasks)
        self.assertNotIn(self.owner.partner_id, self.action.message_partner_ids)
        self._make_overdue(self.action, 3)
        self.action._remind()
        self.assertFalse(self._get_reminders(self.owner))
        self.assertTrue(self._get_reminders(self.checker))
        self.action.message_subscribe(self.owner.partner_id.ids)
        message = self.action.message_post(
            body="Secret", partner_ids=self.owner.partner_id.ids
        )
        self.assertNotIn(self.owner.partner_id, message.notified_partner_ids)

    # -- reminders ----------------------------------------------------------------

    def _get_reminders(self, person):
        return self.env["mail.message"].search(
            [
                ("partner_ids", "in", person.partner_id.ids),
                ("subject", "ilike", "overdue"),
            ]
        )

    def _make_overdue(self, action, days):
        action._with_flow().write({"date_due": self.today - timedelta(days=days)})

    def test_overdue_people_are_reminded_once_a_week(self):
        self._make_overdue(self.action, 2)
        self.assertTrue(self.action.is_overdue)
        self.assertIn(self.action, self.actions.search([("is_overdue", "=", True)]))
        found = self.actions.search([("is_overdue", "=", False)])
        self.assertNotIn(self.action, found)
        self.actions._get_unreminded(10)._remind()
        self.assertEqual(len(self._get_reminders(self.owner)), 1)
        self.assertFalse(self.actions._get_unreminded(10))
        self.action._with_flow().reminded_on = self.today - timedelta(days=7)
        self.actions._get_unreminded(10)._remind()
        self.assertEqual(self.action.reminder_count, 2)
        self.assertEqual(len(self._get_reminders(self.owner)), 2)

    def test_the_second_reminder_goes_to_others_too(self):
        self._make_overdue(self.action, 9)
        self.action._remind()
        self.assertFalse(self._get_reminders(self.checker))
        self.action._remind()
        self.assertTrue(self._get_reminders(self.checker))

    def test_a_late_check_of_the_effect_is_reminded_of(self):
        self._carry_out()
        self.action._with_flow().write(
            {
                "date_due": self.today - timedelta(days=40),
                "check_date": self.today - timedelta(days=3),
            }
        )
        self.assertEqual(self.action.days_overdue, 3)
        self.actions._get_unreminded(10)._remind()
        self.assertTrue(self._get_reminders(self.checker))
        self.assertFalse(self._get_reminders(self.owner))

    def test_many_overdue_actions_make_one_message(self):
        actions = self.action | self._create_action() | self._create_action()
        for action in actions:
            self._make_overdue(action, 1)
        actions._remind()
        reminders = self._get_reminders(self.owner)
        self.assertEqual(len(reminders), 1)
        self.assertIn("3 corrective actions", reminders.subject)

    def test_the_job_reminds_in_batches_and_ends(self):
        self._make_overdue(self.action, 1)
        cron = self.env.ref("crm_service.ir_cron_service_corrective_action")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)
        self.assertEqual(self.action.reminder_count, 1)

    # -- on the complaint -----------------------------------------------------

    def test_a_complaint_shows_its_actions_and_makes_new_ones(self):
        self.assertEqual(self.ticket.corrective_action_ids, self.action)
        self.assertEqual(self.ticket.corrective_action_count, 1)
        found = self.tickets.search([("corrective_action_ids", "in", self.action.ids)])
        self.assertEqual(found, self.ticket)
        cause = self.env.ref("crm_service.complaint_cause_product_making")
        self.ticket.cause_ids = cause
        opened = self.ticket.with_user(self.agent).action_new_corrective_action()
        model = self.actions.with_user(self.agent).with_context(**opened["context"])
        with Form(model) as form:
            form.name = "Train the line"
            form.user_id = self.owner
            form.date_due = self.today + timedelta(days=3)
        self.assertEqual(form.record.ticket_ids, self.ticket)
        self.assertEqual(form.record.cause_ids, cause)


@tagged("post_install", "-at_install")
class TestComplaintCause(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.causes = cls.env["service.complaint.cause"]
        cls.top = cls.causes.create({"name": "Top", "code": "TOP"})
        cls.fine = cls.causes.create(
            {"name": "Fine", "code": "FINE", "parent_id": cls.top.id}
        )

    def test_codes_tell_the_place_in_the_catalogue(self):
        self.assertEqual(self.fine.full_code, "TOP.FINE")
        self.assertEqual(self.fine.display_name, "TOP.FINE · Top / Fine")
        self.top.code = "T"
        self.assertEqual(self.fine.full_code, "T.FINE")
        found = self.causes.name_search("T.FI")
        self.assertEqual([row[0] for row in found], self.fine.ids)

    def test_bad_codes_and_circles_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "no code of a cause"):
            self.fine.code = "A.B"
        with self.assertRaisesRegex(ValidationError, "under itself"):
            self.top.parent_id = self.fine

    def test_a_cause_counts_the_complaints_of_finer_ones(self):
        ticket = self._create_ticket(
            type_id=self.complaint.id, cause_ids=[Command.set(self.fine.ids)]
        )
        self.assertEqual((self.top | self.fine).mapped("ticket_count"), [1, 1])
        opened = self.tickets.search(self.top.action_open_tickets()["domain"])
        self.assertEqual(opened, ticket)

    def test_used_causes_stay(self):
        self._create_ticket(cause_ids=[Command.set(self.fine.ids)])
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.fine.unlink()

    def test_causes_of_another_company_are_refused(self):
        self.fine.company_id = self.other_company
        ticket = self._create_ticket()
        with self.assertRaisesRegex(ValidationError, "another company"):
            ticket.cause_ids = self.fine

    def test_only_managers_change_the_catalogue(self):
        self.assertTrue(self.causes.with_user(self.technician).search([]))
        for user in (self.technician, self.agent, self.supervisor):
            with self.assertRaises(AccessError):
                self.fine.with_user(user).name = "Mine"
        self.fine.with_user(self.manager).name = "Finer"
