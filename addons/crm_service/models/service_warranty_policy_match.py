# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.entitlement import NOTHING
from ..tools.warranty_terms import Terms, find_start, to_share

# What decides which units a policy applies to, and what it gives them.
SCOPE_FIELDS = {
    "active",
    "sequence",
    "company_id",
    "provider",
    "is_extension",
    "product_tmpl_ids",
    "category_ids",
    "valid_from",
    "valid_until",
}
TERM_FIELDS = {
    "start_basis",
    "latest_months",
    "term_ids",
    "is_transferable",
    "exchange_months",
}


class Rule(NamedTuple):
    """A policy as the engine needs it: plain values, remembered for everybody."""

    id: int
    active: bool
    provider: str
    is_extension: bool
    company_id: int
    products: frozenset
    categories: frozenset
    valid_from: date | None
    valid_until: date | None
    terms: Terms

    def get_rank(self, unit, company_id, product_id, line):
        """Return how near these terms are to a unit, or None if they do not fit.

        :param unit: `tools.warranty_terms.Unit`
        :param line: ids of the category of the product and of those above it, the
            topmost first
        """
        if self.company_id not in (0, company_id):
            return None
        near = 0
        if self.products or self.categories:
            near = max(
                (place for place, c in enumerate(line, 1) if c in self.categories),
                default=0,
            )
            if product_id in self.products:
                near = len(line) + 1
        if not near and (self.products or self.categories):
            return None
        return near if self.has_day(find_start(unit, self.terms)) else None

    def has_day(self, start):
        """Tell whether terms apply to what begins on `start`, which may be unknown."""
        if not start:
            return True
        after = not self.valid_from or self.valid_from <= start
        return after and (not self.valid_until or start <= self.valid_until)


