# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from fractions import Fraction
from functools import lru_cache

from odoo import api, models

from ..tools.entitlement import make_flat_cover


class ServiceEntitlement(models.AbstractModel):
    """What contracts pay: their shares, as far as their balances go."""

    _inherit = "service.entitlement"

    @api.model
    def _get_contract_covers(self, cases):
        """Override of `service.entitlement` to tell what contracts pay.

        The contract of a ticket counts, as somebody has chosen it; without a ticket,
        the one that covers the unit, its site or its customer on the day.
        """
        found = super()._get_contract_covers(cases)
        known = {}
        lines = self._find_contract_lines(cases)
        for place, (contract, line, ticket) in lines.items():
            key = (contract, line, ticket)
            if key not in known:
                known[key] = self._make_contract_cover(contract, line, ticket)
            found.setdefault(place, []).append(known[key])
        return found

    @api.model
    def _find_contract_lines(self, cases):
        """Return {place: (contract, line or none, ticket or none)} of covered cases."""
        # sudo: who pays does not depend on who asks
        model = self.sudo()
        tickets = model._browse_of(cases, "service.ticket", "ticket_id")
        assets = model._browse_of(cases, "service.asset", "asset_id")
        partners = model._browse_of(cases, "res.partner", "partner_id")
        facts, contracts, known = {}, {}, {}
        for place, case in enumerate(cases):
            ticket = tickets[case["ticket_id"]]
            if ticket and not ticket.contract_id:
                continue
            contracts[place] = ticket.contract_id if ticket else None
            key = (ticket.id, case["asset_id"], case["partner_id"], case["date"])
            if key not in known:
                asset, partner = assets[case["asset_id"]], partners[case["partner_id"]]
                known[key] = model._prepare_contract_facts(
                    case["date"], ticket, asset, partner
                )
            facts[place] = known[key]
        result = model._match_contracts(facts, contracts)
        return {
            place: (*pair, tickets[cases[place]["ticket_id"]])
            for place, pair in result.items()
        }

    @api.model
    def _browse_of(self, cases, model, key):
        """Return {id or False: record} of what `cases` name, to be read together."""
        model = self.env[model]
        records = model.browse({case[key] for case in cases if case[key]})
        return {record.id: record for record in records} | {False: model}

    @api.model
    def _match_contracts(self, facts, contracts):
        """Return {place: (contract, line)} for the facts of each place.

        :param dict contracts: {place: the contract that counts; None: any}
        """
        lines = self.env["service.contract.line"]
        found = {}
        # those of a ticket: only its own contract, each with its own lines
        by_contract = {}
        for place, contract in contracts.items():
            by_contract.setdefault(contract, []).append(place)
        for contract, places in by_contract.items():
            distinct = {facts[place] for place in places}
            if contract is None:
                matches = lines._find_lines(distinct)
            else:
                matches = contract._find_own_lines(distinct)
            by_facts = dict(zip(distinct, matches, strict=True))
            for place in places:
                line = by_facts[facts[place]]
                owner = contract or line.contract_id
                if owner:
                    found[place] = (owner, line)
        return found

    @api.model
    def _prepare_contract_facts(self, day, ticket, asset, partner):
        """Return the Facts by which the contract of a case is found."""
        company = (ticket or asset).company_id or self.env.company
        return self.env["service.contract.line"]._prepare_facts(
            company, day, asset=asset, site=ticket.site_id, partner=partner
        )

    @api.model
    def _make_contract_cover(self, contract, line, ticket):
        """Return the Cover of a contract; of nothing if no line of it fits."""
        shares = {}
        source = (contract._name, contract.id)
        empty, parts = contract._get_balance_shares(ticket)
        for kind, share in line._get_shares().items() if line else ():
            shares[kind] = _multiply(share, parts.get(kind, parts[None]))
        if empty and not any(shares.values()):
            source = (empty._name, empty.id)
        return make_flat_cover(
            "contract", source, contract.date_start, contract.covered_until, shares
        )


@lru_cache(maxsize=1024)
def _multiply(share, part):
    """Return a share given as a float, as far as `part` of it is borne, exactly."""
    return (Fraction(str(share)) * part).limit_denominator(10**6)
