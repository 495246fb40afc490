# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

# How urgent a ticket is by which somebody could be hurt.
URGENT = "3"


class ServiceTicket(models.Model):
    """A safety risk is escalated as soon as it is seen, whatever the clocks say."""

    _inherit = "service.ticket"

    def _start(self, wanted):
        """Override to escalate new tickets with a safety risk."""
        result = super()._start(wanted)
        self._escalate_safety()
        return result

    def write(self, vals):
        """Override to escalate a safety risk that is seen later."""
        result = super().write(vals)
        if vals.get("safety_risk") and not self._is_flow():
            self._escalate_safety()
        return result

    def _escalate_safety(self):
        """Fire the safety levels of the tickets' promises; once for each ticket.

        A ticket whose promise has none is escalated all the same: it gets urgent, and
        whoever keeps or leads it is told.
        """
        # sudo: the engine escalates for everybody
        risky = self.sudo().filtered("safety_risk")
        if not risky:
            return
        events_sudo = self.env["service.escalation.event"].sudo()
        told = events_sudo.search(
            [("ticket_id", "in", risky.ids), ("is_safety", "=", True)]
        )
        fresh = risky - told.ticket_id
        events = events_sudo.create(
            [vals for ticket in fresh for vals in ticket._prepare_safety_events()]
        )
        plain = events.filtered(lambda event: not event.escalation_id)
        if plain:
            plain._raise_priority(URGENT)
        events._act()

    def _prepare_safety_events(self):
        """Return the values of the events that a safety risk of this ticket makes."""
        levels = self.sla_policy_id.escalation_ids.filtered(
            lambda level: level.active and level.trigger == "safety"
        )
        return [
            {
                "ticket_id": self.id,
                "company_id": self.company_id.id,
                "escalation_id": level.id,
                "is_safety": True,
                "fired_at": fields.Datetime.now(),
            }
            for level in levels or [levels]
        ]
