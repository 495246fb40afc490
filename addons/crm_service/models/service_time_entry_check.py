# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import LONGEST_TIME_HOURS
from .service_ticket import FLOW, FLOW_KEY

# Changes of these are changes of what was done, and when.
TERMS = {"ticket_id", "employee_id", "kind", "start", "stop", "hours", "distance_km"}


class ServiceTimeEntry(models.Model):
    """Start, stop and hours fit together, and nobody is in two places."""

    _inherit = "service.time.entry"

    # -- create and write -------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Override to propose the hour that has just ended for a new entry."""
        values = super().default_get(fields)
        if {"start", "stop"} <= set(fields) and not values.get("start"):
            stop = self._get_now()
            values.update(start=stop - timedelta(hours=1), stop=stop)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """Override to complete start and stop from whatever two are given.

        With a start only, or with nothing, the timer runs.
        """
        vals_list = [self._complete_times(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_ticket(vals)
            self.browse()._ensure_possible(vals)
        entries = super().create(vals_list)
        entries._after_change()
        return entries

    @api.model
    def _complete_times(self, vals):
        """Return `vals` with `start` and `stop`, and without `hours`."""
        vals = dict(vals)
        start = fields.Datetime.to_datetime(vals.get("start"))
        stop = fields.Datetime.to_datetime(vals.get("stop"))
        hours = vals.pop("hours", 0.0) or 0.0
        spent = timedelta(hours=hours)
        if hours and start and not stop:
            stop = start + spent
        elif hours and not start:
            stop = stop or self._get_now()
            start = stop - spent
        vals.update(start=start or stop or self._get_now(), stop=stop)
        vals.setdefault("employee_id", self._default_employee().id)
        return vals

    def write(self, vals):
        """Override to keep what is charged already, and to let `stop` win."""
        if self.env.context.get(FLOW_KEY) is FLOW:
            return super().write(vals)
        if TERMS & vals.keys():
            self._ensure_free()
        self._check_ticket(vals)
        if "hours" in vals and "stop" in vals:
            vals = {name: value for name, value in vals.items() if name != "hours"}
        self._ensure_possible(vals)
        result = super().write(vals)
        if TERMS & vals.keys():
            self._after_change()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        """Keep what is charged already."""
        self._ensure_free()

    @api.model
    def _get_now(self):
        """Return the present, to the second, as times are kept."""
        return fields.Datetime.now()

    # -- hooks ------------------------------------------------------------------

    def _ensure_free(self):
        """Hook: refuse changes of entries that something else counts on already.

        :raises UserError: with the reason; to be extended by `super()` and a check
        """

    def _after_change(self):
        """Hook: do what follows from new or changed entries. Nothing by default."""

    # -- checks -----------------------------------------------------------------

    # They come before PostgreSQL's own checks, to say what is wrong in a sentence; what
    # others write at the same moment is left to those.

    @api.model
    def _check_ticket(self, vals):
        """Refuse time on a ticket that the user may not see.

        :param dict vals: what is about to be written
        :raises AccessError: of a ticket of others
        """
        if ticket_id := vals.get("ticket_id"):
            self.env["service.ticket"].browse(ticket_id).check_access("read")

    def _ensure_possible(self, vals):
        """Refuse times that cannot be, before they are written.

        :param dict vals: what is about to be written; the records hold the rest
        :raises ValidationError: with what to correct
        """
        if not {"employee_id", "start", "stop"} & vals.keys():
            return
        for entry in self or (self,):
            start, stop = (
                fields.Datetime.to_datetime(vals[name]) if name in vals else entry[name]
                for name in ("start", "stop")
            )
            employee = entry.employee_id
            if "employee_id" in vals:
                employee = employee.browse(vals["employee_id"])
            self._ensure_times(start, stop)
            entry._ensure_no_overlap(employee, start, stop)

    @api.model
    def _ensure_times(self, start, stop):
        """Refuse an end before the beginning, more than a day, and the future."""
        soon = self._get_now() + timedelta(minutes=1)
        if (start and start > soon) or (stop and stop > soon):
            raise ValidationError(
                self.env._(
                    "This time is yet to come. Enter it when the work is done, or "
                    "correct its start or its end."
                )
            )
        if start and stop and stop < start:
            raise ValidationError(
                self.env._(
                    "This time ends before it begins. Correct its start or its end."
                )
            )
        if start and stop and stop - start > timedelta(hours=LONGEST_TIME_HOURS):
            raise ValidationError(
                self.env._(
                    "This time is longer than %(hours)s hours. Correct its end, or "
                    "enter each day for itself.",
                    hours=LONGEST_TIME_HOURS,
                )
            )

    def _ensure_no_overlap(self, employee, start, stop):
        """Refuse time at which the person did something else already."""
        other_sudo = self._find_overlap(employee, start, stop)
        if other_sudo:
            raise ValidationError(
                self.env._(
                    "%(person)s has other time from %(start)s to %(stop)s already, on "
                    "ticket %(ticket)s. Correct one of the two.",
                    person=employee.name,
                    ticket=other_sudo._get_ticket_label(),
                    **other_sudo._get_time_labels(),
                )
            )

    def _find_overlap(self, employee, start, stop):
        """Return another entry of the person at that time, or none."""
        # sudo: nobody is in two places, whether one may see both tickets or not
        others_sudo = self.sudo()
        if not employee or not start or stop == start:
            return others_sudo.browse()
        domain = (
            Domain("id", "not in", self.ids)
            & Domain("employee_id", "=", employee.id)
            & (Domain("stop", "=", False) | Domain("stop", ">", start))
        )
        if stop:
            domain &= Domain("start", "<", stop)
        found = others_sudo.search(domain, limit=2)
        return found.filtered(lambda other: other.stop != other.start)[:1]

    def _get_ticket_label(self):
        """Return the number of the ticket, if the user may know of it."""
        ticket = self.ticket_id.sudo(False)
        return ticket.number if ticket.has_access("read") else self.env._("of others")

    def _get_time_labels(self):
        """Return start and stop for people, in their own time zone."""
        labels = {}
        for name in ("start", "stop"):
            moment = self[name]
            local = moment and fields.Datetime.context_timestamp(self, moment)
            labels[name] = f"{local:%Y-%m-%d %H:%M}" if local else self.env._("now")
        return labels

    def _ensure_may_stop(self):
        """Refuse to stop a timer that somebody forgot.

        :raises UserError: it has run for more than `LONGEST_TIME_HOURS`
        """
        latest = timedelta(hours=LONGEST_TIME_HOURS)
        for entry in self:
            if self._get_now() - entry.start > latest:
                raise UserError(
                    self.env._(
                        "The timer on ticket %(ticket)s has been running since "
                        "%(start)s. Enter on the ticket's page “Time” when the work "
                        "ended.",
                        ticket=entry._get_ticket_label(),
                        start=entry._get_time_labels()["start"],
                    )
                )
