# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class ServiceTicket(models.Model):
    """Charges follow who pays."""

    _inherit = "service.ticket"

    def _after_entitlement_change(self):
        """Override of `_after_entitlement_change` to split open charges anew."""
        result = super()._after_entitlement_change()
        self._resplit_charges()
        return result
