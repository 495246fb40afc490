# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .complaint_common import ComplaintCommon
from .merge_common import COMMENT, MergeCommon

CANARY = "Canary-7Q"


@tagged("post_install", "-at_install")
class TestMergeOfCustomers(MergeCommon):
    """Tickets of different customers: the work is joined, nothing else is."""

    def setUp(self):
        super().setUp()
        self.first.name = f"Subject of Ann {CANARY}"

    def test_each_conversation_stays_with_its_customer(self):
        self._say(self.other, "What Bob told")
        file = self.env["ir.attachment"].create(
            {
                "name": "bob.txt",
                "raw": b"x",
                "res_model": "service.ticket",
                "res_id": self.other.id,
            }
        )
        wizard = self._merge(self.other, self.first)
        self.assertTrue(wizard.is_apart)
        self.assertEqual(self._texts(self.other), ["What Bob told"])
        self.assertFalse(self._texts(self.first))
        self.assertEqual(file.res_id, self.other.id)

    def test_what_is_filled_in_stays_apart(self):
        asset = self._create_asset(partner_id=self.bob.id)
        self.other.asset_id = asset
        self._merge(self.other, self.first)
        self.assertFalse(self.first.asset_id)

    def test_nobody_outside_follows_what_is_not_theirs(self):
        dealer = self._create_partner(name="Dealer", email="dealer@example.com")
        self.other.message_subscribe((self.bob | dealer).ids)
        self.other.message_subscribe(self.colleague.partner_id.ids)
        self.other.team_id = self._create_team(member_ids=self.technician.ids)
        self.other.message_subscribe(self.technician.partner_id.ids)
        self._merge(self.other, self.first)
        followers = self.first.message_partner_ids
        self.assertIn(self.colleague.partner_id, followers)
        unwanted = self.bob | dealer | self.technician.partner_id
        self.assertFalse(followers & unwanted)

    def test_of_one_customer_a_stranger_in_copy_stays_behind(self):
        dealer = self._create_partner(name="Dealer", email="dealer@example.com")
        son = self._create_partner(name="Son", parent_id=self.ann.id)
        self.second.message_subscribe((dealer | son).ids)
        self._merge(self.second, self.first)
        self.assertIn(son, self.first.message_partner_ids)
        self.assertNotIn(dealer, self.first.message_partner_ids)
        message = self.first.with_user(self.agent).message_post(body=CANARY, **COMMENT)
        self.assertNotIn(dealer, message.notification_ids.res_partner_id)

    def test_a_customers_message_stays_and_staff_is_told(self):
        self.first.user_id = self.colleague
        self._merge(self.other, self.first)
        message = self._say(self.other, "Is anybody there?")
        self.assertEqual(message.res_id, self.other.id)
        told = self.first.message_ids.filtered(lambda m: "anybody" in m.body)
        self.assertTrue(told.subtype_id.internal)
        self.assertIn(self.colleague.partner_id, told.notified_partner_ids)
        self.assertFalse((self.ann | self.bob) & told.notified_partner_ids)

    def test_an_answer_to_the_one_does_not_reach_the_other(self):
        self.other.message_subscribe(self.bob.ids)
        self.first.message_subscribe(self.ann.ids)
        self._merge(self.other, self.first)
        to_ann = self.first.with_user(self.agent).message_post(body="A", **COMMENT)
        to_bob = self.other.with_user(self.agent).message_post(body="B", **COMMENT)
        self.assertEqual(to_bob.res_id, self.other.id)
        self.assertEqual(to_ann.notified_partner_ids & (self.ann | self.bob), self.ann)
        self.assertEqual(to_bob.notified_partner_ids & (self.ann | self.bob), self.bob)

    def test_the_api_says_to_each_customer_what_is_theirs(self):
        self._merge(self.other, self.first)
        self.first._move_to_phase("waiting_customer")
        status = self._api(self.stranger).ticket_status(
            self.other.number, "+390255502222"
        )
        self.assertEqual(status["number"], self.other.number)
        self.assertEqual(status["name"], self.other.name)
        self.assertEqual(status["phase"], "in_progress")  # not Bob is waited for
        self.assertNotIn(CANARY, str(status))
        self.assertNotIn(self.first.number, str(status))
        with self.assertRaises(UserError):
            self._api(self.stranger).ticket_status(self.first.number, "+390255502222")
        self._api().add_message(self.other.number, "To Bob")
        self.assertFalse(self._texts(self.first))

    def test_the_history_before_the_merge_is_not_the_other_customers(self):
        self.first._move_to_phase("waiting_parts")
        self._age(self.first, 5)
        self.env.cr.execute(
            "ALTER TABLE service_stage_log DISABLE TRIGGER USER;"
            "UPDATE service_stage_log SET entered_at = entered_at - interval '5 days' "
            f"WHERE ticket_id = {self.first.id};"
            "ALTER TABLE service_stage_log ENABLE TRIGGER USER"
        )
        self.env.invalidate_all()
        self._merge(self.other, self.first)
        status = self.other._get_public_status()
        self.assertEqual(status["phase"], "waiting_parts")
        opened = str(self.other.opened_at)
        self.assertTrue(all(entry["at"] >= opened for entry in status["history"]))
        self.assertEqual(self.other.phase, "cancelled")

    def test_a_new_customer_of_the_ticket_is_not_the_old_ones(self):
        self._merge(self.second, self.first)
        self.assertEqual(self.second._get_joint_number(), self.first.number)
        self.first.partner_id = self.bob
        self.assertFalse(self.second._get_joint_number())
        message = self._say(self.second, "Only for me", self.ann)
        self.assertEqual(message.res_id, self.second.id)

    def test_who_may_not_look_there_gets_the_merged_ticket(self):
        self._merge(self.second, self.first)
        self.second.user_id = self.technician
        found = self.tickets.with_user(self.technician)._find_by_number(
            self.second.number
        )
        self.assertEqual(found, self.second)
        message = self.second.with_user(self.technician).message_post(
            body="The pump", message_type="comment"
        )
        self.assertEqual(message.sudo().res_id, self.first.id)
        with self.assertRaises(AccessError):
            self.second.with_user(self.technician).action_open_merge_target()
        # no right on the merged ticket, no way to write to the other through it
        self.second.with_user(self.supervisor).user_id = self.colleague
        with self.assertRaises(AccessError):
            self.second.with_user(self.technician).message_post(
                body="Hi", message_type="comment"
            )


