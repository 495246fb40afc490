from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.fields import Domain


class ServiceTimeEntry(models.Model):
    """When and by whom, as rates ask for it."""

    _inherit = "service.time.entry"

    def _get_bounds(self):
        """Return start and stop as aware datetimes."""
        return tuple(
            moment.replace(tzinfo=timezone.utc) for moment in (self.start, self.stop)
        )

    def _get_zone(self):
        """Return the time zone of the company's working hours."""
        calendar = self.company_id.resource_calendar_id
        return ZoneInfo(calendar.tz or self.employee_id.sudo().tz or "UTC")

    def _get_holidays(self):
        """Return pairs of aware datetimes between which it is public holiday."""
        calendar = self.company_id.resource_calendar_id
        # sudo: public holidays are no secret, the list of absences is
        leaves_sudo = self.env["resource.calendar.leaves"].sudo()
        leaves_sudo = leaves_sudo.search(
            Domain("resource_id", "=", False)
            & Domain("company_id", "in", (self.company_id.id, False))
            & Domain("calendar_id", "in", (calendar.id, False))
            & Domain("date_from", "<", self.stop)
            & Domain("date_to", ">", self.start)
        )
        return [
            (
                leave.date_from.replace(tzinfo=timezone.utc),
                leave.date_to.replace(tzinfo=timezone.utc),
            )
            for leave in leaves_sudo
        ]

    def _get_skills(self):
        """Return the skills that the person had on the day."""
        day = fields.Date.to_date(self.start)
        # sudo: what people know decides, not who may look at it
        rows_sudo = self.env["hr.employee.skill"].sudo()
        rows_sudo = rows_sudo.search(
            Domain("employee_id", "=", self.employee_id.id)
            & Domain("valid_from", "<=", day)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", day))
        )
        return rows_sudo.skill_id
