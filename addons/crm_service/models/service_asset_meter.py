# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceAssetMeter(models.Model):
    """What is counted on units: operating hours, cycles, copies, kilometres."""

    _name = "service.asset.meter"
    _description = "Usage Meter"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    uom = fields.Char(
        "Unit of Measure", required=True, help="Such as h, cycles, copies or km."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: all companies use it.",
    )

    @api.depends("name", "uom")
    def _compute_display_name(self):
        for meter in self:
            meter.display_name = (
                f"{meter.name} ({meter.uom})" if meter.uom else meter.name
            )
