# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceAsset(models.Model):
    """The batch in which a unit was made."""

    _inherit = "service.asset"

    batch_id = fields.Many2one(
        "service.asset.batch",
        "Production Batch",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )

    @api.constrains("batch_id", "product_id")
    def _check_batch(self):
        for asset in self:
            product = asset.batch_id.product_id
            if product and asset.product_id and product != asset.product_id:
                raise ValidationError(
                    self.env._(
                        "Batch %(batch)s is of “%(product)s”, and unit %(unit)s is "
                        "another product. Choose the batch on its type plate.",
                        batch=asset.batch_id.name,
                        product=product.display_name,
                        unit=asset.serial_number,
                    )
                )
