from odoo import api, models
from odoo.fields import Domain


class ServiceTicket(models.Model):
    """What a ticket cost and earned."""

    _name = "service.ticket"
    _inherit = ["service.ticket", "service.cost.open"]

    @api.model
    def _get_cost_domain(self, records):
        """Override of `_get_cost_domain`: rows of these tickets."""
        return Domain("ticket_id", "in", records.ids)
