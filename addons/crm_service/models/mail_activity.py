# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import ValidationError

from .service_independence_mixin import TICKETS


class MailActivity(models.Model):
    """Those whom a complaint is about have nothing to do with it."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "service.independence.mixin"]
    _hidden_by = ("res_model", "res_id")

    @api.constrains("user_id", "res_model", "res_id")
    def _check_independent(self):
        """Refuse to give somebody an activity on a complaint about that person."""
        # sudo: who is kept away is known to few
        activities = self.sudo().filtered(lambda a: a.res_model == TICKETS)
        tickets = self.env[TICKETS].sudo().browse(activities.mapped("res_id"))
        kept_away = {
            ticket.id: ticket.excluded_user_ids
            for ticket in tickets
            if ticket.is_confidential
        }
        for activity in activities.filtered(lambda a: a.res_id in kept_away):
            if activity.user_id & kept_away[activity.res_id]:
                raise ValidationError(
                    self.env._(
                        "%(person)s must have nothing to do with this complaint. "
                        "Choose somebody independent for the activity.",
                        person=activity.user_id.name,
                    )
                )
