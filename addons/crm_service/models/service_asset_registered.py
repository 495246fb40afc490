# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceAsset(models.Model):
    """How a unit gets the owner who registered it."""

    _inherit = "service.asset"

    def _register_owner(self, partner, registration):
        """Note whose this unit is and since when.

        :param partner: the customer
        :param registration: what the customer said
        """
        self.ensure_one()
        vals = {"registered_on": fields.Date.context_today(self)}
        if self.partner_id.commercial_partner_id != partner.commercial_partner_id:
            note = self.env._("Registered by the customer")
            self._transfer(partner, partner, note=note)
        if registration.bought_on and not self.sold_on:
            vals["sold_on"] = registration.bought_on
        if registration.dealer_id and not self.dealer_id:
            vals["dealer_id"] = registration.dealer_id.id
        self.write(vals)
