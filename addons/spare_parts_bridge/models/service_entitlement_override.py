from odoo import api, models


class ServiceEntitlementOverride(models.Model):
    """What somebody decides counts for the charges that are not billed yet."""

    _inherit = "service.entitlement.override"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to split the open charges as decided."""
        overrides = super().create(vals_list)
        overrides.ticket_id._resplit_charges()
        return overrides

    def action_revoke(self):
        """Override to split the open charges by warranty and contracts again."""
        result = super().action_revoke()
        self.ticket_id._resplit_charges()
        return result
