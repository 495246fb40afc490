# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from .service_ticket import FLOW, FLOW_KEY

STATES = [
    ("draft", "Not sent"),
    ("waiting", "Waiting for an answer"),
    ("answered", "Answered"),
    ("closed", "Closed"),
]
# Only the conversation itself writes these.
OWN_FIELDS = {"state", "asked_at", "answered_at", "closed_at"}
# What was sent stays as it was sent.
SENT_FIELDS = {
    "ticket_id",
    "partner_id",
    "name",
    "body",
    "attachment_ids",
    "ticket_attachment_ids",
}
MOVED = {"ticket_id"}
ANSWER_ACTIVITY = "crm_service.mail_activity_type_side_answer"


class ServiceSideConversation(models.Model):
    """A question about a ticket to somebody who is not its customer.

    A factory or a dealer gets an e-mail with what was written here and nothing else
    of the ticket; the answer comes back into this thread, never into the ticket's,
    where the customer could read it.
    """

    _name = "service.side.conversation"
    _description = "Side Conversation"
    _inherit = ["service.private.note.mixin", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Subject", required=True, index="trigram")
    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Asked",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        help="The factory, dealer or expert who is asked. The customer is not told.",
    )
    partner_email = fields.Char("E-mail", related="partner_id.email")
    user_id = fields.Many2one(
        "res.users",
        "Asked By",
        required=True,
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="restrict",
        help="Who is told of the answer, with the ticket's responsible person.",
    )
    body = fields.Html("Question")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "service_side_conversation_attachment_rel",
        "conversation_id",
        "attachment_id",
        "Files",
        bypass_search_access=True,
    )
    ticket_attachment_ids = fields.Many2many(
        "ir.attachment",
        "service_side_conversation_ticket_attachment_rel",
        "conversation_id",
        "attachment_id",
        "Files of the Ticket",
        domain="[('res_model', '=', 'service.ticket'), ('res_id', '=', ticket_id)]",
        help="Copies of these go along. No other file of the ticket is sent.",
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, copy=False
    )
    asked_at = fields.Datetime("Asked On", readonly=True, copy=False)
    answered_at = fields.Datetime("Answered On", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed On", readonly=True, copy=False)
    reply_address = fields.Char(
        "Answers Go To", compute="_compute_reply_address", compute_sudo=True
    )

    _waiting_idx = models.Index(
        "(company_id, asked_at) WHERE state IN ('waiting', 'answered')"
    )

    @api.depends("company_id")
    def _compute_reply_address(self):
        for conversation in self:
            company = conversation.company_id or self.env.company
            conversation.reply_address = company.catchall_email

    # -- what is written ----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to begin each conversation as a draft, whatever is asked for."""
        self._check_vals_allowed(vals_list)
        keys = {f"default_{name}" for name in OWN_FIELDS} & self.env.context.keys()
        if keys:
            # The whole context is replaced on purpose: a key can only be left out so.
            self = self.with_context(  # pylint: disable=context-overridden
                {k: v for k, v in self.env.context.items() if k not in keys}
            )
        return super().create(vals_list)

    def write(self, vals):
        """Override to keep what was sent, and who may say that it was."""
        if not self._is_flow():
            self._check_vals_allowed([vals])
            # our own code moves conversations along with a ticket that is merged
            if SENT_FIELDS & vals.keys() and not (self.env.su and set(vals) == MOVED):
                self._check_draft()
        return super().write(vals)

    @api.model
    def _check_vals_allowed(self, vals_list):
        """Refuse values that only the conversation itself sets.

        :raises UserError: there is one
        """
        if any(OWN_FIELDS & vals.keys() for vals in vals_list):
            raise UserError(
                self.env._(
                    "How far a side conversation is follows from what is sent and "
                    "answered. Use its buttons."
                )
            )

    def _check_draft(self):
        """Refuse to change what was sent already.

        :raises UserError: one was sent
        """
        for conversation in self:
            if conversation.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(subject)s” was sent already and stays as it is. Write "
                        "another message below it, or start a new one.",
                        subject=conversation.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        """Keep what was sent: it belongs to the history of the ticket."""
        for conversation in self:
            if conversation.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(subject)s” was sent, so it is kept with the ticket. Close "
                        "it instead.",
                        subject=conversation.name,
                    )
                )

    def _is_flow(self):
        """Tell whether the conversation itself is at work, not a user or caller."""
        return self.env.context.get(FLOW_KEY) is FLOW

    def _set_state(self, state, **values):
        """Write how far these conversations are."""
        # sudo: that an answer came is noted for everybody, whoever brought it
        conversations = self.sudo().with_context(**{FLOW_KEY: FLOW})
        conversations.write({"state": state, **values})

    # -- asking -------------------------------------------------------------

    def action_send(self):
        """Send the question, and wait for the answer.

        :raises UserError: it was sent already, or something is missing
        """
        self.check_access("write")
        for conversation in self:
            conversation._check_draft()
            conversation._check_can_send()
            conversation._send_question()
        return True

    def _check_can_send(self):
        """Refuse to send what is empty or would not arrive.

        :raises UserError: with what is missing
        """
        customer = self.ticket_id.partner_id
        address = self.partner_id.email_normalized
        if self.partner_id == customer or (
            address and address == customer.email_normalized
        ):
            raise UserError(
                self.env._(
                    "%(person)s is the customer of this ticket. Write to them in the "
                    "ticket itself, with “Send message”.",
                    person=self.partner_id.name,
                )
            )
        if not address:
            raise UserError(
                self.env._(
                    "%(person)s has no valid e-mail address. Enter one in the contact, "
                    "then send again.",
                    person=self.partner_id.name,
                )
            )
        if is_html_empty(self.body):
            raise UserError(self.env._("Write the question before you send it."))

    def _send_question(self):
        """Post the question, which sends it, and note that we wait."""
        files = self.attachment_ids | self._copy_ticket_files()
        self.message_subscribe(partner_ids=self.partner_id.ids)
        owner = self.ticket_id.user_id.partner_id
        self.message_subscribe(partner_ids=(owner | self.user_id.partner_id).ids)
        self.with_context(**{FLOW_KEY: FLOW}).message_post(
            body=self.body,
            subject=self.name,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
            attachment_ids=files.ids,
        )

    def _copy_ticket_files(self):
        """Return copies of the chosen files of the ticket, which belong to us.

        :raises UserError: one belongs to something else
        """
        chosen = self.ticket_attachment_ids
        # a file of something else must not go out by being named here
        if any(
            (file.res_model, file.res_id) != ("service.ticket", self.ticket_id.id)
            for file in chosen.sudo()
        ):
            raise UserError(
                self.env._("Choose files of this ticket, or upload the others here.")
            )
        chosen.check_access("read")
        return chosen.copy({"res_model": self._name, "res_id": self.id})

    def message_post(self, **kwargs):
        """Override to send the question first.

        :raises UserError: it was not sent yet, and this would go out without it
        """
        if (
            self.state == "draft"
            and kwargs.get("message_type") == "comment"
            and not self._is_flow()
            and not self._is_private_note(kwargs)
        ):
            raise UserError(
                self.env._("Send the question first, with the button above.")
            )
        return super().message_post(**kwargs)

    # -- answers ------------------------------------------------------------

    def _message_post_after_hook(self, message, msg_values):
        """Override to note who wrote last: we, who wait now, or the one asked."""
        result = super()._message_post_after_hook(message, msg_values)
        if self._is_word_to_others(message):
            if self._is_from_outside(message.author_id):
                self._note_answer(message)
            else:
                self._note_question(message)
        return result

    @api.model
    def _is_word_to_others(self, message):
        """Tell whether people wrote `message`, and not for our eyes only."""
        return (
            message.message_type in ("comment", "email")
            and message.subtype_id
            and not message.subtype_id.internal
            and not message.is_internal
        )

    def _is_from_outside(self, author):
        """Tell whether `author` is the one asked, or at least none of us."""
        asked = self.partner_id
        if author and author in asked | asked.commercial_partner_id:
            return True
        return not self.ticket_id._is_staff(author)

    def _note_question(self, message):
        """Note that we asked, and wait."""
        self._set_state("waiting", asked_at=message.date, closed_at=False)
        self._finish_answer()

    def _note_answer(self, message):
        """Note that an answer came, and tell who waits for it."""
        self._set_state("answered", answered_at=message.date, closed_at=False)
        # sudo: a mail from outside is nobody's act, and tells our staff. They get the
        # answer itself as followers, so no second mail about something to do.
        conversation = self.sudo().with_context(mail_activity_quick_update=True)
        kind = self.env.ref(ANSWER_ACTIVITY, raise_if_not_found=False)
        told = conversation.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        ticket = conversation.ticket_id
        people = (ticket.user_id | self.user_id) - ticket.excluded_user_ids
        for person in people - told.user_id:
            summary = self.with_context(lang=person.lang).env._(
                "%(person)s has answered", person=self.partner_id.name
            )
            conversation.activity_schedule(
                ANSWER_ACTIVITY, summary=summary, user_id=person.id
            )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail.thread` to leave out whom a complaint is about."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        return self.ticket_id._leave_out_recipients(recipients)

    def _finish_answer(self):
        """Take the answers of these conversations off everybody's list."""
        # sudo: what was dealt with is done for the colleagues, too
        self.sudo().activity_feedback([ANSWER_ACTIVITY])

    # -- buttons ------------------------------------------------------------

    def action_close(self):
        """Close the conversations: nothing more is expected.

        :raises UserError: one was never sent
        """
        self.check_access("write")
        for conversation in self:
            if conversation.state == "draft":
                raise UserError(
                    self.env._(
                        "“%(subject)s” was never sent. Send it, or delete it.",
                        subject=conversation.name,
                    )
                )
        opened = self.filtered(lambda c: c.state != "closed")
        opened._set_state("closed", closed_at=fields.Datetime.now())
        opened._finish_answer()
        return True

    def action_reopen(self):
        """Wait for an answer again."""
        self.check_access("write")
        closed = self.filtered(lambda c: c.state == "closed")
        closed._set_state("waiting", closed_at=False)
        return True

    def action_open_ticket(self):
        """Open the ticket that this is about."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }
