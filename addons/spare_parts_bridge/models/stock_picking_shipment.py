from odoo import models
from odoo.exceptions import UserError


class StockPickingShipment(models.Model):
    """What a clerk fills in on a delivery note before it is validated."""

    _inherit = "stock.picking"

    def _fill_parts_shipment(self, quantities, lots):
        """Write down what leaves with this delivery note.

        :param dict quantities: ``{product.product: quantity}``; all that is
            reserved when empty
        :param dict lots: ``{product.product: [lot name]}``
        :raise UserError: when there is less in stock than is to be shipped
        """
        self.ensure_one()
        unknown = set(quantities) - set(self.move_ids.product_id)
        for product in unknown:
            raise UserError(
                self.env._(
                    "%(product)s is not on the delivery note %(picking)s.",
                    product=product.display_name,
                    picking=self.name,
                )
            )
        self.action_assign()
        for product in self.move_ids.product_id:
            moves = self.move_ids.filtered(lambda move, p=product: move.product_id == p)
            moves._fill_parts_shipment(
                quantities.get(product, 0.0) if quantities else None,
                lots.get(product, []),
            )
        if not any(move.picked and move.quantity for move in self.move_ids):
            raise UserError(
                self.env._(
                    "Nothing of %(picking)s is in stock. Replenish the parts at the "
                    "source first.",
                    picking=self.name,
                )
            )

    def _validate_parts_return(self):
        """Put returned parts back into the source's stock."""
        self.move_ids.picked = True
        self.with_context(skip_backorder=True, skip_sms=True).button_validate()
