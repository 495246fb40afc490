# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

STAFF = "crm_service.group_service_technician"


class ResPartner(models.Model):
    """The contracts of a customer and of his contacts."""

    _inherit = "res.partner"

    service_contract_ids = fields.One2many(
        "service.contract", "partner_id", "Service Contracts", groups=STAFF
    )
    service_contract_count = fields.Integer(
        "Contracts in Force", compute="_compute_service_contract_count", groups=STAFF
    )

    def _compute_service_contract_count(self):
        """Count contracts of customers and their contacts, in a query for all."""
        self.service_contract_count = 0
        contracts = self.env["service.contract"]
        groups = self._read_service_groups(
            "service.contract", [], ["__count"], contracts._get_in_force_domain()
        )
        for partners, count in groups:
            for partner in partners:
                partner.service_contract_count += count

    def action_open_service_contracts(self):
        """Open the contracts of this customer and of his contacts."""
        return self._open_service_rows("crm_service.service_contract_action")
