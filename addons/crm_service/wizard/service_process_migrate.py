# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ServiceProcessMigrate(models.TransientModel):
    """Open tickets of one version move to another, stage by stage."""

    _name = "service.process.migrate"
    _description = "Migration of Open Tickets"

    process_id = fields.Many2one(
        "service.process", "From", required=True, readonly=True, ondelete="cascade"
    )
    version_ids = fields.Many2many("service.process", compute="_compute_version_ids")
    target_id = fields.Many2one(
        "service.process",
        "To",
        compute="_compute_target_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
        domain="[('id', 'in', version_ids)]",
    )
    line_ids = fields.One2many(
        "service.process.migrate.line",
        "migrate_id",
        "Stages",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    ticket_count = fields.Integer("Tickets That Move", compute="_compute_counts")
    phase_count = fields.Integer(
        "Tickets Whose Phase Changes", compute="_compute_counts"
    )
    hidden_count = fields.Integer(
        "Tickets of Other Companies", compute="_compute_hidden_count"
    )

    @api.depends("process_id")
    def _compute_version_ids(self):
        for migrate in self:
            migrate.version_ids = migrate._get_targets()

    @api.depends("process_id")
    def _compute_target_id(self):
        for migrate in self:
            migrate.target_id = migrate._get_targets()[:1]

    @api.depends("process_id", "target_id")
    def _compute_line_ids(self):
        for migrate in self:
            stages = migrate._get_open_tickets().stage_id.sorted()
            migrate.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "stage_id": stage.id,
                            "target_stage_id": migrate._suggest(stage).id,
                        }
                    )
                    for stage in stages
                ),
            ]

    @api.depends("line_ids.target_stage_id")
    def _compute_counts(self):
        for migrate in self:
            lines = migrate.line_ids.filtered("target_stage_id")
            migrate.ticket_count = sum(lines.mapped("ticket_count"))
            changing = lines.filtered("changes_phase")
            migrate.phase_count = sum(changing.mapped("ticket_count"))

    @api.depends("process_id")
    def _compute_hidden_count(self):
        for migrate in self:
            # sudo: tickets of companies that the user does not work in are told of
            everywhere = len(migrate.sudo()._get_open_tickets())
            migrate.hidden_count = everywhere - len(migrate._get_open_tickets())

    def _get_targets(self):
        """Return the versions that the tickets may move to."""
        process = self.process_id._origin
        versions = process._get_versions() - process
        return versions.filtered(lambda process: process.state == "published")

    def _get_open_tickets(self):
        """Return the open tickets of the version, archived ones too."""
        tickets = self.env["service.ticket"].with_context(active_test=False)
        return tickets.search(
            [("process_id", "in", self.process_id.ids), ("is_open", "=", True)]
        )

    def _suggest(self, stage):
        """Return the target's stage of the same name, else the first of the phase."""
        stages = self.target_id.stage_ids
        same = stages.filtered(lambda target: target.name == stage.name)
        same = same or stages.filtered(lambda target: target.phase == stage.phase)
        return same[:1]

    def action_confirm(self):
        """Move the tickets.

        :raises UserError: there is no published version, no ticket, or a stage without
            a place to go, for instance since tickets went there meanwhile
        """
        self.ensure_one()
        self._check_complete()
        for line in self.line_ids:
            tickets = self._get_open_tickets().filtered(
                lambda ticket, line=line: ticket.stage_id == line.stage_id
            )
            tickets._migrate(line.target_stage_id)
        return self.target_id._get_form_action()

    def _check_complete(self):
        """Refuse a plan that would leave tickets behind or mix versions."""
        if not self.target_id or self.target_id not in self._get_targets():
            raise UserError(
                self.env._(
                    "There is no other published version of “%(process)s”. Publish one "
                    "first.",
                    process=self.process_id.display_name,
                )
            )
        for stage in self._get_open_tickets().stage_id - self.line_ids.stage_id:
            raise UserError(
                self.env._(
                    "Tickets have gone to “%(stage)s” meanwhile, and nothing says "
                    "where they go. Open this window again.",
                    stage=stage.name,
                )
            )
        for line in self.line_ids:
            if line.target_stage_id.process_id != self.target_id:
                raise UserError(
                    self.env._(
                        "Choose where the tickets in “%(stage)s” go: a stage of "
                        "“%(process)s”.",
                        stage=line.stage_id.name,
                        process=self.target_id.display_name,
                    )
                )
