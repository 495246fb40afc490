# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import ast

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import PRIORITIES, ROUTE_MODES


class ServiceRoute(models.Model):
    """A way from stage to stage: a button, or taken when a condition holds."""

    _name = "service.route"
    _description = "Service Route"
    _order = "process_id, sequence, id"

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
    mode = fields.Selection(ROUTE_MODES, required=True, default="manual")
    domain = fields.Char(
        "Condition",
        default="[]",
        help="Tickets that fit may take this route. An automatic route is taken as "
        "soon as a ticket fits.",
    )
    team_id = fields.Many2one("service.team", "New Team")
    priority = fields.Selection(PRIORITIES, "New Priority")

    @api.depends("name", "from_stage_id.name", "to_stage_id.name")
    def _compute_display_name(self):
        for route in self:
            origin = route.from_stage_id.name or self.env._("any stage")
            way = f"{origin} → {route.to_stage_id.name or ''}"
            route.display_name = f"{route.name} ({way})" if route.name else way

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
        tickets = self.env["service.ticket"]
        for route in self:
            try:
                route._get_domain().validate(tickets)
            except (ValueError, SyntaxError, TypeError, MemoryError) as error:
                raise ValidationError(
                    self.env._(
                        "The condition of the route “%(route)s” cannot be read: "
                        "%(error)s. Set it again with the editor.",
                        route=route.name,
                        error=error,
                    )
                ) from error

    def _get_domain(self):
        """Return the condition as a domain on tickets."""
        self.ensure_one()
        return Domain(ast.literal_eval(self.domain or "[]"))

    def _filter_tickets(self, tickets):
        """Return those of `tickets` that fit the condition."""
        # sudo: the condition may look at what the user does not see
        fit = tickets.sudo().filtered_domain(self._get_domain())
        return tickets.browse(fit.ids)

    def _starts_at(self, stage):
        """Tell whether this route leaves from `stage`."""
        if self.process_id != stage.process_id or self.to_stage_id == stage:
            return False
        return self.from_stage_id == stage or (
            not self.from_stage_id and not stage.is_end
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

    @api.model_create_multi
    def create(self, vals_list):
        """Override to forget what is remembered of the routes."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Override to forget what is remembered of the routes."""
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """Override to forget what is remembered of the routes."""
        self.env.registry.clear_cache()
        return super().unlink()
