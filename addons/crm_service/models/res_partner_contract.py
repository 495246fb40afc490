# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.customer_source import Source

CONTRACT_TONES = {"draft": "info", "active": "success", "terminated": "danger"}
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

    # -- timeline -------------------------------------------------------------

    @api.model
    def _get_service_sources(self):
        """Override of `res.partner` to show contracts, from the day they begin."""
        contract = Source(
            "contract",
            self.env._("Contracts"),
            "service.contract",
            "fa-file-text-o",
            ("date_start",),
            ("name", "state", "template_id", "covered_until", "user_id"),
            domain=Domain("state", "!=", "cancelled"),
            sequence=32,
        )
        return [*super()._get_service_sources(), contract]

    @api.model
    def _prepare_service_entry_contract(self, contract):
        """Return what the timeline says of a contract."""
        day = format_date(self.env, contract.covered_until)
        return {
            "title": " · ".join(
                filter(None, (contract.name, contract.template_id.name))
            ),
            "text": self.env._("until %(day)s", day=day),
            "badge": self._get_service_label(contract, "state"),
            "tone": CONTRACT_TONES.get(contract.state, "secondary"),
            "who": self._get_service_person(contract),
        }
