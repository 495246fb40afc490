# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.tools.mail import email_normalize, unfold_references

from ..tools import mail_signs


class MailThread(models.AbstractModel):
    """Answers to side conversations, whatever address they are sent to."""

    _inherit = "mail.thread"

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Override to keep an answer that is sent to a team, too, in its thread.

        Odoo would make a new ticket of it, since a team's address is for tickets.
        """
        routes = super().message_route(
            message, message_dict, model, thread_id, custom_values
        )
        if any(route[0] == "service.ticket" and not route[1] for route in routes or ()):
            asked = self._find_side_conversation(
                message_dict
            ) or self._find_waiting_conversation(message_dict)
            if asked:
                return [(asked._name, asked.id, None, self.env.uid, None)]
        return routes

    @api.model
    def _find_side_conversation(self, message_dict):
        """Return the side conversation that a message answers, or none.

        The id of what we sent cannot be guessed: who names it has got it.
        """
        references = message_dict.get("references") or message_dict.get("in_reply_to")
        # sudo: the gate knows all
        conversations = self.env["service.side.conversation"].sudo()
        answered = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("message_id", "in", unfold_references(references or "")[-32:]),
                    ("model", "=", conversations._name),
                    ("message_type", "!=", "email"),
                ],
                limit=1,
                order="id desc",
            )
        )
        return conversations.browse(answered.res_id).exists()

    @api.model
    def _find_waiting_conversation(self, message_dict):
        """Return what the sender was asked under this subject, or none.

        Some mail programs do not say what they answer, but with “Re:”. Where a subject
        could mean two questions, none is taken.
        """
        told = " ".join((message_dict.get("subject") or "").split())
        subject = mail_signs.strip_reply(told)
        sender = email_normalize(message_dict.get("email_from") or "")
        # sudo: the gate knows all
        conversations = self.env["service.side.conversation"].sudo()
        if not subject or not sender or subject == told:
            return conversations
        found = conversations.search(
            [
                ("state", "in", ("waiting", "answered")),
                ("ticket_id.is_open", "=", True),
                ("partner_id.email_normalized", "=", sender),
                ("name", "=", subject),
            ],
            limit=2,
        )
        return found if len(found) == 1 else conversations
