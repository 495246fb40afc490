# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.service_independence_mixin import TICKETS
from .assignment_common import MONDAY
from .complaint_common import ComplaintCommon

CANARY = "Canary-7Q"


@tagged("post_install", "-at_install")
class TestIndependence(ComplaintCommon):
    # -- who ------------------------------------------------------------------

    def test_the_person_and_the_whole_team_are_kept_away(self):
        person = self._blame()
        self.assertEqual(person.excluded_user_ids, self.blamed)
        self.team.user_id = self.supervisor
        team = self._create_complaint(complained_team_id=self.team.id)
        self.assertEqual(
            team.excluded_user_ids, self.blamed | self.colleague | self.supervisor
        )
        self.assertTrue(person.is_confidential and team.is_confidential)
        self.assertFalse(self._create_complaint().is_confidential)

    def test_who_was_responsible_for_the_ticket_is_meant_by_a_person(self):
        origin = self._create_ticket(user_id=self.blamed.id)
        complaint = self._create_complaint(
            complaint_about="person", complained_ticket_id=origin.id
        )
        self.assertEqual(complaint.complained_user_id, self.blamed)
        self.assertEqual(complaint.excluded_user_ids, self.blamed)

    def test_who_joins_the_team_later_or_has_left_it_is_kept_away_too(self):
        ticket = self._create_complaint(complained_team_id=self.team.id)
        self.team.member_ids = [Command.set(self.agent.ids)]
        self.assertEqual(
            ticket.excluded_user_ids, self.blamed | self.colleague | self.agent
        )

    def test_who_has_left_the_team_is_kept_away_whatever_else_happens(self):
        ticket = self._create_complaint(complained_team_id=self.team.id)
        people = self.blamed | self.colleague
        self.team.member_ids = [Command.set(self.agent.ids)]
        people |= self.agent
        ticket.complaint_about = "person"
        self.assertEqual(ticket.excluded_user_ids, people)
        ticket.complained_user_id = self.judge
        self.assertEqual(ticket.excluded_user_ids, people | self.judge)
        ticket.complained_user_id = False
        self.assertEqual(ticket.excluded_user_ids, people)
        ticket.parent_id = self._create_ticket()
        ticket.parent_id = False
        self.assertEqual(ticket.excluded_user_ids, people)
        plain = self._create_complaint()
        plain._merge_into(ticket)
        self.assertEqual(ticket.excluded_user_ids, people)
        self.assertEqual(plain.excluded_user_ids, people)
        plain.action_unmerge()
        self.assertEqual(ticket.excluded_user_ids, people)
        self.assertFalse(plain.excluded_user_ids)
        ticket.complained_team_id = self.independent
        self.assertEqual(ticket.excluded_user_ids, self.judge)

    def test_a_person_named_by_mistake_sees_the_complaint_again(self):
        ticket = self._blame()
        ticket.complained_user_id = self.colleague
        self.assertEqual(ticket.excluded_user_ids, self.colleague)
        ticket.write({"complained_user_id": False, "complaint_about": "fee"})
        self.assertFalse(ticket.excluded_user_ids or ticket.is_confidential)

    def test_a_part_of_a_complaint_is_kept_away_too(self):
        ticket = self._blame()
        child = self._create_ticket(parent_id=ticket.id)
        self.assertEqual(child.excluded_user_ids, self.blamed)
        late = self._create_ticket()
        late.parent_id = ticket
        self.assertEqual(late.excluded_user_ids, self.blamed)

    # -- who handles it -------------------------------------------------------

    def test_nobody_gives_it_to_them_by_hand(self):
        ticket = self._blame()
        with self.assertRaisesRegex(UserError, "must not handle it"):
            ticket.with_user(self.colleague).user_id = self.blamed
        with self.assertRaisesRegex(UserError, "must not handle it"):
            ticket.with_user(self.colleague).action_hand_over(self.blamed.id, "Here")
        about_team = self._create_complaint(complained_team_id=self.team.id)
        with self.assertRaisesRegex(UserError, "must not handle it"):
            about_team.with_user(self.judge).team_id = self.team

    def test_assignment_never_picks_them(self):
        self.team.assignment_method = "least_loaded"
        with freeze_time(MONDAY):
            tickets = [self._blame() for _i in range(4)]
            self.assertTrue(self._create_complaint().user_id)
        for ticket in tickets:
            self.assertEqual(ticket.user_id, self.colleague)
        self.team.member_ids = [Command.set(self.blamed.ids)]
        alone = self._blame()
        self.assertFalse(alone.user_id)
        self.assertEqual(alone.team_id, self.independent)

    def test_a_process_does_not_give_it_to_them_either(self):
        ticket = self._create_complaint(complained_team_id=self.team.id)
        self.assertEqual(ticket.team_id, self.independent)
        ticket._with_flow().write({"team_id": self.team.id, "user_id": self.blamed.id})
        self.assertEqual(ticket.team_id, self.independent)
        self.assertFalse(ticket.user_id)

    def test_it_is_taken_from_them_with_all_that_they_had_to_do(self):
        ticket = self._create_complaint(user_id=self.blamed.id)
        ticket.activity_schedule(
            "mail.mail_activity_data_call", summary="Call", user_id=self.blamed.id
        )
        ticket.message_post(
            body=CANARY,
            partner_ids=self.blamed.partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self.assertIn(self.blamed.partner_id, ticket.message_partner_ids)
        notifications = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.blamed.partner_id.id)]
        )
        self.assertTrue(notifications)
        ticket.with_user(self.judge).complained_user_id = self.blamed
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.team_id, self.independent)
        self.assertFalse(ticket.activity_ids)
        self.assertNotIn(self.blamed.partner_id, ticket.message_partner_ids)
        self.assertFalse(notifications.exists())

    def test_without_an_independent_team_a_supervisor_is_asked(self):
        self.company.service_complaint_team_id = False
        ticket = self._create_complaint(complained_team_id=self.team.id)
        self.assertFalse(ticket.team_id)
        self.assertTrue(ticket.activity_ids)
        self.assertNotIn(ticket.activity_ids.user_id, ticket.excluded_user_ids)

    # -- a complaint about oneself --------------------------------------------

    def test_a_complaint_about_oneself_is_taken_and_parked(self):
        tickets = self._as(self.blamed)[TICKETS]
        values = {
            "type_id": self.complaint.id,
            "name": CANARY,
            "complaint_about": "person",
            "complained_user_id": self.blamed.id,
            "user_id": self.blamed.id,
            "team_id": self.team.id,
        }
        self.assertEqual(tickets.web_save(values, {"name": {}}), [])
        ticket = self.tickets.search([("name", "=", CANARY)])
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.team_id, self.independent)
        self.assertEqual(ticket.excluded_user_ids, self.blamed)
        self.assertFalse(ticket.user_id)
        self.assertTrue(ticket.stage_log_ids)
        self.assertIn(ticket.number, tickets.get_parked_notice())
        told = self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.blamed.partner_id.ids),
            ]
        )
        self.assertIn(ticket.number, told.body)
        with self.assertRaises(AccessError):
            ticket.with_user(self.blamed).read(["name"])

    def test_who_names_oneself_later_loses_nothing_of_what_was_written(self):
        ticket = self._create_complaint(user_id=self.blamed.id)
        mine = ticket.with_user(self.blamed)
        values = {
            "name": "Worse",
            "severity": "serious",
            "complained_user_id": self.blamed.id,
        }
        self.assertEqual(mine.web_save(values, {"name": {}}), [])
        self.assertRecordValues(
            ticket,
            [{"name": "Worse", "severity": "serious", "team_id": self.independent.id}],
        )

    def test_nobody_else_is_told_of_a_parked_complaint(self):
        self._blame()
        self.assertFalse(self._as(self.blamed)[TICKETS].get_parked_notice())

    # -- nothing leaks --------------------------------------------------------

    def _fill(self):
        """Return a complaint with everything that belongs to it, full of canaries."""
        ticket = self._blame(name=CANARY, description=CANARY, user_id=self.colleague.id)
        ticket.action_urge(CANARY)
        attachment = self.env["ir.attachment"].create(
            {"name": CANARY, "raw": b"x", "res_model": TICKETS, "res_id": ticket.id}
        )
        ticket.message_post(
            body=CANARY,
            partner_ids=self.blamed.partner_id.ids,
            author_id=self.blamed.partner_id.id,
            attachment_ids=attachment.ids,
            subtype_xmlid="mail.mt_comment",
        )
        ticket.message_subscribe(self.blamed.partner_id.ids)
        ticket.activity_schedule(
            "mail.mail_activity_data_todo", summary=CANARY, user_id=self.judge.id
        )
        self.env["service.remedy"].create(
            {"ticket_id": ticket.id, "kind": "apology", "note": CANARY}
        )
        self._create_ticket(name=CANARY, parent_id=ticket.id)
        return ticket

    def test_no_model_shows_it_in_any_way_of_reading(self):
        ticket = self._fill()
        env = self._as(self.blamed)
        self.assertNotIn(self.blamed.partner_id, ticket.message_partner_ids)
        owned = [("res_model", "=", TICKETS), ("res_id", "=", ticket.id)]
        domains = {
            TICKETS: [("id", "in", (ticket | ticket.child_ids).ids)],
            "mail.message": [("model", "=", TICKETS), ("res_id", "=", ticket.id)],
            "mail.followers": owned,
            "mail.activity": owned,
            "ir.attachment": owned,
            "mail.notification": [("mail_message_id.res_id", "=", ticket.id)],
            **{
                model: [("ticket_id", "in", (ticket | ticket.child_ids).ids)]
                for model in self._get_child_models()
            },
        }
        seen = 0
        for model, domain in domains.items():
            records = self.env[model].sudo().search(domain)
            with self.subTest(model=model):
                seen += bool(records)
                shown = env[model]
                self.assertFalse(shown.search(domain))
                self.assertEqual(shown.search_count(domain), 0)
                self.assertEqual(shown.web_search_read(domain, {"id": {}})["length"], 0)
                counts = shown.formatted_read_group(domain, [], ["__count"])
                self.assertEqual(counts[0]["__count"], 0)
                for record in records:
                    with self.assertRaises(AccessError), mute_logger("odoo.addons"):
                        shown.browse(record.id).read()
        self.assertGreater(seen, 6)

    def _get_child_models(self):
        """Return the stored models of ours that belong to a ticket by `ticket_id`."""
        blamed = self._as(self.blamed)
        return [
            name
            for name, model in self.env.items()
            if name.startswith("service.")
            and not (model._abstract or model._transient)
            and model._fields.get("ticket_id") is not None
            and model._fields["ticket_id"].comodel_name == TICKETS
            and blamed[name].has_access("read")
        ]

    def test_every_model_that_belongs_to_tickets_has_the_rule(self):
        rules = self.env["ir.rule"].search([("groups", "=", False)])
        guarded = {
            rule.model_id.model
            for rule in rules
            if "excluded_user_ids" in rule.domain_force
            or "is_service_hidden" in rule.domain_force
        }
        for name, model in self.env.items():
            if model._abstract or model._transient or not model._auto:
                continue
            links = [
                field.name
                for field in model._fields.values()
                if field.type == "many2one"
                and field.comodel_name == TICKETS
                and field.store
                and field.name == "ticket_id"
            ]
            readers = self.env["ir.model.access"].search(
                [("model_id.model", "=", name), ("perm_read", "=", True)]
            )
            if links and readers and name.startswith("service."):
                with self.subTest(model=name):
                    self.assertIn(name, guarded)

    def test_it_is_not_found_by_number_name_or_phone(self):
        ticket = self._blame(name=CANARY, partner_phone="+39 02 5550 9999")
        api = self._api(self.blamed)
        tickets = self._as(self.blamed)[TICKETS]
        self.assertFalse(tickets.name_search(ticket.number))
        self.assertFalse(tickets.name_search(CANARY))
        self.assertFalse(tickets._find_by_number(ticket.number))
        for phone in (None, "+39 02 5550 9999"):
            with self.assertRaisesRegex(UserError, "There is no ticket"):
                api.ticket_status(ticket.number, phone)
        with self.assertRaisesRegex(UserError, "There is no ticket"):
            api.add_message(ticket.number, "Hello")
        status = self._api(self.judge).ticket_status(ticket.number)
        self.assertEqual(status["number"], ticket.number)

    def test_figures_do_not_count_it(self):
        def figures(user):
            env = self._as(user)
            process = env["service.process"].browse(self.complaint.process_id.id)
            dashboard = env["service.dashboard"].get_data()
            team = env["service.team"].browse(self.team.id)
            team.invalidate_recordset()
            return (
                dashboard["figures"]["open"],
                dashboard["today"]["in"],
                process._get_open_counts(process.stage_ids),
                [row["count"] for row in process._get_map_passes(None, None)],
                [row["open"] for row in team.workload],
                env["res.partner"].browse(self.partner.id).service_ticket_count,
            )

        self._create_complaint(user_id=self.colleague.id)
        before = figures(self.blamed), figures(self.judge)
        self._blame(user_id=self.colleague.id)
        self.env.invalidate_all()
        self.assertEqual(figures(self.blamed), before[0])
        self.assertNotEqual(figures(self.judge), before[1])

    def test_a_link_to_it_does_not_tell_its_name(self):
        ticket = self._blame(name=CANARY)
        self.assertNotIn(CANARY, ticket.with_user(self.blamed).sudo().display_name)
        self.assertIn(CANARY, ticket.with_user(self.judge).display_name)

    def test_they_get_no_activity_and_no_message(self):
        ticket = self._blame()
        with self.assertRaisesRegex(ValidationError, "nothing to do with"):
            ticket.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.blamed.id
            )
        ticket.message_subscribe(self.blamed.partner_id.ids)
        ticket.message_post(
            body=CANARY,
            partner_ids=(self.blamed | self.judge).partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )
        ticket.message_notify(
            body=CANARY, partner_ids=(self.blamed | self.judge).partner_id.ids
        )
        told = self.env["mail.notification"].search(
            [("mail_message_id.res_id", "=", ticket.id)]
        )
        self.assertIn(self.judge.partner_id, told.res_partner_id)
        self.assertNotIn(self.blamed.partner_id, told.res_partner_id)

    def test_a_leader_whom_it_is_about_is_not_urged(self):
        self.team.user_id = self.blamed
        ticket = self._blame(user_id=self.colleague.id)
        ticket.with_user(self.agent).action_urge("It presses")
        self.assertFalse(ticket.urge_ids.lead_id)
        self.assertEqual(ticket.activity_ids.user_id, self.colleague)

    def test_they_write_nothing_on_it(self):
        ticket = self._blame()
        mine = ticket.with_user(self.blamed)
        with self.assertRaises(AccessError):
            mine.write({"name": "Nothing happened"})
        with self.assertRaises(AccessError):
            mine.write({"complained_user_id": False})
        with self.assertRaises(AccessError):
            mine.message_post(body="Nothing happened")
        mine.sudo().message_subscribe(self.blamed.partner_id.ids)
        self.assertNotIn(self.blamed.partner_id, ticket.message_partner_ids)

    # -- what is moved elsewhere ----------------------------------------------

    def test_what_is_merged_stays_hidden_and_is_shown_again_when_undone(self):
        about = self._blame()
        other = self._create_complaint()
        with self.assertRaisesRegex(UserError, "kept from people"):
            about.with_user(self.judge)._merge_into(other.with_user(self.judge))
        other.with_user(self.judge)._merge_into(about.with_user(self.judge))
        self.assertEqual(other.excluded_user_ids, self.blamed)
        self.assertFalse(other.outcome)
        other.with_user(self.judge).action_unmerge()
        self.assertFalse(other.excluded_user_ids)
        self.assertEqual(about.excluded_user_ids, self.blamed)

    def test_what_is_split_off_stays_hidden(self):
        ticket = self._blame()
        message = ticket.message_post(
            body=CANARY, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        judge = ticket.with_user(self.judge)
        new = judge._split_off(message, self.env["ir.attachment"])
        self.assertEqual(new.excluded_user_ids, self.blamed)
