# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import CONTRACT_COVERING_STATES
from ..tools.contract_match import CUSTOMER, SITE, UNIT, Facts, Line, find_line


class ServiceContractLine(models.Model):
    """Which line of which contract covers a unit, a site or a customer on a day."""

    _inherit = "service.contract.line"

    @api.model
    def _prepare_facts(self, company, day, asset=None, site=None, partner=None):
        """Return the Facts of a case.

        :param company: `res.company` in which it happens
        :param date day: when it happened
        :param asset: `service.asset`, or none
        :param site: `res.partner`, the address where the unit stands; else the unit's
        :param partner: `res.partner`, the customer; else the owner of the unit
        """
        assets = self.env["service.asset"]
        asset = asset or assets
        nobody = self.env["res.partner"]
        owner = asset.partner_id or partner or nobody
        place = site or asset.site_id or nobody
        category = asset.product_id.categ_id
        return Facts(
            company_id=company.id,
            day=day,
            units=_get_chain(asset),
            sites=_get_chain(place) or _get_chain(owner),
            customers=_get_chain(owner),
            categories=_get_chain(category),
        )

    @api.model
    def _find_lines(self, cases, contracts=None):
        """Return for each of `cases` (Facts) the line that covers it, or none.

        A query or two for all of them.

        :param contracts: only lines of these
        """
        # sudo: what covers a unit does not depend on who asks
        lines = self.sudo()
        known = lines.search_fetch(
            self._get_find_domain(cases, contracts),
            [
                *("contract_id", "company_id", "scope", "product_category_id"),
                *("asset_id", "site_id", "customer_id", "date_start", "covered_until"),
            ],
        )
        by_target = {}
        for line in known:
            match = line._prepare_match()
            by_target.setdefault((match.scope, match.target_id), []).append(match)
        matches = [_find(facts, by_target) for facts in cases]
        # all in one recordset, so that they are read together
        found = self.browse({match.id for match in matches if match})
        found, nothing = {line.id: line for line in found}, self.browse()
        return [found[match.id] if match else nothing for match in matches]

    @api.model
    def _get_find_domain(self, cases, contracts=None):
        """Return the domain of lines that may cover one of `cases`."""
        targets = {
            "asset_id": {unit for facts in cases for unit in facts.units},
            "site_id": {site for facts in cases for site in facts.sites},
            "customer_id": {partner for facts in cases for partner in facts.customers},
        }
        days = [facts.day for facts in cases]
        if not days:
            return Domain.FALSE
        domain = (
            Domain("contract_id.state", "in", CONTRACT_COVERING_STATES)
            & Domain("company_id", "in", {facts.company_id for facts in cases})
            & Domain("date_start", "<=", max(days))
            & Domain("covered_until", ">=", min(days))
            & Domain.OR(Domain(name, "in", ids) for name, ids in targets.items() if ids)
        )
        if contracts is not None:
            domain &= Domain("contract_id", "in", contracts.ids)
        return domain

    def _prepare_match(self):
        """Return this line for `tools.contract_match`."""
        target = {
            UNIT: self.asset_id,
            SITE: self.site_id,
            CUSTOMER: self.customer_id,
        }[self.scope]
        return Line(
            id=self.id,
            contract_id=self.contract_id.id,
            company_id=self.company_id.id,
            scope=self.scope,
            target_id=target.id,
            category_id=self.product_category_id.id or 0,
            start=self.date_start,
            stop=self.covered_until,
        )


def _find(facts, by_target):
    """Return the Line that covers `facts`, of those in `by_target`, or None."""
    targets = (
        *((UNIT, unit) for unit in facts.units),
        *((SITE, site) for site in facts.sites),
        *((CUSTOMER, customer) for customer in facts.customers),
    )
    lines = [line for target in targets for line in by_target.get(target, ())]
    return find_line(facts, lines)


def _get_chain(record):
    """Return the ids of a record and of those that it belongs to, itself first."""
    chain, record = [], record._origin
    while record and record.id not in chain:
        chain.append(record.id)
        record = record.parent_id
    return tuple(chain)


def get_local_day(moment, company):
    """Return the day of a moment in UTC, where the company is."""
    zone = pytz.timezone(company.partner_id.tz or "UTC")
    moment = fields.Datetime.to_datetime(moment) or fields.Datetime.now()
    return pytz.utc.localize(moment).astimezone(zone).date()
