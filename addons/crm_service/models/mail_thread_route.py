# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import ast
import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.mail import email_normalize

from ..const import MAX_NEW_BY_MAIL, MAX_UPDATES_BY_MAIL
from ..tools import mail_signs


class MailThread(models.AbstractModel):
    """Which ticket a message belongs to, and which messages belong to none."""

    _inherit = "mail.thread"

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Override to find tickets by number, and to make one ticket of one mail.

        A number alone opens a ticket to those only whom the ticket knows.
        """
        incoming = self._get_incoming()
        if not incoming or message_dict.get("is_bounce") and not incoming.target:
            return super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        ticket = incoming.target or self._find_ticket_by_number(incoming, message_dict)
        if ticket:
            message_dict.pop("parent_id", None)
            routes = [(ticket._name, ticket.id, None, self.env.uid, None)]
        else:
            routes = super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        return self._check_service_routes(incoming, message_dict, routes)

    @api.model
    def _find_ticket_by_number(self, incoming, message_dict):
        """Return the ticket whose number is in a message, if the sender is known there.

        Answers to a message of ours need no number: they say what they answer.
        """
        tickets = self.env["service.ticket"].sudo()  # sudo: the gate knows all
        if self._is_answer(incoming):
            return tickets
        body = re.sub(r"<[^>]*>", " ", message_dict.get("body") or "")[:100_000]
        found = self._find_numbered(f"{message_dict.get('subject') or ''} {body}")
        known = found.filtered(lambda ticket: ticket._knows_sender(incoming))
        if known:
            return known[0]._get_thread_ticket()
        incoming.suggestion = found and found[0]._get_merge_target()
        return tickets

    @api.model
    def _is_answer(self, incoming):
        """Tell whether a message answers another of any document.

        An answer in a side conversation quotes the number of the ticket, and still
        is not for the customer's thread.
        """
        domain = [("message_id", "in", incoming.references), ("res_id", "!=", 0)]
        # sudo: whose message it is does not matter
        messages = self.env["mail.message"].sudo()
        return bool(incoming.references and messages.search_count(domain, limit=1))

    @api.model
    def _check_service_routes(self, incoming, message_dict, routes):
        """Return the routes of a message: at most one of them leads to a new ticket."""
        ours = [route for route in routes or () if route[0] == "service.ticket"]
        if not ours:
            aside = any(route[0].startswith("service.") for route in routes or ())
            if aside and incoming.kind == "reply":
                message_dict["is_internal"] = True
            return routes
        others = [route for route in routes if route[0] != "service.ticket"]
        if len(ours) > 1:
            ours = self._choose_route(incoming, ours)
        route = self._check_service_route(incoming, message_dict, ours[0])
        return [route, *others] if route else others

    @api.model
    def _choose_route(self, incoming, routes):
        """Return the route of the team that was written to first, alone."""
        aliases = self._get_service_aliases(incoming.recipients)
        places = {alias.id: place for place, alias in enumerate(aliases)}
        routes = sorted(routes, key=lambda route: places.get(route[4].id, len(places)))
        incoming.other_aliases = aliases.filtered(
            lambda alias: alias in [route[4] for route in routes[1:]]
        )
        return routes[:1]

    @api.model
    def _check_service_route(self, incoming, message_dict, route):
        """Return the route to a ticket as it is allowed, or None."""
        _model, thread_id, values, user_id, alias = route
        decided = incoming.parked or incoming.target
        is_reply = incoming.kind == "reply"
        if thread_id:
            ticket = self.env["service.ticket"].sudo().browse(thread_id)
            if self._may_answer(incoming, ticket):
                if is_reply:  # for staff to see; it is no answer to the customer
                    message_dict["is_internal"] = True
                return route
            incoming.suggestion = ticket
            values = self._prepare_other_values(ticket, alias)
        if is_reply and not decided:
            incoming.problem = "auto_reply"
            return None
        message_dict.pop("parent_id", None)
        message_dict.pop("is_internal", None)
        return (route[0], 0, values, user_id, alias)

    @api.model
    def _may_answer(self, incoming, ticket):
        """Tell whether a message may join the thread of `ticket`.

        Who answers one of our messages has it from somebody who may: its id cannot be
        guessed. The ids of customers' own messages can.
        """
        if incoming.target or ticket._knows_sender(incoming):
            return True
        answered = self._find_answered(incoming)
        return any(
            message.res_id == ticket.id and message.message_type != "email"
            for message in answered
        )

    @api.model
    def _prepare_other_values(self, ticket, alias):
        """Return the values of another ticket, as a message may not join this one."""
        if alias:
            return ast.literal_eval(alias.sudo().alias_defaults)  # sudo: as Odoo does
        return {"company_id": ticket.company_id.id, "channel": "email"}

    # -- machines -----------------------------------------------------------------

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        """Override to know more failures, and to take no receipt for one."""
        if mail_signs.READ_RECEIPT in str(message.get("Content-Type") or "").lower():
            return False
        return mail_signs.is_bounce(
            email_normalize(message_dict["email_from"] or ""),
            message_dict.get("subject"),
        ) or super()._detect_is_bounce(message, message_dict)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Override to tell the ticket, or to park a failure that names no message."""
        incoming = self._get_incoming()
        if incoming and not message_dict.get("bounced_message"):
            answered = self._find_answered(incoming)[:1]
            message_dict["bounced_message"] = (
                answered or self.env["mail.message"].sudo()
            )
            ticket = self._get_ticket_of(answered)
            if ticket and not message_dict.get("bounced_email"):
                ticket._message_receive_bounce(False, message_dict["bounced_partner"])
        result = super()._routing_handle_bounce(email_message, message_dict)
        if incoming:
            incoming.ticket = self._get_ticket_of(message_dict["bounced_message"])
            if not message_dict["bounced_message"]:
                incoming.problem = "bounce"
        return result

    @api.model
    def _detect_loop_headers(self, msg_dict):
        """Override to park answers to what Odoo says about loops."""
        found = super()._detect_loop_headers(msg_dict)
        incoming = self._get_incoming()
        if found and incoming:
            incoming.problem = "loop"
        return found

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        """Override to park what comes too often, and to answer it nothing."""
        incoming = self._get_incoming()
        ours = [route for route in routes or () if route[0] == "service.ticket"]
        if not incoming or not ours:
            return super()._detect_loop_sender(message, message_dict, routes)
        if incoming.parked or incoming.target:
            return False  # somebody has decided to take it
        sender = email_normalize(message_dict.get("email_from") or "")
        if sender and self._is_loop(sender, ours[0][1]):
            incoming.problem = "loop"
            return True
        return False

    @api.model
    def _is_loop(self, sender, thread_id):
        """Tell whether `sender` is one of us, or writes more than any person does."""
        # sudo: addresses and messages of all companies count
        if self.env["mail.alias.domain"].sudo()._find_aliases([sender]):
            return True
        allowed = self.env["mail.gateway.allowed"].sudo()
        if allowed.search_count([("email_normalized", "=", sender)], limit=1):
            return False
        since = fields.Datetime.now() - timedelta(hours=1)
        if thread_id:
            # sudo: where a message lands is found for whoever wrote it
            thread = self.env["service.ticket"].sudo().browse(thread_id)
            thread = thread._get_thread_ticket()
            places = thread | thread._get_follow_ups()
            domain = [
                ("model", "=", "service.ticket"),
                ("res_id", "in", [thread_id, *places.ids]),
                ("message_type", "=", "email"),
                ("email_from", "ilike", sender),
                ("create_date", ">=", since),
            ]
            count = self.env["mail.message"].sudo().search_count(domain)
            if count >= MAX_UPDATES_BY_MAIL or not thread._is_past_reopening():
                return count >= MAX_UPDATES_BY_MAIL
        domain = [
            ("partner_email", "=", sender),
            ("channel", "=", "email"),
            ("create_date", ">=", since),
        ]
        return self.env["service.ticket"].sudo().search_count(domain) >= MAX_NEW_BY_MAIL
