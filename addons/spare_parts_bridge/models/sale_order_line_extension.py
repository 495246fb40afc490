# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """A line that sells a longer warranty, and for which unit."""

    _inherit = "sale.order.line"

    service_asset_id = fields.Many2one(
        "service.asset",
        "Extends Unit",
        index="btree_not_null",
        check_company=True,
        copy=False,
        ondelete="restrict",
        groups="crm_service.group_service_technician",
        help="The unit whose warranty is extended. Empty: a unit of this order, as "
        "soon as it is delivered, or one that is named later.",
    )
    service_extension_ids = fields.One2many(
        "service.warranty.extension",
        "sale_line_id",
        "Extensions",
        copy=False,
        context={"active_test": False},
        groups="crm_service.group_service_technician",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to make what is sold on a confirmed order."""
        lines = super().create(vals_list)
        lines._follow_extensions()
        return lines

    def write(self, vals):
        """Override of `write` to make what is sold more, and end what is not."""
        result = super().write(vals)
        if not vals.keys().isdisjoint(("product_uom_qty", "product_id")):
            self._follow_extensions()
        return result

    def _follow_extensions(self):
        """Bring the extensions of confirmed orders in line with what they sell."""
        confirmed = self.filtered(lambda line: line.state == "sale")
        # sudo: whoever sells may not work on units
        confirmed.sudo()._create_extensions()

    def _create_extensions(self):
        """Make the extensions that these lines sell, once; called in superuser mode.

        Those of an order that was cancelled and is confirmed again come back, and
        those that are not sold any more end.
        """
        sellers = self.filtered(
            lambda line: (
                not line.display_type
                and line.product_id.product_tmpl_id.service_extension_policy_id
            )
        )
        made = self.service_extension_ids
        sold = made.filtered(
            lambda row: (
                row.sale_line_id in sellers
                and row.sale_place < round(row.sale_line_id.product_uom_qty)
            )
        )
        sold.action_unarchive()
        (made - sold).action_archive()
        self.env["service.warranty.extension"].create(
            [
                line._prepare_extension_vals(place)
                for line in sellers
                for place in line._get_missing_extensions()
            ]
        )

    def _get_missing_extensions(self):
        """Return the places of the extensions of this line that are not made yet."""
        made = set(self.service_extension_ids.mapped("sale_place"))
        return [
            place for place in range(round(self.product_uom_qty)) if place not in made
        ]

    def _prepare_extension_vals(self, place):
        """Return the values of an extension that this line sells."""
        order = self.order_id
        return {
            "sale_line_id": self.id,
            "sale_place": place,
            "name": order.name,
            "policy_id": self.product_id.product_tmpl_id.service_extension_policy_id.id,
            "asset_id": self.service_asset_id.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "product_id": self.product_id.id,
            "company_id": order.company_id.id,
            "sold_on": fields.Date.context_today(order, order.date_order),
        }
