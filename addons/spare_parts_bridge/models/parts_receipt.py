from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class PartsReceipt(models.Model):
    """A count of what arrived against a delivery note.

    One open count is made for each shipment. Confirming it puts what agrees into
    stock, posts its cost in both companies and opens a discrepancy for the rest,
    all in one transaction.
    """

    _name = "parts.receipt"
    _description = "Parts Receipt"
    _inherit = ["parts.guarded.mixin", "mail.thread"]
    _order = "id desc"

    name = fields.Char("Count", required=True, readonly=True, copy=False)
    requisition_id = fields.Many2one(
        "parts.requisition", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        related="requisition_id.company_id", store=True, index=True
    )
    source_company_id = fields.Many2one(
        related="requisition_id.source_company_id", store=True, index=True
    )
    warehouse_id = fields.Many2one(related="requisition_id.warehouse_id", store=True)
    ticket_id = fields.Many2one(
        related="requisition_id.ticket_id",
        groups="crm_service.group_service_technician",
    )
    delivery_id = fields.Many2one(
        "stock.picking", "Delivery Transfer", readonly=True, index=True
    )
    delivery_name = fields.Char("Delivery Note", readonly=True, index="trigram")
    shipped_at = fields.Datetime("Shipped on", readonly=True)
    picking_id = fields.Many2one(
        "stock.picking", "Receipt Transfer", readonly=True, copy=False
    )
    state = fields.Selection(
        [("draft", "To count"), ("done", "Counted"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    is_complete = fields.Boolean(
        "Everything Counted",
        default=True,
        help="What is missing is short. Untick it when more is to be unpacked: the "
        "rest then stays on a new count.",
    )
    user_id = fields.Many2one("res.users", "Counted by", readonly=True, copy=False)
    counted_at = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many("parts.receipt.line", "receipt_id")
    discrepancy_ids = fields.One2many("parts.discrepancy", "receipt_id", readonly=True)
    posting_ids = fields.One2many("parts.posting", "receipt_id", readonly=True)
    revision = fields.Integer(readonly=True, copy=False)

    _name_uniq = models.Constraint("UNIQUE(name)", "This count number is already used.")

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values` to name what only methods change."""
        return {
            "state": "draft",
            "name": False,
            "requisition_id": False,
            "delivery_id": False,
            "picking_id": False,
            "user_id": False,
            "counted_at": False,
            "revision": 0,
        }

    def write(self, vals):
        """Override of `write` to keep a confirmed count as it is."""
        if not self.env.su and "is_complete" in vals:
            self._ensure_to_count()
        return super().write(vals)

    def _ensure_to_count(self):
        if any(receipt.state != "draft" for receipt in self):
            raise UserError(
                self.env._(
                    "A confirmed count cannot be changed. Settle the difference on "
                    "its discrepancy."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Counts cannot be deleted: they prove what arrived. Count again and "
                "settle the difference."
            )
        )

    # ------------------------------------------------------------------
    # From the shipment
    # ------------------------------------------------------------------

    @api.model
    def _create_from_shipments(self, moves):
        """Make the open count and the announced receipt of each shipment.

        :param moves: done `stock.move` records that left the source, in superuser
            mode
        """
        groups = moves.grouped(
            lambda move: (
                move.picking_id,
                move.parts_requisition_line_id.requisition_id,
            )
        )
        for (picking, requisition), picking_moves in groups.items():
            receipt = self.create(
                {
                    "name": self._next_name(),
                    "requisition_id": requisition.id,
                    "delivery_id": picking.id,
                    "delivery_name": picking.name,
                    "shipped_at": fields.Datetime.now(),
                    "line_ids": [
                        Command.create(vals)
                        for vals in self._prepare_lines_vals(picking_moves)
                    ],
                }
            )
            receipt._announce()

    @api.model
    def _next_name(self):
        return self.env["ir.sequence"].next_by_code("parts.receipt")

    @api.model
    def _prepare_lines_vals(self, moves):
        """Return one line per requisition line and lot."""
        quantities = defaultdict(float)
        for move_line in moves.move_line_ids:
            key = (
                move_line.move_id.parts_requisition_line_id,
                move_line.lot_id,
                move_line.move_id.parts_discrepancy_id,
            )
            quantities[key] += move_line.quantity_product_uom
        return [
            {
                "requisition_line_id": line.id,
                "product_id": line.product_id.id,
                "lot_id": lot.id,
                "qty_expected": quantity,
                "delivery_move_ids": [
                    Command.set(
                        moves.filtered(
                            lambda m, line=line: m.parts_requisition_line_id == line
                        ).ids
                    )
                ],
            }
            for (line, lot, _discrepancy), quantity in quantities.items()
            if quantity
        ]

    def _announce(self):
        """Make the receipt transfer that waits for the count."""
        for receipt in self:
            requisition = receipt.requisition_id
            warehouse = requisition.warehouse_id
            picking = (
                self.env["stock.picking"]
                .sudo()
                .with_company(receipt.company_id)
                .create(
                    {
                        "picking_type_id": warehouse.in_type_id.id,
                        "partner_id": requisition.source_company_id.partner_id.id,
                        "origin": f"{requisition.name} / {receipt.delivery_name}",
                        "location_id": requisition._get_transit_location().id,
                        "location_dest_id": (
                            warehouse.in_type_id.default_location_dest_id
                            or warehouse.lot_stock_id
                        ).id,
                        "parts_receipt_id": receipt.id,
                        "move_ids": [
                            Command.create(receipt._prepare_move_vals(line, lines))
                            for line, lines in receipt.line_ids.grouped(
                                "requisition_line_id"
                            ).items()
                        ],
                    }
                )
            )
            picking.action_confirm()
            receipt.picking_id = picking

    def _prepare_move_vals(self, requisition_line, lines):
        return {
            "product_id": requisition_line.product_id.id,
            "product_uom_qty": sum(lines.mapped("qty_expected")),
            "parts_requisition_line_id": requisition_line.id,
            "parts_role": "receipt",
            "move_orig_ids": [Command.set(lines.delivery_move_ids.ids)],
            # No automatic reservation: the count says which lots arrived.
            "procure_method": "make_to_stock",
        }

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def action_accept_all(self):
        """Set everything that was shipped as accepted."""
        for line in self.filtered(lambda r: r.state == "draft").line_ids:
            line.write(
                {
                    "qty_accepted": line.qty_expected,
                    "qty_damaged": 0.0,
                    "qty_wrong": 0.0,
                }
            )
        return True

    def action_confirm(self):
        """Confirm the counts: stock, both books and discrepancies at once.

        :raise UserError: when a count was confirmed before, or more is counted than
            was shipped
        """
        for receipt in self:
            receipt.requisition_id._ensure_company(
                receipt.company_id, "spare_parts_bridge.group_parts_keeper"
            )
            receipt.requisition_id.sudo()._lock_in_order()
            receipt.sudo()._confirm()
        return True

    def _get_counted(self):
        """Return the counts in which something is entered, or the only one.

        :raise UserError: when nothing is entered in any of several
        """
        counted = self.filtered(
            lambda receipt: any(
                line.qty_accepted or line.qty_damaged or line.qty_wrong
                for line in receipt.line_ids
            )
        )
        if not counted and len(self) > 1:
            raise UserError(
                self.env._(
                    "Several delivery notes are on the road: %(deliveries)s. Name the "
                    "one of which nothing has arrived.",
                    deliveries=", ".join(self.mapped("delivery_name")),
                )
            )
        return counted or self

    def _confirm(self):
        self._check_countable()
        self.write(
            {
                "state": "done",
                "user_id": self.env.uid,
                "counted_at": fields.Datetime.now(),
            }
        )
        moves = self._receive_accepted()
        self._add_accepted_quantities()
        self._open_rest()
        self.line_ids._create_discrepancies()
        self.env["parts.posting"]._post_receipt(self, moves)
        self.requisition_id._update_state()

    def _check_countable(self):
        self.ensure_one()
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(name)s was already counted by %(user)s. Reload the page to see "
                    "the result.",
                    name=self.name,
                    user=self.user_id.name or self.env._("somebody else"),
                )
            )
        self.line_ids._check_quantities()
        if not self.is_complete and not any(
            line.qty_accepted or line.qty_damaged or line.qty_wrong
            for line in self.line_ids
        ):
            raise UserError(
                self.env._(
                    "Nothing is counted yet on %(name)s. Enter what arrived, or tick "
                    "Everything Counted if nothing did.",
                    name=self.name,
                )
            )

    def _receive_accepted(self):
        """Put what agrees into stock.

        :return: the done receipt moves
        """
        picking = self.picking_id.sudo().with_company(self.company_id)
        picking.move_ids._do_unreserve()
        accepted = self.line_ids.filtered("qty_accepted")
        if not accepted:
            picking.action_cancel()
            return self.env["stock.move"]
        for move in picking.move_ids:
            lines = accepted.filtered(
                lambda row, m=move: (
                    row.requisition_line_id == m.parts_requisition_line_id
                )
            )
            move._set_counted(lines)
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if picking.state != "done":
            raise UserError(
                self.env._(
                    "%(picking)s could not be validated. Open it under Inventory / "
                    "Transfers to see what it asks for.",
                    picking=picking.name,
                )
            )
        return picking.move_ids.filtered(lambda move: move.state == "done")

    def _add_accepted_quantities(self):
        for line in self.line_ids:
            line.requisition_line_id.qty_accepted += line.qty_accepted

    def _open_rest(self):
        """Leave what is not unpacked yet to a new count."""
        rest = [
            vals for line in self.line_ids for vals in line._prepare_rest_line_vals()
        ]
        if not rest:
            return
        receipt = self.create(
            {
                "name": self._next_name(),
                "requisition_id": self.requisition_id.id,
                "delivery_id": self.delivery_id.id,
                "delivery_name": self.delivery_name,
                "shipped_at": self.shipped_at,
                "line_ids": [Command.create(vals) for vals in rest],
            }
        )
        receipt._announce()
