# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.tools.mail import email_normalize


class ServiceTicket(models.Model):
    """A customer who answers a message has got it, at an address that is his."""

    _inherit = "service.ticket"

    def message_update(self, msg_dict, update_vals=None):
        """Override to note that a message of ours was answered."""
        result = super().message_update(msg_dict, update_vals)
        self._note_answered(msg_dict)
        return result

    def _note_answered(self, msg_dict):
        """Note that the sender of a message has got the one of ours that he answers.

        Only who got it knows its Message-Id, so the address is his.
        """
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
        rows.ticket_id.partner_id.service_verified_email = sender
