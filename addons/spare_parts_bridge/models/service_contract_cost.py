from odoo import api, models
from odoo.fields import Domain


class ServiceContract(models.Model):
    """What a contract cost and earned."""

    _name = "service.contract"
    _inherit = ["service.contract", "service.cost.open"]

    @api.model
    def _get_cost_domain(self, records):
        """Override of `_get_cost_domain`: its invoices and its tickets."""
        return Domain("contract_id", "in", records.ids)
