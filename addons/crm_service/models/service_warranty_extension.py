# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.entitlement import Cover
from ..tools.warranty_terms import DAY, EXTENSION, Extension, get_ends


class ServiceWarrantyExtension(models.Model):
    """A longer warranty that was sold for a unit."""

    _name = "service.warranty.extension"
    _description = "Warranty Extension"
    _inherit = ["mail.thread"]
    _order = "date_start desc, id desc"
    _rec_names_search = ["name", "asset_id.serial_number", "partner_id.name"]
    _check_company_auto = True

    name = fields.Char(
        "Reference", index="trigram", help="Such as the number of the certificate."
    )
    policy_id = fields.Many2one(
        "service.warranty.policy",
        "Terms",
        required=True,
        index=True,
        check_company=True,
        domain=[("is_extension", "=", True)],
        ondelete="restrict",
        tracking=True,
    )
    asset_id = fields.Many2one(
        "service.asset",
        "Unit",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Empty: it was sold, and the unit is yet to be named.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        "product.product",
        "Sold As",
        check_company=True,
        ondelete="restrict",
        help="The product with which it was sold.",
    )
    sold_on = fields.Date(required=True, default=fields.Date.context_today)
    date_start = fields.Date(
        "Pays From",
        required=True,
        compute="_compute_date_start",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The first day on which it pays, beside the warranty. Its months count "
        "from where the warranty ends.",
    )
    date_end = fields.Date(
        "Ends On",
        tracking=True,
        help="Empty: when the months of the terms are over.",
    )
    valid_until = fields.Date(
        compute="_compute_valid_until",
        store=True,
        help="The last day on which it pays.",
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_start <= date_end)",
        "This extension would end before it begins. Correct one of the two days.",
    )

    @api.depends("asset_id")
    def _compute_company_id(self):
        for extension in self:
            company = extension.asset_id.company_id or extension.company_id
            extension.company_id = company or self.env.company

    @api.depends("asset_id")
    def _compute_partner_id(self):
        for extension in self:
            owner = extension.asset_id.partner_id
            extension.partner_id = extension.partner_id or owner

    @api.depends("sold_on")
    def _compute_date_start(self):
        for extension in self:
            extension.date_start = extension.date_start or extension.sold_on

    @api.depends("name", "policy_id.name", "asset_id.serial_number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for extension in self:
            parts = (
                extension.name,
                extension.policy_id.name,
                extension.asset_id.serial_number,
            )
            extension.display_name = " · ".join(filter(None, parts))

    @api.depends(
        "asset_id.warranty_start",
        "asset_id.warranty_until",
        "policy_id",
        "date_start",
        "date_end",
        "active",
    )
    def _compute_valid_until(self):
        """Take the last day from what covers the unit."""
        covers = self.asset_id._get_warranty_covers()
        for extension in self:
            mine = extension._pick_covers(covers)
            days = get_ends(mine).values()
            extension.valid_until = max(days, default=extension.date_end or False)

    def _pick_covers(self, covers):
        """Return the covers of this extension from those of its unit."""
        source = (EXTENSION, self._origin.id)
        found = covers.get(self.asset_id)
        return [c for c in found.covers if c.source == source] if found else []

    def _prepare_extension(self):
        """Return this extension as `tools.warranty_terms.Extension`."""
        rule = self.env["service.warranty.policy"]._get_rules()[self.policy_id.id]
        return Extension(
            self._origin.id, rule.terms, self.date_start, self.date_end or None
        )

    # -- checks -----------------------------------------------------------------

    @api.constrains("policy_id")
    def _check_policy(self):
        for extension in self:
            policy = extension.policy_id
            if not policy.is_extension or policy.provider != "own":
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” is not sold as an extension. Choose other terms, "
                        "or tick “Sold as an Extension” there.",
                        policy=policy.name,
                    )
                )

    @api.constrains("asset_id", "date_start", "date_end", "sold_on", "policy_id")
    def _check_gap(self):
        """Refuse days without cover between the warranty and its extension.

        What is sold after the warranty has ended may begin then.
        """
        covers = self.asset_id._get_warranty_covers()
        for extension in self.filtered("asset_id"):
            found = covers[extension.asset_id]
            end = extension._find_gap(found.covers)
            if end:
                raise ValidationError(
                    self.env._(
                        "Unit %(unit)s would have no cover from %(from)s to %(to)s, "
                        "when the extension begins. Let it begin on %(from)s or "
                        "earlier, or on the day on which it was sold.",
                        unit=extension.asset_id.serial_number,
                        **{
                            "from": fields.Date.to_string(end + DAY),
                            "to": fields.Date.to_string(extension.date_start - DAY),
                        },
                    )
                )

    def _find_gap(self, covers):
        """Return the last day of what comes before, if a gap follows it, or None."""
        if self.date_start <= self.sold_on:
            return None
        others = [cover for cover in covers if not self._is_own(cover)]
        ends = get_ends(c for c in others if c.payer in ("warranty", "extension"))
        end = max(ends.values(), default=None)
        has_gap = end and end >= self.sold_on and self.date_start > end + DAY
        return end if has_gap else None

    def _is_own(self, cover: Cover):
        """Tell whether a cover is of this extension."""
        return cover.source == (EXTENSION, self._origin.id)
