# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import datetime, timedelta, timezone

from odoo import api, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.working_time import WorkingTime, join

# What changes the working time of a calendar.
WORKING_TIME_FIELDS = {
    "tz",
    "attendance_ids",
    "leave_ids",
    "global_leave_ids",
    "two_weeks_calendar",
    "schedule_type",
    "flexible_hours",
    "hours_per_day",
    "full_time_required_hours",
}
# In the context while a calendar counts anew for all its changes together; proof is
# the object itself, which no remote caller can send.
TOGETHER = object()
TOGETHER_KEY = "service_calendar_together"


class ResourceCalendar(models.Model):
    """Working time as the clocks of promises need it: remembered, in whole seconds."""

    _inherit = "resource.calendar"

    def _get_working_time(self, company, first_year, last_year):
        """Return the working time of this calendar, holidays taken out.

        :param company: its holidays count
        :param int first_year: the first year (in UTC) that is needed
        :param int last_year: the last one
        :return: a `WorkingTime`; round the clock if there is no calendar
        """
        if not self:
            return WorkingTime(None)
        self.ensure_one()
        return self._get_remembered_time(company.id, first_year, last_year)

    @tools.ormcache("self.id", "company_id", "first_year", "last_year")
    def _get_remembered_time(self, company_id, first_year, last_year):
        """Return the same, remembered until a calendar changes."""
        years = range(first_year, last_year + 1)
        return WorkingTime(
            join(
                interval
                for year in years
                for interval in self._get_year_intervals(company_id, year)
            )
        )

    @tools.ormcache("self.id", "company_id", "year")
    def _get_year_intervals(self, company_id, year):
        """Return the (start, stop) pairs of a year, naive UTC, in whole seconds."""
        # as superuser and without context: the answer is remembered for everybody
        calendar = self.env(su=True, context={})[self._name].browse(self.id)
        start = datetime(year, 1, 1, tzinfo=timezone.utc)
        stop = datetime(year + 1, 1, 1, tzinfo=timezone.utc)
        # Odoo counts holidays of every company that name no calendar
        holidays = Domain("time_type", "=", "leave") & (
            Domain("company_id", "in", [False, company_id])
            | Domain("calendar_id", "=", self.id)
        )
        work = calendar._work_intervals_batch(start, stop, domain=list(holidays))
        lunch = calendar._attendance_intervals_batch(start, stop, lunch=True)
        return tuple(_as_whole_seconds(work[False] - lunch[False]))

    def _has_hours(self):
        """Tell whether anybody ever works in this calendar, holidays aside."""
        self.ensure_one()
        if self.flexible_hours:
            return self.hours_per_day > 0
        # sudo: whoever may choose a calendar may know that it is empty
        return any(
            row.hour_to > row.hour_from
            for row in self.sudo().attendance_ids
            if row.day_period != "lunch" and not row.display_type
        )

    def _check_has_hours(self, user_name):
        """Refuse calendars in which nobody ever works.

        :param str user_name: who wants to use them
        :raises ValidationError: one has no hours
        """
        for calendar in self:
            if not calendar._has_hours():
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot count in “%(calendar)s”, which has no "
                        "working hours. Enter hours there, or choose another one.",
                        name=user_name,
                        calendar=calendar.name,
                    )
                )

    def write(self, vals):
        """Override to count anew the promises that are kept in these hours."""
        if not WORKING_TIME_FIELDS & set(vals) or self._is_together():
            return super().write(vals)
        together = self.with_context(**{TOGETHER_KEY: TOGETHER})
        result = super(ResourceCalendar, together).write(vals)
        self._recount_promises()
        return result

    @api.model
    def _is_together(self):
        """Tell whether a calendar is being changed that counts anew in the end."""
        return self.env.context.get(TOGETHER_KEY) is TOGETHER

    def _recount_promises(self, companies=None):
        """Forget the remembered working time and count the open promises anew.

        :param companies: also those of all calendars of these companies
        """
        if self._is_together():
            return
        self.env.flush_all()
        self.env.registry.clear_cache()
        domain = Domain("calendar_id", "in", self.ids)
        if companies:
            domain |= Domain("calendar_id", "!=", False) & Domain(
                "company_id", "in", companies.ids
            )
        # sudo: the engine counts for everybody
        self.env["service.sla"].sudo()._recount_open(domain)


def _as_whole_seconds(intervals):
    """Yield resource intervals as naive UTC, so that midnight is midnight.

    Odoo ends a day at 23:59:59.999999.
    """
    for start, stop, _meta in intervals:
        yield _round(start), _round(stop)


def _round(moment):
    """Return `moment` as naive UTC, rounded to the second."""
    moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return (moment + timedelta(microseconds=500000)).replace(microsecond=0)
