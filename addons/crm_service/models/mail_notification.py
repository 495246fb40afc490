# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class MailNotification(models.Model):
    """Odoo's row on whether a message arrived tells ours."""

    _inherit = "mail.notification"

    def write(self, vals):
        """Override to note whether what a customer was sent arrived."""
        result = super().write(vals)
        if "notification_status" in vals:
            self._tell_service_notifications()
        return result

    def _tell_service_notifications(self):
        """Note whether what customers were sent arrived."""
        # sudo: the gateway or the SMS queue speaks, whoever runs it
        notices = self.sudo().filtered(
            lambda notice: notice.mail_message_id.model == "service.ticket"
        )
        if not notices:
            return
        rows = notices.env["service.notification"].search(
            [("mail_message_id", "in", notices.mail_message_id.ids)]
        )
        by_message = rows.grouped("mail_message_id")
        for notice in notices:
            for row in by_message.get(notice.mail_message_id, ()):
                row._follow_notice(notice)
