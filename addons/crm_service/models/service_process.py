# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models, tools

from ..const import PROCESS_STATES
from .service_guard import has_changed

# What tickets under way know their version by.
IDENTITY_FIELDS = {"code", "company_id", "version"}


class ServiceProcess(models.Model):
    """A process definition: the stages a ticket goes through and the ways between."""

    _name = "service.process"
    _description = "Service Process"
    _order = "code, version desc, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Short name for other systems.")
    version = fields.Integer(required=True, default=1, copy=False)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        PROCESS_STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        help="Tickets start on the published version only. Those under way stay on "
        "theirs, also when it is retired.",
    )
    published_at = fields.Datetime("Published On", readonly=True, copy=False)
    description = fields.Text(translate=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company uses this process."
    )
    stage_ids = fields.One2many("service.stage", "process_id", "Stages", copy=False)
    route_ids = fields.One2many("service.route", "process_id", "Routes", copy=False)
    type_ids = fields.One2many("service.ticket.type", "process_id", "Ticket Types")

    _code_version_unique = models.UniqueIndex(
        "(code, version, COALESCE(company_id, 0))",
        "This version of the process exists already. Give it another version number.",
    )
    _published_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE state = 'published'",
        "Another version of this process was published at the same moment. Reload and "
        "look at it first.",
    )
    _version_positive = models.Constraint(
        "CHECK(version > 0)", "Versions of a process are numbered from 1."
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for process in self:
            process.display_name = (
                f"{process.name} v{process.version}" if process.name else ""
            )

    def _get_key(self):
        """Return what all versions of this process have in common."""
        return self.code, self.company_id.id

    def _get_first_stage(self):
        """Return the stage in which a ticket of this process begins, or none."""
        stage_ids = self._get_stage_ids_by_process().get(self.id, ())
        return self.env["service.stage"].browse(stage_ids[:1])

    @api.model
    @tools.ormcache()
    def _get_stage_ids_by_process(self):
        """Return {process id: stage ids in order}, of the active stages."""
        # as superuser and without context: the answer is remembered for everybody
        model = self.env(su=True, context={})["service.stage"]
        stages = model.search_fetch([], ["process_id"])
        result = {}
        for stage in stages:
            result.setdefault(stage.process_id.id, []).append(stage.id)
        return {process: tuple(ids) for process, ids in result.items()}

    def copy_data(self, default=None):
        """Override to make the copy the next version of the same process."""
        vals_list = super().copy_data(default=default)
        for process, vals in zip(self, vals_list, strict=True):
            vals.setdefault("code", process.code)
            if vals["code"] == process.code:
                vals.setdefault("version", process._get_next_version())
        return vals_list

    def copy(self, default=None):
        """Override to copy the stages and the routes between them too."""
        copies = super().copy(default=default)
        # a copy is a draft: nobody follows it yet
        for process, new in zip(self, copies, strict=True):
            process._copy_graph_to(new)
        return copies

    def _get_next_version(self):
        """Return the number after the highest version of this process."""
        versions = self.with_context(active_test=False).search(
            [("code", "=", self.code), ("company_id", "=", self.company_id.id)]
        )
        return max(versions.mapped("version"), default=0) + 1

    def _copy_graph_to(self, target):
        """Copy stages and routes to the process `target`."""
        stages = self.with_context(active_test=False).stage_ids
        copies = stages.copy({"process_id": target.id})
        twin = dict(zip(stages.ids, copies.ids, strict=True))
        for route in self.with_context(active_test=False).route_ids:
            route.copy(
                {
                    "process_id": target.id,
                    "from_stage_id": twin.get(route.from_stage_id.id),
                    "to_stage_id": twin[route.to_stage_id.id],
                }
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to begin as a draft."""
        return super().create([self._prepare_draft_vals(vals) for vals in vals_list])

    def write(self, vals):
        """Override to guard the version, and forget what is remembered."""
        self._check_state_kept(vals)
        if any(has_changed(process, vals, IDENTITY_FIELDS) for process in self):
            self._check_unlocked()
        self.env.registry.clear_cache()
        return super().write(vals)
