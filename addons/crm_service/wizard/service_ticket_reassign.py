# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceTicketReassign(models.TransientModel):
    """Give many tickets to a team, a person, or both."""

    _name = "service.ticket.reassign"
    _description = "Reassign"
    _inherit = "service.ticket.bulk"

    team_id = fields.Many2one("service.team", help="Empty: the team stays.")
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")
    user_id = fields.Many2one(
        "res.users",
        "Person",
        domain="[('id', 'in', candidate_ids)]",
        help="Empty: the ticket waits in its new team for somebody to take it.",
    )
    note = fields.Char(help="Why; noted on each ticket.")

    @api.depends("team_id", "ticket_ids")
    def _compute_candidate_ids(self):
        for wizard in self:
            teams = wizard.team_id or wizard.ticket_ids.team_id
            wizard.candidate_ids = (
                teams.member_ids
                or self.env["service.ticket.handover"]
                .new({"ticket_ids": wizard.ticket_ids.ids})
                ._get_service_people()
            )

    def action_apply(self):
        """Reassign the tickets; each whole or not at all."""
        if not self.team_id and not self.user_id:
            raise UserError(self.env._("Choose a team, a person, or both."))
        before = {t: (t.team_id.id, t.user_id.id) for t in self.ticket_ids}
        done, problems = self._do(self._reassign)
        told = self._tell(done).grouped("res_id")
        # sudo: the user may have given away the right to see the tickets
        self.undo_values = {
            ticket.id: {
                "before": before[ticket],
                "after": (ticket.team_id.id, ticket.user_id.id),
                "activities": told[ticket.id].ids if ticket.id in told else [],
            }
            for ticket in done.sudo()
        }
        return self._show(
            self.env._("%(count)s tickets reassigned.", count=len(done)), problems
        )

    def _reassign(self, tickets):
        """Give `tickets` to the chosen team and person."""
        tickets.check_access("write")
        tickets._check_open_for_work()
        for company in tickets.company_id if self.user_id else ():
            tickets._check_receiver(self.user_id, company)
        vals = {}
        if self.team_id:
            vals["team_id"] = self.team_id.id
        if self.user_id or self.team_id:
            vals["user_id"] = self.user_id.id
        tickets.with_context(mail_auto_subscribe_no_notify=True).write(vals)
        if self.note:
            tickets._note_reason(self.note)
            tickets._message_log_batch(bodies=dict.fromkeys(tickets.ids, self.note))

    def _tell(self, tickets):
        """Tell the new person, once, what is theirs now; return the activities."""
        if not tickets or not self.user_id or self.user_id == self.env.user:
            return self.env["mail.activity"]
        return tickets.with_context(
            mail_activity_quick_update=len(tickets) > 1
        ).activity_schedule(
            "crm_service.mail_activity_type_handover",
            summary=self.env._("Given by %(person)s", person=self.env.user.name),
            note=self.note or "",
            user_id=self.user_id.id,
        )

    def _undo_one(self, ticket, values):
        """Override to give the ticket back to whom it was taken from."""
        if (ticket.team_id.id, ticket.user_id.id) != tuple(values["after"]):
            self._raise_gone_on(ticket)
        ticket._check_open_for_work()
        team_id, user_id = values["before"]
        ticket.with_context(mail_auto_subscribe_no_notify=True).write(
            {"team_id": team_id, "user_id": user_id}
        )
        # only what this window wrote: others hand over with notes of their own
        own = values.get("activities", ())
        ticket.activity_ids.filtered(lambda activity: activity.id in own).unlink()
