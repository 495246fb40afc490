from odoo import fields, models


class ProductCategory(models.Model):
    """Which products become installed units when they are delivered."""

    _inherit = "product.category"

    service_register_unit = fields.Boolean(
        "Register Delivered Units",
        default=True,
        help="Products of this category that are tracked by serial number become "
        "installed units when they are delivered to a customer. Changing it changes "
        "the products of the category.",
    )
