# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceProcessMigrateLine(models.TransientModel):
    """Where the open tickets of one stage go in the other version."""

    _name = "service.process.migrate.line"
    _description = "Stage of a Migration"
    _order = "id"

    migrate_id = fields.Many2one(
        "service.process.migrate", required=True, index=True, ondelete="cascade"
    )
    target_id = fields.Many2one(related="migrate_id.target_id", string="Version")
    stage_id = fields.Many2one(
        "service.stage", "From", required=True, readonly=True, ondelete="cascade"
    )
    phase = fields.Selection(related="stage_id.phase", string="Phase Now")
    target_stage_id = fields.Many2one(
        "service.stage",
        "To",
        ondelete="cascade",
        domain="[('process_id', '=', target_id)]",
    )
    target_phase = fields.Selection(
        related="target_stage_id.phase", string="Phase Then"
    )
    ticket_count = fields.Integer("Open Tickets", compute="_compute_ticket_count")
    changes_phase = fields.Boolean(
        compute="_compute_changes_phase",
        help="The customer sees another status afterwards.",
    )

    @api.depends("stage_id")
    def _compute_ticket_count(self):
        groups = self.env["service.ticket"]._read_group(
            [("stage_id", "in", self.stage_id.ids), ("is_open", "=", True)],
            ["stage_id"],
            ["__count"],
        )
        counts = {stage.id: count for stage, count in groups}
        for line in self:
            line.ticket_count = counts.get(line.stage_id.id, 0)

    @api.depends("phase", "target_phase")
    def _compute_changes_phase(self):
        for line in self:
            line.changes_phase = bool(
                line.target_stage_id and line.phase != line.target_phase
            )
