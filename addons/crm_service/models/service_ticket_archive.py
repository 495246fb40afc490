# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.exceptions import AccessError

DISPATCHER = "crm_service.group_service_dispatcher"


class ServiceTicket(models.Model):
    """Who may put tickets away: their promises are on hold from then on."""

    _inherit = "service.ticket"

    def write(self, vals):
        """Override to let only a dispatcher archive what is still open.

        :raises AccessError: somebody else tries
        """
        if "active" in vals and not vals["active"]:
            self._check_can_archive()
        return super().write(vals)

    def _check_can_archive(self):
        """Refuse to archive open tickets for whoever does not plan the work."""
        self.check_access("write")
        ticket = self.filtered(lambda ticket: ticket.active and ticket.is_open)[:1]
        if not ticket or self.env.su or self.env.user.has_group(DISPATCHER):
            return
        raise AccessError(
            self.env._(
                "Ticket %(number)s is still open, and its promises would stand still "
                "in the archive. Ask a dispatcher to archive it, or close it first.",
                number=ticket.number,
            )
        )
