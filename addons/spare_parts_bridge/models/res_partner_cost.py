from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """What a customer cost and earned."""

    _name = "res.partner"
    _inherit = ["res.partner", "service.cost.open"]

    @api.model
    def _get_cost_domain(self, records):
        """Override of `_get_cost_domain`: of the customers as a whole."""
        return Domain("partner_id", "in", records.commercial_partner_id.ids)
