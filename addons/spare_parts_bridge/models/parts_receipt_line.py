from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import DISCREPANCY_KINDS


class PartsReceiptLine(models.Model):
    """What was counted of one part, and of one lot if it has lots."""

    _name = "parts.receipt.line"
    _description = "Parts Receipt Line"
    _inherit = "parts.guarded.mixin"
    _order = "receipt_id, id"
    _rec_name = "product_id"

    receipt_id = fields.Many2one(
        "parts.receipt", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="receipt_id.company_id", store=True, index=True
    )
    source_company_id = fields.Many2one(
        related="receipt_id.source_company_id", store=True, index=True
    )
    state = fields.Selection(related="receipt_id.state")
    requisition_line_id = fields.Many2one(
        "parts.requisition.line", required=True, readonly=True, index=True
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lot_id = fields.Many2one("stock.lot", "Lot/Serial Number", readonly=True)
    delivery_move_ids = fields.Many2many("stock.move", readonly=True)
    qty_expected = fields.Float("Shipped", digits="Product Unit", readonly=True)
    qty_accepted = fields.Float("Accepted", digits="Product Unit")
    qty_damaged = fields.Float("Damaged", digits="Product Unit")
    qty_wrong = fields.Float("Wrong Item", digits="Product Unit")
    qty_short = fields.Float(
        "Short",
        digits="Product Unit",
        compute="_compute_qty_short",
        store=True,
        help="What is missing from the shipped quantity.",
    )
    note = fields.Char()

    _quantities_not_negative = models.Constraint(
        "CHECK(qty_accepted >= 0 AND qty_damaged >= 0 AND qty_wrong >= 0)",
        "Counted quantities cannot be negative.",
    )

    @api.depends(
        "qty_expected",
        "qty_accepted",
        "qty_damaged",
        "qty_wrong",
        "receipt_id.is_complete",
    )
    def _compute_qty_short(self):
        for line in self:
            line.qty_short = (
                line._get_uncounted() if line.receipt_id.is_complete else 0.0
            )

    def _get_uncounted(self):
        counted = self.qty_accepted + self.qty_damaged + self.qty_wrong
        return max(0.0, self.product_uom_id.round(self.qty_expected - counted))

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values` to name what only methods change."""
        return {
            "requisition_line_id": False,
            "receipt_id": False,
            "product_id": False,
            "lot_id": False,
            "delivery_move_ids": False,
            "qty_expected": 0.0,
            "qty_short": 0.0,
        }

    def write(self, vals):
        """Override of `write` to keep a confirmed count as it is."""
        if not self.env.su and any(line.state != "draft" for line in self):
            raise UserError(
                self.env._(
                    "A confirmed count cannot be changed. Settle the difference on "
                    "its discrepancy."
                )
            )
        return super().write(vals)

    def _check_quantities(self):
        for line in self:
            uom = line.product_uom_id
            counted = line.qty_accepted + line.qty_damaged + line.qty_wrong
            if uom.compare(counted, line.qty_expected) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: %(counted)s is counted but only %(shipped)s was "
                        "shipped with %(delivery)s. Correct the count, and tell the "
                        "source about parts that are on no delivery note.",
                        product=line._get_label(),
                        counted=counted,
                        shipped=line.qty_expected,
                        delivery=line.receipt_id.delivery_name,
                    )
                )

    def _add_counted(self, field_name, quantity):
        """Spread a counted quantity over these lines, in their order.

        :param str field_name: ``qty_accepted``, ``qty_damaged`` or ``qty_wrong``
        :param float quantity: in the product's unit
        :raise UserError: when it is more than what was shipped
        """
        product = self[:1].product_id
        for line in self:
            taken = min(quantity, line._get_uncounted())
            line[field_name] += taken
            quantity -= taken
        if product.uom_id.compare(quantity, 0.0) > 0:
            raise UserError(
                self.env._(
                    "%(product)s: %(excess)s more is counted than was shipped. "
                    "Correct the count, and tell the source about parts that are on "
                    "no delivery note.",
                    product=product.display_name,
                    excess=quantity,
                )
            )

    def _get_label(self):
        self.ensure_one()
        product, lot = self.product_id.display_name, self.lot_id.sudo().name
        return f"{product} ({lot})" if lot else product

    def _prepare_rest_line_vals(self):
        """Return the line of the next count for what is not unpacked yet."""
        self.ensure_one()
        rest = 0.0 if self.receipt_id.is_complete else self._get_uncounted()
        if not rest:
            return []
        return [
            {
                "requisition_line_id": self.requisition_line_id.id,
                "product_id": self.product_id.id,
                "lot_id": self.lot_id.id,
                "qty_expected": rest,
                "delivery_move_ids": [Command.set(self.delivery_move_ids.ids)],
            }
        ]

    def _create_discrepancies(self):
        """Open a discrepancy for each kind of difference of each line."""
        self.env["parts.discrepancy"].sudo().create(
            [
                line._prepare_discrepancy_vals(kind)
                for line in self
                for kind, _label in DISCREPANCY_KINDS
                if line[f"qty_{kind}"]
            ]
        )

    def _prepare_discrepancy_vals(self, kind):
        return {
            "receipt_id": self.receipt_id.id,
            "receipt_line_id": self.id,
            "requisition_line_id": self.requisition_line_id.id,
            "kind": kind,
            "quantity": self[f"qty_{kind}"],
            "note": self.note,
        }
