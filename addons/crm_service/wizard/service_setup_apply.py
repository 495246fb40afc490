# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_duration

from ..const import MANUAL
from ..models.service_guard import without_defaults

WEEK = ("0", "1", "2", "3", "4")
SATURDAY = "5"


class ServiceSetup(models.TransientModel):
    """What the first set-up writes at its end."""

    _inherit = "service.setup"

    def _apply(self):
        """Write team, mailbox, hours and requests, and tell what was done.

        A type of all companies cannot lead to a team of one of them.
        """
        # taken before the team is known: what is proposed follows it
        types, hours = self.type_ids, self._get_hours_text()
        vals = self._prepare_team_vals()
        team = self.team_id
        if team:
            team.write(vals)
        else:
            team = self.env["service.team"].create(vals)
        own = types.filtered(
            lambda t: not team.company_id or team.company_id == t.company_id
        )
        own.filtered(lambda t: t.team_id != team).team_id = team
        self.write(
            {"team_id": team.id, "result": self._prepare_result(team, hours, own)}
        )

    def _prepare_team_vals(self):
        """Return the values of the team."""
        vals = {
            "name": self.name.strip(),
            "user_id": self.leader_id.id,
            "member_ids": [fields.Command.set(self.member_ids.ids)],
            "assignment_method": self.assignment_method or MANUAL,
            "resource_calendar_id": self._get_calendar().id,
            "ticket_type_id": self.mail_type_id.id,
        }
        if not self.team_id:
            vals["company_id"] = not self.is_shared and self.company_id.id
        if self.alias_name != self.team_id.alias_name:
            vals["alias_name"] = self.alias_name
        return vals

    def _get_calendar(self):
        """Return the calendar of the team, made if it has hours of its own."""
        calendars = self.env["resource.calendar"]
        if self.hours == "company":
            return calendars
        if self.hours == "calendar":
            return self.calendar_id
        # sudo: whoever sets up a team decides its hours, but not those of others
        calendars = without_defaults(calendars.sudo())
        return calendars.create(self._prepare_calendar_vals())

    def _prepare_calendar_vals(self):
        """Return the values of a calendar with the hours of this window."""
        days = self.env["resource.calendar.attendance"]._fields["dayofweek"]
        labels = dict(days._description_selection(self.env))
        week = (*WEEK, SATURDAY) if self.is_saturday_open else WEEK
        return {
            "name": self.env._("%(team)s: Working Hours", team=self.name.strip()),
            "company_id": not self.is_shared and self.company_id.id,
            "tz": self.company_id.resource_calendar_id.tz or self.env.user.tz or "UTC",
            "attendance_ids": [
                fields.Command.clear(),
                *(
                    fields.Command.create(
                        {
                            "name": labels[day],
                            "dayofweek": day,
                            "hour_from": self.hour_from,
                            "hour_to": self.hour_to,
                            "day_period": "full_day",
                        }
                    )
                    for day in week
                ),
            ],
        }

    def _prepare_result(self, team, hours, own):
        """Return what was set up, as a list to read.

        :param str hours: when it works, in words
        :param own: the types that lead to the team from now on
        """
        lines = [
            self.env._(
                "Members: %(people)s", people=", ".join(team.member_ids.mapped("name"))
            ),
            team.alias_email
            and self.env._("Requests by e-mail: %(address)s", address=team.alias_email),
            self.env._("Working hours: %(hours)s", hours=hours),
            own
            and self.env._(
                "These requests come to the team by themselves: %(types)s",
                types=", ".join(own.mapped("name")),
            ),
        ]
        rows = Markup().join(Markup("<li>%s</li>") % line for line in lines if line)
        return Markup("<ul>%s</ul>") % rows

    def _get_hours_text(self):
        """Return the team's hours in words."""
        if self.hours == "own":
            return self.env._(
                "%(start)s to %(end)s",
                start=format_duration(self.hour_from),
                end=format_duration(self.hour_to),
            )
        if self.hours == "calendar":
            return self.calendar_id.name
        return self.env._("as the company")
