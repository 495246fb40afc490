# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain


class ServiceMaintenanceDue(models.Model):
    """Maintenance that a contract promises: tickets only while it is in force."""

    _inherit = "service.maintenance.due"

    contract_id = fields.Many2one(
        related="plan_id.contract_id",
        store=True,
        precompute=True,
        index="btree_not_null",
    )

    @api.depends("asset_id.partner_id", "site_id", "contract_id.partner_id")
    def _compute_partner_id(self):
        return super()._compute_partner_id()

    def _get_partner(self):
        """Override to be the contract's customer, where the unit has no owner."""
        return self.asset_id.partner_id or self.contract_id.partner_id or self.site_id

    @api.model
    def _get_ready_domain(self):
        """Override to wait for contracts that are not in force."""
        in_force = Domain("contract_id.state", "=", "active")
        return super()._get_ready_domain() & (
            Domain("contract_id", "=", False) | in_force
        )
