# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from ..exceptions import ExternalRefConflict
from ..tools import acceptance_number
from .common import ServiceCommon

PHONE = "+390255501234"


@tagged("post_install", "-at_install")
class TestServiceApi(ServiceCommon):
    def _submit(self, user=None, **values):
        payload = {"type": "repair", "name": "Broken", "phone": PHONE, **values}
        return self._api(user).submit_ticket(payload)

    def _get(self, answer):
        return self.tickets._find_by_number(answer["number"])

    def test_a_submission_opens_a_ticket(self):
        answer = self._submit(
            description="It <b>smokes</b>\nand smells",
            partner_name="Ann",
            priority=3,
            serial_number="S-1",
        )
        ticket = self._get(answer)
        self.assertEqual(set(answer), {"number", "phase", "url"})
        self.assertIn(f"/service/track?number={ticket.number}", answer["url"])
        self.assertRecordValues(
            ticket,
            [
                {
                    "phase": "received",
                    "channel": "api",
                    "priority": "3",
                    "phone_sanitized": PHONE,
                    "serial_number": "S-1",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(ticket.partner_id.name, "Ann")
        self.assertIn("&lt;b&gt;smokes", ticket.description)

    def test_a_submission_with_a_reference_happens_once(self):
        before = self.tickets.search_count([])
        one = self._submit(external_ref="CRM-1")
        self.assertEqual(self._submit(external_ref="CRM-1"), one)
        self.assertEqual(self.tickets.search_count([]), before + 1)

    def test_the_same_reference_for_something_else_is_refused(self):
        self._submit(external_ref="CRM-1")
        with self.assertRaisesRegex(ExternalRefConflict, "CRM-1"):
            self._submit(external_ref="CRM-1", name="Another thing")

    def test_the_order_and_blanks_of_a_payload_do_not_matter(self):
        one = self._api().submit_ticket(
            {"type": "repair", "name": "Broken", "external_ref": "CRM-2"}
        )
        other = self._api().submit_ticket(
            {
                "external_ref": " CRM-2",
                "name": " Broken ",
                "type": "repair",
                "phone": "",
            }
        )
        self.assertEqual(one, other)

    def test_two_companies_may_use_the_same_reference(self):
        one = self._submit(external_ref="CRM-1")
        other = self._submit(self.stranger, external_ref="CRM-1")
        self.assertNotEqual(one["number"], other["number"])

    def test_a_wrong_payload_is_refused_in_a_sentence(self):
        for values, words in (
            ({"type": "rapair"}, "no ticket type “rapair”"),
            ({"type": 7}, "“type” has the wrong type"),
            ({"type": ""}, "missing: type"),
            ({"name": None}, "missing: name"),
            ({"name": ["x"]}, "“name” has the wrong type"),
            ({"colour": "red", "shape": 1}, "Unknown values: colour, shape"),
            ({"phone": "call me"}, "“call me” is not a phone number"),
            ({"channel": "pigeon"}, "“pigeon” is no channel"),
            ({"priority": "9"}, "“9” is no priority"),
            ({"priority": True}, "“priority” has the wrong type"),
            ({"priority": 1.5}, "“priority” has the wrong type"),
            ({"external_ref": {}}, "“external_ref” has the wrong type"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, words):
                self._submit(**values)

    def test_what_is_no_set_of_values_is_refused(self):
        for values in ([], "repair", None, 5):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._api().submit_ticket(values)

    def test_nothing_is_half_written(self):
        before = (
            self.tickets.search_count([]),
            self.env["res.partner"].search_count([]),
        )
        with self.assertRaises(UserError):
            self._submit(partner_name="New", phone="call me")
        after = (
            self.tickets.search_count([]),
            self.env["res.partner"].search_count([]),
        )
        self.assertEqual(before, after)

    def test_the_companys_own_type_goes_before_a_shared_one(self):
        own = self.repair.copy({"code": "repair", "company_id": self.company.id})
        self.assertEqual(self._get(self._submit()).type_id, own)

    def test_a_technician_opens_no_ticket(self):
        with self.assertRaises(AccessError):
            self._submit(self.technician)

    # -- status ---------------------------------------------------------------

    def test_staff_read_the_status_by_number(self):
        number = self._submit()["number"]
        status = self._api().ticket_status(f" {number.lower()} ")
        self.assertEqual(status["phase"], "received")
        self.assertEqual(status["phase_label"], "Received")
        self.assertEqual([entry["phase"] for entry in status["history"]], ["received"])

    def test_others_need_the_phone_and_every_miss_says_the_same(self):
        number = self._submit()["number"]
        clerk = new_test_user(self.env, "test_clerk", "base.group_user")
        for user in (self.stranger, self.technician, clerk):
            status = self._api(user).ticket_status(number, "02 5550 1234")
            self.assertEqual(status["number"], number)
            said = set()
            for miss in (
                (number,),
                (number, "02 5550 9999"),
                (number, "call me"),
                ("SR00000000", PHONE),
                (acceptance_number.make("SR"), PHONE),
                ("", ""),
            ):
                with self.assertRaises(UserError) as caught:
                    self._api(user).ticket_status(*miss)
                said.add(str(caught.exception))
            self.assertEqual(len(said), 1, said)

    def test_a_number_that_is_no_text_is_refused(self):
        for number in (None, 5, [], True):
            with self.subTest(number=number), self.assertRaises(ValidationError):
                self._api().ticket_status(number)

    # -- messages ---------------------------------------------------------------

    def test_a_message_is_a_comment_with_its_text_escaped(self):
        answer = self._submit()
        self._api().add_message(answer["number"], "<script>x</script>\nBye")
        message = self._get(answer).message_ids[0]
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertIn("&lt;script&gt;", message.body)
        self.assertNotIn("<script>", message.body)

    def test_a_message_needs_a_ticket_and_a_text(self):
        number = self._submit()["number"]
        with self.assertRaisesRegex(UserError, "no ticket with the number"):
            self._api().add_message("SR1", "Hello")
        with self.assertRaisesRegex(ValidationError, "text of the message"):
            self._api().add_message(number, "  ")
        with self.assertRaises(UserError):
            self._api(self.stranger).add_message(number, "Hello")

    # -- calls ------------------------------------------------------------------

    def test_a_known_caller_is_told_with_tickets_and_units(self):
        answer = self._submit(partner_name="Ann")
        partner = self._get(answer).partner_id
        self._create_asset(partner_id=partner.id)
        closed = self._get(self._submit())
        closed.action_close()
        call = self._api().incoming_call("02 5550 1234", line="100")
        self.assertEqual(call["partner"]["name"], "Ann")
        self.assertEqual([t["number"] for t in call["tickets"]], [answer["number"]])
        self.assertEqual(call["assets"], [{"serial_number": "S-1", "product": ""}])
        self.assertTrue(call["url"].startswith("http"))

    def test_a_stranger_is_nobody(self):
        call = self._api().incoming_call("+390255507777")
        self.assertIs(call["partner"], False)
        self.assertEqual((call["tickets"], call["assets"]), ([], []))

    def test_a_call_needs_a_phone_and_an_agent(self):
        for phone in ("", "call me"):
            with self.assertRaises(ValidationError):
                self._api().incoming_call(phone)
        with self.assertRaises(AccessError):
            self._api(self.technician).incoming_call(PHONE)

    def test_there_are_no_articles_yet(self):
        self.assertEqual(self._api().search_articles("noise"), [])

    def test_answers_are_json_without_nulls(self):
        number = self._submit(partner_name="Ann")["number"]
        api = self._api()
        for answer in (
            self._submit(),
            api.ticket_status(number),
            api.add_message(number, "Hello"),
            api.incoming_call(PHONE),
            api.search_articles("noise"),
        ):
            self.assertNotIn("null", json.dumps(answer))


@tagged("post_install", "-at_install")
class TestServiceApiOverRpc(HttpCase):
    def test_json2_and_xmlrpc_answer_the_same(self):
        user = new_test_user(
            self.env, "test_machine", "crm_service.group_service_integration"
        )
        self.env.company.country_id = self.env.ref("base.it")
        key = (
            self.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate("rpc", "test", None)
        )
        values = {
            "type": "repair",
            "name": "Broken",
            "phone": "02 5550 1234",
            "external_ref": "RPC-1",
        }
        answer = self.url_open(
            "/json/2/service.api/submit_ticket",
            json={"values": values},
            headers={"Authorization": f"Bearer {key}"},
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        other = self.xmlrpc_object.execute_kw(
            self.env.cr.dbname, user.id, key, "service.api", "submit_ticket", [values]
        )
        self.assertEqual(answer.json(), other)
        refused = self.url_open(
            "/json/2/service.api/submit_ticket",
            json={"values": {**values, "name": "Other"}},
            headers={"Authorization": f"Bearer {key}"},
        )
        self.assertEqual(refused.status_code, 409)
        self.assertIn("already used", refused.json()["message"])
