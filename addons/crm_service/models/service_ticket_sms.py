# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class ServiceTicket(models.Model):
    """Tickets that text messages are sent from."""

    _inherit = "service.ticket"

    def _phone_get_number_fields(self):
        """Override to send text messages to the phone of the ticket."""
        return ["partner_phone"]
