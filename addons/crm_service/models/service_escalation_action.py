# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ..const import DONE_PHASES
from ..tools.quiet_hours import end_of_quiet

# Many tickets may be changed at once: each gets one note of all that was done, and
# each person one message.
QUIET = {
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
}


class ServiceEscalationEvent(models.Model):
    """What is done when a level is fired, for all tickets that came to it together."""

    _inherit = "service.escalation.event"

    def _act(self):
        """Do what the levels ask for; messages may wait for quiet hours to end."""
        for level, events in self.grouped("escalation_id").items():
            if level.priority:
                events._try(lambda e, to=level.priority: e._raise_priority(to))
            if level.team_id or level.user_id:
                events._try(lambda e, to=level: e._hand_over(to.team_id, to.user_id))
            if level.activity_type_id:
                events._try(lambda e, to=level: e._schedule_activities(to))
        self._delay_messages()
        self.filtered(lambda event: not event.message_due_at)._send_messages()
        self._write_notes()

    def _try(self, action):
        """Do `action` for all events; if that fails, for each that allows it.

        What a level asks for may be refused, for instance by a process. It must not
        keep other tickets from being looked after. Only refusals are noted: errors
        of the database go through.

        :param action: called with the events
        """
        try:
            with self.env.cr.savepoint():
                action(self)
        except UserError as error:
            if len(self) == 1:
                self.invalidate_recordset()
                self._note("failed", str(error))
            else:
                for event in self:
                    event._try(action)

    # -- at once --------------------------------------------------------------

    def _raise_priority(self, priority):
        """Raise the priority of the tickets that have a lower one."""
        lower = self.filtered(lambda event: event.ticket_id.priority < priority)
        lower.ticket_id.with_context(**QUIET).write({"priority": priority})
        lower._note("priority", priority)

    def _hand_over(self, team, user):
        """Hand the tickets to a team, a person or both.

        A ticket that changes its team without a new person waits for one there.
        """
        tickets = self.ticket_id.with_context(**QUIET)
        if team:
            away = tickets.filtered(lambda t: t.team_id != team)
            vals = {"team_id": team.id, "user_id": user.id}
            away.write(vals)
            moved = self.filtered(lambda event: event.ticket_id.id in away.ids)
            moved._note("team", team.name)
        if user:
            tickets.filtered(lambda t: t.user_id != user).write({"user_id": user.id})
            self._note("user", user.name)

    def _schedule_activities(self, level):
        """Schedule the activity of `level` on the tickets."""
        given = {}
        for event in self:
            user = level.activity_user_id or event._get_keeper()
            if user:
                given[event] = user
            else:
                event._note("activity_nobody")
        model_id = self.env["ir.model"]._get_id("service.ticket")
        self.env["mail.activity"].with_context(**QUIET).create(
            [
                {
                    "activity_type_id": level.activity_type_id.id,
                    "summary": level.activity_summary,
                    "res_model_id": model_id,
                    "res_id": event.ticket_id.id,
                    # known here; found out later, it would be written once more
                    "res_name": event.ticket_id.display_name,
                    "user_id": user.id,
                    "date_deadline": fields.Date.context_today(
                        self.with_context(tz=user.tz)
                    ),
                    "automated": True,
                }
                for event, user in given.items()
            ]
        )
        for event, user in given.items():
            event._note("activity", user.name)

    def _get_keeper(self):
        """Return the person responsible for the ticket, else the team's leader.

        Not one whom a complaint is about.
        """
        ticket = self.ticket_id
        keeper = ticket.user_id or ticket._get_leader()
        if not keeper and self.is_safety:
            keeper = self._get_safety_recipients()[:1]
        return keeper

    # -- quiet hours ----------------------------------------------------------

    def _delay_messages(self):
        """Let messages wait where it is quiet now."""
        now = fields.Datetime.now()
        for event in self:
            policy = event.sla_id.policy_id
            if policy.has_quiet_hours:
                zone = event._get_zone()
                event.message_due_at = (
                    end_of_quiet(now, zone, policy.quiet_from, policy.quiet_to) or False
                )

    def _get_zone(self):
        """Return the name of the time zone in which the ticket's team works."""
        team = self.ticket_id.team_id.resource_calendar_id
        company = self.company_id.resource_calendar_id
        return (self.sla_id.calendar_id or team or company).tz or "UTC"

    def _get_waiting_domain(self):
        """Return the domain of events whose messages may go out now."""
        return [("message_due_at", "<=", fields.Datetime.now())]

    def _send_waiting(self, limit):
        """Send messages that waited for quiet hours to end; return their events."""
        events = self.search(
            self._get_waiting_domain(), limit=limit, order="message_due_at, id"
        ).try_lock_for_update()
        events.message_due_at = False
        late = events.filtered(lambda event: event.ticket_id.phase in DONE_PHASES)
        late._note("not_needed")
        (events - late)._send_messages()
        return events

    # -- history --------------------------------------------------------------

    def _write_notes(self):
        """Write what was done at once into the tickets' chatter."""
        bodies = {}
        for event in self.filtered(lambda e: e.escalation_id or e.is_safety):
            title = f"{event.display_name} ({event._get_cause()})"
            lines = (Markup("<br/>%s") % line for line in event.done.split("\n"))
            body = Markup("<p><b>%s</b>%s</p>") % (title, Markup().join(lines))
            ticket_id = event.ticket_id.id
            bodies[ticket_id] = bodies.get(ticket_id, Markup()) + body
        tickets = self.ticket_id.filtered(lambda ticket: ticket.id in bodies)
        tickets._message_log_batch(bodies)
