# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date

from odoo import Command

from .common import ServiceCommon


class WarrantyCommon(ServiceCommon):
    """A category of products with terms, a unit of it, and factories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies = cls.env["service.warranty.policy"]
        cls.entitlements = cls.env["service.entitlement"]
        cls.appliances = cls.env["product.category"].create({"name": "Appliances"})
        cls.washers = cls.env["product.category"].create(
            {"name": "Washers", "parent_id": cls.appliances.id}
        )
        cls.washer = cls.env["product.product"].create(
            {"name": "Washer", "default_code": "W-1", "categ_id": cls.washers.id}
        )
        cls.owner = cls._create_partner(name="Bob")

    @classmethod
    def _create_policy(cls, *lines, **values):
        """Create terms with a line for each (kind, months, share in percent)."""
        values = {"name": "Terms", "company_id": cls.company.id, **values}
        values["term_ids"] = [
            Command.create(
                {"sequence": place, "kind": kind, "months": months, "share": share}
            )
            for place, (kind, months, share) in enumerate(lines)
        ]
        return cls.policies.create(values)

    @classmethod
    def _create_unit(cls, **values):
        values = {
            "product_id": cls.washer.id,
            "partner_id": cls.owner.id,
            "delivered_on": date(2024, 5, 10),
            **values,
        }
        return cls._create_asset(**values)

    @classmethod
    def _create_extension(cls, asset, policy, **values):
        return cls.env["service.warranty.extension"].create(
            {"asset_id": asset.id, "policy_id": policy.id, **values}
        )

    @classmethod
    def _create_fault(cls, **values):
        values = {"name": "Misuse", "code": "MIS", "kind": "cause", **values}
        return cls.env["service.fault"].create(values)

    def _ask(self, asset, day, kind="part", **values):
        """Return the Entitlement of a unit on a day."""
        case = {"asset_id": asset.id, "date": day, "kind": kind, **values}
        return self.entitlements._get_entitlements([case])[0]
