# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ProductTemplate(models.Model):
    """A product that is a longer warranty: whoever sells it extends a unit's."""

    _inherit = "product.template"

    service_extension_policy_id = fields.Many2one(
        "service.warranty.policy",
        "Extends the Warranty",
        domain=[("is_extension", "=", True)],
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        groups="crm_service.group_service_technician",
        help="Selling this product extends the warranty of a unit by these terms.",
    )
