# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import WARRANTY_SOON_DAYS, WARRANTY_STATES
from ..tools.warranty_terms import get_ends
from .service_warranty_facts import DATE_FIELDS, WarrantyFacts

UNTIL_FIELDS = {
    "part": "warranty_parts_until",
    "labour": "warranty_labour_until",
    "travel": "warranty_travel_until",
}
# What the dates follow from, on a unit and on the one that it is a component of.
SOURCE_FIELDS = (
    "company_id",
    "product_id.product_tmpl_id.categ_id",
    "chosen_policy_id",
    "chosen_supplier_policy_id",
    *DATE_FIELDS.values(),
    "batch_id.manufactured_on",
    "dealer_id",
    "transfer_ids.date",
    "extension_ids.active",
    "extension_ids.policy_id",
    "extension_ids.date_start",
    "extension_ids.date_end",
)


class ServiceAsset(models.Model):
    """What a unit is covered by, from when, and until when."""

    _inherit = "service.asset"

    chosen_policy_id = fields.Many2one(
        "service.warranty.policy",
        "Terms of This Unit",
        check_company=True,
        domain=[("provider", "=", "own"), ("is_extension", "=", False)],
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Instead of those of its product or category.",
    )
    chosen_supplier_policy_id = fields.Many2one(
        "service.warranty.policy",
        "Supplier's Terms of This Unit",
        check_company=True,
        domain=[("provider", "=", "supplier")],
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    extension_ids = fields.One2many(
        "service.warranty.extension", "asset_id", "Extensions"
    )
    put_in_ids = fields.One2many(
        "service.asset.exchange", "installed_id", readonly=True
    )
    warranty_policy_id = fields.Many2one(
        "service.warranty.policy",
        "Warranty Terms",
        compute="_compute_warranty",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    supplier_policy_id = fields.Many2one(
        "service.warranty.policy",
        "Supplier's Terms",
        compute="_compute_warranty",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    warranty_start = fields.Date(
        "Warranty From", compute="_compute_warranty", store=True, precompute=True
    )
    warranty_until = fields.Date(
        compute="_compute_warranty",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The last day on which warranty or extension pay for anything.",
    )
    warranty_parts_until = fields.Date(
        "Parts Until", compute="_compute_warranty", store=True, precompute=True
    )
    warranty_labour_until = fields.Date(
        "Labour Until", compute="_compute_warranty", store=True, precompute=True
    )
    warranty_travel_until = fields.Date(
        "Travel Until", compute="_compute_warranty", store=True, precompute=True
    )
    supplier_until = fields.Date(
        "Supplier Pays Until", compute="_compute_warranty", store=True, precompute=True
    )
    warranty_state = fields.Selection(
        WARRANTY_STATES,
        "Warranty",
        compute="_compute_warranty_state",
        search="_search_warranty_state",
    )

    @api.depends(
        *SOURCE_FIELDS,
        *(f"parent_id.{name}" for name in SOURCE_FIELDS),
        "put_in_ids.date",
    )
    def _compute_warranty(self):
        """Count the days of all units together."""
        covers = self._get_warranty_covers()
        for asset in self:
            found = covers[asset]
            ends = get_ends(c for c in found.covers if c.payer != "goodwill")
            asset.warranty_policy_id = found.policy_id or False
            asset.supplier_policy_id = found.supplier_policy_id or False
            asset.warranty_start = found.start
            asset.warranty_until = max(ends.values(), default=False)
            for kind, name in UNTIL_FIELDS.items():
                asset[name] = ends.get(kind, False)
            owed = get_ends(found.supplier)
            asset.supplier_until = max(owed.values(), default=False)

    def _recount_warranty(self):
        """Have the days of these units and of their components counted anew."""
        units = self
        below = self
        while below:
            below = self.search([("parent_id", "in", below.ids)]) - units
            units |= below
        for name in (
            "warranty_policy_id",
            "supplier_policy_id",
            "warranty_start",
            "warranty_until",
            "supplier_until",
            *UNTIL_FIELDS.values(),
        ):
            self.env.add_to_compute(self._fields[name], units)

    # -- state ------------------------------------------------------------------

    @api.depends("warranty_policy_id", "warranty_start", "warranty_until")
    def _compute_warranty_state(self):
        today = fields.Date.context_today(self)
        for asset in self:
            asset.warranty_state = asset._get_warranty_state(today)

    def _get_warranty_state(self, today):
        """Return one of `const.WARRANTY_STATES`."""
        if not self.warranty_until:
            return "unknown" if self.warranty_policy_id else "none"
        if self.warranty_until < today:
            return "ended"
        is_future = self.warranty_start and self.warranty_start > today
        return "future" if is_future else "covered"

    @api.model
    def _search_warranty_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        states = {
            "none": Domain("warranty_until", "=", False)
            & Domain("warranty_policy_id", "=", False),
            "unknown": Domain("warranty_until", "=", False)
            & Domain("warranty_policy_id", "!=", False),
            "ended": Domain("warranty_until", "<", today),
            "future": Domain("warranty_until", ">=", today)
            & Domain("warranty_start", ">", today),
            "covered": Domain("warranty_until", ">=", today)
            & (
                Domain("warranty_start", "<=", today)
                | Domain("warranty_start", "=", False)
            ),
        }
        return Domain.OR(states[state] for state in value if state in states)

    # -- what covers ------------------------------------------------------------

    def _get_warranty_covers(self):
        """Return {unit: UnitCovers}; a component has what its unit has, too.

        A number of queries that does not grow with the number of units.
        """
        # sudo: what covers a unit does not depend on who asks
        units_sudo = self.sudo()._with_units_above()
        facts = units_sudo._prepare_warranty_facts()
        alone = {unit: facts.cover(unit) for unit in units_sudo}
        return {
            asset: facts.join(asset_sudo, alone)
            for asset, asset_sudo in zip(self, self.sudo(), strict=True)
        }

    def _with_units_above(self):
        """Return these units, and those that they are components of."""
        units = above = self
        while above := above.parent_id - units:
            units |= above
        return units

    def _prepare_warranty_facts(self):
        """Return what has to be looked up for all these units together."""
        real = self._origin
        extensions = self.env["service.warranty.extension"].search(
            [("asset_id", "in", real.ids)], order="date_start, id"
        )
        return WarrantyFacts(
            self.env["service.warranty.policy"],
            extensions.grouped("asset_id"),
            real._get_transfer_days(),
            real._get_exchange_days(),
        )

    def _get_transfer_days(self):
        """Return {id of a unit: [(day, who gave it)]} of changes of owners."""
        transfers = self.env["service.asset.transfer"].search_fetch(
            [
                ("asset_id", "in", self.ids),
                ("is_owner_changed", "=", True),
                ("from_partner_id", "!=", False),
                ("to_partner_id", "!=", False),
            ],
            ["asset_id", "date", "from_partner_id"],
            order="date, id",
        )
        days = {}
        for row in transfers:
            giver = row.from_partner_id
            days.setdefault(row.asset_id.id, []).append((row.date, giver))
        return days

    def _get_exchange_days(self):
        """Return {id of a component: the day on which it was put in}."""
        groups = self.env["service.asset.exchange"]._read_group(
            [("installed_id", "in", self.ids)], ["installed_id"], ["date:max"]
        )
        return {component.id: day for component, day in groups}

    def _get_warranty_dates(self):
        """Return {basis: day} of what a warranty may count from."""
        dates = {basis: self[name] or None for basis, name in DATE_FIELDS.items()}
        dates["manufacture"] = (
            dates["manufacture"] or self.batch_id.manufactured_on or None
        )
        return dates

    # -- checks -------------------------------------------------------------------

    @api.constrains("chosen_policy_id", "chosen_supplier_policy_id")
    def _check_chosen_policies(self):
        for asset in self:
            own, theirs = asset.chosen_policy_id, asset.chosen_supplier_policy_id
            wrong = own.filtered(lambda p: p.provider != "own" or p.is_extension)
            wrong |= theirs.filtered(lambda p: p.provider != "supplier")
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” cannot be chosen here for unit %(unit)s. Choose "
                        "terms of the right side that are not an extension.",
                        policy=wrong[0].name,
                        unit=asset.serial_number,
                    )
                )

    # -- what is shown -------------------------------------------------------------

    def _get_coverage_summary(self):
        """Override of `_get_coverage_summary` to tell of warranty and extensions."""
        rows = super()._get_coverage_summary()
        return [*self._summarize_warranty(), *rows]

    def _summarize_warranty(self):
        """Return the rows about warranty, extensions and the supplier."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        if not self.warranty_until:
            return [self._summarize_no_warranty()]
        tone = "success"
        if self.warranty_until < today:
            tone = "danger"
        elif self.warranty_until <= today + timedelta(days=WARRANTY_SOON_DAYS):
            tone = "warning"
        elif self.warranty_state == "future":
            tone = "info"
        rows = [
            {
                "kind": "warranty",
                "label": self.warranty_policy_id.name or self.env._("Warranty"),
                "until": self.warranty_until,
                "tone": tone,
            }
        ]
        if self.supplier_until and self.supplier_until >= today:
            rows.append(
                {
                    "kind": "supplier",
                    "label": self.supplier_policy_id.name,
                    "until": self.supplier_until,
                    "tone": "info",
                }
            )
        return rows

    def _summarize_no_warranty(self):
        """Return the row about a unit without a known warranty."""
        basis = self.warranty_policy_id.start_basis
        label = self.env._("No warranty terms")
        if basis:
            name = DATE_FIELDS[basis]
            label = self.env._(
                "Warranty: “%(field)s” is missing",
                field=self._fields[name]._description_string(self.env),
            )
        return {"kind": "warranty", "label": label, "until": None, "tone": "secondary"}
