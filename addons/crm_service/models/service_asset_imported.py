# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceAsset(models.Model):
    """Which file a unit came with."""

    _inherit = "service.asset"

    import_id = fields.Many2one(
        "service.asset.import",
        "Imported By",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