class ServiceWarrantyPolicy(models.Model):
    """Which terms apply to which unit, found without a query per unit."""

    _inherit = "service.warranty.policy"

    asset_count = fields.Integer("Units", compute="_compute_asset_count")

    def _compute_asset_count(self):
        """Count the units with these terms, in two queries for all."""
        counts = {}
        for name in ("warranty_policy_id", "supplier_policy_id"):
            groups = self.env["service.asset"]._read_group(
                [(name, "in", self.ids)], [name], ["__count"]
            )
            counts |= {policy.id: count for policy, count in groups}
        for policy in self:
            policy.asset_count = counts.get(policy.id, 0)

    # -- rules ----------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_rules(self):
        """Return {policy id: Rule} in the order in which policies are tried."""
        # as superuser and without context: the answer is remembered for everybody
        model = self.env(su=True, context={"active_test": False})[self._name]
        return {policy.id: policy._prepare_rule() for policy in model.search([])}

    def _prepare_rule(self):
        """Return this policy as a Rule."""
        return Rule(
            id=self.id,
            active=self.active,
            provider=self.provider,
            is_extension=self.is_extension,
            company_id=self.company_id.id or 0,
            products=frozenset(self.product_tmpl_ids.ids),
            categories=frozenset(self.category_ids.ids),
            valid_from=self.valid_from or None,
            valid_until=self.valid_until or None,
            terms=self._prepare_terms(),
        )

    def _prepare_terms(self):
        """Return what this policy says as `tools.warranty_terms.Terms`."""
        faults = self.with_context(active_test=False).excluded_fault_ids
        return Terms(
            id=self.id,
            basis=self.start_basis,
            latest_months=self.latest_months,
            steps=self._get_term_steps(),
            excluded=frozenset(faults.ids) or NOTHING,
            limits=tuple((row.meter_id.id, row.most) for row in self.limit_ids),
            is_transferable=self.is_transferable,
            goodwill_months=self.goodwill_months,
            goodwill_share=to_share(self.goodwill_share),
            exchange_months=self.exchange_months,
        )

    @api.model
    def _find_rule(self, provider, chosen_id, unit, company_id, product_id, line):
        """Return the Rule that applies to a unit, or None; see `Rule.get_rank`.

        :param str provider: one of `const.WARRANTY_PROVIDERS`
        :param int chosen_id: the policy that was chosen for the unit by hand
        """
        rules = self._get_rules()
        if chosen_id:
            return rules.get(chosen_id)
        best, best_rank = None, -1
        for rule in self._get_candidates(provider):
            rank = rule.get_rank(unit, company_id, product_id, line)
            if rank is not None and rank > best_rank:
                best, best_rank = rule, rank
        return best

    @api.model
    @tools.ormcache("provider")
    def _get_candidates(self, provider):
        """Return the rules that come with units, in their order."""
        return tuple(
            rule
            for rule in self._get_rules().values()
            if rule.active and rule.provider == provider and not rule.is_extension
        )

    # -- what follows from a change ---------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to give the new terms to the units that they fit."""
        policies = super(ServiceWarrantyPolicy, self._as_whole()).create(vals_list)
        policies = policies.with_env(self.env)
        policies._follow(policies._get_scope())
        return policies

    def write(self, vals):
        """Override to let the units follow their terms."""
        is_scope = bool(SCOPE_FIELDS & vals.keys())
        before = self._get_scope() if is_scope else []
        result = super(ServiceWarrantyPolicy, self._as_whole()).write(vals)
        if is_scope or TERM_FIELDS & vals.keys():
            self._follow(Domain.OR([*before, *self._get_scope()]) if is_scope else None)
        else:
            self._forget_rules()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        """Keep terms that units or extensions have.

        :raises UserError: some have
        """
        assets = self.env["service.asset"].sudo().with_context(active_test=False)
        extensions = self.env["service.warranty.extension"].sudo()
        extensions = extensions.with_context(active_test=False)
        for policy in self:
            # sudo: units count even where the user may not look
            used = assets.search_count(policy._get_used_domain(), limit=1)
            used |= extensions.search_count([("policy_id", "=", policy.id)], limit=1)
            if used:
                raise UserError(
                    self.env._(
                        "Units have the terms “%(policy)s”, so they stay. Archive "
                        "them, and no other unit gets them.",
                        policy=policy.name,
                    )
                )

    def unlink(self):
        """Override to forget the rules of what is gone."""
        result = super().unlink()
        self._forget_rules()
        return result

    def _get_used_domain(self):
        """Return the domain of the units with these terms."""
        names = (
            "warranty_policy_id",
            "supplier_policy_id",
            "chosen_policy_id",
            "chosen_supplier_policy_id",
        )
        return Domain.OR(Domain(name, "in", self.ids) for name in names)

    @api.model
    def _forget_rules(self):
        """Forget the remembered rules, here and in other processes."""
        self.env.registry.clear_cache()

    def _get_scope(self):
        """Return a domain for each policy: the units that it may apply to."""
        return [policy._get_scope_domain() for policy in self]

    def _get_scope_domain(self):
        """Return the domain of units that this policy may apply to."""
        used = self._get_used_domain()
        if self.is_extension:
            return used
        fits = Domain.TRUE
        if self.product_tmpl_ids or self.category_ids:
            fits = Domain(
                "product_id.product_tmpl_id", "in", self.product_tmpl_ids.ids
            ) | Domain("product_id.categ_id", "child_of", self.category_ids.ids)
        if self.company_id:
            fits &= Domain("company_id", "=", self.company_id.id)
        return used | fits

    def _follow(self, scope=None):
        """Count the dates of units anew.

        :param scope: domain (or a list of them) of the units that may have got other
            terms; without it, only the days of those that have these terms change
        """
        self._forget_rules()
        # sudo: units follow their terms, whoever may see them
        assets_sudo = self.env["service.asset"].sudo().with_context(active_test=False)
        if scope is None:
            domain = self._get_used_domain()
        else:
            domain = Domain.OR(scope) if isinstance(scope, list) else scope
        extended = Domain("extension_ids.policy_id", "in", self.ids)
        assets_sudo.search(domain | extended)._recount_warranty()

    def action_open_assets(self):
        """Open the units with these terms."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_asset_action"
        )
        names = ("warranty_policy_id", "supplier_policy_id")
        action["domain"] = list(Domain.OR(Domain(n, "=", self.id) for n in names))
        action["context"] = {}
        return action

    def action_new_version(self):
        """Copy these terms for units from today on, and end these the day before.

        :return: the action that opens the copy
        :raises UserError: these terms end before today, or begin today
        """
        self.ensure_one()
        self.check_access("write")
        today = fields.Date.context_today(self)
        yesterday = fields.Date.subtract(today, days=1)
        is_over = self.valid_until and self.valid_until < today
        if is_over or (self.valid_from and self.valid_from >= today):
            raise UserError(
                self.env._(
                    "“%(policy)s” does not apply to units of yesterday and of today. "
                    "Change the terms themselves.",
                    policy=self.name,
                )
            )
        new = self.copy({"name": self.name, "valid_from": today})
        self.valid_until = yesterday
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "views": [(False, "form")],
        }
