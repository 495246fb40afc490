# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import DONE_PHASES, ENDED_PHASES, MAX_AUTOMATIC_STEPS


class ServiceTicket(models.Model):
    """The way of a ticket through the stages of its process."""

    _inherit = "service.ticket"

    @api.depends("stage_id", "type_id", "team_id", "user_id", "priority", "partner_id")
    def _compute_available_route_ids(self):
        routes = self.env["service.route"]
        for ticket in self:
            ticket.available_route_ids = routes
        for stage, tickets in self.filtered("stage_id").grouped("stage_id").items():
            for route in routes._get_routes(stage, "manual"):
                for ticket in route._filter_tickets(tickets):
                    ticket.available_route_ids |= route

    @api.depends("available_route_ids")
    def _compute_route_buttons(self):
        for ticket in self:
            ticket.route_buttons = [
                {"id": route.id, "label": route.name}
                for route in ticket.available_route_ids
            ]

    # -- start --------------------------------------------------------------

    @api.model
    def _complete_stage(self, vals):
        """Put the first stage into `vals`; return the stage that was asked for."""
        process = self.env["service.process"].browse(vals["process_id"])
        stages = self.env["service.stage"]
        wanted = stages.browse(vals.pop("stage_id", None) or ())
        phase = vals.pop("phase", None)
        first = process._get_first_stage()
        if not first:
            raise ValidationError(
                self.env._(
                    "The process “%(process)s” has no stage. Add one first.",
                    process=process.sudo().display_name,
                )
            )
        if not wanted and phase:
            wanted = self._get_stage_of_phase(process, phase)
        vals["stage_id"] = first.id
        vals["stage_entered_at"] = vals.get("opened_at") or fields.Datetime.now()
        return wanted if wanted != first else stages

    def _start(self, wanted):
        """Log the first stage, go to the `wanted` ones, follow automatic routes."""
        self._log_enter()
        for ticket, stage in zip(self, wanted, strict=True):
            if stage:
                ticket._move_by_hand(stage_id=stage.id)
        self._apply_automatic_routes()

    # -- moving -------------------------------------------------------------

    def _move_to_phase(self, phase):
        """Move each ticket to the first stage of `phase` in its process.

        For code that knows what happened, such as parts that are missing: no route
        is needed. Tickets in that phase already, those that are closed or cancelled
        and those whose process has no such stage stay where they are.
        """
        movable = self.filtered(
            lambda t: t.phase not in ENDED_PHASES and t.phase != phase
        )
        movable._enter_phase(phase)
        movable._apply_automatic_routes()

    def _enter_phase(self, phase):
        """Enter the first stage of `phase`, wherever the tickets stand."""
        for process, tickets in self.grouped("process_id").items():
            tickets._enter_stage(self._get_stage_of_phase(process, phase))

    @api.model
    def _get_stage_of_phase(self, process, phase):
        """Return the first stage of `phase` in `process`, or none."""
        ids = process._get_stage_ids_by_process().get(process.id, ())
        # sudo: processes are for everybody, and only a stage is returned
        stages = self.env["service.stage"].sudo().browse(ids)
        return stages.filtered(lambda stage: stage.phase == phase)[:1].sudo(False)

    def _enter_stage(self, stage, extra_vals=None):
        """Enter `stage`, with its log, dates and team. The one place that does it.

        :param stage: a stage of the tickets' process; none does nothing
        :param dict extra_vals: what else to write
        """
        tickets = self.filtered(lambda ticket: stage and ticket.stage_id != stage)
        if not tickets:
            return
        tickets._check_enter_stage(stage)
        now = fields.Datetime.now()
        tickets._log_leave(now)
        for group in tickets.grouped(lambda t: t._get_enter_key()).values():
            group._with_flow().write(group._prepare_enter_vals(stage, now, extra_vals))
        tickets._log_enter()

    def _check_enter_stage(self, stage):
        """Hook: raise a UserError when these tickets may not enter `stage` now.

        Extend it to hold tickets back, for instance from a closed phase; the host
        only checks that the stage belongs to the process.
        """
        if self.process_id != stage.process_id:
            raise UserError(
                self.env._(
                    "The stage “%(stage)s” does not belong to the ticket's process. "
                    "Choose a stage of “%(process)s”.",
                    stage=stage.name,
                    process=self.process_id[:1].display_name,
                )
            )

    def _get_enter_key(self):
        """Return what decides the values of a ticket that enters a stage."""
        done = self.phase in DONE_PHASES
        return done, bool(self.resolved_at), self.reopen_count, self.team_id.id

    def _prepare_enter_vals(self, stage, now, extra_vals):
        """Return what to write on tickets of one state that enter `stage`."""
        ticket = self[:1]
        vals = {"stage_id": stage.id, "stage_entered_at": now, **(extra_vals or {})}
        if stage.team_id and not vals.get("team_id"):
            vals["team_id"] = stage.team_id.id
        if vals.get("team_id") and vals["team_id"] != ticket.team_id.id:
            vals.setdefault("user_id", False)
        if stage.phase in DONE_PHASES:
            if stage.phase != "cancelled" and not ticket.resolved_at:
                vals["resolved_at"] = now
            vals["closed_at"] = now if stage.phase in ENDED_PHASES else False
        elif ticket.phase in DONE_PHASES:
            vals.update(resolved_at=False, closed_at=False)
            vals["reopen_count"] = ticket.reopen_count + 1
        return vals

    def _follow_type(self):
        """Move tickets whose type was changed into the process of the new type."""
        for ticket in self.filtered(lambda t: t.type_id.process_id != t.process_id):
            process = ticket.type_id.process_id
            stage = self._get_stage_of_phase(process, ticket.phase)
            ticket._with_flow().process_id = process
            ticket._enter_stage(stage or process._get_first_stage())

    # -- routes -------------------------------------------------------------

    def _move_by_hand(self, stage_id=None, phase=None):
        """Go to a stage (or the first one of a phase) by a button's route.

        :raises UserError: no button of the present stage leads there
        """
        for ticket in self:
            stage = self.env["service.stage"].browse(stage_id or ())
            if not stage and phase != ticket.phase:
                stage = ticket._choose_stage_of_phase(phase)
            if stage and stage != ticket.stage_id:
                ticket._follow_route(ticket._find_route_to(stage))

    def _choose_stage_of_phase(self, phase):
        """Return the stage of `phase` that a button leads to, else the first one."""
        reachable = self.available_route_ids.to_stage_id
        stage = reachable.filtered(lambda stage: stage.phase == phase)[:1]
        return stage or self._get_stage_of_phase(self.process_id, phase)

    def _find_route_to(self, stage):
        """Return the button's route from the present stage to `stage`.

        :raises UserError: there is none
        """
        self.ensure_one()
        routes = self.available_route_ids
        route = routes.filtered(lambda route: route.to_stage_id == stage)[:1]
        if not route:
            raise UserError(self._get_no_route_message(stage.name))
        return route

    def _get_no_route_message(self, target):
        """Return the sentence that tells where this ticket can go instead."""
        names = self.available_route_ids.to_stage_id.mapped("name")
        if not names:
            return self.env._(
                "Ticket %(number)s cannot go from “%(stage)s” to “%(target)s”: its "
                "process has no button there that fits this ticket.",
                number=self.number,
                stage=self.stage_id.name,
                target=target,
            )
        return self.env._(
            "Ticket %(number)s cannot go from “%(stage)s” to “%(target)s”. From "
            "there it can go to: %(stages)s.",
            number=self.number,
            stage=self.stage_id.name,
            target=target,
            stages=", ".join(names),
        )

    def _follow_route(self, route):
        """Enter the stage that `route` leads to, with its team and priority."""
        extra_vals = {}
        if route.team_id:
            extra_vals["team_id"] = route.team_id.id
        if route.priority:
            extra_vals["priority"] = route.priority
        self._enter_stage(route.to_stage_id, extra_vals)

    def _apply_automatic_routes(self):
        """Follow the automatic routes that fit, until none fits any more.

        :raises UserError: they lead in a circle
        """
        processes = self.env["service.route"]._get_ids_by_process("automatic")
        if not processes:
            return
        moving = self.filtered(lambda ticket: ticket.process_id.id in processes)
        for _step in range(MAX_AUTOMATIC_STEPS):
            moving = moving._follow_first_fits()
            if not moving:
                return
        raise UserError(
            self.env._(
                "The automatic routes of the process “%(process)s” send ticket "
                "%(number)s in a circle, now at “%(stage)s”. Ask the service manager "
                "to change their conditions.",
                process=moving[0].process_id.display_name,
                number=moving[0].number,
                stage=moving[0].stage_id.name,
            )
        )

    def _follow_first_fits(self):
        """Take one automatic route each, the first that fits; return who moved."""
        moved = self.browse()
        for stage, tickets in self.grouped("stage_id").items():
            for route in self.env["service.route"]._get_routes(stage, "automatic"):
                fits = route._filter_tickets(tickets)
                fits._follow_route(route)
                moved |= fits
                tickets -= fits
        return moved

    # -- buttons ------------------------------------------------------------

    def action_route(self, route):
        """Go along a button's route.

        :param route: a `service.route` or its id
        :raises UserError: it does not leave from the tickets' stage, or its
            condition does not hold
        """
        if isinstance(route, int):
            route = self.env["service.route"].browse(route).exists()
        self.check_access("write")
        for ticket in self:
            if not route or route not in ticket.available_route_ids:
                raise UserError(
                    ticket._get_no_route_message(route.to_stage_id.name or "?")
                )
            ticket._follow_route(route)
        self._apply_automatic_routes()
        return True

    def action_close(self):
        """Close the tickets, by way of being resolved if they are not yet.

        :raises UserError: a ticket is closed or cancelled already
        """
        self.check_access("write")
        for ticket in self:
            if not ticket.is_open:
                raise UserError(
                    self.env._(
                        "Ticket %(number)s is closed already.", number=ticket.number
                    )
                )
        self.filtered(lambda t: t.phase != "resolved")._enter_phase("resolved")
        self._enter_phase("closed")
        return True

    def action_reopen(self):
        """Take resolved, closed or cancelled tickets up again.

        :raises UserError: a ticket is still being worked on
        """
        self.check_access("write")
        for ticket in self:
            if ticket.phase not in DONE_PHASES:
                raise UserError(
                    self.env._(
                        "Ticket %(number)s is still open, there is nothing to reopen.",
                        number=ticket.number,
                    )
                )
        for process, tickets in self.grouped("process_id").items():
            stage = self._get_stage_of_phase(process, "in_progress")
            tickets._enter_stage(stage or process._get_first_stage())
        self._apply_automatic_routes()
        return True
