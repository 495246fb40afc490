# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models

from .service_ticket_merge_move import SYSTEM_NOTES


class MailMessage(models.Model):
    """Messages and merges come one after the other."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to change the ticket that somebody writes to, if only in form.

        A merge changes it too. Of the two, PostgreSQL lets the later one begin anew,
        so that a merge never leaves a message behind that it could not see.
        """
        messages = super().create(vals_list)
        ids = {
            vals["res_id"]
            for vals in vals_list
            if vals.get("model") == "service.ticket"
            and vals.get("res_id")
            and vals.get("message_type", "comment") not in SYSTEM_NOTES
        }
        if ids:
            self.env["service.ticket"].browse(sorted(ids))._bump()
        return messages
