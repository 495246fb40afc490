# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import ValidationError

from ..tools.caller_number import clean_caller

MAX_BODY = 10_000


class ServiceApi(models.AbstractModel):
    """Text messages, for the provider that brings them."""

    _inherit = "service.api"

    @api.model
    def incoming_sms(self, phone, body, line=None, external_ref=None):
        """Take in a text message of a customer.

        It joins the customer's ticket whose number is in it, or else the open ticket
        of this phone; without one, it opens a new ticket.

        :param str phone: who wrote
        :param str body: what they wrote
        :param str line: the number that they wrote to
        :param str external_ref: the provider's own name of the message; the same one
            is taken in once
        :return: {number, phase, is_new}: the ticket, and whether it was opened now
        :raises ValidationError: the phone is no phone number, or there is no text
        :raises ExternalRefConflict: the reference belongs to another message
        """
        phone, body, line, external_ref = self._check_texts(
            phone=phone, body=body, line=line or "", external_ref=external_ref or ""
        )
        if not body:
            raise ValidationError(self.env._("Send the text of the message."))
        self.env["service.ticket"].check_access("create")
        rows = self.env["service.sms"]
        phone_line = self.env["service.phone.line"]._find(line, self.env.companies)
        company = phone_line.company_id or self.env.company
        number = rows._read_sender(clean_caller(phone), company)
        row = rows._take_in(number, body[:MAX_BODY], line, phone_line, external_ref)
        ticket = row.ticket_id
        return {
            "number": ticket.number,
            "phase": ticket.phase,
            "is_new": row.is_new_ticket,
        }
