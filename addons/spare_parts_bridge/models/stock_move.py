from odoo import api, fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    parts_requisition_line_id = fields.Many2one(
        "parts.requisition.line",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    parts_role = fields.Selection(
        [
            ("delivery", "Delivery to the requester"),
            ("receipt", "Receipt by the requester"),
            ("return", "Return to the source"),
        ],
        string="Role for the Requisition",
        copy=False,
    )
    parts_discrepancy_id = fields.Many2one(
        "parts.discrepancy",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="The discrepancy that this move settles.",
    )

    parts_account_line_ids = fields.Many2many(
        "account.move.line",
        "parts_account_line_stock_move_rel",
        "stock_move_id",
        "account_line_id",
        string="Invoice Lines of the Parts",
        copy=False,
    )

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        """Override of `_prepare_merge_moves_distinct_fields` to part our lines."""
        return super()._prepare_merge_moves_distinct_fields() + [
            "parts_requisition_line_id",
            "parts_role",
            "parts_discrepancy_id",
        ]

    def _is_parts_shipment(self):
        """Return whether the move takes requisitioned parts out of the source."""
        return self.parts_role == "delivery" and self.location_dest_usage == "transit"

    def _action_done(self, cancel_backorder=False):
        """Override of `_action_done` to follow up what was shipped or came back."""
        done = super()._action_done(cancel_backorder=cancel_backorder)
        done.sudo()._follow_up_parts()
        return done

    def _follow_up_parts(self):
        """Open counts for what was shipped, and settle what came back.

        A receipt is followed up by its count, which knows of discrepancies.
        """
        shipments = self.filtered(lambda move: move._is_parts_shipment())
        self.env["parts.receipt"].sudo()._create_from_shipments(shipments)
        returns = self.filtered(lambda move: move.parts_role == "return")
        returns.parts_discrepancy_id._update_settlement()
        lines = (shipments | returns).parts_requisition_line_id
        lines.requisition_id._update_state()

    def _action_cancel(self):
        """Override of `_action_cancel` to let requisitions end without the rest."""
        result = super()._action_cancel()
        moves_sudo = self.sudo().filtered(
            lambda m: m.parts_role in ("delivery", "return")
        )
        moves_sudo.parts_discrepancy_id._update_settlement()
        moves_sudo.parts_requisition_line_id.requisition_id._update_state()
        return result

    # ------------------------------------------------------------------
    # Valuation
    # ------------------------------------------------------------------

    def _get_value_from_account_move(self, quantity, at_date=None):
        """Override of `_get_value_from_account_move` to take the mirrored bill.

        What the bill has put on the account is what the parts are worth, to the
        cent and at the bill's own exchange rate.
        """
        lines_sudo = self.sudo().parts_account_line_ids.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.company_id == self.company_id
                and line.move_id.is_purchase_document()
                and (not at_date or line.date <= fields.Date.to_date(at_date))
            )
        )
        if self.parts_role != "receipt" or not lines_sudo:
            return super()._get_value_from_account_move(quantity, at_date)
        return {
            "value": sum(lines_sudo.mapped("balance")),
            "quantity": quantity,
            "description": self.env._(
                "Bill %(bills)s", bills=", ".join(lines_sudo.move_id.mapped("name"))
            ),
        }

    def _get_value_from_quotation(self, quantity, at_date=None):
        """Override of `_get_value_from_quotation` to value receipts of parts.

        The transfer price that was frozen at approval stands for the order price,
        whatever the costing method. Core would take the product's own cost, which
        in the requesting company may be unknown.
        """
        if not (self.parts_role == "receipt" and self.parts_requisition_line_id):
            return super()._get_value_from_quotation(quantity, at_date)
        line_sudo = self.parts_requisition_line_id.sudo()
        if not line_sudo.requisition_id.is_intercompany:
            return super()._get_value_from_quotation(quantity, at_date)
        value = line_sudo._get_value_in_company(quantity, self.company_id, self.date)
        return {
            "value": value,
            "quantity": quantity,
            "description": self.env._(
                "%(value)s for %(quantity)s %(unit)s at the transfer price of "
                "%(requisition)s",
                value=self.company_currency_id.format(value),
                quantity=quantity,
                unit=self.product_id.uom_id.name,
                requisition=line_sudo.requisition_id.name,
            ),
        }
