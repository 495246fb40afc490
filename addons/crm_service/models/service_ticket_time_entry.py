# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import TIME_KINDS


class ServiceTicket(models.Model):
    """The time spent on a ticket, with a timer of one click."""

    _inherit = "service.ticket"

    time_entry_ids = fields.One2many("service.time.entry", "ticket_id", "Time Spent")
    time_hours = fields.Float("Hours Spent", compute="_compute_time_hours")
    running_entry_id = fields.Many2one(
        "service.time.entry", "My Timer", compute="_compute_running_entry_id"
    )
    running_kind = fields.Selection(TIME_KINDS, compute="_compute_running_entry_id")
    running_since = fields.Datetime(compute="_compute_running_entry_id")

    @api.depends("time_entry_ids.hours")
    def _compute_time_hours(self):
        groups = self.env["service.time.entry"]._read_group(
            [("ticket_id", "in", self._origin.ids)], ["ticket_id"], ["hours:sum"]
        )
        hours = {ticket.id: total for ticket, total in groups}
        for ticket in self:
            ticket.time_hours = hours.get(ticket._origin.id, 0.0)

    @api.depends("time_entry_ids.stop")
    @api.depends_context("uid")
    def _compute_running_entry_id(self):
        running = self.env["service.time.entry"].search(
            [
                ("ticket_id", "in", self._origin.ids),
                ("employee_id.user_id", "=", self.env.uid),
                ("stop", "=", False),
            ]
        )
        entries = {entry.ticket_id: entry for entry in running}
        for ticket in self:
            entry = entries.get(ticket._origin, running.browse())
            ticket.running_entry_id = entry
            ticket.running_kind = entry.kind
            ticket.running_since = entry.start

    # -- timer ------------------------------------------------------------------

    def action_start_work(self):
        """Start the user's timer for work; a timer on another ticket is stopped."""
        return self._start_timer("work")

    def action_start_travel(self):
        """Start the user's timer for travel; a timer on another ticket is stopped."""
        return self._start_timer("travel")

    def action_stop_timer(self):
        """Stop the user's timer on this ticket.

        :raises UserError: none is running, or it was forgotten for more than a day
        """
        self.ensure_one()
        entry = self.running_entry_id
        if not entry:
            raise UserError(
                self.env._("No timer of yours is running here. Reload the page.")
            )
        entry._stop()
        return True

    def _start_timer(self, kind):
        """Start a timer of the user on this ticket, and stop the one that runs.

        :param str kind: see `TIME_KINDS`
        """
        self.ensure_one()
        self.check_access("read")
        employee = self._get_timed_employee()
        entries = self.env["service.time.entry"]
        running = entries.search(
            [("employee_id", "=", employee.id), ("stop", "=", False)]
        )
        if running.ticket_id == self and running.kind == kind:
            return True
        running._stop()
        entries.create({"ticket_id": self.id, "employee_id": employee.id, "kind": kind})
        return True

    def _get_timed_employee(self):
        """Return the user as an employee of the ticket's company.

        :raises UserError: the user has no employee record
        """
        employee = self.env.user.with_company(self.company_id).employee_id
        if not employee:
            raise UserError(
                self.env._(
                    "Time is kept for employees, and you are not registered as one in "
                    "%(company)s. Ask an HR officer to link your user with an "
                    "employee.",
                    company=self.company_id.name,
                )
            )
        return employee

    @api.model
    def _get_merge_rows(self):
        """Override of `_get_merge_rows` to let the time follow the work."""
        return {**super()._get_merge_rows(), "service.time.entry": "ticket_id"}
