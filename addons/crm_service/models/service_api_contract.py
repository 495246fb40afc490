# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import UserError


class ServiceApi(models.AbstractModel):
    """Contracts, for other systems."""

    _inherit = "service.api"

    @api.model
    def contract_status(self, name):
        """Tell what a contract covers, until when, and what is left of it.

        :param str name: number of the contract
        :return: {name, reference, state, state_label, in_force, partner, template,
            date_start, date_end, covered_until, days_left, promise, renewed_by,
            lines: [{scope, serial_number, product, site, category, shares: {kind of
            cost: percent}}], balances: [{kind, granted, used, left, waiting}]};
            days are texts like 2026-12-31
        :raises UserError: there is no such contract, or it is not the caller's to see
        """
        (name,) = self._check_texts(name=name)
        contracts = self.env["service.contract"]
        contract = contracts
        if contracts.has_access("read"):
            contract = contracts.search([("name", "in", (name, name.upper()))], limit=1)
        if not contract:
            raise UserError(
                self.env._(
                    "There is no contract “%(name)s”. Check the number and try again.",
                    name=name,
                )
            )
        return contract._prepare_status()
