# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..const import DONE_PHASES, MANUAL
from .service_team_assignment import BATCH

TRIES = 5  # of the job, when somebody else is giving tickets to the same people
PAUSE = 0.2  # seconds between them


class ServiceTeam(models.Model):
    """Giving what could not be given at once: the job, and the button."""

    _inherit = "service.team"

    @api.model
    def _get_waiting_domain(self):
        """Return the domain of tickets that wait for somebody."""
        return (
            Domain("user_id", "=", False)
            & Domain("is_open", "=", True)
            & Domain("phase", "not in", DONE_PHASES)
        )

    def _get_waiting(self):
        """Return {(team, company): tickets} of these teams, urgent and old first."""
        domain = Domain("team_id", "in", self.ids) & self._get_waiting_domain()
        tickets = self.env["service.ticket"].search_fetch(
            domain, ["team_id", "company_id"], order="priority desc, id"
        )
        return tickets.grouped(lambda ticket: (ticket.team_id, ticket.company_id))

    @api.model
    def _cron_assign(self):
        """Give what waits, each batch in a transaction of its own."""
        teams = self.search([("assignment_method", "!=", MANUAL)])
        # sudo: turns are nobody's to see or write
        self.env["service.assignment.turn"].sudo()._ensure(teams.sudo().member_ids)
        batches = [
            (team, company, batch)
            for (team, company), tickets in teams._get_waiting().items()
            for batch in split_every(BATCH, tickets.ids)
        ]
        self.env["ir.cron"]._commit_progress(remaining=len(batches))
        for team, company, batch in batches:
            if not team._distribute_batch(company, batch):
                soon = fields.Datetime.add(fields.Datetime.now(), minutes=1)
                self._assign_later([soon])
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _distribute_batch(self, company, ticket_ids):
        """Give these tickets of the job; tell whether it was this team's turn."""
        for attempt in range(TRIES):
            if attempt:
                # ends the transaction: the next attempt sees what others did
                self.env["ir.cron"]._commit_progress()
                time.sleep(PAUSE)
            waiting = self.env["service.ticket"].browse(ticket_ids)
            waiting = waiting.filtered_domain(
                self._get_waiting_domain() & Domain("team_id", "=", self.id)
            )
            if self._distribute(waiting, company, lock_tickets=True) is not None:
                return True
        return False

    def action_distribute(self):
        """Give the tickets that wait in these teams, as far as people have room.

        :raises UserError: a team assigns by hand
        """
        self.check_access("write")
        for team in self:
            if team.assignment_method == MANUAL:
                raise UserError(
                    self.env._(
                        "The team “%(team)s” assigns by hand. Choose another way of "
                        "assignment first.",
                        team=team.name,
                    )
                )
        self._follow_assignment_change({"member_ids"})
        # sudo: the team decides who gets a ticket, whoever asks it to
        groups = self.sudo()._get_waiting()
        given = waiting = 0
        for (team, company), tickets in groups.items():
            done = team._distribute(tickets[:BATCH], company, lock_tickets=True)
            given += len(done or ())
            waiting += len(tickets)
        return self._prepare_distribution_notice(given, waiting - given)

    @api.model
    def _prepare_distribution_notice(self, given, left):
        """Return the action that tells how many tickets were given."""
        message = self.env._(
            "Given: %(given)s. Still waiting: %(left)s.", given=given, left=left
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if left else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
