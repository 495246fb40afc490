# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class ServiceTicket(models.Model):
    """Nobody is told of a complaint about oneself, by whatever message."""

    _inherit = "service.ticket"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail.thread` to leave out who is kept away from the ticket."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        ticket = self.sudo()  # sudo: who is kept away is known to few
        if not ticket.is_confidential:
            return recipients
        kept_away = set(ticket.excluded_user_ids.partner_id.ids)
        return [data for data in recipients if data["id"] not in kept_away]

    def message_post(self, *, partner_ids=None, **kwargs):
        """Override of `mail.thread` not to name as recipients who is kept away."""
        ticket = self.sudo()  # sudo: as above
        if partner_ids and len(ticket) == 1 and ticket.is_confidential:
            kept_away = ticket.excluded_user_ids.partner_id.ids
            partner_ids = [pid for pid in partner_ids if pid not in kept_away]
        return super().message_post(partner_ids=partner_ids, **kwargs)