@tagged("post_install", "-at_install")
class TestMergeOfComplaints(ComplaintCommon):
    """Nobody sees a complaint about oneself by way of another ticket."""

    def test_it_goes_into_no_ticket_that_they_see(self):
        about, plain = self._blame(), self._create_complaint()
        with self.assertRaisesRegex(UserError, "is kept from people who see"):
            about.with_user(self.judge)._merge_into(plain.with_user(self.judge))
        plain.with_user(self.judge)._merge_into(about.with_user(self.judge))
        self.assertEqual(plain.excluded_user_ids, self.blamed)
        self.assertFalse(plain.with_user(self.blamed).has_access("read"))
        plain.with_user(self.judge).action_unmerge()
        self.assertFalse(plain.excluded_user_ids)

    def test_who_is_blamed_later_is_kept_from_what_was_merged(self):
        about, plain = self._create_complaint(), self._create_complaint()
        plain._merge_into(about)
        about.with_user(self.judge).complained_user_id = self.blamed
        self.assertFalse(plain.with_user(self.blamed).has_access("read"))

    def test_they_cannot_merge_it_nor_learn_of_it(self):
        about, mine = self._blame(), self._create_complaint()
        with self.assertRaises(AccessError):
            mine.with_user(self.blamed)._merge_into(about.with_user(self.blamed))
        found = self.env["service.ticket.merge"].with_user(self.blamed)
        with self.assertRaises(AccessError):
            wizard = found.create({"ticket_ids": mine.ids, "target_id": about.id})
            wizard.action_apply()
        self.assertFalse(
            self.tickets.with_user(self.blamed)._find_by_number(about.number)
        )

    def test_what_is_made_from_it_is_kept_from_them_too(self):
        about = self._blame()
        message = about.message_post(body="He did", **COMMENT)
        made = {
            "copy": about.copy(),
            "follow-up": about._open_follow_up(),
            "split": about.with_user(self.judge)._split_off(
                message, self.env["ir.attachment"], name="Other"
            ),
        }
        for name, ticket in made.items():
            with self.subTest(name):
                self.assertFalse(ticket.with_user(self.blamed).has_access("read"))
        links = self.env["service.ticket.link"]
        self.assertEqual(links.search_count([]), 3)
        self.assertFalse(links.with_user(self.blamed).search([]))

    def test_what_is_made_from_it_is_kept_from_who_has_left_the_team(self):
        about = self._create_complaint(complained_team_id=self.team.id)
        message = about.message_post(body="They did", **COMMENT)
        self.team.member_ids -= self.blamed
        made = {
            "copy": about.copy(),
            "follow-up": about._open_follow_up(),
            "split": about.with_user(self.judge)._split_off(
                message, self.env["ir.attachment"], name="Other"
            ),
        }
        for name, ticket in made.items():
            with self.subTest(name):
                self.assertIn(self.blamed, ticket.sudo().excluded_user_ids)

    def test_hints_do_not_tell_of_it(self):
        about = self._blame(name="He shouted at my wife")
        typed = self.tickets.with_user(self.blamed).new(
            {"name": "He shouted at my wife", "partner_id": self.partner.id}
        )
        self.assertFalse(typed.duplicate_hints)
        typed = self.tickets.with_user(self.judge).new(
            {"name": "He shouted at my wife", "partner_id": self.partner.id}
        )
        self.assertEqual([h["id"] for h in typed.duplicate_hints], about.ids)

    def test_links_do_not_tell_of_it(self):
        about, repair = self._blame(), self._create_ticket(user_id=self.blamed.id)
        link = self.env["service.ticket.link"].create(
            {"ticket_id": about.id, "other_id": repair.id, "kind": "caused_by"}
        )
        mine = repair.with_user(self.blamed)
        self.assertFalse(mine.related_tickets)
        self.assertFalse(link.with_user(self.blamed).has_access("read"))
        self.assertFalse(
            self.env["service.ticket.link"].with_user(self.blamed).search([])
        )
        self.assertTrue(repair.with_user(self.judge).related_tickets)
