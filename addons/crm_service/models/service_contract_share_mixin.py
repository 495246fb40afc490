# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import COST_KINDS

SHARE = {
    "compute": "_compute_shares",
    "store": True,
    "readonly": False,
    "precompute": True,
}


class ServiceContractShareMixin(models.AbstractModel):
    """Which share of each kind of cost a contract bears, in percent."""

    _name = "service.contract.share.mixin"
    _description = "Shares That a Contract Bears"

    part_share = fields.Float("Parts (%)", **SHARE)
    labour_share = fields.Float("Labour (%)", **SHARE)
    travel_share = fields.Float("Travel (%)", **SHARE)
    fee_share = fields.Float("Fees (%)", **SHARE)
    third_party_share = fields.Float("Third Parties (%)", **SHARE)

    def _compute_shares(self):
        """Keep what was entered. Override it for shares that come from elsewhere."""
        for record in self:
            for name in self._get_share_names().values():
                record[name] = record[name]

    @api.model
    def _get_share_names(self):
        """Return {kind of cost: name of the field with its share}."""
        return {kind: f"{kind}_share" for kind, _label in COST_KINDS}

    @api.constrains(*(f"{kind}_share" for kind, _label in COST_KINDS))
    def _check_shares(self):
        for record in self:
            for name in self._get_share_names().values():
                if not 0 <= record[name] <= 100:
                    raise ValidationError(
                        self.env._(
                            "“%(share)s” must be from 0 to 100 percent: a contract "
                            "cannot bear more than all of a cost.",
                            share=record._fields[name]._description_string(self.env),
                        )
                    )

    def _get_shares(self):
        """Return {kind of cost: share from 0 to 1}."""
        self.ensure_one()
        return {kind: self[n] / 100.0 for kind, n in self._get_share_names().items()}
