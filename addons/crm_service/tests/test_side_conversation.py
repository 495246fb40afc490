# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import ServiceCommon

# What nobody but our staff may read, wherever it is written on the ticket.
CANARY = "canary-of-the-ticket"
# What the factory writes, and the customer must never read.
ANSWER = "canary-of-the-factory"
REPLY = """From: Rosa <rosa@factory.example.com>
To: {to}
Subject: {subject}
Message-ID: <{number}@factory.example.com>
In-Reply-To: {parent}
Date: Mon, 02 Mar 2026 10:00:00 +0000
Content-Type: multipart/mixed; boundary="x"

--x
Content-Type: text/plain; charset=utf-8

canary-of-the-factory: it is the valve.
--x
Content-Type: image/png; name="canary-of-the-factory.png"
Content-Disposition: attachment; filename="canary-of-the-factory.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--x--
"""
OWN_COMPANY = {"name": "side.example.com", "catchall_alias": "catchall"}


@tagged("post_install", "-at_install")
class TestSideConversation(ServiceCommon, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create(OWN_COMPANY)
        cls.company.alias_domain_id = domain
        cls.customer = cls._create_partner(email="ann@example.com")
        cls.factory = cls._create_partner(
            name="Rosa", email="rosa@factory.example.com", lang="en_US"
        )
        cls.ticket = cls._create_ticket(
            name=f"It leaks {CANARY}",
            description=f"<p>{CANARY}</p>",
            partner_id=cls.customer.id,
            partner_name=f"Ann {CANARY}",
            user_id=cls.agent.id,
        )
        cls.ticket.message_subscribe(partner_ids=cls.customer.ids)
        cls.photo = cls._create_file("photo.png")
        cls.secret = cls._create_file(f"{CANARY}.png")

    @classmethod
    def _create_file(cls, name, ticket=None):
        pixel = REPLY.split("base64\n\n")[1].split("\n")[0]
        return cls.env["ir.attachment"].create(
            {
                "name": name,
                "raw": base64.b64decode(pixel),
                "res_model": "service.ticket",
                "res_id": (ticket or cls.ticket).id,
            }
        )

    def _begin(self, user=None, **values):
        """Write a question as `user`, without sending it."""
        return (
            self.env["service.side.conversation"]
            .with_user(user or self.agent)
            .create(
                {
                    "name": "Which valve?",
                    "ticket_id": self.ticket.id,
                    "partner_id": self.factory.id,
                    "body": "<p>Which valve fits?</p>",
                    **values,
                }
            )
        )

    def _ask(self, **values):
        """Send a question; return it and what went out."""
        conversation = self._begin(**values)
        with self.mock_mail_gateway():
            conversation.action_send()
        return conversation

    def _answer(
        self, conversation, number=1, to="", headers=True, sender="", prefix="Re: "
    ):
        """Let the factory answer by e-mail; return what was sent because of it."""
        parent = conversation.message_ids.filtered(
            lambda m: m.message_type == "comment"
        )
        text = REPLY.format(
            to=f"catchall@{OWN_COMPANY['name']}{to}",
            subject=f"{prefix}{conversation.name}",
            number=number,
            parent=parent.sorted("id")[-1:].message_id if headers else "",
        )
        text = text.replace(
            "rosa@factory.example.com", sender or "rosa@factory.example.com"
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].with_user(
                self.env.ref("base.user_root")
            ).sudo().message_process(None, text)
        return self._mails

    # -- what goes out ------------------------------------------------------

    def test_the_outsider_gets_what_was_written_and_nothing_else(self):
        self.ticket.message_post(body=CANARY, subtype_xmlid="mail.mt_comment")
        conversation = self._ask(ticket_attachment_ids=[Command.set(self.photo.ids)])
        mails = [m for m in self._mails if "rosa@" in str(m["email_to"])]
        self.assertEqual(len(mails), 1)
        self.assertIn("Which valve fits?", mails[0]["body"])
        self.assertEqual([a[0] for a in mails[0]["attachments"]], ["photo.png"])
        everything = str(mails[0])
        for secret in (CANARY, self.ticket.number, "ann@example.com"):
            self.assertNotIn(secret, everything)
        self.assertIn("catchall@side.example.com", mails[0]["reply_to"])
        self.assertEqual(conversation.state, "waiting")
        self.assertTrue(conversation.asked_at)

    def test_the_customer_gets_no_mail_of_it(self):
        conversation = self._ask()
        sent = list(self._mails)
        sent += self._answer(conversation)
        with self.mock_mail_gateway():
            conversation.with_user(self.agent).message_post(
                body="Thank you", subtype_xmlid="mail.mt_comment"
            )
        sent += self._mails
        self.assertTrue(sent)
        self.assertFalse([m for m in sent if "ann@" in str(m["email_to"])])
        self.assertNotIn(self.customer, conversation.message_partner_ids)

    def test_an_answer_stays_out_of_the_tickets_thread(self):
        conversation = self._ask()
        self._answer(conversation)
        self.assertEqual(conversation.state, "answered")
        self.assertIn(ANSWER, str(conversation.message_ids.mapped("body")))
        self.assertEqual(len(conversation.message_ids.attachment_ids), 1)
        self.assertNotIn(ANSWER, str(self.ticket.message_ids.mapped("body")))
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "service.ticket"), ("res_id", "=", self.ticket.id)]
        )
        self.assertEqual(files, self.photo | self.secret)
        tickets = self.tickets.search([("name", "ilike", "Which valve")])
        self.assertFalse(tickets)

    def test_an_answer_that_is_sent_to_a_team_too_stays_out_of_tickets(self):
        self._create_team(
            alias_name="repairs", alias_domain_id=self.company.alias_domain_id.id
        )
        conversation = self._ask(body=f"<p>About {self.ticket.number}: which one?</p>")
        count = self.tickets.search_count([])
        self._answer(conversation, to=f", repairs@{OWN_COMPANY['name']}")
        self.assertEqual(conversation.state, "answered")
        self.assertEqual(self.tickets.search_count([]), count)
        self.assertNotIn(ANSWER, str(self.ticket.message_ids.mapped("body")))

    def test_an_answer_that_does_not_say_what_it_answers_is_found_by_its_subject(self):
        self._create_team(
            alias_name="repairs", alias_domain_id=self.company.alias_domain_id.id
        )
        conversation = self._ask()
        team = f", repairs@{OWN_COMPANY['name']}"
        count = self.tickets.search_count([])
        self._answer(conversation, to=team, headers=False, sender="eve@example.com")
        self.assertEqual(conversation.state, "waiting", "of somebody else")
        self.assertEqual(self.tickets.search_count([]), count + 1)
        self._answer(conversation, to=team, headers=False, number="new", prefix="")
        self.assertEqual(conversation.state, "waiting", "a word of their own")
        self._answer(conversation, to=team, headers=False, number="first")
        self.assertEqual(conversation.state, "answered")
        other = self._ask()
        self._answer(conversation, to=team, headers=False, number="second")
        self.assertEqual(other.state, "waiting", "it could be either")
        self.assertEqual(self.tickets.search_count([]), count + 3)

    def test_who_waits_is_told_of_an_answer_once(self):
        conversation = self._ask()
        self._answer(conversation)
        self._answer(conversation, number=2)
        activities = conversation.activity_ids
        self.assertEqual(activities.user_id, self.agent)
        self.assertEqual(len(activities), 1)
        self.assertEqual(self.ticket.side_answer_count, 1)
        conversation.with_user(self.agent).message_post(
            body="Thank you", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(conversation.state, "waiting")
        self.assertFalse(conversation.activity_ids)

    def test_a_note_is_no_word_to_the_outsider(self):
        conversation = self._ask()
        self._answer(conversation)
        with self.mock_mail_gateway():
            conversation.with_user(self.agent).message_post(
                body=CANARY, message_type="comment", subtype_xmlid="mail.mt_note"
            )
        self.assertFalse([m for m in self._mails if "rosa@" in str(m["email_to"])])
        self.assertEqual(conversation.state, "answered")

    # -- refused ------------------------------------------------------------

    def test_what_cannot_be_sent_is_refused_with_what_to_do(self):
        without = self._create_partner(name="Silent")
        twin = self._create_partner(name="Ann again", email="Ann@Example.com")
        for values, words in (
            ({"partner_id": self.customer.id}, "is the customer"),
            ({"partner_id": twin.id}, "is the customer"),
            ({"partner_id": without.id}, "no valid e-mail"),
            ({"body": "<p><br></p>"}, "Write the question"),
        ):
            conversation = self._begin(**values)
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                conversation.action_send()
            self.assertEqual(conversation.state, "draft")
        sent = self._ask()
        with self.assertRaisesRegex(UserError, "was sent already"):
            sent.action_send()

    def test_nothing_is_written_to_anybody_before_the_question_is_sent(self):
        conversation = self._begin()
        with self.assertRaisesRegex(UserError, "Send the question first"):
            conversation.message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        conversation.message_post(body="For us", message_type="comment")
        self.assertEqual(conversation.state, "draft")

    def test_a_file_of_another_ticket_does_not_go_out(self):
        foreign = self._create_file("foreign.png", self._create_ticket())
        conversation = self._begin(ticket_attachment_ids=[Command.set(foreign.ids)])
        with self.assertRaisesRegex(UserError, "files of this ticket"):
            conversation.action_send()

    def test_a_file_that_one_may_not_read_does_not_go_out(self):
        field = self.env["ir.attachment"].create(
            {"name": "private.txt", "raw": b"private", "res_model": "res.users"}
        )
        with self.assertRaises(AccessError):
            self._begin(attachment_ids=[Command.set(field.ids)]).action_send()

    def test_state_and_dates_are_nobodys_to_write(self):
        conversation = self._ask()
        for values in (
            {"state": "closed"},
            {"asked_at": "2020-01-01"},
            {"answered_at": "2020-01-01"},
            {"closed_at": "2020-01-01"},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "buttons"):
                conversation.write(values)
            with self.subTest(values), self.assertRaisesRegex(UserError, "buttons"):
                self._begin(**values)
            key = {"service_ticket_flow": True}
            with self.subTest(values), self.assertRaisesRegex(UserError, "buttons"):
                conversation.with_context(**key).write(values)
        model = self.env["service.side.conversation"].with_user(self.agent)
        forged = model.with_context(default_state="answered").create(
            {
                "name": "X",
                "ticket_id": self.ticket.id,
                "partner_id": self.factory.id,
            }
        )
        self.assertEqual(forged.state, "draft")

    def test_what_was_sent_stays_as_it_was(self):
        conversation = self._ask()
        for values in (
            {"body": "Other"},
            {"name": "Other"},
            {"partner_id": self.customer.id},
            {"ticket_id": self._create_ticket().id},
        ):
            theirs = conversation.with_user(self.agent)
            with self.subTest(values), self.assertRaisesRegex(UserError, "stays as"):
                theirs.write(values)
        with self.assertRaisesRegex(UserError, "is kept"):
            conversation.unlink()
        self._begin().unlink()

    def test_closing_and_waiting_again(self):
        with self.assertRaisesRegex(UserError, "never sent"):
            self._begin().action_close()
        conversation = self._ask()
        self._answer(conversation)
        conversation.action_close()
        self.assertEqual(conversation.state, "closed")
        self.assertFalse(conversation.activity_ids)
        conversation.action_reopen()
        self.assertEqual(
            (conversation.state, conversation.closed_at), ("waiting", False)
        )
        conversation.action_close()
        self._answer(conversation, number=3)
        self.assertEqual(conversation.state, "answered")

    # -- who may ------------------------------------------------------------

    def test_technicians_ask_about_their_own_tickets_only(self):
        with self.assertRaises(AccessError):
            self._begin(self.technician)
        conversation = self._ask()
        theirs = conversation.with_user(self.technician)
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError):
            theirs.read(["body"])
        self.ticket.user_id = self.technician
        self.assertTrue(theirs.search([]))
        self._begin(self.technician)

    def test_another_company_sees_and_asks_nothing(self):
        conversation = self._ask()
        theirs = conversation.with_env(self._as(self.stranger))
        self.assertFalse(theirs.search([]))
        for call in (
            lambda: theirs.read(["body"]),
            lambda: theirs.action_close(),
            lambda: theirs.action_send(),
            lambda: theirs.action_open_ticket(),
            lambda: theirs.message_post(body="x"),
            lambda: theirs.create(
                {
                    "name": "X",
                    "ticket_id": self.ticket.id,
                    "partner_id": self.factory.id,
                }
            ),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_whom_a_complaint_is_about_sees_no_word_of_it(self):
        conversation = self._ask()
        self._answer(conversation)
        colleague = self._create_user("agent", login="colleague")
        self.assertTrue(conversation.with_user(colleague).search_count([]))
        self.ticket._with_flow().write(
            {
                "is_confidential": True,
                "excluded_user_ids": [Command.set(colleague.ids)],
            }
        )
        theirs = conversation.with_user(colleague)
        self.assertFalse(theirs.search([]))
        self.assertFalse(theirs._read_group([], ["state"], ["__count"]))
        messages = self.env["mail.message"].with_user(colleague)
        self.assertFalse(messages.search([("body", "ilike", ANSWER)]))
        with self.assertRaises(AccessError):
            theirs.read(["name"])

    def test_whom_the_ticket_turns_out_to_be_about_gets_no_answer(self):
        self.ticket.team_id = self._create_team(member_ids=self.supervisor.ids)
        conversation = self._ask().with_env(self.env)
        self._answer(conversation)
        partner = self.agent.partner_id
        self.assertIn(partner, conversation.message_partner_ids)
        self.assertIn(self.agent, conversation.activity_ids.user_id)
        blame = {"complaint_about": "person", "complained_user_id": self.agent.id}
        self.ticket.with_user(self.supervisor).write(
            {"type_id": self.complaint.id, **blame}
        )
        notified = [
            ("mail_message_id", "in", conversation.message_ids.ids),
            ("res_partner_id", "=", partner.id),
        ]
        self.assertNotIn(partner, conversation.message_partner_ids)
        self.assertFalse(conversation.activity_ids)
        self.assertFalse(self.env["mail.notification"].search(notified))
        # what tells people by itself tells this one nothing either
        conversation.message_subscribe(partner_ids=partner.ids)
        mails = self._answer(conversation, number=2)
        self.assertFalse([m for m in mails if partner.email in str(m["email_to"])])
        self.assertNotIn(self.agent, conversation.activity_ids.user_id)
        self.assertFalse(self.env["mail.notification"].search(notified))

    def test_it_follows_a_ticket_that_is_merged(self):
        conversation = self._ask()
        target = self._create_ticket(partner_id=self.customer.id)
        self.ticket._move_rows(target, apart=False)
        self.assertEqual(conversation.ticket_id, target)
        self._answer(conversation)
        self.assertEqual(target.side_answer_count, 1)

    def test_the_subject_that_is_offered_says_nothing_of_the_customer(self):
        product = self.env["product.product"].create({"name": "Cooler 3"})
        self.ticket.write({"product_id": product.id, "serial_number": "S-77"})
        action = self.ticket.with_user(self.agent).action_ask_others()
        subject = action["context"]["default_name"]
        self.assertIn("Cooler 3", subject)
        self.assertIn("S-77", subject)
        self.assertNotIn(CANARY, subject)
