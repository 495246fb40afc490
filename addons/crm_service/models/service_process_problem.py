# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..tools.process_graph import find_circle


class ServiceProcess(models.Model):
    """What keeps a process from being published."""

    _inherit = "service.process"

    problem_text = fields.Text(
        "Still to Be Mended",
        compute="_compute_problem_text",
        help="What keeps this process from being published.",
    )

    @api.depends(
        "state",
        "stage_ids.active",
        "stage_ids.name",
        "stage_ids.phase",
        "stage_ids.sequence",
        "route_ids.active",
        "route_ids.mode",
        "route_ids.domain",
        "route_ids.sequence",
        "route_ids.from_stage_id",
        "route_ids.to_stage_id",
    )
    def _compute_problem_text(self):
        for process in self:
            process.problem_text = False
            if process.state == "draft" and process.ids:
                problems = process._origin._get_problems()
                process.problem_text = "\n".join(f"• {text}" for text in problems)

    def _get_problems(self):
        """Return all that is wrong with this process, as sentences to show.

        :return: list of translated sentences, empty when it can be published
        """
        self.ensure_one()
        stages = self.stage_ids.filtered("active").sorted()
        if not stages:
            return [
                self.env._("There is no stage. Add the stage that tickets begin in.")
            ]
        routes = self.route_ids.filtered("active")
        known = routes.filtered(
            lambda r: r.to_stage_id in stages and r.from_stage_id <= stages
        )
        graph = known._get_graph(stages)
        return [
            *self._get_entry_problems(stages[0]),
            *self._get_exit_problems(graph),
            *self._get_stuck_problems(stages, graph),
            *self._get_reach_problems(stages, graph),
            *(route._get_archived_problem() for route in routes - known),
            *self._get_circle_problems(stages, known),
        ]

    def _get_entry_problems(self, first):
        """Tell when tickets would be ended as soon as they begin."""
        if not first.is_end:
            return []
        return [
            self.env._(
                "There is no entry: the first stage “%(stage)s” ends a ticket at once. "
                "Put a stage of another phase before it.",
                stage=first.name,
            )
        ]

    def _get_exit_problems(self, graph):
        """Tell when no ticket could ever be ended."""
        if not graph.ends:
            return [
                self.env._(
                    "There is no way out: no stage has the phase “Closed” or "
                    "“Cancelled”. Add one."
                )
            ]
        if graph.has_way_out():
            return []
        return [
            self.env._(
                "There is no way out: no stage of the phase “Closed” or “Cancelled” "
                "can be reached from the first stage. Add a route."
            )
        ]

    def _get_stuck_problems(self, stages, graph):
        """Tell which stages a ticket could not leave, or not for an end."""
        problems = [
            self.env._(
                "Nobody can leave the stage “%(stage)s”. Add a route from it, or give "
                "it the phase “Closed” or “Cancelled”.",
                stage=stages.browse(stage).name,
            )
            for stage in graph.stuck()
        ]
        trapped = stages.browse(graph.trapped()) if graph.ends else stages.browse()
        if trapped:
            problems.append(
                self.env._(
                    "From these stages no way leads to an end: %(stages)s. Add a "
                    "route.",
                    stages=self._join_names(trapped),
                )
            )
        return problems

    def _get_reach_problems(self, stages, graph):
        """Tell which stages no ticket could ever come to."""
        return [
            self.env._(
                "No route reaches the stage “%(stage)s”. Add a route to it, or archive "
                "it.",
                stage=stages.browse(stage).name,
            )
            for stage in graph.unreachable()
        ]

    def _get_circle_problems(self, stages, routes):
        """Tell which automatic routes send every ticket in a circle."""
        circle = find_circle(routes._get_certain_steps(stages))
        if not circle:
            return []
        return [
            self.env._(
                "Automatic routes without a condition send every ticket in a circle: "
                "%(stages)s. Give one of them a condition.",
                stages=" → ".join(
                    stages.browse(stage).name for stage in [*circle, circle[0]]
                ),
            )
        ]

    @api.model
    def _join_names(self, records):
        """Return the names of `records`, in quotes."""
        return ", ".join(f"“{name}”" for name in records.mapped("name"))
