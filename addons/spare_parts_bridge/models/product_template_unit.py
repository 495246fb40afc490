from odoo import api, fields, models


class ProductTemplate(models.Model):
    """Whether a product becomes an installed unit when it is delivered."""

    _inherit = "product.template"

    service_register_unit = fields.Boolean(
        "Register Delivered Units",
        compute="_compute_service_register_unit",
        store=True,
        readonly=False,
        help="Each serial number that is delivered to a customer becomes an installed "
        "unit, which service requests and warranty refer to.",
    )

    @api.depends("tracking", "categ_id.service_register_unit")
    def _compute_service_register_unit(self):
        """Products with serial numbers do, unless their category says otherwise."""
        for template in self:
            category = template.categ_id
            template.service_register_unit = template.tracking == "serial" and (
                not category or category.service_register_unit
            )
