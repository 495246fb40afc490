# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import COST_KINDS

ENTITLEMENT_VALUES = {
    "serial_number": str,
    "product": str,
    "kind": str,
    "date": str,
    "fault": str,
}


class ServiceApi(models.AbstractModel):
    """Who pays, for other systems."""

    _inherit = "service.api"

    @api.model
    def check_entitlement(self, values):
        """Tell who pays for a kind of cost of a unit on a day.

        :param dict values: `serial_number` and `kind` (part, labour, travel, fee,
            third_party) are required; `product` (internal reference, if several
            units have the number), `date` (YYYY-MM-DD, today if not given) and
            `fault` (full code of a cause or symptom) may be given
        :return: {serial_number, product, kind, date, shares: {payer: number from 0
            to 1, together 1}, claim: share that may be claimed from the supplier,
            reasons: [sentence], covers: [{payer, name, until}]}
        :raises ValidationError: unknown, missing or wrong values
        :raises UserError: there is no such unit or fault, or there are several
        """
        payload = self._check_payload(
            values, ENTITLEMENT_VALUES, {"serial_number", "kind"}
        )
        if payload["kind"] not in dict(COST_KINDS):
            raise ValidationError(
                self.env._(
                    "“%(value)s” is no kind of cost. Choose one of: %(choices)s.",
                    value=payload["kind"],
                    choices=", ".join(dict(COST_KINDS)),
                )
            )
        asset = self._find_unit(payload["serial_number"], payload.get("product"))
        fault = self._find_fault(payload.get("fault"))
        case = {
            "asset_id": asset.id,
            "partner_id": asset.partner_id.id,
            "kind": payload["kind"],
            "fault_id": fault.id,
            "date": self._read_day(payload.get("date")),
        }
        [answer] = self.env["service.entitlement"]._get_entitlements([case])
        return self._prepare_entitlement_answer(asset, answer)

    @api.model
    def _find_unit(self, serial_number, product=None):
        """Return the unit with this number that the caller may read.

        :param str product: internal reference, if several have the number
        :raises UserError: there is none, or there are several
        """
        domain = [("serial_number", "=", serial_number)]
        if product:
            domain.append(("product_id.default_code", "=", product))
        assets = self.env["service.asset"].search(domain, limit=2)
        if not assets:
            raise UserError(
                self.env._(
                    "There is no unit “%(number)s”. Check the serial number and the "
                    "product.",
                    number=serial_number,
                )
            )
        if len(assets) > 1:
            raise UserError(
                self.env._(
                    "Several products have the serial number “%(number)s”. Name the "
                    "product, too.",
                    number=serial_number,
                )
            )
        return assets

    @api.model
    def _find_fault(self, code):
        """Return the fault with this full code, or none if no code is given."""
        faults = self.env["service.fault"]
        if not code:
            return faults
        return self._lookup("service.fault", "full_code", code, self.env._("fault"))

    @api.model
    def _read_day(self, text):
        """Return a day from text; today if there is none.

        :raises ValidationError: it is no day
        """
        if not text:
            return fields.Date.context_today(self)
        try:
            return fields.Date.to_date(text)
        except ValueError as error:
            raise ValidationError(
                self.env._("“%(text)s” is no date. Write it as 2026-12-31.", text=text)
            ) from error

    @api.model
    def _prepare_entitlement_answer(self, asset, answer):
        """Return an Entitlement in plain JSON types."""
        return {
            "serial_number": asset.serial_number,
            "product": asset.product_id.default_code or "",
            "kind": answer.case["kind"],
            "date": fields.Date.to_string(answer.case["date"]),
            "shares": {payer: float(share) for payer, share in answer.shares.items()},
            "claim": float(answer.claim),
            "reasons": answer.reasons,
            "covers": [
                {
                    "payer": row["kind"],
                    "name": row["label"],
                    "until": fields.Date.to_string(row["until"]) or "",
                }
                for row in asset._get_coverage_summary()
            ],
        }
