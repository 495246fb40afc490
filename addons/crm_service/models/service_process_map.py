# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ServiceProcess(models.Model):
    """The figures for the picture of a process: how its tickets really went."""

    _inherit = "service.process"

    def action_open_map(self):
        """Open the picture of the process."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_service.service_process_map_action"
        )
        action["name"] = self.display_name
        action["params"] = {"process_id": self.id}
        return action

    @api.readonly
    def get_map(self, date_from=None, date_to=None):
        """Return stages and ways with the figures of the caller's companies.

        Counts are over all tickets of the companies that are chosen, also those that
        the caller could not open one by one.

        :param date_from: passes that began before this moment (UTC) do not count
        :param date_to: passes that began at or after this moment do not count
        :return: dict of `process`, `stages`, `edges` (ways from stage to stage),
            `any_routes` (defined from every open stage) and `period`. Hours are
            working hours, means over the passes that are finished; `share` is of all
            that left the stage where the way begins
        :raises UserError: a moment cannot be read
        """
        self.ensure_one()
        self.check_access("read")
        self.env["service.stage.log"].check_access("read")
        return self._get_map(date_from, date_to)

    def _get_map(self, date_from=None, date_to=None):
        """Return what `get_map` returns, without asking who wants to know."""
        self.ensure_one()
        period = self._get_period(date_from, date_to)
        passes = self._get_map_passes(*period)
        stages = self._get_map_stages(passes)
        return {
            "process": self._prepare_map_process(),
            "stages": self._prepare_map_stages(stages, passes),
            **self._prepare_map_ways(stages, passes),
            "period": [moment and str(moment) for moment in period],
        }

    @api.model
    def _get_period(self, date_from, date_to):
        """Return two moments, each of them False when there is no limit.

        :raises UserError: one cannot be read
        """
        try:
            moments = map(fields.Datetime.to_datetime, (date_from, date_to))
            return [moment or False for moment in moments]
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "“%(value)s” is no date. Write it as 2026-12-31.",
                    value=f"{date_from or ''} {date_to or ''}".strip(),
                )
            ) from error

    def _prepare_map_process(self):
        """Return what the picture's head says."""
        return {
            "id": self.id,
            "name": self.name,
            "code": self.code,
            "version": self.version,
            "description": self.description or "",
        }

    # -- reading --------------------------------------------------------------

    def _get_map_passes(self, start, stop):
        """Return a dict for each way into each stage, with how often and how long.

        A stage that went on in other hands was passed once; all its hours count.
        The stages are named, and not the process, for the index on stage and moment.
        """
        log = self.env["service.stage.log"]
        log.flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT stage_id, from_stage_id, route_id,
                       COUNT(*) FILTER (WHERE is_handover IS NOT TRUE) AS count,
                       COUNT(*) FILTER (WHERE left_at IS NULL) AS here_count,
                       COUNT(*) FILTER (WHERE is_adhoc) AS detour_count,
                       COALESCE(SUM(waiting_hours), 0) AS waiting,
                       COALESCE(SUM(processing_hours), 0) AS processing
                  FROM service_stage_log
                 WHERE stage_id IN %(stages)s
                   AND company_id IN %(companies)s
                   AND ticket_id NOT IN (%(hidden)s)
                   AND %(period)s
                 GROUP BY stage_id, from_stage_id, route_id
                """,
                stages=tuple(self.with_context(active_test=False).stage_ids.ids)
                or (0,),
                companies=tuple(self.env.companies.ids),
                hidden=self._get_hidden_sql(),
                period=self._get_period_sql(start, stop),
            )
        )

    @api.model
    def _get_hidden_sql(self):
        """Return the query of tickets that must not be told to the user, by figures."""
        return self.env["service.independence.mixin"]._get_hidden_sql()

    @api.model
    def _get_period_sql(self, start, stop):
        """Return the condition on when a pass began."""
        limits = [SQL("entered_at >= %s", start)] if start else []
        limits += [SQL("entered_at < %s", stop)] if stop else []
        return SQL(" AND ").join(limits) if limits else SQL("TRUE")

    def _get_map_stages(self, passes):
        """Return the stages to draw: those in use, and others that tickets were in."""
        stages = self.with_context(active_test=False).stage_ids
        seen = {row["stage_id"] for row in passes}
        return stages.filtered(lambda stage: stage.active or stage.id in seen)

    def _get_open_counts(self, stages):
        """Return {stage id: open tickets that are there now}."""
        tickets = self.env["service.ticket"]
        tickets.flush_model(["stage_id", "is_open", "active", "company_id"])
        if not stages:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT stage_id, COUNT(*)
                      FROM service_ticket
                     WHERE stage_id IN %s AND company_id IN %s
                       AND is_open IS TRUE AND active AND id NOT IN (%s)
                     GROUP BY stage_id
                    """,
                    tuple(stages.ids),
                    tuple(self.env.companies.ids),
                    self._get_hidden_sql(),
                )
            )
        )

    def _get_map_routes(self, stages, passes):
        """Return the routes in use between `stages`, and old ones that were taken."""
        routes = self.with_context(active_test=False).route_ids
        taken = {row["route_id"] for row in passes}
        return routes.filtered(
            lambda route: (
                (route.active or route.id in taken)
                and route.to_stage_id in stages
                and route.from_stage_id <= stages
            )
        )

    # -- stages ---------------------------------------------------------------

    def _prepare_map_stages(self, stages, passes):
        """Return what the picture shows of each stage."""
        open_counts = self._get_open_counts(stages)
        first = self._get_first_stage()
        teams = stages.team_id._filtered_access("read")
        phases = dict(stages._fields["phase"]._description_selection(self.env))
        rows = {stage.id: [] for stage in stages}
        for row in passes:
            rows[row["stage_id"]].append(row)
        return [
            {
                "id": stage.id,
                "name": stage.name,
                "phase": stage.phase,
                "phase_label": phases[stage.phase],
                "team": (stage.team_id & teams).name or "",
                "clock": stage.clock,
                "active": stage.active,
                "is_entry": stage == first,
                "is_end": stage.is_end,
                "open_count": open_counts.get(stage.id, 0),
                **self._sum_passes(rows[stage.id], stages),
            }
            for stage in stages
        ]

    @api.model
    def _sum_passes(self, rows, stages):
        """Return how often a stage was passed, and for how long in the mean."""
        own = set(stages.ids)
        passes = sum(row["count"] for row in rows)
        left = max(passes - sum(row["here_count"] for row in rows), 0)
        return {
            "pass_count": passes,
            "left_count": left,
            "entry_count": sum(
                row["count"] for row in rows if row["from_stage_id"] not in own
            ),
            "waiting_hours": sum(row["waiting"] for row in rows) / (left or 1),
            "processing_hours": sum(row["processing"] for row in rows) / (left or 1),
        }

    # -- ways -----------------------------------------------------------------

    def _prepare_map_ways(self, stages, passes):
        """Return the ways from stage to stage, and those from every open stage."""
        routes = self._get_map_routes(stages, passes)
        moves = self._get_moves(stages, passes)
        own = routes.filtered("from_stage_id").grouped(
            lambda route: (route.from_stage_id.id, route.to_stage_id.id)
        )
        wide = (routes - routes.filtered("from_stage_id")).grouped(
            lambda route: route.to_stage_id.id
        )
        open_ids = set(stages.filtered(lambda stage: not stage.is_end).ids)
        totals = {}
        for (origin, _target), move in moves.items():
            totals[origin] = totals.get(origin, 0) + move["count"]
        edges = []
        for ends in [*own, *(ends for ends in moves if ends not in own)]:
            kind = self._get_way_kind(ends, own, wide, open_ids)
            used = {"route": own.get(ends), "any": wide.get(ends[1])}.get(kind)
            move = moves.get(ends, {"count": 0, "detour_count": 0})
            edges.append(
                {
                    "from_id": ends[0],
                    "to_id": ends[1],
                    "kind": kind,
                    **self._prepare_way_names(used),
                    **move,
                    "share": move["count"] / (totals.get(ends[0]) or 1),
                }
            )
        return {"edges": edges, "any_routes": self._prepare_any_routes(wide, edges)}

    @api.model
    def _get_moves(self, stages, passes):
        """Return {(from, to): counts} of the steps inside the process."""
        own = set(stages.ids)
        moves = {}
        for row in passes:
            if row["from_stage_id"] in own:
                ends = row["from_stage_id"], row["stage_id"]
                move = moves.setdefault(ends, {"count": 0, "detour_count": 0})
                move["count"] += row["count"]
                move["detour_count"] += row["detour_count"]
        return moves

    @api.model
    def _get_way_kind(self, ends, own, wide, open_ids):
        """Return whether a way is a route, one from any stage, or off the way."""
        if ends in own:
            return "route"
        return "any" if ends[1] in wide and ends[0] in open_ids else "off"

    @api.model
    def _prepare_way_names(self, routes):
        """Return what a way is called, and whether it is taken by itself."""
        routes = routes or self.env["service.route"]
        modes = set(routes.mapped("mode"))
        return {
            "names": list(dict.fromkeys(routes.mapped("name"))),
            "route_ids": routes.ids,
            "mode": modes.pop() if len(modes) == 1 else "mixed" if modes else "",
        }

    @api.model
    def _prepare_any_routes(self, wide, edges):
        """Return the ways that are defined from every open stage."""
        return [
            {
                "to_id": target,
                **self._prepare_way_names(routes),
                "count": sum(
                    edge["count"]
                    for edge in edges
                    if edge["kind"] == "any" and edge["to_id"] == target
                ),
            }
            for target, routes in wide.items()
        ]
