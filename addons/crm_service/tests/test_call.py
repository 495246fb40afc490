# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import ExternalRefConflict
from .phone_common import PHONE, SPELT, PhoneCommon


@tagged("post_install", "-at_install")
class TestCall(PhoneCommon):
    """A call from the first ring to its end, as a telephone system reports it."""

    # -- it rings --------------------------------------------------------------

    def test_the_answer_is_as_it_was_and_its_url_opens_the_call(self):
        self._create_asset(partner_id=self.ann.id)
        ticket = self._create_ticket(partner_id=self.ann.id)
        answer = self._api().incoming_call("02 5550 1234", "02 5550 0000")
        self.assertEqual(set(answer), {"partner", "tickets", "assets", "url"})
        self.assertEqual(answer["partner"]["name"], "Ann")
        self.assertEqual(answer["tickets"][0]["number"], ticket.number)
        self.assertEqual(answer["assets"][0]["serial_number"], "S-1")
        call = self.calls.search([], limit=1)
        self.assertTrue(answer["url"].endswith(f"/odoo/service-phone/{call.id}"))
        self.assertEqual((call.state, call.direction), ("ringing", "in"))
        self.assertEqual((call.phone, call.phone_sanitized), (SPELT, PHONE))
        self.assertEqual((call.partner_id, call.line_id), (self.ann, self.line))

    def test_it_rings_at_the_team_and_the_people_of_the_line(self):
        call = self._ring()
        heard = self._hear()
        self.assertEqual(set(heard), {self.agent, self.bob})
        payload = {"id": call.id, "state": "ringing", "user_id": False}
        self.assertEqual(heard[self.bob], [("service_call_ring", payload)])

    def test_the_line_is_known_however_it_is_written(self):
        for line in ("+390255500000", "sip:0255500000@pbx", "0255500000"):
            self.assertEqual(self._ring(line=line).line_id, self.line)
        word = self._create_line(number="Hotline  Milan", user_ids=self.bob.ids)
        self.assertEqual(self._ring(line="hotline milan").line_id, word)

    def test_an_extension_rings_at_its_person_only(self):
        self._member(self.supervisor).with_user(self.supervisor).extension = " 201 "
        self.assertEqual(self.supervisor.service_extension, "201")
        call = self._ring(line="sip:201@pbx")
        self.assertEqual(call.ring_user_ids, self.supervisor)

    def test_an_unknown_line_rings_at_the_line_for_all_others(self):
        self._create_line(number="9", is_default=True, user_ids=self.manager.ids)
        self.assertEqual(self._ring(line="777").ring_user_ids, self.manager)
        self.assertEqual(self._ring(line=None).ring_user_ids, self.manager)

    def test_without_any_line_it_rings_at_the_teams(self):
        self.assertEqual(self._ring(line=None).ring_user_ids, self.agent)

    def test_without_any_team_it_rings_at_all_agents_but_machines(self):
        self.env["service.team"].search([]).member_ids = False
        machine = self._create_user("integration")
        ringing = self._ring(line=None, user=machine).ring_user_ids
        self.assertGreaterEqual(ringing, self.agent | self.bob | self.supervisor)
        self.assertFalse(ringing & (machine | self.technician | self.stranger))

    def test_only_who_may_see_the_customer_hears_it(self):
        left = self._create_user("agent", login="test_left")
        self.team.member_ids = [
            Command.link(user.id) for user in (self.technician, self.stranger, left)
        ]
        left.active = False
        self.assertEqual(set(self._ring().ring_user_ids), {self.agent, self.bob})
        self.assertEqual(set(self._hear()), {self.agent, self.bob})

    def test_who_lost_the_right_hears_no_more_of_it(self):
        call = self._ring()
        self._hear()
        self.bob.group_ids = self.env.ref("base.group_user")
        call.with_env(self._as(self.agent)).action_answer()
        self.assertEqual(set(self._hear()), {self.agent})

    def test_a_line_tells_whose_customer_it_is(self):
        both = self._create_user("integration", login="test_both")
        both.company_ids += self.other_company
        line = self._create_line(
            number="7", company_id=self.other_company.id, user_ids=self.stranger.ids
        )
        theirs = self._create_partner(
            name="Theirs", phone=PHONE, company_id=self.other_company.id
        )
        self.ann.company_id = self.company
        call = self._ring(line="7", user=both)
        self.assertEqual(call.company_id, self.other_company)
        self.assertEqual((call.line_id, call.partner_id), (line, theirs))
        self.assertEqual(call.ring_user_ids, self.stranger)
        self.assertEqual(self._ring(user=both).partner_id, self.ann)

    # -- odd numbers -----------------------------------------------------------

    def test_what_is_no_phone_is_refused_and_logs_nothing(self):
        before = self.calls.search_count([])
        for phone in ("", "call me", "12", "\0"):
            with self.assertRaises(ValidationError):
                self._api().incoming_call(phone)
        self.assertEqual(self.calls.search_count([]), before)
        self.assertFalse(self._hear())

    def test_numbers_of_other_countries_are_read_with_and_without_plus(self):
        for phone in ("+44 20 7946 0958", "0044 20 7946 0958", "442079460958"):
            call = self._ring(phone=phone)
            self.assertEqual(call.phone_sanitized, "+442079460958")

    def test_a_withheld_number_rings_too_and_finds_nobody(self):
        self._create_ticket(partner_phone=False)
        for phone in ("anonymous", "Restricted", "sip:anonymous@anonymous.invalid"):
            answer = self._api().incoming_call(phone, "02 5550 0000")
            self.assertEqual((answer["partner"], answer["tickets"]), (False, []))
            call = self.calls.search([], limit=1)
            self.assertFalse(call.phone or call.phone_sanitized or call.partner_id)
            self.assertEqual(set(self._hear()), {self.agent, self.bob})

    def test_two_calls_from_one_number_are_two(self):
        first, second = self._ring(external_ref="A"), self._ring(external_ref="B")
        self.assertNotEqual(first, second)
        first.with_env(self._as(self.agent)).action_answer()
        self.assertEqual((first.state, second.state), ("answered", "ringing"))
        second.with_env(self._as(self.bob)).action_answer()
        self.assertEqual(second.user_id, self.bob)

    def test_the_same_call_reported_again_is_one(self):
        first = self._ring(external_ref="A")
        self._hear()
        self.assertEqual(self._ring(phone="02 5550 1234", external_ref="A"), first)
        self.assertFalse(self._hear(), "it rings already")
        self.supervisor.service_extension = "201"
        self.assertEqual(self._ring(line="201", external_ref="A"), first)
        self.assertEqual(set(self._hear()), {self.supervisor}, "where it rings next")

    def test_a_reference_of_another_call_is_refused(self):
        self._ring(external_ref="A")
        with self.assertRaises(ExternalRefConflict):
            self._ring(phone="+390255509999", external_ref="A")

    # -- somebody answers ------------------------------------------------------

    def test_one_answers_and_it_stops_for_the_others(self):
        call = self._ring()
        self._hear()
        mine = call.with_env(self._as(self.agent))
        mine.action_answer()
        self.assertEqual((call.state, call.user_id), ("answered", self.agent))
        kinds = {user: heard[0] for user, heard in self._hear().items()}
        payload = {"id": call.id, "state": "answered", "user_id": self.agent.id}
        change = ("service_call_change", payload)
        self.assertEqual(kinds, {self.agent: change, self.bob: change})
        with self.assertRaisesRegex(UserError, self.agent.login):
            call.with_env(self._as(self.bob)).action_answer()
        mine.action_answer()
        self.assertEqual(call.user_id, self.agent, "a double click is no error")

    def test_who_hung_up_cannot_be_answered(self):
        call = self._ring(external_ref="A")
        answer = self._api().call_ended("A")
        self.assertEqual(answer, {"state": "missed", "duration": 0})
        with self.assertRaisesRegex(UserError, "hung up"):
            call.with_env(self._as(self.agent)).action_answer()

    def test_technicians_and_strangers_answer_nothing(self):
        call = self._ring()
        for user in (self.technician, self.stranger):
            theirs = call.with_env(self._as(user))
            for method in ("action_answer", "action_end", "get_form_data"):
                with self.subTest(user=user.login, method=method):
                    with self.assertRaises(AccessError):
                        getattr(theirs, method)()
            self.assertFalse(
                self._as(user)["service.call"].get_my_calls()
                and self._as(user)["service.call"].get_my_calls()["calls"]
            )
        self.assertEqual(
            call.with_env(self._as(self.stranger)).get_cards(), [], "nor read"
        )

    def test_only_whose_call_it_is_ends_it(self):
        call = self._answered()
        with self.assertRaisesRegex(UserError, self.agent.login):
            call.with_env(self._as(self.bob)).action_end()
        call.with_env(self._as(self.agent)).action_end()
        self.assertEqual(call.state, "ended")
        self.assertTrue(call.ended_at)

    def test_the_system_reports_who_picked_up_and_when_it_ended(self):
        self.bob.service_extension = "202"
        call = self._ring(external_ref="A")
        answer = self._api().call_answered("A", extension="sip:202@pbx")
        self.assertEqual(answer, {"state": "answered", "user": self.bob.name})
        call.answered_at -= timedelta(seconds=90)
        answer = self._api().call_ended("A")
        self.assertEqual(answer["state"], "ended")
        self.assertIn(answer["duration"], range(90, 95))
        self.assertEqual(self._api().call_ended("A"), answer, "again is the same")

    def test_the_system_knows_better_who_picked_up(self):
        self.bob.service_extension = "202"
        call = self._answered(external_ref="A")
        self._hear()
        self._api().call_answered("A", "202")
        self.assertEqual(call.user_id, self.bob)
        self.assertGreaterEqual(set(self._hear()), {self.agent, self.bob})

    def test_reports_in_the_wrong_order_are_put_right(self):
        self.bob.service_extension = "202"
        call = self._ring(external_ref="A")
        self._api().call_ended("A")
        self._api().call_answered("A", "202")
        self.assertEqual((call.state, call.user_id), ("ended", self.bob))

    def test_reports_of_unknown_calls_and_telephones_say_what_to_do(self):
        self._ring(external_ref="A")
        for method, *arguments in (
            ("call_ended", "B"),
            ("call_ended", ""),
            ("call_answered", "B"),
            ("call_answered", "A", "999"),
            ("outgoing_call", PHONE, "999"),
        ):
            with self.subTest(method=method), self.assertRaises(UserError):
                getattr(self._api(), method)(*arguments)
        for method in ("call_ended", "call_answered"):
            with self.assertRaises(AccessError):
                getattr(self._api(self.technician), method)("A")
            with self.assertRaises(UserError):
                getattr(self._api(self.stranger), method)("A")

    # -- out -------------------------------------------------------------------

    def test_dialling_logs_the_call(self):
        ticket = self._create_ticket(partner_id=self.ann.id)
        card = self._as(self.agent)["service.call"].dial(
            "02 5550 1234", ticket_id=ticket.id
        )
        call = self.calls.browse(card["id"])
        self.assertEqual(card["dial_url"], f"tel:{PHONE}")
        self.assertEqual((call.direction, call.state), ("out", "ringing"))
        self.assertEqual((call.partner_id, call.ticket_id), (self.ann, ticket))
        mine = call.with_env(self._as(self.agent))
        mine.action_reached()
        mine.note = "The valve comes on Friday"
        mine.action_end()
        self.assertEqual((call.state, call.user_id), ("ended", self.agent))
        self.assertIn("The valve comes on Friday", ticket.message_ids[0].body)
        self.assertTrue(ticket.message_ids[0].subtype_id.internal)

    def test_nobody_picks_up(self):
        card = self._as(self.agent)["service.call"].dial(PHONE)
        call = self.calls.browse(card["id"])
        with self.assertRaises(UserError):
            call.with_env(self._as(self.bob)).action_not_reached()
        call.with_env(self._as(self.agent)).action_not_reached()
        self.assertEqual(call.state, "missed")

    def test_dialling_what_is_no_phone_is_refused(self):
        with self.assertRaises(ValidationError):
            self._as(self.agent)["service.call"].dial("call me")
        with self.assertRaises(AccessError):
            self._as(self.technician)["service.call"].dial(PHONE)

    def test_the_system_reports_the_call_that_was_dialled_in_the_browser(self):
        self.agent.service_extension = "201"
        card = self._as(self.agent)["service.call"].dial(PHONE)
        answer = self._api(self.bob).outgoing_call("0255501234", "201", "A")
        self.assertEqual(answer["partner"]["name"], "Ann")
        self.assertTrue(answer["url"].endswith(f"/{card['id']}"))
        self._api(self.bob).call_answered("A", "201")
        self.assertEqual(self.calls.browse(card["id"]).state, "answered")
        again = self._api(self.bob).outgoing_call("0255501234", "201", "A")
        self.assertEqual(again["url"], answer["url"])
        other = self._api(self.bob).outgoing_call(PHONE, "201", "B")
        self.assertNotEqual(other["url"], answer["url"])

    def test_talking_keeps_the_promise_of_a_response(self):
        ticket = self._create_ticket(
            partner_id=self.ann.id, opened_at=self._in(hours=-1)
        )
        self.assertFalse(ticket.first_replied_at)
        call = self._ring()
        call.with_env(self._as(self.agent)).ticket_id = ticket
        self.assertFalse(ticket.first_replied_at, "it still rings")
        call.with_env(self._as(self.agent)).action_answer()
        self.assertTrue(ticket.first_replied_at)

    # -- jobs ------------------------------------------------------------------

    def test_a_call_that_nobody_answers_is_missed(self):
        call, fresh = self._ring(), self._ring()
        call.started_at = self._in(minutes=-10)
        self.calls._cron_close()
        self.assertEqual((call.state, fresh.state), ("missed", "ringing"))

    def test_a_forgotten_call_ends_without_a_length(self):
        call = self._answered()
        call.write(dict.fromkeys(("started_at", "answered_at"), self._in(hours=-9)))
        self.calls._cron_close()
        self.assertEqual((call.state, call.duration), ("ended", 0))

    # -- what people write -----------------------------------------------------

    def test_people_write_notes_and_nothing_else(self):
        call = self._answered().with_env(self._as(self.agent))
        ticket = self._create_ticket(partner_id=self.ann.id)
        call.write({"note": "Nice", "ticket_id": ticket.id})
        for name, value in (
            ("state", "missed"),
            ("user_id", self.bob.id),
            ("phone", "+390255509999"),
            ("started_at", "2020-01-01 00:00:00"),
            ("duration", 5),
            ("external_ref", "X"),
            ("company_id", self.other_company.id),
            ("ring_user_ids", [Command.clear()]),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                call.write({name: value})
        with self.assertRaises(AccessError):
            call.unlink()
        with self.assertRaises(UserError):
            call.sudo().unlink()

    def test_a_call_is_logged_by_hand_and_forges_nothing(self):
        theirs = self._as(self.agent)["service.call"]
        forged = theirs.with_context(
            default_user_id=self.bob.id,
            default_state="missed",
            default_external_ref="X",
            default_line_id=self.line.id,
            default_callback_id=self._request().id,
            default_direction="out",
        )
        call = forged.create(
            {
                "partner_id": self.ann.id,
                "started_at": self._in(minutes=-10),
                "ended_at": self._in(minutes=-5),
                "note": "On my way",
            }
        )
        self.assertEqual((call.direction, call.state), ("out", "ended"))
        self.assertEqual((call.user_id, call.phone), (self.agent, PHONE))
        self.assertEqual((call.duration, call.external_ref), (300, False))
        self.assertFalse(call.line_id or call.callback_id)
        for values in (
            {"user_id": self.bob.id},
            {"external_ref": "X"},
            {"state": "ringing"},
            {"company_id": self.other_company.id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                theirs.create({"phone": PHONE, **values})
        with self.assertRaisesRegex(UserError, "call-back"):
            theirs.create({"phone": PHONE, "started_at": self._in(hours=1)})
        with self.assertRaises(ValidationError):
            theirs.create({"phone": "call me"})

    def test_a_call_is_bound_to_no_ticket_that_one_may_not_see(self):
        theirs = self._create_ticket(company_id=self.other_company.id)
        call = self._answered().with_env(self._as(self.agent))
        with self.assertRaises(AccessError):
            call.ticket_id = theirs.id
        with self.assertRaises(AccessError):
            self._as(self.agent)["service.call"].dial(PHONE, ticket_id=theirs.id)

    def test_technicians_see_calls_of_their_tickets(self):
        ticket = self._create_ticket(user_id=self.technician.id)
        call, other = self._answered(), self._answered()
        call.ticket_id = ticket
        found = self._as(self.technician)["service.call"].search([])
        self.assertEqual(found, call)
        self.assertNotIn(other, found)
        self.assertFalse(self._as(self.stranger)["service.call"].search([]))

    # -- lines -----------------------------------------------------------------

    def test_a_line_is_set_up_once_and_rings_somewhere(self):
        with self.assertRaisesRegex(ValidationError, "choose a team"):
            self._create_line(number="5")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.cr.savepoint():
                self._create_line(number="+390255500000", user_ids=self.bob.ids)
        other = self._create_line(
            number="0255500000",
            company_id=self.other_company.id,
            user_ids=self.stranger.ids,
        )
        self.assertEqual(other.key, self.line.key)

    def test_two_people_have_no_telephone_in_common(self):
        self.agent.service_extension = "201"
        with self.assertRaisesRegex(ValidationError, self.agent.login):
            self.bob.service_extension = "sip:201@pbx"
        self.stranger.service_extension = "201"

    def test_calls_are_found_by_number_and_customer(self):
        call = self._ring()
        for text in ("5550", "Ann"):
            found = self._as(self.agent)["service.call"].name_search(text)
            self.assertIn(call.id, [found_id for found_id, _name in found])

    def test_seconds_are_counted(self):
        now = fields.Datetime.now()
        call = self.calls.create(
            {
                "phone": PHONE,
                "started_at": now - timedelta(seconds=100),
                "answered_at": now - timedelta(seconds=70),
                "ended_at": now,
            }
        )
        self.assertEqual((call.wait_seconds, call.duration), (30, 70))
