# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServicePriceIndexValue(models.Model):
    """What a price index was in a month."""

    _name = "service.price.index.value"
    _description = "Value of a Price Index"
    _order = "index_id, month desc"

    index_id = fields.Many2one(
        "service.price.index", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="index_id.company_id", store=True, index=True, precompute=True
    )
    month = fields.Date(required=True, help="Any day of it; kept as the first one.")
    value = fields.Float(required=True, digits=(16, 4), aggregator=None)

    _once = models.Constraint(
        "UNIQUE(index_id, month)", "This month has a value already. Change that one."
    )
    _positive = models.Constraint(
        "CHECK(value > 0)", "An index must be more than zero."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep months as their first day."""
        return super().create([self._clean_month(vals) for vals in vals_list])

    def write(self, vals):
        """Override to keep months as their first day."""
        return super().write(self._clean_month(vals))

    @api.model
    def _clean_month(self, vals):
        """Return `vals` with the first day of the month."""
        month = fields.Date.to_date(vals.get("month"))
        return {**vals, "month": month.replace(day=1)} if month else vals
