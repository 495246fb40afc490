from collections import defaultdict
from typing import NamedTuple

from odoo import api, models


class Delivery(NamedTuple):
    """A serial number that went to a customer, or came back."""

    lot: object
    is_out: bool
    company: object  # whose unit it becomes
    partner: object  # the address
    dealer: object
    date: object
    sold_on: object
    document: str


class ServiceAsset(models.Model):
    """Units are made by deliveries, move by them, and go back with returns."""

    _inherit = "service.asset"

    @api.model
    def _follow_deliveries(self, deliveries):
        """Make or change the units of what was delivered or came back.

        Runs as superuser for whoever moves goods, in a few queries for all.

        :param deliveries: list of `Delivery`, in the order in which they happened
        :return: the units
        """
        lots = self.env["stock.lot"].union(*(one.lot for one in deliveries))
        units = self._search_by_lots(lots) | self._adopt_units(lots, deliveries)
        by_lot = {unit.lot_id: unit for unit in units}
        last = {one.lot: one for one in deliveries if one.is_out}
        new = [one for lot, one in last.items() if lot not in by_lot]
        made = self._create_delivered(new)
        known = [one for one in deliveries if one.lot in by_lot]
        self._take_back([one for one in known if not one.is_out], by_lot)
        self._deliver_again([one for one in known if one.is_out], by_lot)
        return units | made

    @api.model
    def _adopt_units(self, lots, deliveries):
        """Return units of `lots` that were registered by hand, now linked."""
        companies = {one.company.id for one in deliveries}
        units = self.with_context(active_test=False)._search_serials(
            lots.mapped("name"), companies
        )
        units = units.filtered(lambda unit: not unit.lot_id)
        by_key = units.grouped(lambda u: (u.company_id, u.product_id, u.serial_number))
        adopted = self.browse()
        for one in deliveries:
            key = (one.company, one.lot.product_id, one.lot.name)
            unit = by_key.get(key, self.browse())[:1]
            if unit and not unit.lot_id:
                unit.lot_id = one.lot
                adopted |= unit
        return adopted

    @api.model
    def _create_delivered(self, deliveries):
        """Make the units of what was delivered for the first time."""
        if not deliveries:
            return self.browse()
        shared = self._find_shared_serials(deliveries)
        silent = self.with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_create_nolog=True
        )
        units = self.browse()
        by_company = defaultdict(list)
        for one in deliveries:
            by_company[one.company].append(one)
        for company, ones in by_company.items():
            units |= silent.with_company(company).create(
                [self._prepare_delivered_vals(one, one.lot in shared) for one in ones]
            )
        return units.with_context(**self.env.context)

    @api.model
    def _find_shared_serials(self, deliveries):
        """Return the lots whose number a unit of another product has already."""
        units = self.with_context(active_test=False)._search_serials(
            [one.lot.name for one in deliveries],
            {one.company.id for one in deliveries},
        )
        taken = defaultdict(set)
        for unit in units:
            taken[unit.company_id, unit.serial_number].add(unit.product_id)
        for one in deliveries:
            taken[one.company, one.lot.name].add(one.lot.product_id)
        return {
            one.lot for one in deliveries if len(taken[one.company, one.lot.name]) > 1
        }

    @api.model
    def _prepare_delivered_vals(self, one, is_shared=False):
        """Return the values of the unit that a delivery makes."""
        return {
            "lot_id": one.lot.id,
            "serial_number": one.lot.name,
            "is_serial_shared": is_shared,
            "product_id": one.lot.product_id.id,
            "partner_id": one.partner.commercial_partner_id.id,
            "site_id": one.partner.id,
            "dealer_id": one.dealer.id,
            "company_id": one.company.id,
            "sold_on": one.sold_on,
            "delivered_on": one.date,
            "state": "sold",
        }

    @api.model
    def _take_back(self, deliveries, by_lot):
        """Note that units came back; whose they were stays in their history."""
        for one in deliveries:
            unit = by_lot[one.lot]
            if unit.state not in ("returned", "scrapped"):
                unit.state = "returned"
                unit._message_log(
                    body=self.env._("Came back by %(document)s", document=one.document)
                )

    @api.model
    def _deliver_again(self, deliveries, by_lot):
        """Note that units that are known went out, to the same owner or another."""
        for one in deliveries:
            unit = by_lot[one.lot]
            owner = one.partner.commercial_partner_id
            if owner and owner != unit.partner_id.commercial_partner_id:
                unit._deliver_to_other(one)
            else:
                unit._deliver_to_same(one)

    def _deliver_to_other(self, one):
        """Give this unit to another owner; its dates begin anew if it had one."""
        had_owner = bool(self.partner_id)
        owner = one.partner.commercial_partner_id
        if had_owner:
            self._transfer(owner, one.partner, date=one.date, note=one.document)
        vals = self._prepare_delivered_vals(one)
        for name in ("serial_number", "is_serial_shared", "company_id", "lot_id"):
            vals.pop(name)
        if had_owner:
            vals |= {"installed_on": False, "registered_on": False}
            vals.pop("partner_id")
            vals.pop("site_id")
        self.write({**vals, "active": True})

    def _deliver_to_same(self, one):
        """Note that this unit is with its owner again, or is there now."""
        vals = {"active": True}
        if self.state not in ("sold", "installed"):
            vals["state"] = "installed" if self.installed_on else "sold"
        if one.partner and one.partner != self.site_id:
            vals["site_id"] = one.partner.id
        given = {
            "delivered_on": one.date,
            "sold_on": one.sold_on,
            "dealer_id": one.dealer.id,
        }
        vals |= {name: value for name, value in given.items() if not self[name]}
        self.write(vals)
