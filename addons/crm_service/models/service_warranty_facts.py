# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date
from typing import NamedTuple

from ..tools.warranty_terms import Unit, cover_exchange, cover_unit, find_start

# The field with the day on which what a warranty counts from took place.
DATE_FIELDS = {
    "delivery": "delivered_on",
    "installation": "installed_on",
    "sale": "sold_on",
    "manufacture": "manufactured_on",
    "registration": "registered_on",
}


class UnitCovers(NamedTuple):
    """What covers a unit: our warranty and extensions, and what the supplier owes."""

    policy_id: int = 0
    supplier_policy_id: int = 0
    start: date | None = None
    covers: tuple = ()
    supplier: tuple = ()


class WarrantyFacts:
    """What was looked up for many units, and the covers that follow from it."""

    def __init__(self, policies, extensions, transfers, exchanges):
        """Keep the facts.

        :param policies: the model of policies
        :param extensions: {unit: its extensions}
        :param transfers: {id of a unit: [(day, who gave it)]}
        :param exchanges: {id of a component: the day on which it was put in}
        """
        self.policies = policies
        self.extensions = extensions
        self.transfers = transfers
        self.exchanges = exchanges
        self.products = {}

    def cover(self, asset):
        """Return the UnitCovers of a unit, without those of the unit above it."""
        dates = asset._get_warranty_dates()
        own = self._find_rule("own", asset.chosen_policy_id, asset, dates)
        theirs = self._find_rule(
            "supplier", asset.chosen_supplier_policy_id, asset, dates
        )
        unit = Unit(dates, self._find_transfer(asset, dates, own))
        start = find_start(unit, own.terms) if own else None
        extensions = [
            extension._prepare_extension()
            for extension in self.extensions.get(asset._origin, ())
        ]
        return UnitCovers(
            own.id if own else 0,
            theirs.id if theirs else 0,
            start,
            tuple(cover_unit(unit, own.terms if own else None, extensions)),
            tuple(cover_unit(Unit(dates), theirs.terms) if theirs else ()),
        )

    def join(self, asset, alone):
        """Return the UnitCovers of a unit with those of the units above it."""
        found = alone[asset]
        exchanged_on = self.exchanges.get(asset._origin.id)
        above = asset.parent_id
        if not above and not exchanged_on:
            return found
        covers, supplier = list(found.covers), list(found.supplier)
        while above:
            more = alone[above]
            covers += more.covers
            supplier += more.supplier
            covers += self._cover_exchange(exchanged_on, more.policy_id)
            above = above.parent_id
        start = found.start or min(
            (c.steps[k][0].start for c in covers for k in c.steps if c.steps[k]),
            default=None,
        )
        return found._replace(
            covers=tuple(covers), supplier=tuple(supplier), start=start
        )

    def _cover_exchange(self, exchanged_on, policy_id):
        rule = self.policies._get_rules().get(policy_id)
        return cover_exchange(exchanged_on, rule.terms) if rule else []

    def _find_rule(self, provider, chosen, asset, dates):
        product, line = self._get_product(asset.product_id)
        return self.policies._find_rule(
            provider, chosen.id, Unit(dates), asset.company_id.id, product, line
        )

    def _get_product(self, product):
        """Return the id of the template, and the ids of its line of categories."""
        if product not in self.products:
            path = product.categ_id.parent_path or ""
            line = tuple(int(key) for key in path.split("/") if key)
            self.products[product] = (product.product_tmpl_id.id, line)
        return self.products[product]

    def _find_transfer(self, asset, dates, rule):
        """Return the day on which the first owner handed the unit on, or None.

        What a dealer hands on is a sale.
        """
        rows = self.transfers.get(asset._origin.id)
        if not rows or not rule:
            return None
        start = find_start(Unit(dates), rule.terms)
        days = [
            day
            for day, giver in rows
            if giver != asset.dealer_id and (not start or day > start)
        ]
        return days[0] if days else None
