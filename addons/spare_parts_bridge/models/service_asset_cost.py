from odoo import api, models
from odoo.fields import Domain


class ServiceAsset(models.Model):
    """What a unit cost and earned."""

    _name = "service.asset"
    _inherit = ["service.asset", "service.cost.open"]

    @api.model
    def _get_cost_domain(self, records):
        """Override of `_get_cost_domain`: rows of these units and their components."""
        return Domain("asset_id", "child_of", records.ids)
