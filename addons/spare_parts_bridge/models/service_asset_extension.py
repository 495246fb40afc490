# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class ServiceAsset(models.Model):
    """Units that are delivered with an extension get it."""

    _inherit = "service.asset"

    @api.model
    def _follow_deliveries(self, deliveries):
        """Override of `_follow_deliveries` to extend the warranty of what was sold so.

        Runs as superuser.
        """
        units = super()._follow_deliveries(deliveries)
        if units:
            self.env["service.warranty.extension"]._name_units(units)
        return units
