# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import ast

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import PRIORITIES, QUESTIONS, ROUTE_MODES
from ..tools.process_graph import ProcessGraph
from .service_condition_mixin import UNREADABLE
from .service_guard import has_changed

# What tickets under way rely on; the rest may be changed while they follow a route.
STRUCTURE_FIELDS = {
    "active",
    "child_type_id",
    "domain",
    "from_stage_id",
    "mode",
    "process_id",
    "to_stage_id",
}


class ServiceRoute(models.Model):
    """A way from stage to stage: a button, or taken when a condition holds."""

    _name = "service.route"
    _inherit = ["service.process.element.mixin", "service.condition.mixin"]
    _description = "Service Route"
    _element_prefix = "route"
    _order = "process_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(
        "Button", required=True, translate=True, help="What the button says."
    )
    process_id = fields.Many2one(
        "service.process", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="process_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    from_stage_id = fields.Many2one(
        "service.stage",
        "From",
        index=True,
        ondelete="cascade",
        domain="[('process_id', '=', process_id)]",
        help="Empty: from every stage of the process that is not an end.",
    )
    to_stage_id = fields.Many2one(
        "service.stage",
        "To",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('process_id', '=', process_id)]",
    )
    origin_name = fields.Char("Leaves", compute="_compute_origin_name")
    mode = fields.Selection(ROUTE_MODES, required=True, default="manual")
    domain = fields.Char(
        "Condition",
        default="[]",
        help="Tickets that fit may take this route. An automatic route is taken as "
        "soon as a ticket fits.",
    )
    team_id = fields.Many2one("service.team", "New Team")
    priority = fields.Selection(PRIORITIES, "New Priority")
    user_id = fields.Many2one(
        "res.users", "New Responsible", domain=[("share", "=", False)]
    )
    tag_ids = fields.Many2many(
        "crm.tag", "service_route_tag_rel", "route_id", "tag_id", "Tags to Add"
    )
    group_ids = fields.Many2many(
        "res.groups",
        "service_route_group_rel",
        "route_id",
        "group_id",
        "Who May",
        help="Only members of these groups see the button. Empty: everybody who works "
        "on the ticket.",
    )
    question = fields.Selection(
        QUESTIONS,
        "Asks for",
        required=True,
        default="none",
        help="What the button asks before the ticket goes on.",
    )
    # -- sub-ticket
    child_type_id = fields.Many2one(
        "service.ticket.type",
        "Opens a Sub-ticket",
        check_company=True,
        ondelete="restrict",
        help="For another department, with the process of this type.",
    )
    child_team_id = fields.Many2one(
        "service.team",
        "Sub-ticket's Team",
        check_company=True,
        help="Empty: the default team of its type.",
    )
    child_name = fields.Char(
        "Sub-ticket's Subject",
        translate=True,
        help="Put before the ticket's own subject.",
    )

    @api.depends("name", "from_stage_id.name", "to_stage_id.name")
    def _compute_display_name(self):
        for route in self:
            origin = route.from_stage_id.name or self.env._("any stage")
            way = f"{origin} → {route.to_stage_id.name or ''}"
            route.display_name = f"{route.name} ({way})" if route.name else way

    @api.depends("from_stage_id.name")
    @api.depends_context("lang")
    def _compute_origin_name(self):
        for route in self:
            route.origin_name = route.from_stage_id.name or self.env._("Any open stage")

    @api.constrains("process_id", "from_stage_id", "to_stage_id")
    def _check_stages(self):
        for route in self:
            stages = route.from_stage_id | route.to_stage_id
            if stages.process_id != route.process_id or len(
                route.from_stage_id + route.to_stage_id
            ) != len(stages):
                raise ValidationError(
                    self.env._(
                        "The route “%(route)s” must join two different stages of the "
                        "process “%(process)s”.",
                        route=route.name,
                        process=route.process_id.display_name,
                    )
                )

    @api.constrains("domain")
    def _check_domain(self):
        for route in self:
            try:
                route._try_domain()
            except UNREADABLE as error:
                raise ValidationError(
                    self.env._(
                        "The condition of the route “%(route)s” cannot be read: "
                        "%(error)s. Set it again with the editor.",
                        route=route.name,
                        error=error,
                    )
                ) from error

    @api.constrains(
        "active", "domain", "from_stage_id", "mode", "sequence", "to_stage_id"
    )
    def _check_process(self):
        self.process_id._check_published()

    def _get_domain(self):
        """Return the condition as a domain on tickets."""
        self.ensure_one()
        return Domain(ast.literal_eval(self.domain or "[]"))

    def _filter_tickets(self, tickets):
        """Return those of `tickets` that fit the condition."""
        return self._filter_by_domain(tickets)

    def _starts_at(self, stage):
        """Tell whether this route leaves from `stage`."""
        if self.process_id != stage.process_id or self.to_stage_id == stage:
            return False
        return self.from_stage_id == stage or (
            not self.from_stage_id and not stage.is_end
        )

    def _filter_allowed(self):
        """Return those of these routes whose button the user may press."""
        if self.env.su:
            return self
        own = set(self.env.user._get_group_ids())
        # sudo: who may do what is read for everybody
        return self.filtered(
            lambda r: not r.sudo().group_ids or own & set(r.sudo().group_ids.ids)
        )

    def _prepare_button(self):
        """Return what the ticket's form shows of this route."""
        button = {"id": self.id, "label": self.name}
        if self.to_stage_id.phase == "cancelled":
            button["is_cancel"] = True
        return button

    # -- the whole process ----------------------------------------------------

    def _get_origins(self, stages):
        """Return those of `stages` that this route leaves from."""
        return stages.filtered(lambda stage: self._starts_at(stage))

    def _get_graph(self, stages):
        """Return these routes between `stages`, by their ids, as a graph."""
        return ProcessGraph(
            stages[:1].id,
            stages.ids,
            stages.filtered("is_end").ids,
            [
                (origin.id, route.to_stage_id.id)
                for route in self
                for origin in route._get_origins(stages)
            ],
        )

    def _get_certain_steps(self, stages):
        """Return {stage id: id of the stage every ticket is sent on to at once}."""
        needs = stages._get_needs()
        steps = {}
        for stage in stages.filtered(lambda stage: stage.id not in needs):
            automatic = self.filtered(
                lambda r, stage=stage: r.mode == "automatic" and r._starts_at(stage)
            )
            first = automatic.sorted()[:1]
            if first and first._get_domain().is_true():
                steps[stage.id] = first.to_stage_id.id
        return steps

    def _get_archived_problem(self):
        """Return the sentence about a route from or to a stage that is put away."""
        stages = self.from_stage_id | self.to_stage_id
        return self.env._(
            "The route “%(route)s” belongs to the archived stage “%(stage)s”. Archive "
            "the route too, or choose another stage.",
            route=self.name,
            stage=stages.filtered(lambda stage: not stage.active)[:1].name,
        )

    @api.model
    @tools.ormcache("mode")
    def _get_ids_by_process(self, mode):
        """Return {process id: route ids in order} of the active routes of `mode`."""
        # as superuser and without context: the answer is remembered for everybody
        model = self.env(su=True, context={})[self._name]
        routes = model.search_fetch([("mode", "=", mode)], ["process_id"])
        result = {}
        for route in routes:
            result.setdefault(route.process_id.id, []).append(route.id)
        return {process: tuple(ids) for process, ids in result.items()}

    @api.model
    def _get_routes(self, stage, mode):
        """Return the routes of `mode` that leave from `stage`, in order."""
        ids = self._get_ids_by_process(mode).get(stage.process_id.id, ())
        return self.browse(ids).filtered(lambda route: route._starts_at(stage))

    # -- guards ---------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep what tickets follow, and forget what is remembered."""
        self.env["service.process"]._check_unlocked_of(vals_list)
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Override to keep what tickets follow, and forget what is remembered."""
        if any(route._changes_structure(vals) for route in self):
            self.process_id._check_unlocked()
        self.env.registry.clear_cache()
        return super().write(vals)

    def _changes_structure(self, vals):
        """Tell whether `vals` change where this route leads, when, or in what order."""
        names = STRUCTURE_FIELDS | ({"sequence"} if self.mode == "automatic" else set())
        return has_changed(self, vals, names)

    def unlink(self):
        """Override to keep what tickets follow, and forget what is remembered."""
        processes = self.process_id
        processes._check_unlocked()
        self.env.registry.clear_cache()
        result = super().unlink()
        processes.invalidate_recordset(["route_ids"])
        processes._check_published()
        return result
