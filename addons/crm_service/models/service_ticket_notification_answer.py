# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.tools.mail import email_normalize


class ServiceTicket(models.Model):
    """Who answers a message has got it; machines do not talk with machines."""

    _inherit = "service.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Override to send no messages about what a machine has sent (RFC 3834)."""
        incoming = self._get_incoming()
        if incoming and incoming.kind:
            custom_values = {**(custom_values or {}), "is_muted": True}
        return super().message_new(msg_dict, custom_values)

    def message_update(self, msg_dict, update_vals=None):
        """Override to note that a message of ours was answered."""
        result = super().message_update(msg_dict, update_vals)
        self._note_answered(msg_dict)
        return result

    def _note_answered(self, msg_dict):
        """Note that the sender of a message has got the one of ours that he answers.

        Only who got it knows its Message-Id, so the address is his. It is the
        customer's if the customer has no other.
        """
        incoming = self._get_incoming()
        if incoming and (incoming.kind or incoming.is_forged):
            return
        sender = email_normalize(msg_dict.get("email_from") or "")
        if not sender or not msg_dict.get("parent_id"):
            return
        # sudo: the gateway acts for everybody
        rows = self.env["service.notification"].sudo()
        rows = rows.search(
            [
                ("mail_message_id", "=", msg_dict["parent_id"]),
                ("recipient", "=", sender),
                ("state", "in", ("sent", "delivered")),
            ]
        )
        rows._note_sent("delivered")
        customers = rows.ticket_id.partner_id.filtered(
            lambda customer: customer.email_normalized == sender
        )
        customers.service_verified_email = sender
