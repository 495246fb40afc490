# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class ServiceTicket(models.Model):
    """Nobody is told of a complaint about oneself, by whatever message."""

    _inherit = "service.ticket"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail.thread` to leave out who is kept away from the ticket."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        return self._leave_out_recipients(recipients)

    def _leave_out_recipients(self, recipients):
        """Return `recipients` of a message about this ticket, if any, who may know.

        :param list recipients: as `_notify_get_recipients` returns them
        """
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

    @api.model
    def _drop_mail_of(self, records, people):
        """End what `people` follow and were notified of on `records` of one model."""
        partners = people.partner_id
        # as Odoo would tell them that they follow no more
        records.message_follower_ids.filtered(
            lambda follower: follower.partner_id in partners
        ).unlink()
        self.env["mail.notification"].search(
            [
                ("mail_message_id.model", "=", records._name),
                ("mail_message_id.res_id", "in", records.ids),
                ("res_partner_id", "in", partners.ids),
            ]
        ).unlink()

    @api.model
    def _drop_all_of(self, records, people):
        """End what `people` follow, were notified of and have to do on `records`."""
        self._drop_mail_of(records, people)
        records.activity_ids.filtered(lambda a: a.user_id in people).unlink()
