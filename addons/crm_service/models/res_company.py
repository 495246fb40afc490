# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class ResCompany(models.Model):
    """Promises count in the company's working hours where a team has none."""

    _inherit = "res.company"

    def write(self, vals):
        """Override to count the promises of open tickets in the new hours."""
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            # sudo: the engine counts for everybody
            tickets = self.env["service.ticket"].sudo()
            tickets._sync_sla_of([("company_id", "in", self.ids)])
        return result
