from odoo import models


class ResCompanyTransferPrices(models.Model):
    """The prices that the group's other companies pay."""

    _inherit = "res.company"

    def action_view_transfer_prices(self):
        """Open the transfer prices of the company as an editable list."""
        pricelist = self._get_or_create_transfer_pricelist()
        view = self.env.ref(
            "spare_parts_bridge.product_pricelist_item_view_list_transfer"
        )
        search_view = self.env.ref(
            "spare_parts_bridge.product_pricelist_item_view_search_transfer"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfer Prices of %(name)s", name=self.name),
            "res_model": "product.pricelist.item",
            "view_mode": "list",
            "views": [(view.id, "list")],
            "search_view_id": [search_view.id],
            "domain": [("pricelist_id", "=", pricelist.id)],
            "context": {
                "default_pricelist_id": pricelist.id,
                "default_applied_on": "0_product_variant",
                "default_compute_price": "fixed",
            },
            "help": self.env._(
                "Add the parts that other companies may requisition from here, with "
                "the price they pay. A part without a price cannot be requisitioned."
            ),
        }

    def _get_or_create_transfer_pricelist(self):
        """Return the transfer price list; an empty one is made when there is none."""
        self.ensure_one()
        if not self.transfer_pricelist_id:
            pricelist = self.env["product.pricelist"].create(
                {
                    "name": self.env._("Transfer prices of %(name)s", name=self.name),
                    "company_id": self.id,
                    "currency_id": self.currency_id.id,
                }
            )
            # sudo: a parts manager sets up prices but may not edit companies
            self.sudo().transfer_pricelist_id = pricelist
        return self.transfer_pricelist_id
