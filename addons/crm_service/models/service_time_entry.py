# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models

from ..const import LONGEST_TIME_HOURS, TIME_KINDS


class ServiceTimeEntry(models.Model):
    """Time that a person spent on a ticket: by a timer, or entered afterwards.

    An entry without `stop` is a timer that runs.
    """

    _name = "service.time.entry"
    _description = "Time Spent"
    _order = "start desc, id desc"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "service.ticket",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    asset_id = fields.Many2one(related="ticket_id.asset_id")
    employee_id = fields.Many2one(
        "hr.employee",
        "Person",
        required=True,
        index=True,
        default=lambda self: self._default_employee(),
        check_company=True,
        ondelete="restrict",
    )
    kind = fields.Selection(TIME_KINDS, required=True, default="work")
    start = fields.Datetime(required=True, index=True)
    stop = fields.Datetime(help="Empty: the timer is running.")
    hours = fields.Float(
        compute="_compute_hours",
        inverse="_inverse_hours",
        store=True,
        help="From start to stop.",
    )
    is_running = fields.Boolean(
        "Timer Running",
        compute="_compute_hours",
        store=True,
        export_string_translation=False,
    )
    distance_km = fields.Float("Distance (km)", digits=(16, 1))
    note = fields.Char("What Was Done")

    _stop_after_start = models.Constraint(
        "CHECK(stop IS NULL OR stop >= start)",
        "Time ends after it begins. Correct the start or the end.",
    )
    _day_at_most = models.Constraint(
        f"CHECK(stop IS NULL OR stop <= start + interval '{LONGEST_TIME_HOURS} hours')",
        "One entry holds 24 hours at most. Correct its end, or enter each day for "
        "itself.",
    )
    _distance_positive = models.Constraint(
        "CHECK(distance_km >= 0)", "A distance cannot be less than zero. Correct it."
    )
    # nobody is in two places: PostgreSQL sees to it, whoever writes at the same time
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(employee_id, employee_id, '[]') WITH &&, "
        "tsrange(start, stop, '[)') WITH &&)",
        "This person has another entry at that time already. Correct one of the two.",
    )

    @api.model
    def _default_employee(self):
        """Return the user as an employee of the company; may be none."""
        return self.env.user.employee_id

    @api.depends("start", "stop")
    def _compute_hours(self):
        for entry in self:
            entry.is_running = bool(entry.start) and not entry.stop
            spent = (entry.stop or entry.start) and entry._get_spent()
            entry.hours = spent.total_seconds() / 3600 if spent else 0.0

    def _get_spent(self):
        """Return the time from start to stop; nothing while the timer runs."""
        if not self.start or not self.stop:
            return timedelta()
        return self.stop - self.start

    def _inverse_hours(self):
        for entry in self.filtered("start"):
            if entry.hours:
                entry.stop = entry.start + timedelta(hours=entry.hours)

    @api.depends("employee_id", "start")
    def _compute_display_name(self):
        for entry in self:
            start = fields.Datetime.context_timestamp(
                entry, entry.start or fields.Datetime.now()
            )
            entry.display_name = (
                f"{entry.employee_id.name or ''} {start:%Y-%m-%d %H:%M}"
            )

    def _stop(self):
        """Stop running timers now.

        :raises UserError: one was forgotten for more than a day
        """
        self._ensure_may_stop()
        running = self.filtered("is_running")
        if running:
            running.write({"stop": self._get_now()})

    def action_stop(self):
        """Stop timers from the list."""
        self.check_access("write")
        self._stop()
        return True
