# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models

from ..tools.entitlement import WHOLE


class ServiceContract(models.Model):
    """What of a contract's shares its balances leave for a ticket."""

    _inherit = "service.contract"

    def _find_own_lines(self, cases):
        """Return for each of `cases` (Facts) the line of this contract that covers it.

        Whether the day is in the term is told later: an answer names the last day.
        """
        self.ensure_one()
        start, until = self.date_start, self.covered_until
        inside = [case._replace(day=min(max(case.day, start), until)) for case in cases]
        return self.line_ids._find_lines(inside, contracts=self)

    def _get_balance_shares(self, ticket):
        """Return the balance that is used up, if any, and what part is borne.

        Hours are for labour, visits and cases for everything. What a ticket needs and
        did not get is not borne.

        :return: (balance or none, {kind of cost or None for the others: Fraction})
        """
        self.ensure_one()
        parts, empty = {None: WHOLE}, self.balance_ids.browse()
        for balance in self.balance_ids:
            part = balance._get_borne_part(ticket)
            kind = "labour" if balance.kind == "hours" else None
            if part < WHOLE:
                empty = balance
                parts[kind] = min(part, parts.get(kind, parts[None]))
        if "labour" in parts:
            parts["labour"] = min(parts["labour"], parts[None])
        return empty, parts
