from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    parts_stock_move_ids = fields.Many2many(
        "stock.move",
        "parts_account_line_stock_move_rel",
        "account_line_id",
        "stock_move_id",
        string="Transfers of the Parts",
        copy=False,
        help="The moves that this line pays for.",
    )

    def _get_stock_moves(self):
        """Override of `_get_stock_moves` to add the moves of requisitioned parts."""
        moves = super()._get_stock_moves() | self.parts_stock_move_ids
        return moves | self._get_used_parts()

    def _get_used_parts(self):
        """Return the moves of parts used on tickets that this line charges."""
        lines = self.sale_line_ids.filtered("service_kind")
        if not lines:
            return self.env["stock.move"]
        # sudo: whoever invoices has nothing to do with tickets
        return lines.sudo().service_share_ids.charge_id.repair_move_id.sudo(self.env.su)

    def _eligible_for_stock_account(self):
        """Override of `_eligible_for_stock_account`: what a job sheet has posted.

        The cost of parts stands in the books already, where their use has an entry.
        """
        used = self._get_used_parts()
        if used and used.sudo().account_move_id:  # sudo: only whether there is one
            return False
        return super()._eligible_for_stock_account()

    def _get_cogs_value(self):
        """Override of `_get_cogs_value` to expense what the parts really cost.

        The value with which they left stock, whatever has happened to the
        product's cost since.
        """
        moves = self.parts_stock_move_ids | self._get_used_parts()
        moves = moves.filtered(lambda move: move.state == "done")
        if not moves or self.move_id.reversed_entry_id:
            return super()._get_cogs_value()
        quantity = sum(move._get_valued_qty() for move in moves)
        return sum(moves.mapped("value")) / quantity if quantity else 0.0

    def _get_credited_price(self):
        """Return the price of an invoice line as it was entered, less its discount."""
        self.ensure_one()
        return self.quantity * self.price_unit * (1.0 - (self.discount or 0.0) / 100.0)

    def _get_live(self):
        """Return the lines of documents that are not cancelled."""
        return self.filtered(lambda line: line.move_id.state != "cancel")
