# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.exceptions import UserError


class ServiceTicket(models.Model):
    """What a person does with a ticket: take it, put it back, hand it over."""

    _inherit = "service.ticket"

    def action_take(self):
        """Make the user responsible; a request just received is being checked now."""
        for ticket in self:
            if not ticket.is_open:
                raise UserError(
                    self.env._(
                        "Ticket %(number)s is closed. Reopen it before you take it.",
                        number=ticket.number,
                    )
                )
        self.write({"user_id": self.env.uid})
        self.filtered(lambda t: t.phase == "received")._move_to_phase("triage")
        return True
