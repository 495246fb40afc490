# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from odoo.addons.crm_service.const import COST_KINDS


class SaleOrderLine(models.Model):
    """What a ticket costs the customer: delivered is what was done.

    Only that is invoiced, whatever was estimated, and whatever the product's policy.
    Parts are used up on the job sheet, so nothing is delivered a second time.
    """

    _inherit = "sale.order.line"

    service_kind = fields.Selection(
        COST_KINDS,
        "Kind of Cost",
        readonly=True,
        copy=False,
        help="Set on lines that sell the charges of a ticket.",
    )
    service_share_ids = fields.One2many(
        "service.charge.share",
        "sale_line_id",
        "Charges of the Ticket",
        copy=False,
        groups="crm_service.group_service_technician",
    )

    # -- quantities -----------------------------------------------------------

    @api.depends("service_kind")
    def _compute_qty_delivered_method(self):
        """Override of `_compute_qty_delivered_method`: no transfer is expected."""
        result = super()._compute_qty_delivered_method()
        self.filtered("service_kind").qty_delivered_method = "manual"
        return result

    @api.depends(
        "service_kind", "service_share_ids.is_billed", "service_share_ids.sale_line_id"
    )
    def _compute_qty_delivered(self):
        """Override of `_compute_qty_delivered` to count what was done."""
        return super()._compute_qty_delivered()

    def _prepare_qty_delivered(self):
        """Override of `_prepare_qty_delivered` to count what was done."""
        ours = self.filtered("service_kind")
        delivered = super(SaleOrderLine, self - ours)._prepare_qty_delivered()
        for line in ours:
            delivered[line] = line._get_done_quantity()
        return delivered

    def _get_done_quantity(self):
        """Return the quantity of the charges that this line sells."""
        # sudo: whoever sells or invoices may not work on tickets
        shares_sudo = self.sudo().service_share_ids.filtered(
            lambda share: share.is_billed and not share.is_estimate
        )
        return sum(
            share.charge_id.product_uom_id._compute_quantity(
                share.charge_id.quantity, self.product_uom_id, round=False
            )
            for share in shares_sudo
        )

    @api.depends(
        "invoice_lines.parent_state",
        "invoice_lines.price_subtotal",
        "invoice_lines.move_id.reversed_entry_id",
    )
    def _compute_qty_to_invoice(self):
        """Override of `_compute_qty_to_invoice` to invoice only what was done.

        What was credited in part is settled with that.
        """
        result = super()._compute_qty_to_invoice()
        for line in self.filtered(lambda row: row.service_kind and row.state == "sale"):
            done = line.qty_delivered
            settled = min(line._get_settled_quantity(), done)
            line.qty_to_invoice = done - max(line.qty_invoiced, settled)
        return result

    def _get_settled_quantity(self):
        """Return the quantity on invoices that are not wholly credited.

        Credit notes that reverse an invoice count when they are posted.
        """
        # sudo: whoever sells may not read what was invoiced
        rows_sudo = self.sudo().invoice_lines._get_live()
        reversals_sudo = rows_sudo.filtered("move_id.reversed_entry_id")
        credited_sudo = reversals_sudo.filtered(lambda r: r.parent_state == "posted")
        settled = 0.0
        for move, rows in (rows_sudo - reversals_sudo).grouped("move_id").items():
            credits = credited_sudo.filtered(
                lambda row, move=move: row.move_id.reversed_entry_id == move
            )
            left = sum(rows.mapped("price_subtotal"))
            left -= sum(credits.mapped("price_subtotal"))
            if credits and move.currency_id.compare_amounts(left, 0.0) <= 0:
                continue
            for row in rows:
                settled -= move.direction_sign * row.product_uom_id._compute_quantity(
                    row.quantity, self.product_uom_id, round=False
                )
        return settled

    def _get_amount_to_invoice(self):
        """Return what an invoice of these lines would be now, before taxes.

        In the company's currency; below zero where more was invoiced than was done,
        such as by a down payment.
        """
        amount = 0.0
        for line in self.filtered("qty_to_invoice"):
            if line.is_downpayment:
                amount += sum(line.invoice_lines._get_live().mapped("balance"))
            elif line.product_uom_qty:
                part = line.qty_to_invoice / line.product_uom_qty
                rate = line.order_id.currency_rate or 1.0
                amount += line.price_subtotal * part / rate
        return self.company_id[:1].currency_id.round(amount) if self else amount

    def _compute_invoice_status(self):
        """Override of `_compute_invoice_status`: more than estimated is no upsale."""
        result = super()._compute_invoice_status()
        for line in self.filtered("service_kind"):
            if line.invoice_status == "upselling":
                line.invoice_status = "invoiced"
        return result

    # -- prices ---------------------------------------------------------------

    def _compute_price_unit(self):
        """Override of `_compute_price_unit` to keep the customer's share."""
        others = self.filtered(lambda line: not line.service_kind)
        return super(SaleOrderLine, others)._compute_price_unit()

    def _compute_discount(self):
        """Override of `_compute_discount`: the share is less the discount already."""
        others = self.filtered(lambda line: not line.service_kind)
        return super(SaleOrderLine, others)._compute_discount()

    # -- nothing is delivered twice -------------------------------------------

    def _action_launch_stock_rule(self, **kwargs):
        """Override of `_action_launch_stock_rule`: the job sheet used the parts."""
        others = self.filtered(lambda line: not line.service_kind)
        return super(SaleOrderLine, others)._action_launch_stock_rule(**kwargs)

    def _create_repair_order(self):
        """Override of `_create_repair_order`: the ticket has its job sheets."""
        others = self.filtered(lambda line: not line.service_kind)
        return super(SaleOrderLine, others)._create_repair_order()

    # -- shares ---------------------------------------------------------------

    def unlink(self):
        """Override of `unlink` to free the charges."""
        self._free_shares()
        return super().unlink()

    def _free_shares(self):
        """Let what these lines sell be sold again."""
        lines = self.filtered("service_kind")
        if lines:
            # sudo: see `_get_done_quantity`
            lines.sudo().service_share_ids._free()

    def _follow_invoices(self):
        """Free what is no longer invoiced, and take back what is invoiced again.

        Called in superuser mode after an invoice of these lines has changed.
        """
        for line in self.filtered(lambda row: row.service_kind and row.state == "sale"):
            done = line.service_share_ids.filtered(lambda s: not s.is_estimate)
            if line.product_uom_id.compare(line._get_settled_quantity(), 0.0) <= 0:
                done._free(forget=False)
            else:
                done.filtered(lambda share: not share.is_billed)._set_billed(True)
