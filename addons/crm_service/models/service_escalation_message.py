# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, fields, models

# Machines do not answer messages with this header (RFC 3834).
AUTO_SUBMITTED = repr({"Auto-Submitted": "auto-generated"})
# How many tickets a message names; the list shows the others.
MAX_NAMED = 30


class ServiceEscalationEvent(models.Model):
    """Messages of escalations: one for each person, however many tickets there are."""

    _inherit = "service.escalation.event"

    def _send_messages(self):
        """Tell staff and apologise to customers, as the levels ask for."""
        by_user = {}
        for event in self:
            users = event._get_recipients()
            for user in users:
                by_user.setdefault(user, self.browse())
                by_user[user] |= event
            if users:
                event._note("told", ", ".join(users.mapped("name")))
            elif event._wants_to_tell():
                event._note("told_nobody")
        for user, events in by_user.items():
            events._tell(user)
        for level, events in self.grouped("escalation_id").items():
            if level.mail_template_id:
                events._try(lambda e, to=level: e._apologise(to))

    def _wants_to_tell(self):
        """Tell whether somebody of the staff was to be told."""
        level = self.escalation_id
        return not level or level.notify_user or level.notify_leader

    def _get_recipients(self):
        """Return the users to tell; of a warning, whoever keeps the ticket."""
        level, ticket = self.escalation_id, self.ticket_id
        if self.is_safety and not level:
            return self._get_safety_recipients()
        if not level:
            return self._get_keeper()
        users = level.notify_user_ids
        if level.notify_user:
            users |= ticket.user_id
        if level.notify_leader:
            users |= ticket.team_id.user_id
        users = (users - ticket._get_kept_away()).filtered("active")
        if self.is_safety and not users:
            return self._get_safety_recipients()
        return users

    def _get_safety_recipients(self):
        """Return whom to tell of a safety risk: who keeps it and who leads."""
        ticket = self.ticket_id
        leaders = ticket.team_id.user_id
        leaders |= ticket.company_id.service_complaint_team_id.user_id
        users = ticket.user_id | leaders
        if not (users - ticket._get_kept_away()):
            group = self.env.ref("crm_service.group_service_supervisor")
            users = group.all_user_ids.filtered(
                lambda user: ticket.company_id in user.company_ids
            )
        return (users - ticket._get_kept_away()).filtered("active")

    def _tell(self, user):
        """Send `user` one message about all these events."""
        events = self.with_context(lang=user.lang, tz=user.tz)
        tickets = events.ticket_id
        thread = tickets if len(tickets) == 1 else self.env["mail.thread"]
        thread.message_notify(
            partner_ids=user.partner_id.ids,
            subject=events._get_subject(),
            body=events._get_body(),
        )

    def _get_subject(self):
        """Return the subject of a message about these events."""
        tickets = self.ticket_id
        if len(tickets) == 1:
            return self.env._(
                "%(level)s: ticket %(number)s",
                level=", ".join(dict.fromkeys(self.mapped("display_name"))),
                number=tickets.number,
            )
        return self.env._("%(count)s tickets need you", count=len(tickets))

    def _get_body(self):
        """Return a line with a link for each of these events."""
        lines = [event._get_line() for event in self[:MAX_NAMED]]
        if len(self) > MAX_NAMED:
            more = self.env._("and %(count)s more", count=len(self) - MAX_NAMED)
            lines.append(Markup("<li>%s</li>") % more)
        return Markup("<ul>%s</ul>") % Markup().join(lines)

    def _get_line(self):
        """Return the line of this event: level, ticket, promise and deadline."""
        deadline = self.sla_id.deadline
        due = fields.Datetime.context_timestamp(self, deadline) if deadline else ""
        return Markup('<li>%s: <a href="%s">%s</a> (%s %s)</li>') % (
            self.display_name,
            f"/odoo/service-tickets/{self.ticket_id.id}",
            self.ticket_id.display_name,
            self._get_cause(),
            due and due.strftime("%Y-%m-%d %H:%M"),
        )

    # -- the customer ---------------------------------------------------------

    def _apologise(self, level):
        """Send the customers the apology of `level`, with its new promise."""
        self._promise_again(level.promise_hours)
        with_email = self.filtered(lambda event: event.ticket_id.partner_email)
        (self - with_email)._note("no_email")
        tickets = with_email.ticket_id
        if tickets:
            template = level.mail_template_id
            template.send_mail_batch(
                tickets.ids, email_values={"headers": AUTO_SUBMITTED}
            )
        for event in with_email:
            event._note("apology", event.ticket_id.partner_email)

    def _promise_again(self, hours):
        """Set what the customers are promised instead, `hours` of work from now."""
        if not hours:
            return
        for event in self.filtered("sla_id"):
            event.ticket_id._with_flow().promised_at = event._get_promise(hours)

    @api.model
    def _get_moment_in(self, clock, hours):
        """Return the moment after so many working hours on `clock`, or False."""
        now = fields.Datetime.now()
        values = {
            "started_at": now,
            "target_seconds": round(hours * 3600),
            "reached_at": now,  # the spans on hold before now do not matter
            "calendar_id": clock.calendar_id.id,
        }
        needed = values["target_seconds"]
        return clock._get_clock(clock.ticket_id, values, needed).deadline or False

    def _get_promise(self, hours):
        """Return when this event's customer may expect an end, from now."""
        return self._get_moment_in(self.sla_id, hours)
