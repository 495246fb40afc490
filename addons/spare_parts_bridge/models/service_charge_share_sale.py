# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceChargeShare(models.Model):
    """The customer's share is sold by one line of one order."""

    _inherit = "service.charge.share"

    # A share has one sale line at most: so it is sold, and invoiced, once.
    sale_line_id = fields.Many2one(
        "sale.order.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Where the customer's share is quoted or sold.",
    )

    def _is_sold_by_repair(self):
        """Tell whether the job sheet's own quotation sells the part already."""
        self.ensure_one()
        line = self.charge_id.repair_move_id.sale_line_id
        return bool(line) and line.state != "cancel"

    def _is_to_invoice(self):
        """Tell whether what was done is on no order yet that can be invoiced."""
        self.ensure_one()
        if self._is_sold_by_repair():
            return False
        return not (self.is_billed and self.sale_line_id.state == "sale")

    def _sell(self, line):
        """Note that the line sells these shares.

        Called in superuser mode.
        """
        self.write({"sale_line_id": line.id})
        self._set_billed(True)

    def _free(self, forget=True):
        """Let these shares be sold again.

        Called in superuser mode.

        :param bool forget: whether the order is gone for good; a cancelled invoice
            may come back
        """
        self._set_billed(False)
        if forget:
            self.write({"sale_line_id": False})
