# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon

PHONE = "+390255501234"


@tagged("post_install", "-at_install")
class TestCustomerMatch(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner(
            name="Annabella Rossini",
            phone=PHONE,
            email="ann@example.com",
            street="Via Roma 1",
            zip="20121",
            city="Milano",
        )

    def _hints(self, user=None, **values):
        """Return the suggestions while a ticket with `values` is being written."""
        tickets = self._as(user or self.agent)["service.ticket"]
        tickets = tickets.with_company(self.company)
        ticket = tickets.new({"company_id": self.company.id, **values})
        return ticket.partner_hints or []

    def _reasons(self, **values):
        return {hint["id"]: hint["reasons"] for hint in self._hints(**values)}

    # -- suggestions ------------------------------------------------------------

    def test_customers_are_suggested_with_the_reason(self):
        asset = self._create_asset(serial_number="F-77", partner_id=self.ann.id)
        self._create_ticket(partner_id=self.ann.id, partner_phone="02 5550 7777")
        place = self._create_partner(name="Shop", city="Milano", zip="20121")
        self.env.flush_all()
        for values, reasons in (
            ({"partner_phone": "02 5550 1234"}, ["Same phone"]),
            ({"partner_email": "ANN@example.com"}, ["Same e-mail"]),
            ({"serial_number": "F-77"}, ["Owns the unit"]),
            ({"asset_id": asset.id}, ["Owns the unit"]),
            (
                {"partner_phone": "+39 02 5550 7777"},
                ["This phone was given on an earlier ticket"],
            ),
            ({"partner_name": "annabella rossini"}, ["Same name"]),
            (
                {"partner_name": "Annabela Rossini", "site_id": place.id},
                ["Similar name", "Same place"],
            ),
        ):
            with self.subTest(values=values):
                self.assertEqual(self._reasons(**values), {self.ann.id: reasons})

    def test_a_similar_name_alone_is_no_suggestion(self):
        self.assertFalse(self._hints(partner_name="Annabela Rossini"))
        self.assertFalse(self._hints(partner_name="A"))
        self.assertFalse(self._hints())

    def test_a_chinese_name_is_suggested_when_it_is_the_same(self):
        wang = self._create_partner(name="王小明")
        self.assertEqual(self._reasons(partner_name="王小明"), {wang.id: ["Same name"]})

    def test_what_speaks_against_is_told_too(self):
        (hint,) = self._hints(
            partner_phone=PHONE, partner_email="bob@example.com", partner_name="Bob"
        )
        self.assertEqual(
            hint["doubts"],
            ["but another e-mail, ann@example.com", "but another name"],
        )

    def test_the_one_that_saving_takes_is_marked(self):
        (hint,) = self._hints(partner_phone=PHONE)
        self.assertTrue(hint["chosen"])
        (hint,) = self._hints(partner_name=self.ann.name)
        self.assertFalse(hint["chosen"])

    def test_what_is_no_phone_does_not_stop_the_writing(self):
        self.assertFalse(self._hints(partner_phone="call me"))

    def test_suggestions_come_while_typing(self):
        with Form(self._as(self.agent)["service.ticket"]) as form:
            form.name = "It leaks"
            form.partner_phone = "+39 02 5550 1234"
            self.assertEqual([hint["id"] for hint in form.partner_hints], self.ann.ids)
            form.partner_id = self.ann
            self.assertFalse(form.partner_hints)

    def test_a_customer_of_another_company_is_not_suggested(self):
        self.ann.company_id = self.other_company
        for values in ({"partner_phone": PHONE}, {"partner_name": self.ann.name}):
            with self.subTest(values=values):
                self.assertFalse(self._hints(**values))

    def test_a_ticket_that_one_may_not_read_tells_nothing(self):
        self._create_ticket(partner_id=self.ann.id, partner_phone="02 5550 7777")
        values = {"partner_phone": "+39 02 5550 7777"}
        self.assertTrue(self._hints(**values))
        self.assertFalse(self._hints(self.technician, **values))

    # -- two that look the same -------------------------------------------------

    def test_another_customer_who_looks_the_same_is_told(self):
        twin = self._create_partner(
            name="Annabella Rossini", email="other@example.com", phone=PHONE
        )
        self.assertEqual(
            self._reasons(partner_id=self.ann.id),
            {twin.id: ["Same phone", "Same name"]},
        )

    def test_contacts_of_one_company_are_not_told_of_each_other(self):
        company = self._create_partner(name="Hotel", is_company=True, phone=PHONE)
        self.ann.parent_id = company
        self.assertFalse(self._hints(partner_id=self.ann.id))

    def test_two_who_were_told_apart_are_not_suggested_again(self):
        twin = self._create_partner(name="Annabella Rossini", phone=PHONE)
        ticket = self._create_ticket(partner_id=self.ann.id).with_user(self.agent)
        self.assertEqual([hint["id"] for hint in ticket.partner_hints], twin.ids)
        ticket.action_reject_partner_hint(twin.id)
        ticket.invalidate_recordset()
        self.assertFalse(ticket.partner_hints)
        self.assertFalse(self._hints(partner_id=twin.id))

    def test_who_may_not_write_on_contacts_tells_nobody_apart(self):
        ticket = self._create_ticket(partner_id=self.ann.id, user_id=self.technician.id)
        other = self._create_partner()
        with self.assertRaises(AccessError):
            ticket.with_user(self.technician).action_reject_partner_hint(other.id)

    def test_the_customers_page_needs_a_customer(self):
        ticket = self._create_ticket()
        with self.assertRaisesRegex(UserError, "no customer yet"):
            ticket.action_open_customer()
        ticket.partner_id = self.ann
        action = ticket.action_open_customer()
        self.assertEqual(action["context"]["active_id"], self.ann.id)

    def test_suggestions_take_few_queries_however_many_customers_there_are(self):
        self.env["res.partner"].create(
            [{"name": f"Annabella Rossini {i}", "phone": PHONE} for i in range(40)]
        )
        ticket = self._create_ticket(partner_id=self.ann.id, partner_phone=PHONE)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(14):
            hints = ticket.partner_hints
        self.assertEqual(len(hints), 4)

    # -- other phones and e-mails -------------------------------------------------

    def _create_point(self, value, **values):
        values = {"partner_id": self.ann.id, "value": value, **values}
        return self._as(self.agent)["service.contact.point"].create(values)

    def test_another_phone_or_email_finds_the_customer(self):
        self._create_point("+39 02 5550 8888")
        self._create_point("Shop <SHOP@example.com>")
        for values in (
            {"partner_phone": "02 5550 8888"},
            {"partner_email": "shop@example.com"},
            {"partner_email": "shop@example.com", "partner_phone": "02 5550 8888"},
        ):
            with self.subTest(values=values):
                self.assertEqual(self._create_ticket(**values).partner_id, self.ann)
        self.assertEqual(
            self._reasons(partner_phone="02 5550 8888")[self.ann.id][0],
            "Also called from this phone",
        )

    def test_a_customers_own_phone_comes_before_anothers_other_phone(self):
        self._create_point("+39 02 5550 8888")
        owner = self._create_partner(name="Owner", phone="+39 02 5550 8888")
        self.assertEqual(
            self._create_ticket(partner_phone="02 5550 8888").partner_id, owner
        )

    def test_another_phone_of_another_company_finds_nobody(self):
        self._create_point("+39 02 5550 8888")
        self.ann.company_id = self.other_company
        ticket = self._create_ticket(partner_phone="02 5550 8888")
        self.assertNotEqual(ticket.partner_id, self.ann)

    def test_another_phone_of_an_archived_customer_finds_nobody(self):
        self._create_point("+39 02 5550 8888")
        self.ann.active = False
        ticket = self._create_ticket(partner_phone="02 5550 8888")
        self.assertNotEqual(ticket.partner_id, self.ann)

    def test_phones_and_emails_are_kept_in_one_way_of_writing(self):
        point = self._create_point("0039 02 5550 8888")
        self.assertEqual((point.kind, point.value), ("phone", "+390255508888"))
        point.value = "Shop <SHOP@example.com>"
        self.assertEqual((point.kind, point.value), ("email", "shop@example.com"))

    def test_what_is_neither_is_refused_with_an_example(self):
        for value in ("call me", "12", "a@", ""):
            with (
                self.subTest(value=value),
                self.assertRaisesRegex(ValidationError, "neither a phone number"),
            ):
                self._create_point(value)

    def test_other_phones_stay_in_their_company(self):
        self.ann.company_id = self.company
        point = self._create_point("+39 02 5550 8888")
        with self.assertRaises(AccessError):
            point.with_user(self.stranger).with_context(
                allowed_company_ids=self.other_company.ids
            ).read(["value"])
        with self.assertRaises(AccessError):
            point.with_user(self.technician).value = "+39 02 5550 9999"
