from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PHONE, ServicePortalCase

# Words that only our staff and the one asked may read.
CANARIES = ("canary-question", "canary-answer", "canary-file", "canary-asked")


@tagged("post_install", "-at_install")
class TestSideConversation(ServicePortalCase, HttpCase):
    """What others are asked about a request is none of its customer's business."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asked = cls.env["res.partner"].create(
            {"name": "canary-asked", "email": "canary-asked@example.com"}
        )
        cls.ticket.message_subscribe(partner_ids=cls.customer.ids)
        cls.talk = (
            cls.env["service.side.conversation"]
            .with_user(cls.agent)
            .create(
                {
                    "name": "canary-question",
                    "ticket_id": cls.ticket.id,
                    "partner_id": cls.asked.id,
                    "body": "canary-question",
                }
            )
        )
        cls.talk.action_send()
        cls.answer = cls.talk.sudo().message_post(
            body="canary-answer",
            message_type="email",
            author_id=cls.asked.id,
            subtype_xmlid="mail.mt_comment",
            attachments=[("canary-file.txt", b"canary-file")],
        )

    def _assert_silent(self, text, where):
        for canary in CANARIES:
            self.assertNotIn(canary, text, where)

    def test_the_customer_s_pages_do_not_tell(self):
        self.authenticate("portal_odile", "portal_odile")
        for url in ("/my/service", f"/my/service/{self.ticket.number}", "/my"):
            page = self.url_open(url)
            self.assertEqual(page.status_code, 200)
            self._assert_silent(page.text, url)

    def test_the_tracking_page_does_not_tell(self):
        form = self.url_open("/service/track").text
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        page = self.url_open(
            "/service/track",
            data={"csrf_token": token, "number": self.ticket.number, "phone": PHONE},
        )
        self.assertIn(self.ticket.number, page.text)
        self._assert_silent(page.text, "tracking page")

    def test_the_chatter_s_routes_do_not_tell(self):
        self.authenticate("portal_odile", "portal_odile")
        for model, res_id in (
            ("service.ticket", self.ticket.id),
            ("service.side.conversation", self.talk.id),
        ):
            for route in ("/mail/thread/messages", "/mail/thread/data"):
                params = {
                    "thread_model": model,
                    "thread_id": res_id,
                    "fetch_params": {"limit": 50},
                    "request_list": ["followers", "attachments", "activities"],
                }
                with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
                    answer = self.url_open(
                        route, json={"jsonrpc": "2.0", "params": params}
                    )
                self._assert_silent(answer.text, (model, route))

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_the_files_of_an_answer_are_closed(self):
        file = self.answer.attachment_ids
        self.assertEqual(len(file), 1)
        self.authenticate("portal_odile", "portal_odile")
        answer = self.url_open(f"/web/content/{file.id}")
        self.assertNotEqual(answer.status_code, 200)
        self._assert_silent(answer.text, "file")

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_customers_have_no_right_on_it(self):
        ticket = self.ticket.with_user(self.portal_user)
        talks = self.talk.with_user(self.portal_user)
        for call in (
            lambda: talks.search([]),
            lambda: talks.read(["name"]),
            lambda: talks.search_count([("ticket_id", "=", ticket.id)]),
            lambda: ticket.read(["side_conversation_ids"]),
            lambda: ticket.read(["side_conversation_count"]),
            lambda: ticket.search([("side_conversation_ids.state", "=", "answered")]),
            lambda: ticket.read(["my_note"]),
            lambda: ticket.action_watch(),
            lambda: ticket.action_unwatch(),
            lambda: ticket.action_remind_me("2099-01-01 00:00:00"),
            lambda: ticket.get_canned_replies(),
            lambda: ticket.action_ask_others(),
            lambda: ticket.action_open_side_conversations(),
            lambda: talks.action_send(),
            lambda: talks.action_close(),
        ):
            with self.assertRaises(AccessError):
                call()
        messages = self.env["mail.message"].with_user(self.portal_user)
        self.assertFalse(messages.search([("body", "ilike", "canary")]))

    def test_nothing_of_it_was_sent_to_the_customer(self):
        told = self.env["mail.notification"].search(
            [("mail_message_id", "in", self.talk.message_ids.ids)]
        )
        self.assertIn(self.asked, told.res_partner_id)
        self.assertNotIn(self.customer, told.res_partner_id)
        mails = self.env["mail.mail"].search(
            [("mail_message_id", "in", self.talk.message_ids.ids)]
        )
        self.assertNotIn(self.customer, mails.recipient_ids)
