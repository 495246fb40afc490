# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ServiceTicketReroute(models.TransientModel):
    """Send many tickets to another stage of their processes, with a reason."""

    _name = "service.ticket.reroute"
    _description = "Re-Route"
    _inherit = "service.ticket.bulk"

    line_ids = fields.One2many(
        "service.ticket.reroute.line",
        "reroute_id",
        "Processes",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    reason = fields.Char(required=True, help="Kept in each ticket's history.")

    @api.depends("ticket_ids")
    def _compute_line_ids(self):
        for wizard in self:
            groups = wizard.ticket_ids.grouped("process_id")
            wizard.line_ids = [Command.clear()] + [
                Command.create({"process_id": process.id, "ticket_count": len(tickets)})
                for process, tickets in groups.items()
            ]

    def action_apply(self):
        """Send the tickets on; each whole or not at all."""
        stages = {line.process_id: line.stage_id for line in self.line_ids}
        if not any(stages.values()):
            raise UserError(self.env._("Choose a stage for one process at least."))
        before = {ticket: ticket.stage_id.id for ticket in self.ticket_ids}
        done, problems = self._do(lambda tickets: self._reroute(tickets, stages))
        self.undo_values = {
            ticket.id: {"before": before[ticket], "after": ticket.stage_id.id}
            for ticket in done
        }
        return self._show(
            self.env._("%(count)s tickets re-routed.", count=len(done)), problems
        )

    def _reroute(self, tickets, stages):
        """Send `tickets` to the stage of their process.

        :raises UserError: no stage was chosen for one, or it cannot go there
        """
        for process, group in tickets.grouped("process_id").items():
            stage = stages.get(process)
            if not stage:
                raise UserError(
                    self.env._(
                        "No stage was chosen for the process “%(process)s”.",
                        process=process.display_name,
                    )
                )
            self._check_not_there(group, stage)
            group.action_detour(stage, self.reason)

    def _check_not_there(self, tickets, stage):
        """Refuse tickets that are in `stage` already."""
        for ticket in tickets.filtered(lambda t: t.stage_id == stage)[:1]:
            raise UserError(
                self.env._(
                    "Ticket %(number)s is in “%(stage)s” already.",
                    number=ticket.number,
                    stage=stage.name,
                )
            )

    def _undo_one(self, ticket, values):
        """Override to send the ticket back to the stage it came from."""
        if ticket.stage_id.id != values["after"]:
            self._raise_gone_on(ticket)
        stage = self.env["service.stage"].browse(values["before"])
        ticket.action_detour(
            stage, self.env._("Taken back: %(reason)s", reason=self.reason)
        )
