# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.tools import split_every

MIGRATION_BATCH = 500


class ServiceTicket(models.Model):
    """A ticket under way moves to another version of its process."""

    _inherit = "service.ticket"

    def _migrate(self, stage):
        """Move open tickets to `stage` of another process, in batches.

        They keep their dates; what their stage asks for is not enforced. Automatic
        routes of the new process apply afterwards.
        """
        for batch in split_every(MIGRATION_BATCH, self.ids):
            tickets = self.browse(batch).filtered("is_open")
            tickets._migrate_batch(stage)
            tickets._apply_automatic_routes()
            self.env.flush_all()

    def _migrate_batch(self, stage):
        """Change the process and the stage of these tickets, with their history."""
        now = fields.Datetime.now()
        process = stage.process_id
        origins = {ticket.id: ticket.stage_id.id for ticket in self}
        self._log_leave(now)
        for group in self.grouped(lambda t: t._get_enter_key()).values():
            vals = group._prepare_enter_vals(stage, now, {"process_id": process.id})
            if stage.phase == group[:1].phase:
                vals.pop("stage_entered_at")
            # who works on a ticket goes on working on it
            vals.pop("taken_at")
            group._with_flow().write(vals)
        self._log_migration(origins, now, process)
        self._after_enter_stage()

    def _log_migration(self, origins, now, process):
        """Write into the history that these tickets moved to `process`."""
        notes = {
            "entered_at": now,
            "reason": self.env._(
                "Moved to version %(version)s of the process", version=process.version
            ),
        }
        for taken, tickets in self.grouped(lambda t: bool(t.taken_at)).items():
            tickets._log_enter(origins, {**notes, "taken_at": taken and now})
