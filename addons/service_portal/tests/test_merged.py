from odoo.tests import HttpCase, tagged, users

from ..const import TOKEN_DAYS_AFTER_CLOSING
from .common import PHONE, ServicePortalCase

OTHER_PHONE = "+33698765432"
CANARY = "Canary-7Q"


class MergedCase(ServicePortalCase):
    """A request merged into one of the same customer, and one into a stranger's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger.phone = OTHER_PHONE
        cls.target = cls._new_ticket(name="The fridge hums")
        cls.foreign = cls._new_ticket(
            name=f"Subject {CANARY}",
            partner_id=cls.stranger.id,
            partner_phone=OTHER_PHONE,
            serial_number=CANARY,
        )
        cls.apart = cls._new_ticket(name="The freezer thaws")
        cls.ticket._merge_into(cls.target)
        cls.apart._merge_into(cls.foreign)

    def _assert_nothing_of_the_stranger(self, text):
        for secret in (CANARY, self.foreign.number, OTHER_PHONE, OTHER_PHONE[-4:]):
            self.assertNotIn(secret, text)


@tagged("post_install", "-at_install")
class TestMergedAccess(MergedCase):
    @users("portal_odile")
    def test_each_customer_finds_their_own(self):
        tickets = self.env["service.ticket"]
        found = tickets._find_by_number(self.ticket.number)
        self.assertEqual(found, self.target.with_env(self.env))
        found = tickets._find_by_number(self.apart.number)
        self.assertEqual(found, self.apart.with_env(self.env))
        status = self.env["service.api"].ticket_status(self.apart.number)
        self.assertEqual(status["number"], self.apart.number)
        self._assert_nothing_of_the_stranger(str(status))

    @users("portal_else")
    def test_the_stranger_sees_nothing_of_what_was_merged_in(self):
        tickets = self.env["service.ticket"]
        self.assertEqual(tickets.search([]), self.foreign.with_env(self.env))
        values = str(self.foreign.with_env(self.env).read())
        self.assertNotIn(self.apart.number, values)
        self.assertFalse(tickets._find_by_number(self.apart.number))

    @users("portal_odile")
    def test_an_answer_of_the_customer_lands_where_the_work_is(self):
        mine = self.ticket.with_env(self.env)
        message = mine.message_post(
            body="It is me", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(message.sudo().res_id, self.target.id)
        mine = self.apart.with_env(self.env)
        message = mine.message_post(
            body="It is me", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(message.sudo().res_id, self.apart.id)
        told = self.foreign.sudo().message_ids.filtered(lambda m: "It is me" in m.body)
        self.assertTrue(told.subtype_id.internal)

    @users("portal_odile")
    def test_a_late_answer_opens_a_request_of_the_same_customer(self):
        self.target.sudo()._move_to_phase("closed")
        self.target.company_id.sudo().service_reopen_days = 0
        message = self.ticket.with_env(self.env).message_post(
            body="It is me", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        new = self.env["service.ticket"].sudo().browse(message.sudo().res_id)
        self.assertNotIn(new, self.ticket | self.target)
        self.assertRecordValues(
            new, [{"partner_id": self.customer.id, "channel": "portal"}]
        )
        self.assertTrue(new.sudo(False).has_access("read"))

    def test_a_link_lives_as_long_as_the_work(self):
        url = self.ticket._get_track_url()
        token = url.rsplit("/", 1)[1]
        tokens = self.env["service.track.token"]
        self.ticket.flush_recordset()
        self.env.cr.execute(
            "UPDATE service_ticket SET closed_at = closed_at - interval '%s days' "
            "WHERE id = %s",
            [TOKEN_DAYS_AFTER_CLOSING + 1, self.ticket.id],
        )
        self.env.invalidate_all()
        self.assertEqual(tokens._find_ticket(token), self.ticket)
        self.target._move_to_phase("closed")
        self.target.flush_recordset()
        self.env.cr.execute(
            "UPDATE service_ticket SET closed_at = closed_at - interval '%s days' "
            "WHERE id = %s",
            [TOKEN_DAYS_AFTER_CLOSING + 1, self.target.id],
        )
        self.env.invalidate_all()
        self.assertFalse(tokens._find_ticket(token))


@tagged("post_install", "-at_install")
class TestMergedPages(MergedCase, HttpCase):
    def _track(self, ticket):
        """Return the page behind a link of `ticket`."""
        url = ticket._get_track_url()
        self.authenticate(None, None)
        return self.url_open(url[url.index("/service/track") :]).text

    def test_the_page_of_a_merged_request_shows_the_joint_work(self):
        self.target._move_to_phase("waiting_parts")
        page = self._track(self.ticket)
        self.assertIn(self.ticket.number, page)
        self.assertIn(self.ticket.name, page)
        self.assertIn('id="service_track_joint"', page)
        self.assertIn(self.target.number, page)
        self.assertIn("Waiting for parts", page)
        self.assertNotIn("This request was cancelled", page)

    def test_of_another_customers_work_only_the_phase_is_shown(self):
        self.foreign._move_to_phase("waiting_customer")
        page = self._track(self.apart)
        self.assertIn(self.apart.number, page)
        self.assertNotIn('id="service_track_joint"', page)
        self.assertIn("We are working on your request", page)
        self.assertNotIn("Waiting for you", page)
        self._assert_nothing_of_the_stranger(page)
        page = self._track(self.foreign)
        self.assertNotIn(self.apart.number, page)
        self.assertNotIn(self.apart.name, page)

    def test_number_and_phone_find_it_and_no_other_phone_does(self):
        tickets = self.env["service.ticket"]
        self.assertEqual(
            tickets._find_by_track_key(self.apart.number, PHONE), self.apart
        )
        self.assertFalse(tickets._find_by_track_key(self.apart.number, OTHER_PHONE))
        self.assertFalse(tickets._find_by_track_key(self.foreign.number, PHONE))

    def test_the_portal_lists_and_shows_it_with_the_joint_phase(self):
        self.target._move_to_phase("waiting_parts")
        self.foreign._move_to_phase("waiting_parts")
        self.authenticate("portal_odile", "portal_odile")
        page = self.url_open("/my/service").text
        self.assertEqual(page.count("o_service_phase_waiting_parts"), 3)
        self.assertNotIn("o_service_phase_cancelled", page)
        self._assert_nothing_of_the_stranger(page)
        page = self.url_open(f"/my/service/{self.ticket.number}").text
        self.assertIn(self.target.number, page)
        page = self.url_open(f"/my/service/{self.apart.number}").text
        self._assert_nothing_of_the_stranger(page)
