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
        entries = super().create([self._complete_times(vals) for vals in vals_list])
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
        return {**vals, "start": start or stop or self._get_now(), "stop": stop}

    def write(self, vals):
        """Override to keep what is charged already, and to let `stop` win."""
        if self.env.context.get(FLOW_KEY) is FLOW:
            return super().write(vals)
        if TERMS & vals.keys():
            self._ensure_free()
        if "hours" in vals and "stop" in vals:
            vals = {name: value for name, value in vals.items() if name != "hours"}
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

    @api.constrains("start", "stop")
    def _check_times(self):
        latest = self._get_now() + timedelta(minutes=1)
        for entry in self:
            if entry.start > latest:
                raise ValidationError(
                    self.env._(
                        "%(name)s begins in the future. Enter the time when it is "
                        "done, or correct the start.",
                        name=entry.display_name,
                    )
                )
            if entry.stop and entry.stop < entry.start:
                raise ValidationError(
                    self.env._(
                        "%(name)s ends before it begins. Correct its start or its end.",
                        name=entry.display_name,
                    )
                )
            if entry._get_spent() > timedelta(hours=LONGEST_TIME_HOURS):
                raise ValidationError(
                    self.env._(
                        "%(name)s is longer than %(hours)s hours. Correct its end, or "
                        "enter each day for itself.",
                        name=entry.display_name,
                        hours=LONGEST_TIME_HOURS,
                    )
                )

    @api.constrains("employee_id", "start", "stop")
    def _check_overlap(self):
        """Say which entry is in the way; the constraint in SQL only says that one is.

        What others write at the same moment is left to that constraint.
        """
        for entry in self:
            other = entry._find_overlap()
            if other:
                raise ValidationError(
                    self.env._(
                        "%(person)s has other time from %(start)s to %(stop)s already, "
                        "on ticket %(ticket)s. Correct one of the two.",
                        person=entry.employee_id.name,
                        ticket=other._get_ticket_label(),
                        **other._get_time_labels(),
                    )
                )

    def _find_overlap(self):
        """Return another entry of the same person at the same time, or none."""
        # sudo: nobody is in two places, whether one may see both tickets or not
        others_sudo = self.sudo().with_context(active_test=False)
        domain = (
            Domain("id", "!=", self.id)
            & Domain("employee_id", "=", self.employee_id.id)
            & (Domain("stop", "=", False) | Domain("stop", ">", self.start))
        )
        if self.stop:
            domain &= Domain("start", "<", self.stop)
        if self.stop == self.start:
            return others_sudo.browse()
        return others_sudo.search(domain, limit=1).filtered(
            lambda other: other.stop != other.start
        )

    def _get_ticket_label(self):
        """Return the number of the ticket, if the user may know of it."""
        ticket = self.ticket_id.with_env(self.env(su=False))
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
