# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import CONTRACT_COVERING_STATES, CONTRACT_SCOPES

OVERLAP_TEXT = (
    "Another contract covers the same at the same time. End that one first, or change "
    "the dates."
)


def _get_overlap_sql(column):
    """Return the constraint that lines for one thing do not overlap in time.

    Ranges are compared, numbers too, as PostgreSQL does without an extension.
    """
    return (
        f"EXCLUDE USING gist (int4range({column}, {column}, '[]') WITH &&, "
        "int4range(COALESCE(product_category_id, 0), "
        "COALESCE(product_category_id, 0), '[]') WITH &&, "
        "int4range(company_id, company_id, '[]') WITH &&, "
        "daterange(date_start, covered_until, '[]') WITH &&) "
        f"WHERE ({column} IS NOT NULL AND is_covering IS TRUE)"
    )


class ServiceContractLine(models.Model):
    """What a contract covers: a unit, a site or all of a customer, at which shares."""

    _name = "service.contract.line"
    _inherit = "service.contract.share.mixin"
    _description = "Contract Line"
    _order = "contract_id, sequence, id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "service.contract", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="contract_id.partner_id", store=True, precompute=True
    )
    scope = fields.Selection(CONTRACT_SCOPES, required=True, default="unit")
    asset_id = fields.Many2one(
        "service.asset",
        "Installed Unit",
        compute="_compute_targets",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="And its components.",
    )
    site_id = fields.Many2one(
        "res.partner",
        compute="_compute_targets",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="All units at this address, and at addresses that belong to it.",
    )
    customer_id = fields.Many2one(
        "res.partner",
        "Whole Customer",
        compute="_compute_targets",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The customer, if the line covers all of their units.",
    )
    product_category_id = fields.Many2one(
        "product.category",
        ondelete="restrict",
        help="Only units of this category, or of those below it. Empty: all.",
    )
    date_start = fields.Date(
        related="contract_id.date_start", store=True, precompute=True
    )
    covered_until = fields.Date(
        related="contract_id.covered_until", store=True, precompute=True
    )
    state = fields.Selection(related="contract_id.state")
    is_covering = fields.Boolean(
        compute="_compute_is_covering",
        store=True,
        help="The contract is neither a draft nor cancelled.",
    )

    _unit_overlap = models.Constraint(_get_overlap_sql("asset_id"), OVERLAP_TEXT)
    _site_overlap = models.Constraint(_get_overlap_sql("site_id"), OVERLAP_TEXT)
    _customer_overlap = models.Constraint(_get_overlap_sql("customer_id"), OVERLAP_TEXT)
    _one_unit = models.UniqueIndex(
        "(contract_id, asset_id) WHERE asset_id IS NOT NULL",
        "A unit can be in a contract only once. Take the other line out.",
    )

    # -- values ---------------------------------------------------------------

    @api.depends("scope", "contract_id.partner_id")
    def _compute_targets(self):
        """Keep what the scope speaks of, and nothing else."""
        for line in self:
            line.asset_id = line.scope == "unit" and line.asset_id
            line.site_id = line.scope == "site" and line.site_id
            line.customer_id = line.scope == "customer" and line.contract_id.partner_id

    @api.depends("contract_id.state", "date_start", "covered_until")
    def _compute_is_covering(self):
        for line in self:
            start, until = line.date_start, line.covered_until
            line.is_covering = (
                line.contract_id.state in CONTRACT_COVERING_STATES
                and bool(start and until and start <= until)
            )

    @api.depends("contract_id.template_id")
    def _compute_shares(self):
        names = list(self._get_share_names().values())
        usual = self.env["service.contract.template"].default_get(names)
        for line in self:
            template = line.contract_id.template_id
            for name in names:
                line[name] = template[name] if template else usual.get(name, 0.0)

    @api.depends("scope", "asset_id", "site_id", "customer_id", "product_category_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            target = line.asset_id or line.site_id or line.customer_id
            words = (target.display_name, line.product_category_id.display_name)
            line.display_name = " · ".join(filter(None, words))

    def _copy_vals(self):
        """Return the values of these lines for another contract."""
        names = ["sequence", "scope", *self._get_share_names().values()]
        names += ["asset_id", "site_id", "product_category_id"]
        return [
            {n: line._fields[n].convert_to_write(line[n], line) for n in names}
            for line in self
        ]

    def _prepare_status(self):
        """Return what other systems are told of this line: JSON types, no ids."""
        self.ensure_one()
        return {
            "scope": self.scope,
            "serial_number": self.asset_id.serial_number or "",
            "product": self.asset_id.product_id.display_name or "",
            "site": self.site_id.display_name or "",
            "category": self.product_category_id.complete_name or "",
            "shares": {k: self[name] for k, name in self._get_share_names().items()},
        }
