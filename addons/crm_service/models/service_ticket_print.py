# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models

from ..tools.barcode import get_barcode_uri


class ServiceTicket(models.Model):
    """What is printed of a ticket."""

    _inherit = "service.ticket"

    def _get_report_barcode(self, kind, width, height):
        """Return the number of this ticket as a picture, see `get_barcode_uri`."""
        self.ensure_one()
        return get_barcode_uri(kind, self.number, width, height)
