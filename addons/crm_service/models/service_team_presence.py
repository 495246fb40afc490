# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta, timezone

import pytz

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime
from odoo.tools.intervals import Intervals

HORIZON = timedelta(days=35)  # how far to look for the next time somebody works
SOON = timedelta(days=6)  # until then the name of the day is enough


class ServiceTeam(models.Model):
    """Who of a team is at work, by working hours, time off and holidays."""

    _inherit = "service.team"

    def _get_present(self, users, company):
        """Return who of `users` works now, for tickets of `company`."""
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        spans = self._get_spans(users, company, now, now + timedelta(minutes=1))
        return users.filtered(lambda user: _covers(spans[user.id], now))

    def _get_next_starts(self, users, company):
        """Return {user id: when they work next, naive UTC}, as far as it is known."""
        if not users:
            return {}
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        spans = self._get_spans(users, company, now, now + HORIZON)
        starts = {}
        for user_id, intervals in spans.items():
            for start, _stop, _meta in intervals:
                start = start.astimezone(timezone.utc).replace(tzinfo=None)
                starts[user_id] = start.replace(microsecond=0)
                break
        return starts

    def _get_spans(self, users, company, start, stop):
        """Return {user id: Intervals of work} between two aware moments.

        People with an employee in `company` work by its hours, less time off and
        holidays; whose hours are flexible, and who has no employee there, works in
        the team's hours.
        """
        employees = self._get_employees(users, company)
        resources = employees.filtered("active").resource_id
        flexible = resources.filtered(lambda resource: resource._is_flexible())
        team_hours = Intervals()
        if flexible or users - employees.user_id:
            team_hours = self._get_team_intervals(company, start, stop)
        hours, _by_calendar = (resources - flexible)._get_valid_work_intervals(
            start, stop
        )
        for resource in flexible:
            hours[resource.id] = team_hours - _get_time_off(resource, start, stop)
        spans = dict.fromkeys(users.ids, team_hours)
        for employee in employees:
            spans[employee.user_id.id] = hours.get(employee.resource_id.id, Intervals())
        return spans

    def _get_employees(self, users, company):
        """Return the employees of `users` in `company`, also those who left."""
        # sudo: who is at work decides, not who may look at employees
        model = self.env["hr.employee"].sudo().with_context(active_test=False)
        domain = [("user_id", "in", users.ids), ("company_id", "=", company.id)]
        employees = model.search(domain)
        # read for all at once what Odoo's working hours would read one by one
        employees.mapped("version_ids.date_version")
        return employees

    def _get_team_intervals(self, company, start, stop):
        """Return the working hours of this team for `company`, without holidays."""
        # sudo: see `_get_employees`
        team = self.sudo()
        calendar = team.resource_calendar_id or company.sudo().resource_calendar_id
        if not calendar:
            return Intervals([(start, stop, calendar)])
        holidays = Domain("company_id", "in", (company.id, False)) & Domain(
            "time_type", "=", "leave"
        )
        return calendar._work_intervals_batch(start, stop, domain=list(holidays))[False]

    def _get_presence_text(self, is_present, start):
        """Return whether somebody is at work, or when next."""
        if is_present:
            return self.env._("At work")
        if not start:
            return self.env._("Absent")
        return self.env._("Absent until %(moment)s", moment=self._format_start(start))

    def _format_start(self, start):
        """Return a moment (naive UTC) for the reader: Monday 8:00, or with its date."""
        near = start - fields.Datetime.now() < SOON
        pattern = "EEEE HH:mm" if near else "d MMM HH:mm"
        zone = self.env.context.get("tz") or self.env.user.tz
        # sudo: the time zone of working hours is no secret
        zone = zone or self.sudo().resource_calendar_id.tz
        return format_datetime(self.env, start, tz=zone, dt_format=pattern)


def _get_time_off(resource, start, stop):
    """Return the Intervals that somebody with flexible hours is away."""
    leaves = resource.calendar_id._leave_intervals_batch(
        start, stop, resource, tz=pytz.utc
    )
    return leaves[resource.id]


def _covers(intervals, moment):
    """Tell whether `moment` lies in one of `intervals`."""
    return any(start <= moment < stop for start, stop, _meta in intervals)
