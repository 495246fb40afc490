from odoo import fields, models


class StockMove(models.Model):
    """A part that was used, as a charge."""

    _inherit = "stock.move"

    def _prepare_charge_vals(self):
        """Return the values of the charge of this done line of a job sheet."""
        return {
            "ticket_id": self.repair_id.ticket_id.id,
            "repair_move_id": self.id,
            "kind": "part",
            "date": fields.Datetime.context_timestamp(self, self.date).date(),
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom.id,
            "quantity": self.quantity,
            "unit_cost": self._get_charge_cost(),
        }

    def _get_charge_cost(self):
        """Return what one unit of this line cost, as stock values it."""
        if self.value:
            return abs(self.value) / self.quantity
        product = self.product_id.with_company(self.company_id)
        return product.uom_id._compute_price(product.standard_price, self.product_uom)
