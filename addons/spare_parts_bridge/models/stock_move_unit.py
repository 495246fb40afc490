from odoo import fields, models


class StockMove(models.Model):
    """Serial numbers that go to customers become units; returns take them back."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Override of `_action_done` to follow serial numbers to customers."""
        done = super()._action_done(cancel_backorder=cancel_backorder)
        # sudo: whoever moves goods need not know of installed units
        moves_sudo = done.sudo().filtered(lambda move: move._is_unit_move())
        moves_sudo.move_line_ids._register_units()
        return done

    def _is_unit_move(self):
        """Tell whether units go to a customer by this move, or come back."""
        usages = (self.location_id.usage, self.location_dest_id.usage)
        return (
            usages.count("customer") == 1
            and self.state == "done"
            and self.product_id.tracking == "serial"
            and self.product_id.service_register_unit
            and self.company_id.service_register_units
        )

    def _get_unit_partner(self):
        """Return the address to which this move brings units, or none."""
        self.ensure_one()
        shipping = self.sale_line_id.order_id.partner_shipping_id
        return self.partner_id or self.picking_id.partner_id or shipping

    def _get_unit_dealer(self):
        """Return who sold the units of this move to the customer, if it was not us.

        By default it is who ordered them for somebody else. Extend it to tell dealers
        in another way.

        :return: `res.partner`, perhaps none
        """
        self.ensure_one()
        buyer = self.sale_line_id.order_id.partner_id.commercial_partner_id
        owner = self._get_unit_partner().commercial_partner_id
        return buyer if buyer != owner else buyer.browse()

    def _get_unit_sale_day(self, company):
        """Return the day on which the units of this move were sold, or none."""
        moment = self.sale_line_id.order_id.date_order
        return moment and self._get_day(moment, company)

    def _get_day(self, moment, company):
        """Return the day of a moment where `company` is."""
        tz = company.partner_id.tz or self.env.user.tz or "UTC"
        there = self.with_context(tz=tz)
        return fields.Datetime.context_timestamp(there, moment).date()
