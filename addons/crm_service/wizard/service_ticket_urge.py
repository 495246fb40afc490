# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceTicketUrge(models.TransientModel):
    """Remind whoever has the tickets, and their leaders, that they press."""

    _name = "service.ticket.urge"
    _description = "Urge"
    _inherit = "service.ticket.bulk"

    reason = fields.Char(required=True)

    def action_apply(self):
        """Urge the tickets; each whole or not at all."""
        done, problems = self._do(lambda tickets: tickets.action_urge(self.reason))
        if not problems:
            return {"type": "ir.actions.act_window_close"}
        return self._show(
            self.env._("%(count)s tickets urged.", count=len(done)), problems
        )
