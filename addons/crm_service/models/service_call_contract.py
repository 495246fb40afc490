# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.fields import Domain

# So many contracts of a caller are shown.
MOST_CONTRACTS = 8


class ServiceCall(models.Model):
    """The contracts of a caller, while it rings."""

    _inherit = "service.call"

    def _get_contract_rows(self, partner):
        """Override of `service.call` to tell of contracts: those in force first."""
        rows = super()._get_contract_rows(partner)
        if not partner:
            return rows
        contracts = self.env["service.contract"]
        family = partner.commercial_partner_id.ids
        mine = Domain("partner_id", "child_of", family)
        mine &= Domain("company_id", "=", self.company_id.id)
        found = contracts.search(
            mine & contracts._get_in_force_domain(),
            order="covered_until, id",
            limit=MOST_CONTRACTS,
        )
        # one that has ended is worth a word: it may be renewed
        found = found or contracts.search(
            mine & Domain("state", "in", ("expired", "terminated")),
            order="covered_until desc, id desc",
            limit=1,
        )
        return [*rows, *(contract._prepare_call_row() for contract in found)]
