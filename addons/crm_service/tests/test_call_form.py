# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .phone_common import PHONE, PhoneCommon

STRANGER = "+390255507777"


@tagged("post_install", "-at_install")
class TestCallForm(PhoneCommon):
    """What the agent sees while it rings, and what he does in one form."""

    def _form(self, call, user=None):
        return call.with_env(self._as(user or self.agent))

    # -- what it shows ---------------------------------------------------------

    def test_it_shows_all_about_the_caller(self):
        self._create_asset(partner_id=self.ann.id)
        opened = self._create_ticket(partner_id=self.ann.id, name="Cold")
        closed = self._create_ticket(partner_id=self.ann.id, name="Loud")
        closed._move_to_phase("cancelled")
        request = self._request()
        before = self._answered()
        before.with_env(self._as(self.agent)).action_end()
        call = self._ring()
        data = self._form(call).get_form_data()
        self.assertEqual(data["partner"]["name"], "Ann")
        rows = [(row["id"], row["is_open"]) for row in data["tickets"]]
        self.assertEqual(rows, [(opened.id, True), (closed.id, False)])
        self.assertEqual([a["serial_number"] for a in data["assets"]], ["S-1"])
        self.assertEqual([c["id"] for c in data["callbacks"]], [request.id])
        self.assertEqual([c["id"] for c in data["calls"]], [before.id])
        self.assertEqual(data["contracts"], [])
        self.assertTrue(data["types"] and data["priorities"])
        self.assertTrue(json.dumps(data))

    def test_a_stranger_shows_nothing_of_others(self):
        self._create_ticket(partner_phone=False)
        self._create_asset()
        call = self._ring(phone="anonymous")
        data = self._form(call).get_form_data()
        for name in ("partner", "tickets", "assets", "calls", "callbacks", "matches"):
            self.assertFalse(data[name], name)

    def test_a_shared_number_offers_everybody_who_has_it(self):
        son = self._create_partner(name="Son", phone=PHONE)
        hidden = self._create_partner(
            name="Hidden", phone=PHONE, company_id=self.other_company.id
        )
        theirs = self._create_asset(partner_id=son.id)
        call = self._ring()
        data = self._form(call).get_form_data()
        self.assertEqual([match["id"] for match in data["matches"]], [son.id])
        data = self._form(call).get_form_data(partner_id=son.id)
        self.assertEqual(data["partner"]["id"], son.id)
        self.assertEqual([a["id"] for a in data["assets"]], theirs.ids)
        with self.assertRaises(AccessError):
            self._form(call).get_form_data(partner_id=hidden.id)

    def test_a_call_of_a_company_that_is_switched_off_opens_too(self):
        self.agent.company_ids += self.other_company
        line = self._create_line(
            number="7", company_id=self.other_company.id, user_ids=self.agent.ids
        )
        call = self._ring(line="7", user=self.agent)
        self.assertEqual(call.company_id, self.other_company)
        self.assertEqual(call.line_id, line)
        mine = call.with_env(
            self.env(
                user=self.agent.id, context={"allowed_company_ids": self.company.ids}
            )
        )
        self.assertEqual(mine.get_cards()[0]["company"], self.other_company.name)
        mine.get_form_data()
        made = mine.register_ticket({"name": "Broken", "partner_name": "Eve"})
        ticket = self.tickets.browse(made["id"])
        self.assertEqual(ticket.company_id, self.other_company)

    def test_my_calls_are_those_that_ring_and_those_i_have(self):
        ringing, mine, _bobs = self._ring(), self._answered(), self._answered(self.bob)
        old = self._ring()
        old.started_at = self._in(minutes=-20)
        calls = self._as(self.agent)["service.call"].get_my_calls()["calls"]
        self.assertEqual({c["id"] for c in calls}, {ringing.id, mine.id})
        self.assertIs(self._as(self.technician)["service.call"].get_my_calls(), False)

    # -- a ticket in one go ----------------------------------------------------

    def test_customer_and_ticket_are_made_in_one_go(self):
        call = self._ring(phone=STRANGER)
        made = self._form(call).register_ticket(
            {
                "partner_name": "Eve Stone",
                "email": "eve@example.com",
                "street": "Via Roma 1",
                "zip": "20100",
                "city": "Milano",
                "type_id": self.complaint.id,
                "name": "It leaks",
                "description": "Since <b>Monday</b>",
                "priority": "2",
            }
        )
        ticket = self.tickets.browse(made["id"])
        self.assertEqual(made["number"], ticket.number)
        self.assertEqual(ticket.type_id, self.complaint)
        self.assertEqual((ticket.channel, ticket.priority), ("phone", "2"))
        self.assertEqual(ticket.phone_sanitized, STRANGER)
        self.assertIn("&lt;b&gt;", ticket.description)
        partner = ticket.partner_id
        self.assertEqual((partner.name, partner.city), ("Eve Stone", "Milano"))
        self.assertEqual(partner.phone_sanitized, STRANGER)
        self.assertEqual(partner.email, "eve@example.com")
        self.assertEqual((call.ticket_id, call.partner_id), (ticket, partner))
        self.assertEqual((call.state, call.user_id), ("answered", self.agent))
        self.assertEqual(ticket.team_id, self.team, "the type has none, the line has")

    def test_a_known_caller_keeps_his_name_and_his_unit(self):
        site = self._create_partner(name="Ann's shop", parent_id=self.ann.id)
        asset = self._create_asset(partner_id=self.ann.id, site_id=site.id)
        call = self._answered()
        made = self._form(call).register_ticket(
            {"partner_id": self.ann.id, "name": "Cold", "asset_id": asset.id}
        )
        ticket = self.tickets.browse(made["id"])
        self.assertEqual((ticket.partner_id, ticket.asset_id), (self.ann, asset))
        self.assertEqual((ticket.site_id, ticket.serial_number), (site, "S-1"))
        self.assertFalse(ticket.first_replied_at, "made in the call, not answered")

    def test_another_name_on_a_known_number_is_somebody_else(self):
        call = self._answered()
        made = self._form(call).register_ticket({"name": "Cold", "partner_name": "Son"})
        partner = self.tickets.browse(made["id"]).partner_id
        self.assertEqual(partner.name, "Son")
        self.assertNotEqual(partner, self.ann)

    def test_who_withheld_the_number_may_tell_it(self):
        call = self._answered(phone="anonymous")
        made = self._form(call).register_ticket(
            {"name": "Cold", "partner_name": "Eve", "phone": "02 5550 7777"}
        )
        self.assertEqual(self.tickets.browse(made["id"]).phone_sanitized, STRANGER)
        nameless = self._form(self._answered(phone="anonymous"))
        made = nameless.register_ticket({"name": "A question"})
        self.assertFalse(self.tickets.browse(made["id"]).partner_id)

    def test_the_same_form_sent_twice_makes_one_ticket(self):
        call = self._answered()
        values = {"name": "Cold", "partner_id": self.ann.id}
        made = self._form(call).register_ticket(values)
        with self.assertRaisesRegex(UserError, made["number"]):
            self._form(call).register_ticket(values)
        again = self._form(call).register_ticket(values, made["id"])
        self.assertNotEqual(again["id"], made["id"])

    def test_what_is_wrong_is_refused_and_nothing_is_made(self):
        call = self._answered()
        theirs = self._create_partner(company_id=self.other_company.id)
        asset = self._create_asset(company_id=self.other_company.id)
        before = self.tickets.search_count([])
        for values, error in (
            ({}, ValidationError),
            ({"name": "Cold", "user_id": self.bob.id}, ValidationError),
            ({"name": "Cold", "phone": "call me"}, ValidationError),
            ({"name": "Cold", "type_id": "x"}, ValidationError),
            ({"name": "Cold", "partner_id": theirs.id}, AccessError),
            ({"name": "Cold", "asset_id": asset.id}, AccessError),
        ):
            with self.subTest(values=values), self.assertRaises(error):
                with self.cr.savepoint():
                    self._form(call).register_ticket(values)
        for user in (self.technician, self.stranger):
            with self.assertRaises(AccessError):
                self._form(call, user).register_ticket({"name": "Cold"})
        self.assertEqual(self.tickets.search_count([]), before)

    def test_a_call_that_no_system_reports_is_taken_by_hand(self):
        theirs = self._as(self.agent)["service.call"]
        call = self.calls.browse(theirs.take_call("02 5550 1234"))
        self.assertEqual((call.state, call.user_id), ("answered", self.agent))
        self.assertEqual(call.partner_id, self.ann)
        self.assertFalse(self.calls.browse(theirs.take_call("")).phone)
        with self.assertRaises(ValidationError):
            theirs.take_call("call me")
        with self.assertRaises(AccessError):
            self._as(self.technician)["service.call"].take_call(PHONE)

    def test_knowledge_is_asked_with_the_words_of_the_caller(self):
        theirs = self._as(self.agent)["service.call"]
        self.assertEqual(theirs.search_knowledge("noise", product="Fridge"), [])
        self.assertEqual(theirs.search_knowledge(" "), [])

    # -- a call-back -----------------------------------------------------------

    def test_the_caller_may_be_called_back(self):
        call = self._answered()
        card = self._form(call).register_callback(
            {"wanted_from": str(self._in(hours=2)), "name": "Price"}
        )
        request = self.callbacks.browse(card["id"])
        self.assertEqual((request.partner_id, request.name), (self.ann, "Price"))
        self.assertEqual(request.phone_sanitized, PHONE)
        self.assertEqual(request.team_id, self.team, "of the line")
        self.assertFalse(request.user_id, "whoever has time")
        values = {"wanted_from": str(self._in(hours=2)), "mine": True}
        card = self._form(call).register_callback(values)
        self.assertEqual(self.callbacks.browse(card["id"]).user_id, self.agent)
        unknown = self._answered(phone="anonymous")
        with self.assertRaises(ValidationError):
            self._form(unknown).register_callback({"wanted_from": str(self._in())})
        with self.assertRaises(UserError):
            self._form(call).register_callback({"wanted_from": "2020-01-01 00:00:00"})

    # -- the ticket's side -----------------------------------------------------

    def test_the_ticket_counts_and_opens_its_calls(self):
        ticket = self._create_ticket(partner_id=self.ann.id)
        self._answered().ticket_id = ticket
        self._request(ticket_id=ticket.id)
        mine = ticket.with_env(self._as(self.agent))
        self.assertEqual((mine.call_count, mine.open_callback_count), (1, 1))
        for action in (mine.action_open_calls(), mine.action_open_callbacks()):
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(len(found), 1)
