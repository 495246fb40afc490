# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date

from odoo import Command

from .common import ServiceCommon


class ContractCommon(ServiceCommon):
    """A customer with units at a site, and factories of contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._create_partner(name="Alpine Hotels", is_company=True)
        cls.site = cls._create_partner(
            name="Alpine Hotels, kitchen", parent_id=cls.customer.id, type="other"
        )
        cls.category = cls.env["product.category"].create({"name": "Cooling"})
        cls.fridge = cls.env["product.product"].create(
            {"name": "Fridge", "categ_id": cls.category.id}
        )
        cls.asset = cls._create_asset(
            serial_number="F-1",
            product_id=cls.fridge.id,
            partner_id=cls.customer.id,
            site_id=cls.site.id,
        )
        cls.start, cls.stop = date(2026, 1, 1), date(2026, 12, 31)

    @classmethod
    def _create_contract(cls, asset=None, balances=(), is_active=True, **values):
        """Create a contract for a unit (`cls.asset`), in force unless told otherwise.

        :param balances: dicts of values of balances
        """
        lines = [Command.create({"asset_id": (asset or cls.asset).id})]
        if balances:
            values["balance_ids"] = [Command.create(balance) for balance in balances]
        contract = cls.env["service.contract"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "date_start": cls.start,
                "date_end": cls.stop,
                "user_id": cls.supervisor.id,
                "line_ids": lines,
                **values,
            }
        )
        if is_active:
            contract.action_activate()
        return contract

    @classmethod
    def _create_covered_ticket(cls, **values):
        """Create a ticket about the unit, opened on a day of the contract."""
        return cls._create_ticket(
            **{"asset_id": cls.asset.id, "opened_at": "2026-05-04 09:00:00", **values}
        )
