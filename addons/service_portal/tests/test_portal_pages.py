from odoo.tests import HttpCase, tagged

from .common import ServicePortalCase


@tagged("post_install", "-at_install")
class TestPortalPages(ServicePortalCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.env["res.partner"].create(
            {"name": "Paul Martin", "parent_id": cls.firm.id}
        )
        cls.colleague_ticket = cls._new_ticket(
            name="The oven is cold", partner_id=cls.colleague.id, partner_phone=False
        )
        cls.foreign_ticket = cls._new_ticket(
            name="Secret of a stranger", partner_id=cls.stranger.id
        )

    def test_list_shows_the_requests_of_the_customer_s_company_only(self):
        self.authenticate("portal_odile", "portal_odile")
        page = self.url_open("/my/service").text
        self.assertIn("The fridge is warm", page)
        self.assertIn("The oven is cold", page)
        self.assertNotIn("Secret of a stranger", page)

    def test_search_filter_and_order_work_together(self):
        self.authenticate("portal_odile", "portal_odile")
        page = self.url_open(
            "/my/service?search=oven&sortby=subject&filterby=open"
        ).text
        self.assertIn("The oven is cold", page)
        self.assertNotIn("The fridge is warm", page)
        page = self.url_open(f"/my/service?search={self.ticket.number}").text
        self.assertIn("The fridge is warm", page)
        page = self.url_open("/my/service?filterby=done").text
        self.assertIn("Nothing fits your search.", page)

    def test_odd_parameters_fall_back_to_the_usual_list(self):
        self.authenticate("portal_odile", "portal_odile")
        for query in (
            "sortby=id;drop",
            "filterby=[('id','>',0)]",
            "search=%27%22%00%25",
            "sortby=user_id&filterby=",
        ):
            response = self.url_open(f"/my/service?{query}")
            self.assertEqual(response.status_code, 200, query)
            self.assertNotIn("Secret of a stranger", response.text)
        self.assertEqual(self.url_open("/my/service/page/999").status_code, 200)

    def test_customer_opens_a_request_by_its_number(self):
        self.authenticate("portal_odile", "portal_odile")
        page = self.url_open(f"/my/service/{self.ticket.number.lower()}").text
        self.assertIn("The fridge is warm", page)
        self.assertIn("o_service_track_line", page)

    def test_foreign_and_unknown_requests_are_answered_alike(self):
        self.authenticate("portal_odile", "portal_odile")
        answers = [
            self.url_open(f"/my/service/{number}")
            for number in (self.foreign_ticket.number, "SR00000000A", "x", "%27")
        ]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        for answer in answers:
            self.assertIn("We cannot find this request.", answer.text)
            self.assertNotIn("Secret of a stranger", answer.text)

    def test_every_page_asks_for_a_login(self):
        self.authenticate(None, None)
        for path in ("/my/service", f"/my/service/{self.ticket.number}"):
            self.assertIn("/web/login", self.url_open(path).url)

    def test_customer_without_requests_is_told_what_to_do(self):
        self.foreign_ticket.active = False
        self.authenticate("portal_else", "portal_else")
        page = self.url_open("/my/service").text
        self.assertIn("You have no service requests yet.", page)

    def test_home_page_has_a_card_with_the_number_of_requests(self):
        self.authenticate("portal_odile", "portal_odile")
        self.assertIn("/my/service", self.url_open("/my/home").text)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["service_ticket_count"]}
        )
        self.assertEqual(counters["service_ticket_count"], 2)

    def test_chatter_route_shows_no_internal_message(self):
        self.ticket.with_context(tracking_disable=False).write(
            {"name": "canary-tracked", "user_id": self.agent.id}
        )
        self.ticket.message_post(body="canary-note")
        self.env.cr.precommit.run()
        self.authenticate("portal_odile", "portal_odile")
        answer = self.make_jsonrpc_request(
            "/mail/thread/messages",
            {"thread_model": "service.ticket", "thread_id": self.ticket.id},
        )
        self.assertNotIn("canary", str(answer))
        found = (
            self.env["mail.message"]
            .with_user(self.portal_user)
            .search([("model", "=", "service.ticket"), ("res_id", "=", self.ticket.id)])
        )
        self.assertNotIn("canary", str(found.mapped("body")))

    def test_mail_button_leads_the_customer_to_the_own_page(self):
        self.authenticate("portal_odile", "portal_odile")
        response = self.url_open(
            f"/mail/view?model=service.ticket&res_id={self.ticket.id}",
            allow_redirects=False,
        )
        self.assertTrue(
            response.headers["Location"].endswith(f"/my/service/{self.ticket.number}")
        )
