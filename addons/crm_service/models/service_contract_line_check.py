# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import CONTRACT_COVERING_STATES

TARGETS = {"unit": "asset_id", "site": "site_id", "customer": "customer_id"}


class ServiceContractLine(models.Model):
    """What a line must be for, and what else covers the same.

    `is_covering` is read nowhere here: once it is written, the constraint against
    races speaks first, which knows no names.
    """

    _inherit = "service.contract.line"

    # -- who may --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let supervisors alone add to a contract in force."""
        lines = super().create(vals_list)
        lines.contract_id._check_may_change_terms()
        return lines

    def write(self, vals):
        """Override to let supervisors alone change a contract in force."""
        if set(vals) - {"sequence"}:
            self.contract_id._check_may_change_terms()
        self.contract_id._ensure_keeps_rows(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_if_may_change(self):
        """Let supervisors alone take something out of a contract in force."""
        self.contract_id._check_may_change_terms()

    # -- checks ---------------------------------------------------------------

    @api.constrains(
        "scope", "asset_id", "site_id", "customer_id", "product_category_id"
    )
    def _check_target(self):
        for line in self:
            if not line[TARGETS[line.scope]]:
                raise ValidationError(
                    self.env._(
                        "Choose the unit or the site that a line of contract "
                        "“%(contract)s” is for.",
                        contract=line.contract_id.display_name,
                    )
                )
        self._check_twice()
        self.contract_id._check_overlap()

    def _check_twice(self):
        """Refuse the same thing twice in one contract."""
        for contract in self.contract_id:
            seen = set()
            for line in contract.line_ids:
                if line._get_target_key() in seen:
                    raise ValidationError(
                        self.env._(
                            "“%(target)s” is in contract “%(contract)s” twice. Take "
                            "one of the lines out.",
                            target=line.display_name,
                            contract=contract.display_name,
                        )
                    )
                seen.add(line._get_target_key())

    def _get_target_key(self):
        """Return what a line covers, to compare it with others."""
        target = self[TARGETS[self.scope]]
        return self.scope, target.id, self.product_category_id.id

    def _get_overlaps(self):
        """Return a line of these and another one that covers the same, or nothing."""
        # sudo: another contract counts, whoever may see it
        lines = self.sudo()
        domain = Domain.OR(
            Domain(name, "in", lines[name].ids) for name in TARGETS.values()
        )
        covering = Domain("contract_id.state", "in", CONTRACT_COVERING_STATES)
        known = lines.search(domain & covering)
        by_key = known.grouped(lambda line: line._get_target_key())
        for line in lines:
            for other in by_key.get(line._get_target_key(), ()):
                if line._overlaps(other):
                    return line, other
        return None

    def _overlaps(self, other):
        """Tell whether another contract covers the same as this one in time."""
        mine, theirs = self.contract_id, other.contract_id
        return (
            mine._origin != theirs._origin
            and mine.company_id == theirs.company_id
            and bool(mine.date_start and mine.covered_until)
            and mine.date_start <= theirs.covered_until
            and theirs.date_start <= mine.covered_until
        )

    def _get_overlap_text(self, other):
        """Return the sentence that names both contracts and what they cover."""
        return self.env._(
            "“%(target)s” is covered by contract %(other)s from %(start)s to %(stop)s, "
            "so contract %(contract)s cannot cover it at the same time. End the one "
            "first, or change the dates or the lines.",
            target=self.display_name,
            other=other.contract_id.name,
            contract=self.contract_id.name or "",
            start=format_date(self.env, other.contract_id.date_start),
            stop=format_date(self.env, other.contract_id.covered_until),
        )
