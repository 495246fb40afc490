# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.exceptions import UserError


class ServiceTicket(models.Model):
    """What is done to the unit of a ticket."""

    _inherit = "service.ticket"

    def action_exchange_component(self):
        """Open the window to exchange a component of the ticket's unit.

        :raises UserError: the ticket has no unit
        """
        asset = self._get_unit()
        return self._for_this_ticket(asset.action_exchange())

    def action_add_reading(self):
        """Open the window for a reading of a meter of the ticket's unit.

        :raises UserError: the ticket has no unit
        """
        asset = self._get_unit()
        return self._for_this_ticket(asset.action_add_reading())

    def _get_unit(self):
        """Return the unit of this ticket, which the user may read."""
        self.ensure_one()
        self.check_access("read")
        if not self.asset_id:
            raise UserError(
                self.env._(
                    "Choose the unit that ticket %(number)s is about.",
                    number=self.number,
                )
            )
        return self.asset_id

    def _for_this_ticket(self, action):
        """Return the window `action` for this ticket."""
        return {
            **action,
            "context": {**action["context"], "default_ticket_id": self.id},
        }
