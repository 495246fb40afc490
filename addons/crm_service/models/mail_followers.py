# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models

from .service_independence_mixin import TICKETS


class MailFollowers(models.Model):
    """Those whom a complaint is about do not follow it."""

    _name = "mail.followers"
    _inherit = ["mail.followers", "service.independence.mixin"]
    _hidden_by = ("res_model", "res_id")

    def _add_followers(self, res_model, res_ids, partner_ids, subtypes, **kwargs):
        """Override of `mail.followers` to leave out who is kept away from a ticket."""
        new, update = super()._add_followers(
            res_model, res_ids, partner_ids, subtypes, **kwargs
        )
        if res_model == TICKETS and new:
            # sudo: who is kept away is known to few
            for ticket in self.env[TICKETS].sudo().browse(new):
                if ticket.is_confidential:
                    kept_away = ticket.excluded_user_ids.partner_id.ids
                    rows = [
                        r for r in new[ticket.id] if r["partner_id"] not in kept_away
                    ]
                    new[ticket.id] = rows
        return new, update
