# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import CLOCKS, ENDED_PHASES, PHASES


class ServiceStage(models.Model):
    """An activity of a process: the detailed status, which customers never see."""

    _name = "service.stage"
    _description = "Service Stage"
    _order = "process_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    process_id = fields.Many2one(
        "service.process", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="process_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    phase = fields.Selection(
        PHASES,
        required=True,
        default="in_progress",
        help="What the customer sees while the ticket is here.",
    )
    clock = fields.Selection(
        CLOCKS,
        required=True,
        default="running",
        help="Paused: time spent here does not count against promises.",
    )
    team_id = fields.Many2one(
        "service.team",
        help="Tickets that come here are handed to this team.",
    )
    instructions = fields.Html(
        translate=True, help="Shown to whoever works on a ticket in this stage."
    )
    fold = fields.Boolean("Folded in Kanban")
    is_end = fields.Boolean(compute="_compute_is_end")

    @api.depends("phase")
    def _compute_is_end(self):
        for stage in self:
            stage.is_end = stage.phase in ENDED_PHASES

    @api.model_create_multi
    def create(self, vals_list):
        """Override to forget what is remembered of the processes."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Override to keep a stage in its process, and forget what is remembered."""
        self._check_process_kept(vals)
        self.env.registry.clear_cache()
        return super().write(vals)

    def _check_process_kept(self, vals):
        """Refuse to move a stage into another process."""
        if "process_id" not in vals:
            return
        if self.filtered(lambda stage: stage.process_id.id != vals["process_id"]):
            raise UserError(
                self.env._(
                    "A stage stays in its process. Add a new stage to the other one."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep stages that tickets went through; they can be archived."""
        # sudo: tickets of other companies count too
        used = (
            self.env["service.stage.log"]
            .sudo()
            .search([("stage_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Tickets have been in the stage “%(stage)s”, so its history must "
                    "stay. Archive the stage instead of deleting it.",
                    stage=used.stage_id.name,
                )
            )

    def unlink(self):
        """Override to forget what is remembered of the processes."""
        self.env.registry.clear_cache()
        return super().unlink()
