# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class ServiceTeam(models.Model):
    """Promises count in the working hours of the team."""

    _inherit = "service.team"

    @api.constrains("resource_calendar_id")
    def _check_resource_calendar(self):
        for team in self:
            team.resource_calendar_id._check_has_hours(team.name)

    def write(self, vals):
        """Override to count the promises of open tickets in the new hours."""
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            # sudo: the engine counts for everybody
            tickets = self.env["service.ticket"].sudo()
            tickets._sync_sla_of([("team_id", "in", self.ids)])
        return result
