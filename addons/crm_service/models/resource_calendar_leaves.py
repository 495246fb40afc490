# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """Promises are counted anew when holidays change, not for people's absences."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to count anew the promises that a holiday changes."""
        leaves = super().create(vals_list)
        leaves._recount_promises(leaves._get_scope())
        return leaves

    def write(self, vals):
        """Override to count anew the promises that a holiday changes."""
        if vals.keys() <= {"name"}:
            return super().write(vals)
        before = self._get_scope()
        result = super().write(vals)
        after = self._get_scope()
        self._recount_promises(
            [old | new for old, new in zip(before, after, strict=True)]
        )
        return result

    def unlink(self):
        """Override to count anew the promises that a holiday changes."""
        scope = self._get_scope()
        result = super().unlink()
        self._recount_promises(scope)
        return result

    def _get_scope(self):
        """Return the calendars and the whole companies of these holidays."""
        holidays = self.filtered(lambda leave: not leave.resource_id)
        general = holidays.filtered(lambda leave: not leave.calendar_id)
        companies = general.company_id
        if general.filtered(lambda leave: not leave.company_id):
            # sudo: a holiday of no company is one of all
            companies = self.env["res.company"].sudo().search([("active", "=", True)])
        return [holidays.calendar_id, companies]

    @api.model
    def _recount_promises(self, scope):
        """Count anew the promises of `scope`, if it holds any calendar or company."""
        calendars, companies = scope
        if calendars or companies:
            calendars._recount_promises(companies)
