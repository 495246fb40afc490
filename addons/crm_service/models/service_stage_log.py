# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import ENDED_PHASES, PHASES
from ..tools import append_only
from ..tools.working_time import WorkingTime

# What may be filled in later, once.
FILLABLE = (
    "left_at",
    "taken_at",
    "user_id",
    "reason",
    "waiting_hours",
    "processing_hours",
)


class ServiceStageLog(models.Model):
    """History: a row for each time a ticket was in a stage. Nothing is ever changed.

    PostgreSQL itself refuses to delete rows and to change what is recorded.
    """

    _name = "service.stage.log"
    _inherit = "service.written.mixin"
    _description = "Stage History"
    _order = "entered_at desc, id desc"
    _rec_name = "stage_id"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, readonly=True, ondelete="restrict"
    )
    process_id = fields.Many2one(
        "service.process", required=True, readonly=True, ondelete="restrict"
    )
    stage_id = fields.Many2one(
        "service.stage", required=True, index=True, readonly=True, ondelete="restrict"
    )
    phase = fields.Selection(PHASES, required=True, readonly=True)
    from_stage_id = fields.Many2one(
        "service.stage",
        "From",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
        help="The stage the ticket came from. Empty: it began here.",
    )
    route_id = fields.Many2one(
        "service.route",
        "Way",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
        help="The button or automatic route that was taken.",
    )
    reason = fields.Text(readonly=True)
    is_adhoc = fields.Boolean(
        "Off the Defined Way", readonly=True, help="Somebody sent the ticket here."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="restrict"
    )
    team_id = fields.Many2one("service.team", readonly=True, ondelete="restrict")
    user_id = fields.Many2one(
        "res.users",
        "Person",
        readonly=True,
        ondelete="restrict",
        help="Who had it, taken or not.",
    )
    actor_name = fields.Char(
        "Done By", readonly=True, help="Who did it, when it was no user of this system."
    )
    details = fields.Json(readonly=True, help="What an imported event says besides.")
    entered_at = fields.Datetime("Entered", required=True, readonly=True)
    taken_at = fields.Datetime("Taken", readonly=True)
    left_at = fields.Datetime("Left", readonly=True)
    is_handover = fields.Boolean(
        "Other Hands",
        readonly=True,
        help="The stage went on with another person or team.",
    )
    waiting_hours = fields.Float(
        "Waiting (working hours)",
        readonly=True,
        help="From entering the stage until somebody took it.",
    )
    processing_hours = fields.Float(
        "Processing (working hours)",
        readonly=True,
        help="From being taken until the stage was left.",
    )

    _open_idx = models.UniqueIndex(
        "(ticket_id) WHERE left_at IS NULL", "A ticket is in one stage at a time."
    )
    _stage_entered_idx = models.Index("(stage_id, entered_at)")
    _process_entered_idx = models.Index("(process_id, entered_at)")

    def init(self):
        """Install the guard that keeps the history as it was written."""
        self._install_guard()

    @api.model
    def _install_guard(self):
        """Let PostgreSQL refuse DELETE, and UPDATE of anything but empty fields."""
        append_only.install_guard(
            self.env.cr, self._table, FILLABLE, "The stage history is"
        )

    @api.model
    def _drop_guard(self):
        """Remove the guard, for uninstalling."""
        append_only.drop_guard(self.env.cr, self._table)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Keep the history."""
        raise UserError(
            self.env._(
                "The history of a ticket cannot be deleted. It is kept as proof."
            )
        )

    # -- people -------------------------------------------------------------

    def _has_changed_hands(self):
        """Tell whether the ticket has another person or team than this row says."""
        ticket = self.ticket_id
        return (
            bool(self.user_id) and self.user_id != ticket.user_id
        ) or self.team_id != ticket.team_id

    def _note_person(self):
        """Fill into open rows who has the ticket, and since when it is taken."""
        for row in self:
            ticket = row.ticket_id
            if ticket.user_id and not row.user_id:
                row.user_id = ticket.user_id
            if ticket.taken_at and not row.taken_at:
                row.taken_at = ticket.taken_at

    # -- times --------------------------------------------------------------

    def _get_calendar(self):
        """Return the working hours that count for this row; may be none."""
        return self.team_id.resource_calendar_id or self.company_id.resource_calendar_id

    def _close(self, moment):
        """Fill in when the rows' stages were left, and the working hours spent."""
        for calendar, rows in self.grouped(lambda row: row._get_calendar()).items():
            clock = self._get_clock(calendar, min(rows.mapped("entered_at")), moment)
            for row in rows:
                row.write({"left_at": moment, **row._prepare_hours(clock, moment)})
        # a ticket has one open row: this must be in the database before the next
        self.flush_recordset()

    @api.model
    def _get_clock(self, calendar, start, stop):
        """Return the working time of `calendar`; without one, round the clock."""
        if not calendar or stop <= start:
            return WorkingTime(None)
        intervals = calendar._work_intervals_batch(
            start.replace(tzinfo=timezone.utc), stop.replace(tzinfo=timezone.utc)
        )[False]
        return WorkingTime(_as_naive_utc(intervals))

    def _prepare_hours(self, clock, moment):
        """Return the waiting and processing hours of this row until `moment`."""
        if self.phase in ENDED_PHASES:
            return {"waiting_hours": 0.0, "processing_hours": 0.0}
        taken = self.taken_at or moment
        return {
            "waiting_hours": clock.hours(self.entered_at, taken),
            "processing_hours": clock.hours(taken, moment),
        }


def _as_naive_utc(intervals):
    """Yield (start, stop) of resource intervals as naive UTC datetimes."""
    for start, stop, _meta in intervals:
        yield (
            start.astimezone(timezone.utc).replace(tzinfo=None),
            stop.astimezone(timezone.utc).replace(tzinfo=None),
        )
