# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from collections import defaultdict

from odoo import models


class ServiceContractLine(models.Model):
    """The units that lines for sites and customers mean."""

    _inherit = "service.contract.line"

    def _get_place_assets(self):
        """Return the units of all sites and customers that these lines name."""
        sites, customers = self.site_id, self.customer_id
        assets = self.env["service.asset"]
        if not sites and not customers:
            return assets
        partners = self.env["res.partner"].search(
            [("id", "child_of", (sites | customers).ids)]
        )
        found = assets.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("parent_id", "=", False),
                "|",
                ("site_id", "in", partners.ids),
                ("partner_id", "in", partners.ids),
            ]
        )
        found.fetch(["partner_id", "site_id", "state", "active", "product_id"])
        return found


class Units:
    """Which units of a site or a customer a line means, from what was read at once."""

    def __init__(self, assets):
        self.by_place = defaultdict(list)
        self.by_owner = defaultdict(list)
        for asset in assets:
            for place in _get_chain(asset.site_id or asset.partner_id):
                self.by_place[place].append(asset)
            for owner in _get_chain(asset.partner_id):
                self.by_owner[owner].append(asset)

    def get(self, line):
        """Return the pairs (asset id, site id) of a contract line.

        A site without units is visited all the same.
        """
        if line.scope == "unit":
            assets = [line.asset_id]
        elif line.scope == "site":
            assets = self.by_place[line.site_id.id]
        else:
            assets = self.by_owner[line.customer_id.id]
        if line.product_category_id:
            assets = [asset for asset in assets if _is_of(asset, line)]
        pairs = [(asset.id, 0) for asset in assets if asset._needs_maintenance()]
        if not assets and line.scope == "site" and not line.product_category_id:
            pairs = [(0, line.site_id.id)]
        return pairs


def _get_chain(partner):
    """Return the ids of an address and of those that it belongs to."""
    chain = []
    while partner and partner.id not in chain:
        chain.append(partner.id)
        partner = partner.parent_id
    return chain


def _is_of(asset, line):
    """Tell whether a unit is of the category of a contract line."""
    path = asset.product_id.categ_id.parent_path or ""
    return path.startswith(line.product_category_id.parent_path)
