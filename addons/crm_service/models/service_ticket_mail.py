# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.tools.mail import email_normalize, email_split_tuples


class ServiceTicket(models.Model):
    """Tickets that come in by e-mail."""

    _inherit = "service.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Override to make a ticket of a message, even without subject or sender."""
        values = {"channel": "email", **(custom_values or {})}
        if not values.get("name"):
            subject = (msg_dict.get("subject") or "").strip()
            values["name"] = subject or self.env._("E-mail without subject")
        values.update(self._prepare_sender_vals(msg_dict.get("email_from")))
        # the sender was taken to pieces here; the raw one is not for a field
        return super().message_new({**msg_dict, "email_from": None}, values)

    @api.model
    def _prepare_sender_vals(self, email_from):
        """Return name and e-mail of the sender of a message, if it has one."""
        for name, address in email_split_tuples(email_from or "")[:1]:
            email = email_normalize(address)
            if email:
                return {"partner_name": name or email, "partner_email": email}
        return {}
