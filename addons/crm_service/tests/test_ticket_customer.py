# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ServiceCommon

PHONE = "+390255501234"


@tagged("post_install", "-at_install")
class TestTicketCustomer(ServiceCommon):
    def _find(self, **contact):
        return self.tickets._find_or_create_partner(self.company, **contact)

    # -- phones -------------------------------------------------------------

    def test_a_phone_is_normalised_however_it_is_typed(self):
        for text in (
            "02 5550 1234",
            "+39 02 5550 1234",
            "0039 02 55501234",
            "(02) 5550-1234",
            "tel:+39-02-5550-1234",
            " 02/55501234 ",
        ):
            with self.subTest(phone=text):
                self.assertEqual(
                    self.tickets._normalise_phone(text, self.company), PHONE
                )

    def test_a_number_without_country_code_is_read_as_of_the_company(self):
        self.other_company.country_id = self.env.ref("base.us")
        number = self.tickets._normalise_phone("(212) 736-5000", self.other_company)
        self.assertEqual(number, "+12127365000")

    def test_what_is_no_phone_is_refused_with_an_example(self):
        for text in ("12", "call me", "+39", "00000000000000000000"):
            with (
                self.subTest(phone=text),
                self.assertRaisesRegex(ValidationError, "is not a phone number"),
            ):
                self._create_ticket(partner_phone=text)

    def test_a_wrong_phone_typed_later_is_refused_too(self):
        ticket = self._create_ticket(partner_id=self._create_partner().id)
        with self.assertRaises(ValidationError):
            ticket.partner_phone = "call me"

    def test_a_wrong_phone_of_a_customer_does_not_stop_the_ticket(self):
        partner = self._create_partner(phone="call the porter")
        ticket = self._create_ticket(partner_id=partner.id)
        self.assertFalse(ticket.partner_phone)

    def test_a_phone_is_found_by_any_way_of_writing_and_by_its_end(self):
        ticket = self._create_ticket(partner_phone=PHONE)
        for text in ("02 5550 1234", "+39 02 55501234", "5501234", "501-234"):
            with self.subTest(phone=text):
                found = self.tickets.search([("phone_search", "=", text)])
                self.assertIn(ticket, found)
        self.assertNotIn(ticket, self.tickets.search([("phone_search", "=", "zz")]))

    # -- matching -----------------------------------------------------------

    def test_customers_are_found_as_the_table_says(self):
        company = self._create_partner(
            name="Hotel", is_company=True, phone=PHONE, email="hotel@example.com"
        )
        ann = self._create_partner(
            name="Ann", parent_id=company.id, phone=PHONE, email="ann@example.com"
        )
        bob = self._create_partner(name="Bob", email="bob@example.com")
        self._create_partner(name="Later Bob", email="bob@example.com")
        gone = self._create_partner(name="Gone", email="gone@example.com")
        gone.active = False
        foreign = self._create_partner(
            name="Foreign", email="f@example.com", company_id=self.other_company.id
        )
        for contact, expected in (
            ({"phone": PHONE}, company),
            ({"phone": "02 5550 1234"}, company),
            ({"phone": PHONE, "email": "ann@example.com"}, ann),
            ({"phone": PHONE, "email": "bob@example.com"}, company),
            ({"email": "bob@example.com"}, bob),
            ({"email": "Bob <BOB@Example.com>"}, bob),
            ({"email": "bob@example.com", "phone": "+390255509999"}, bob),
        ):
            with self.subTest(contact=contact):
                self.assertEqual(self._find(**contact), expected)
        for contact in ({"email": "gone@example.com"}, {"email": "f@example.com"}):
            with self.subTest(contact=contact):
                self.assertNotIn(self._find(**contact), gone | foreign)

    def test_in_one_batch_each_company_gets_its_own_customer(self):
        theirs = self._create_partner(phone=PHONE, company_id=self.other_company.id)
        ours, other = self.tickets.create(
            [
                self._prepare_ticket(partner_phone=PHONE, company_id=company.id)
                for company in (self.company, self.other_company)
            ]
        )
        self.assertEqual(other.partner_id, theirs)
        self.assertNotEqual(ours.partner_id, theirs)

    def test_a_new_customer_gets_what_is_known(self):
        partner = self._find(name="Ann", phone="02 5550 1234", email="ANN@example.com")
        self.assertRecordValues(
            partner,
            [
                {
                    "name": "Ann",
                    "phone": "+39 02 5550 1234",
                    "phone_sanitized": PHONE,
                    "email": "ann@example.com",
                    "company_id": False,
                }
            ],
        )

    def test_the_same_new_phone_in_a_batch_makes_one_customer(self):
        tickets = self.tickets.create(
            [
                self._prepare_ticket(partner_phone=PHONE, partner_name="Ann"),
                self._prepare_ticket(partner_phone="02 5550 1234"),
                self._prepare_ticket(
                    partner_email="a@example.com", partner_phone=PHONE
                ),
                self._prepare_ticket(partner_email="a@example.com"),
            ]
        )
        self.assertEqual(len(tickets.partner_id), 1)

    def test_a_name_alone_makes_a_customer_each_time(self):
        one = self._create_ticket(partner_name="John Smith")
        other = self._create_ticket(partner_name="John Smith")
        self.assertTrue(one.partner_id)
        self.assertNotEqual(one.partner_id, other.partner_id)

    def test_nothing_known_makes_no_customer(self):
        self.assertFalse(self._create_ticket().partner_id)

    def test_the_customers_phone_and_email_are_taken_over(self):
        partner = self._create_partner(phone=PHONE, email="ann@example.com")
        ticket = self._create_ticket(partner_id=partner.id)
        self.assertEqual(ticket.phone_sanitized, PHONE)
        self.assertEqual(ticket.partner_email, "ann@example.com")

    def test_a_phone_typed_for_a_known_customer_wins(self):
        partner = self._create_partner(phone=PHONE)
        ticket = self._create_ticket(
            partner_id=partner.id, partner_phone="02 5550 9999"
        )
        self.assertEqual(ticket.phone_sanitized, "+390255509999")

    def test_a_phone_typed_later_finds_the_customer(self):
        partner = self._create_partner(phone=PHONE)
        ticket = self._create_ticket()
        ticket.partner_phone = "02 5550 1234"
        self.assertEqual(ticket.partner_id, partner)

    def test_making_a_customer_locks_phone_and_email(self):
        self._find(phone=PHONE, email="new@example.com")
        keys = self.env["service.contact.lock"].search([]).mapped("key")
        self.assertLessEqual({PHONE, "new@example.com"}, set(keys))

    def test_finding_a_customer_locks_nothing(self):
        self._create_partner(phone=PHONE)
        before = self.env["service.contact.lock"].search_count([])
        self._find(phone=PHONE)
        self.assertEqual(self.env["service.contact.lock"].search_count([]), before)

    # -- tracking -----------------------------------------------------------

    def test_number_and_phone_find_the_ticket_for_anybody(self):
        ticket = self._create_ticket(partner_phone=PHONE)
        public = self.tickets.with_user(self.env.ref("base.public_user"))
        for number, phone in (
            (ticket.number, PHONE),
            (ticket.number.lower(), "02 5550 1234"),
            (f"{ticket.number[:4]} {ticket.number[4:]}", "0039 02 5550 1234"),
        ):
            with self.subTest(number=number, phone=phone):
                self.assertEqual(public._find_by_track_key(number, phone), ticket)
        for number, phone in (
            (ticket.number, "02 5550 1235"),
            (ticket.number, ""),
            (ticket.number, False),
            ("", PHONE),
            (self._create_ticket().number, PHONE),
            (ticket.number + "0", PHONE),
            ("\0", "\0"),
        ):
            with self.subTest(number=number, phone=phone):
                self.assertFalse(public._find_by_track_key(number, phone))

    def test_the_key_follows_the_phone(self):
        ticket = self._create_ticket(partner_phone=PHONE)
        ticket.partner_phone = "02 5550 9999"
        self.assertFalse(self.tickets._find_by_track_key(ticket.number, PHONE))
        self.assertTrue(self.tickets._find_by_track_key(ticket.number, "+390255509999"))

    def test_the_key_is_nobodys_to_read(self):
        ticket = self._create_ticket(partner_phone=PHONE).with_user(self.manager)
        self.assertNotIn("track_key", ticket.fields_get())

    def test_the_public_status_holds_nothing_else(self):
        ticket = self._create_ticket(partner_phone=PHONE, description="secret")
        ticket.user_id = self.agent
        ticket._move_to_phase("in_progress")
        status = ticket._get_public_status()
        self.assertEqual(
            set(status),
            {"number", "name", "phase", "phase_label", "updated_at", "history"},
        )
        self.assertEqual(
            [entry["phase"] for entry in status["history"]], ["received", "in_progress"]
        )
        self.assertEqual(set(status["history"][0]), {"phase", "phase_label", "at"})
        self.assertNotIn("Repair under way", str(status))
        self.assertNotIn(self.agent.name, str(status))

    def test_stages_of_one_phase_are_one_step_for_the_customer(self):
        process = self._create_process(
            ("Desk", "received"), ("Look", "in_progress"), ("Mend", "in_progress")
        )
        _desk, look, mend = process.stage_ids
        ticket = self._create_ticket(type_id=self._create_type(process).id)
        ticket._enter_stage(look)
        ticket._enter_stage(mend)
        phases = [entry["phase"] for entry in ticket._get_public_status()["history"]]
        self.assertEqual(phases, ["received", "in_progress"])
