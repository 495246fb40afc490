# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    """Promises are counted anew when working hours change."""

    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to count anew the promises kept in these hours."""
        attendances = super().create(vals_list)
        attendances.calendar_id._recount_promises()
        return attendances

    def write(self, vals):
        """Override to count anew the promises kept in these hours."""
        if vals.keys() <= {"name", "sequence"}:
            return super().write(vals)
        calendars = self.calendar_id
        result = super().write(vals)
        (calendars | self.calendar_id)._recount_promises()
        return result

    def unlink(self):
        """Override to count anew the promises kept in these hours."""
        calendars = self.calendar_id
        result = super().unlink()
        calendars._recount_promises()
        return result
