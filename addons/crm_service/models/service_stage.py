# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..const import CLOCKS, ENDED_PHASES, PHASES
from .service_guard import has_changed

# What tickets under way rely on; the rest may be changed while they follow a stage.
STRUCTURE_FIELDS = {
    "active",
    "check_ids",
    "clock",
    "phase",
    "required_field_ids",
    "sequence",
    "waits_for_children",
}


class ServiceStage(models.Model):
    """An activity of a process: the detailed status, which customers never see."""

    _name = "service.stage"
    _inherit = ["service.process.element.mixin"]
    _description = "Service Stage"
    _element_prefix = "stage"
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
    required_field_ids = fields.Many2many(
        "ir.model.fields",
        "service_stage_required_field_rel",
        "stage_id",
        "field_id",
        "Fields to Fill In",
        domain="[('model', '=', 'service.ticket'), ('readonly', '=', False)]",
        ondelete="cascade",
        groups="crm_service.group_service_manager",
        help="A ticket leaves this stage only when these are filled in.",
    )
    check_ids = fields.One2many(
        "service.stage.check", "stage_id", "Checklist", copy=True
    )
    waits_for_children = fields.Boolean(
        "Waits for Sub-tickets",
        help="A ticket leaves this stage only when all of its sub-tickets are "
        "resolved, closed or cancelled.",
    )
    fold = fields.Boolean("Folded in Kanban")
    is_end = fields.Boolean(compute="_compute_is_end")

    @api.depends("phase")
    def _compute_is_end(self):
        for stage in self:
            stage.is_end = stage.phase in ENDED_PHASES

    @api.constrains("active", "phase", "process_id", "sequence", "waits_for_children")
    def _check_process(self):
        self.process_id._check_published()

    @api.constrains("required_field_ids")
    def _check_required_fields(self):
        # sudo: which fields there are is no secret of the managers
        for field in self.sudo().required_field_ids:
            is_other = field.model != "service.ticket" or field.ttype == "one2many"
            if is_other or field.readonly:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” cannot be filled in on a ticket. Choose another "
                        "field.",
                        field=field.field_description,
                    )
                )

    @api.model
    @tools.ormcache()
    def _get_needs(self):
        """Return what stages ask for before a ticket leaves them.

        :return: {stage id: dict of `fields` (names), `checks` (ids of the lines),
            `waits`}, only of the stages that ask for something
        """
        # as superuser and without context: the answer is remembered for everybody
        model = self.env(su=True, context={"active_test": False})[self._name]
        domain = ["|", ("required_field_ids", "!=", False), ("check_ids", "!=", False)]
        stages = model.search(["|", ("waits_for_children", "=", True), *domain])
        return {
            stage.id: {
                "fields": tuple(stage.required_field_ids.mapped("name")),
                "checks": tuple(stage.check_ids.ids),
                "waits": stage.waits_for_children,
            }
            for stage in stages
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep what tickets follow, and forget what is remembered."""
        self.env["service.process"]._check_unlocked_of(vals_list)
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Override to keep what tickets follow, and forget what is remembered."""
        self._check_process_kept(vals)
        if any(has_changed(stage, vals, STRUCTURE_FIELDS) for stage in self):
            self.process_id._check_unlocked()
        if vals.get("active") is False:
            self._check_empty()
        self.env.registry.clear_cache()
        return super().write(vals)

    def _check_empty(self):
        """Refuse to put stages away while open tickets are in them."""
        # sudo: tickets of other companies count too
        tickets = self.env["service.ticket"].sudo().with_context(active_test=False)
        domain = [("stage_id", "in", self.ids), ("is_open", "=", True)]
        ticket = tickets.search(domain, limit=1)
        if ticket:
            raise UserError(
                self.env._(
                    "Open tickets are in the stage “%(stage)s”, such as %(number)s. "
                    "Move them on before you archive it.",
                    stage=ticket.stage_id.name,
                    number=ticket.number,
                )
            )

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
                    "stay. Archive the stage instead of deleting it, in a new version "
                    "of its process.",
                    stage=used.stage_id.name,
                )
            )

    def unlink(self):
        """Override to keep what tickets follow, and forget what is remembered."""
        processes = self.process_id
        self.env.registry.clear_cache()
        result = super().unlink()
        processes._check_unlocked()
        processes.invalidate_recordset(["stage_ids", "route_ids"])
        processes._check_published()
        return result
