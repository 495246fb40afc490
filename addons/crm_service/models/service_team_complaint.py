# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class ServiceTeam(models.Model):
    """Whoever joins a team is kept away from the complaints about it."""

    _inherit = "service.team"

    def write(self, vals):
        """Override to keep new members away from complaints about the team."""
        result = super().write(vals)
        if {"member_ids", "user_id"} & vals.keys():
            # sudo: complaints that the user does not see count too
            tickets = self.env["service.ticket"].sudo().with_context(active_test=False)
            about = tickets.search([("complained_team_id", "in", self.ids)])
            about._exclude_people(is_adding=True)
        return result
