# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceChargeShare(models.Model):
    """A share as a line of an order."""

    _inherit = "service.charge.share"

    def _put_on(self, order):
        """Add a line to `order` for each of these shares.

        Called in superuser mode.

        :raises UserError: the currency of the order has no rate
        """
        lines = self.env["sale.order.line"]
        vals_list = [share._prepare_sale_line_vals(order) for share in self]
        lines = lines.with_env(order.env).create(vals_list)
        for share, line in zip(self, lines, strict=True):
            if included := line.tax_ids._get_included_in_price():
                # amounts of shares are before taxes
                line.price_unit = included._adapt_price_unit_to_another_taxes(
                    line.price_unit, line.product_id, included.browse(), included
                )
            share._sell(line)

    def _prepare_sale_line_vals(self, order):
        """Return the values of the line that sells this share."""
        charge = self.charge_id
        return {
            "order_id": order.id,
            "service_kind": self.kind,
            "product_id": charge.product_id.id,
            "name": self._get_sale_name(order),
            "product_uom_qty": charge.quantity,
            "product_uom_id": charge.product_uom_id.id,
            "price_unit": self._get_sale_price(order),
            "discount": 0.0,
        }

    def _get_sale_price(self, order):
        """Return what the customer pays for one unit, in the order's currency.

        :raises UserError: it has no rate
        """
        quantity = self.charge_id.quantity
        date = fields.Date.context_today(self)
        amount = self.amount
        if order.currency_id != self.currency_id:
            amount = self.currency_id._convert_surely(
                amount, order.currency_id, self.company_id, date
            )
        return amount / quantity if quantity else 0.0

    def _get_sale_name(self, order):
        """Return what the customer reads: what it is, and what others pay of it."""
        charge = self.charge_id.with_context(lang=order._get_lang())
        if self.share >= 1.0:
            return charge.name
        return charge.env._(
            "%(name)s (your share: %(share)s of %(amount)s)",
            name=charge.name,
            share=f"{self.share:.0%}",
            amount=self.currency_id.format(charge.amount),
        )

    def _fits_line(self, line):
        """Tell whether the customer has accepted this on `line`.

        What was offered at the same price then is billed at the price that was agreed
        on since, whatever that is.
        """
        charge = self.charge_id
        if (line.service_kind, line.product_id) != (self.kind, charge.product_id):
            return False
        if line.product_uom_id != charge.product_uom_id:
            return False
        estimates = line.service_share_ids.filtered("is_estimate")
        return any(self._costs_as(estimate) for estimate in estimates)

    def _costs_as(self, estimate):
        """Tell whether the customer pays as much for this as for the estimate."""
        quantity = estimate.charge_id.quantity
        # as an amount, for a price alone is not rounded
        offered = (
            estimate.amount / quantity * self.charge_id.quantity if quantity else 0
        )
        return self.currency_id.compare_amounts(offered, self.amount) == 0
