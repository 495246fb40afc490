# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from bisect import bisect_right

from odoo import api, fields, models

from ..tools.entitlement import Case, decide, limit_claim
from .service_entitlement_answer import Entitlement, EntitlementTexts


class ServiceEntitlement(models.AbstractModel):
    """Who pays for what: brings the facts to `tools.entitlement`, for many at once."""

    _name = "service.entitlement"
    _description = "Entitlement"

    @api.model
    def _get_entitlements(self, cases):
        """Return who pays in each of `cases`, in a fixed number of queries.

        It advises: what somebody decided for the ticket goes before it.

        :param cases: list of dicts: `kind` (one of `const.COST_KINDS`), `date`,
            `asset_id`, `fault_id` (or `fault_ids`), `partner_id`, `ticket_id`; ids,
            or False for what is not known
        :return: list of `Entitlement` in the same order: `shares` ({payer: Fraction},
            without zeros, exactly one together), `claim` (Fraction that may be
            claimed from the supplier), `reasons` (sentences), `sources` ([(payer,
            model, id)])
        """
        cases = [self._prepare_case(case) for case in cases]
        covers = self._get_unit_covers(cases)
        contracts = self._get_contract_covers(cases)
        plain = self._prepare_plain_cases(cases, covers)
        overrides = self._get_overrides(cases)
        texts = EntitlementTexts(self.env)
        answers = []
        for place, (case, known) in enumerate(zip(cases, plain, strict=True)):
            found = covers.get(case["asset_id"])
            mine = [*(found.covers if found else ()), *contracts.get(place, ())]
            answer = decide(known, mine, found.supplier if found else ())
            override = overrides.get((case["ticket_id"], case["kind"]))
            answers.append(self._make_entitlement(case, answer, override, texts))
        return answers

    @api.model
    def _make_entitlement(self, case, answer, override, texts):
        """Return the Entitlement of a case.

        :param answer: `tools.entitlement.Answer`
        :param override: `service.entitlement.override`, or None
        """
        if override is None:
            return Entitlement(case, answer, texts)
        shares = override._get_shares()
        owed = sum((reason.share for reason in answer.claim_reasons), 0)
        claim = limit_claim(owed, shares)
        decided = answer._replace(shares=shares, claim=claim)
        return Entitlement(case, decided, texts, override, answer.shares)

    @api.model
    def _get_contract_covers(self, cases):
        """Return what contracts pay.

        Hook: an add-on that knows of contracts extends what `super()` returns.

        :param cases: list of dicts as in `_get_entitlements`, all keys there
        :return: {place in `cases`: list of `tools.entitlement.Cover` with the payer
            "contract" and the source (model, id)}; see `make_flat_cover` there
        """
        return {}

    # -- facts --------------------------------------------------------------------

    @api.model
    def _prepare_case(self, case):
        """Return a case with all its keys, and a date."""
        values = {"asset_id": False, "partner_id": False, "ticket_id": False, **case}
        values["date"] = fields.Date.to_date(case.get("date") or False)
        values["date"] = values["date"] or fields.Date.context_today(self)
        faults = case.get("fault_ids") or [case.get("fault_id")]
        values["fault_ids"] = tuple(fault for fault in faults if fault)
        values["fault_id"] = case.get("fault_id") or values["fault_ids"][:1] or False
        return values

    @api.model
    def _get_unit_covers(self, cases):
        """Return {id of a unit: UnitCovers} of the units in `cases`."""
        ids = {case["asset_id"] for case in cases if case["asset_id"]}
        # sudo: who pays does not depend on who asks
        assets_sudo = self.env["service.asset"].sudo().browse(ids)
        covers = assets_sudo._get_warranty_covers()
        return {asset.id: found for asset, found in covers.items()}

    @api.model
    def _prepare_plain_cases(self, cases, covers):
        """Return `tools.entitlement.Case` for each of `cases`."""
        lines = self._get_fault_lines(cases)
        readings = self._get_readings(covers)
        return [
            Case(
                case["date"],
                case["kind"],
                frozenset().union(*(lines[fault] for fault in case["fault_ids"])),
                self._get_usage(readings.get(case["asset_id"]), case["date"]),
            )
            for case in cases
        ]

    @api.model
    def _get_fault_lines(self, cases):
        """Return {id of a fault: ids of it and of those above it}."""
        ids = {fault for case in cases for fault in case["fault_ids"]}
        # sudo: the place in the catalogue counts, whoever may read it
        faults = self.env["service.fault"].sudo().browse(ids)
        return {
            fault.id: frozenset(map(int, filter(None, fault.parent_path.split("/"))))
            for fault in faults
        }

    @api.model
    def _get_readings(self, covers):
        """Return {id of a unit: {meter: (days, totals)}}, as far as limits ask."""
        meters, units = set(), set()
        for asset_id, found in covers.items():
            limits = [
                limit for c in (*found.covers, *found.supplier) for limit in c.limits
            ]
            if limits:
                units.add(asset_id)
                meters.update(meter for meter, _most in limits)
        if not meters:
            return {}
        # sudo: who pays does not depend on who asks
        assets = self.env["service.asset"].sudo().browse(units)
        rows = self._read_meters(assets._with_units_above(), meters)
        return {
            asset.id: {
                **rows.get(asset.parent_id.id, {}),  # a component has no meter, mostly
                **rows.get(asset.id, {}),
            }
            for asset in assets
        }

    @api.model
    def _read_meters(self, assets_sudo, meters):
        """Return {id of a unit: {meter: (days, totals)}} in the order of time."""
        readings = assets_sudo.env["service.asset.reading"].search_fetch(
            [("asset_id", "in", assets_sudo.ids), ("meter_id", "in", list(meters))],
            ["asset_id", "meter_id", "read_at", "total"],
            order="read_at, id",
        )
        rows = {}
        for reading in readings:
            mine = rows.setdefault(reading.asset_id.id, {})
            days, totals = mine.setdefault(reading.meter_id.id, ([], []))
            days.append(reading.read_at.date())
            totals.append(reading.total)
        return rows

    @api.model
    def _get_usage(self, rows, day):
        """Return {meter: what it showed on that day}."""
        usage = {}
        for meter, (days, totals) in (rows or {}).items():
            place = bisect_right(days, day)
            if place:
                usage[meter] = totals[place - 1]
        return usage

    @api.model
    def _get_overrides(self, cases):
        """Return {(id of a ticket, kind): what somebody decided for it}."""
        ids = {case["ticket_id"] for case in cases if case["ticket_id"]}
        return self.env["service.entitlement.override"]._get_standing(ids)
