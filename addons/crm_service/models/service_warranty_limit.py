# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceWarrantyLimit(models.Model):
    """A warranty ends when a meter shows more than this, whatever the date."""

    _name = "service.warranty.limit"
    _inherit = "service.warranty.line.mixin"
    _description = "Usage Limit of a Warranty"
    _order = "policy_id, meter_id"
    _rec_name = "meter_id"

    policy_id = fields.Many2one(
        "service.warranty.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, index=True, precompute=True
    )
    meter_id = fields.Many2one(
        "service.asset.meter", required=True, index=True, ondelete="restrict"
    )
    most = fields.Float(
        "Up To", required=True, digits=(16, 2), help="In the unit of the meter."
    )
    uom = fields.Char("Unit", related="meter_id.uom")

    _most_positive = models.Constraint(
        "CHECK(most > 0)", "A usage limit is above zero. Correct it, or delete it."
    )
    _meter_unique = models.Constraint(
        "UNIQUE(policy_id, meter_id)",
        "There is a limit for this meter already. Change that one.",
    )
