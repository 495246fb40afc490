# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..const import DONE_PHASES, ENDED_PHASES


class ServiceTicket(models.Model):
    """The way of a ticket through the stages of its process."""

    _inherit = "service.ticket"

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
        self._after_enter_stage()
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

    def _enter_stage(
        self, stage, extra_vals=None, route=None, reason=None, is_adhoc=False
    ):
        """Enter `stage`, with its log, dates and team. The one place that does it.

        :param stage: a stage of the tickets' process; none does nothing
        :param dict extra_vals: what else to write
        :param route: the `service.route` that was taken, for the history
        :param str reason: why, for the history
        :param bool is_adhoc: whether the tickets leave the defined way
        """
        tickets = self.filtered(lambda ticket: stage and ticket.stage_id != stage)
        if not tickets:
            return
        tickets._check_enter_stage(stage)
        now = fields.Datetime.now()
        notes = {"route_id": route.id if route else False, "is_adhoc": is_adhoc}
        notes["reason"] = reason and reason.strip()
        origins = {ticket.id: ticket.stage_id.id for ticket in tickets}
        tickets._log_leave(now)
        for group in tickets.grouped(lambda t: t._get_enter_key()).values():
            group._with_flow().write(group._prepare_enter_vals(stage, now, extra_vals))
        tickets._log_enter(origins, notes)
        tickets._after_enter_stage()

    def _after_enter_stage(self):
        """Hook: these tickets, new ones too, have just entered their stage.

        Their history is written. Extend it for what follows from the stage, for all
        of them at once; it does nothing by default.
        """

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
        vals["has_loop_note"] = False
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
        """Move tickets whose type was changed into the process of the new type.

        Those of the same process stay on the version that they began with.
        """
        for ticket in self:
            process = ticket.type_id.process_id
            if process._get_key() == ticket.process_id._get_key():
                continue
            stage = self._get_stage_of_phase(process, ticket.phase)
            ticket._with_flow().process_id = process
            ticket._enter_stage(stage or process._get_first_stage())

    # -- buttons ------------------------------------------------------------

    def action_close(self):
        """Close the tickets, by way of being resolved if they are not yet.

        Supervisors close from any stage; others where buttons of theirs lead on.

        :raises UserError: a ticket is closed or cancelled already, something that its
            stage asks for is missing, or no button of the user leads there
        """
        self.check_access("write")
        for ticket in self:
            if not ticket.is_open:
                raise UserError(
                    self.env._(
                        "Ticket %(number)s is closed already.", number=ticket.number
                    )
                )
        if self._is_in_group("supervisor"):
            self._ensure_can_close()
            self._close()
        else:
            self._close_by_buttons()
        return True

    @api.model
    def _is_in_group(self, role):
        """Tell whether the user, or the system itself, has a service role."""
        return self.env.su or self.env.user.has_group(
            f"crm_service.group_service_{role}"
        )

    def _close(self):
        """Close the tickets from wherever they are."""
        self.filtered(lambda t: t.phase != "resolved")._enter_phase("resolved")
        self._enter_phase("closed")

    def _close_by_buttons(self):
        """Close the tickets by the buttons that the user has.

        :raises UserError: as `_move_by_hand`
        """
        for ticket in self:
            phases = set(ticket.available_route_ids.to_stage_id.mapped("phase"))
            if ticket.phase != "resolved" and "closed" not in phases:
                ticket._move_by_hand(phase="resolved")
            ticket._move_by_hand(phase="closed")
        self._apply_automatic_routes()

    def action_reopen(self):
        """Take resolved, closed or cancelled tickets up again.

        :raises AccessError: the user is no agent
        :raises UserError: a ticket is still being worked on
        """
        self.check_access("write")
        if not self._is_in_group("agent"):
            raise AccessError(
                self.env._(
                    "Only agents and supervisors reopen tickets. Ask one of them, or "
                    "use the ticket's buttons."
                )
            )
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
