# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class MailNotification(models.Model):
    """Odoo's row on whether a message arrived tells ours."""

    _inherit = "mail.notification"

    def write(self, vals):
        """Override to note whether what a customer was sent arrived."""
        result = super().write(vals)
        if "notification_status" in vals:
            # sudo: the gateway or the SMS queue speaks, whoever runs it
            rows = (
                self.env["service.notification"]
                .sudo()
                .search([("mail_message_id", "in", self.sudo().mail_message_id.ids)])
            )
            by_message = rows.grouped("mail_message_id")
            for notice in self.sudo() if rows else ():
                for row in by_message.get(notice.mail_message_id, ()):
                    row._follow_notice(notice)
        return result
