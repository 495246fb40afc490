from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import DISCREPANCY_KINDS, GOODS_FATES, RESOLUTIONS

DEFAULT_GOODS = {"short": "lost", "damaged": "lost", "wrong": "returned"}


class PartsDiscrepancy(models.Model):
    """What did not agree with the delivery note, and how it was settled.

    Until it is settled the quantity stays in the transit location and on the
    source's account: only accepted parts are charged.
    """

    _name = "parts.discrepancy"
    _description = "Parts Discrepancy"
    _inherit = ["parts.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True, copy=False)
    receipt_id = fields.Many2one(
        "parts.receipt", required=True, readonly=True, index=True
    )
    receipt_line_id = fields.Many2one(
        "parts.receipt.line", required=True, readonly=True
    )
    requisition_line_id = fields.Many2one(
        "parts.requisition.line", required=True, readonly=True
    )
    requisition_id = fields.Many2one(
        related="requisition_line_id.requisition_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="requisition_line_id.company_id", store=True, index=True
    )
    source_company_id = fields.Many2one(
        related="requisition_line_id.source_company_id", store=True, index=True
    )
    delivery_name = fields.Char(related="receipt_id.delivery_name")
    product_id = fields.Many2one(related="requisition_line_id.product_id", store=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lot_id = fields.Many2one(related="receipt_line_id.lot_id")
    kind = fields.Selection(
        DISCREPANCY_KINDS, required=True, readonly=True, tracking=True
    )
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    state = fields.Selection(
        [
            ("open", "To settle"),
            ("returning", "On its way back"),
            ("settled", "Settled"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    resolution = fields.Selection(RESOLUTIONS, tracking=True)
    goods = fields.Selection(
        GOODS_FATES,
        "What Became of the Goods",
        compute="_compute_goods",
        store=True,
        readonly=False,
        help="Lost goods are scrapped in the source's books; the others go back into "
        "the source's stock.",
    )
    note = fields.Text()
    settled_by_id = fields.Many2one("res.users", readonly=True)
    settled_at = fields.Datetime(readonly=True)
    move_ids = fields.One2many("stock.move", "parts_discrepancy_id", readonly=True)
    revision = fields.Integer(readonly=True, copy=False)

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A discrepancy needs a quantity above zero."
    )

    @api.depends("resolution", "kind")
    def _compute_goods(self):
        fixed = {"write_off": "lost", "return": "returned"}
        for discrepancy in self:
            discrepancy.goods = fixed.get(
                discrepancy.resolution, DEFAULT_GOODS.get(discrepancy.kind)
            )

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values` to name what only methods change."""
        return {
            "name": False,
            "state": "open",
            "receipt_id": False,
            "receipt_line_id": False,
            "requisition_line_id": False,
            "requisition_id": False,
            "company_id": False,
            "source_company_id": False,
            "product_id": False,
            "kind": False,
            "quantity": 0.0,
            "settled_by_id": False,
            "settled_at": False,
            "revision": 0,
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to number the discrepancies and to tell the source."""
        sequence = self.env["ir.sequence"]
        for vals in vals_list:
            vals["name"] = sequence.next_by_code("parts.discrepancy")
        discrepancies = super().create(vals_list)
        discrepancies._ask_source()
        return discrepancies

    def _ask_source(self):
        """Give the source's clerk one activity for each discrepancy."""
        # sudo: the keeper who counts does not read the other company's people
        for discrepancy_sudo in self.sudo():
            clerk_sudo = discrepancy_sudo._get_source_clerk()
            if clerk_sudo:
                discrepancy_sudo.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env(
                        context={**self.env.context, "lang": clerk_sudo.lang}
                    )._("Settle the discrepancy"),
                    user_id=clerk_sudo.id,
                )

    def _get_source_clerk(self):
        """Return who approved for the source's warehouse, else its first clerk."""
        company = self.source_company_id
        group = self.env.ref("spare_parts_bridge.group_parts_clerk")
        clerks = group.all_user_ids.filtered(
            lambda user: user.active and company in user.company_ids
        )
        approvals = self.requisition_id.approval_ids
        return (approvals.user_id & clerks)[:1] or clerks.sorted("id")[:1]

    def write(self, vals):
        """Override of `write` to keep settled discrepancies as they are."""
        if {"resolution", "goods"} & vals.keys() and not self.env.su:
            self._ensure_open()
        return super().write(vals)

    def _ensure_open(self):
        for discrepancy in self:
            if discrepancy.state != "open":
                raise UserError(
                    self.env._(
                        "%(name)s is already being settled. Reload the page to see "
                        "how.",
                        name=discrepancy.name,
                    )
                )

    # ------------------------------------------------------------------
    # Settling
    # ------------------------------------------------------------------

    def action_settle(self):
        """Settle the discrepancies in the way that was chosen.

        :raise UserError: when no way was chosen, or it was settled before
        """
        for discrepancy in self:
            discrepancy._ensure_may_settle()
            discrepancy.requisition_id.sudo()._lock_in_order()
            discrepancy._ensure_open()
            if not discrepancy.resolution:
                raise UserError(
                    self.env._(
                        "Choose how %(name)s is settled: ship again, return or write "
                        "off.",
                        name=discrepancy.name,
                    )
                )
            discrepancy.sudo()._settle()
        return True

    def _ensure_may_settle(self):
        self.requisition_id._ensure_company(
            self.source_company_id, "spare_parts_bridge.group_parts_clerk"
        )

    def _settle(self):
        picking = self._return_goods()
        if self.resolution == "return":
            self.state = "returning"
        else:
            picking._validate_parts_return()
            if self.goods == "lost":
                self._scrap_goods(picking)
            self._set_settled()
        if self.resolution == "ship_again":
            self.requisition_id._create_delivery(
                {self.requisition_line_id: self.quantity}, discrepancy=self
            )
        self.requisition_id._update_state()

    def _set_settled(self):
        self.activity_feedback(["mail.mail_activity_data_todo"])
        self.write(
            {
                "state": "settled",
                "settled_by_id": self.env.uid,
                "settled_at": fields.Datetime.now(),
            }
        )

    def _update_settlement(self):
        """Settle what was on its way back and has arrived.

        When the return was cancelled, the goods are in transit still: another way to
        settle has to be found.
        """
        for discrepancy in self.filtered(lambda row: row.state == "returning"):
            returns = discrepancy.move_ids.filtered(lambda m: m.parts_role == "return")
            if any(move.state not in ("done", "cancel") for move in returns):
                continue
            back = sum(returns.filtered(lambda m: m.state == "done").mapped("quantity"))
            if discrepancy.product_uom_id.compare(back, discrepancy.quantity) >= 0:
                discrepancy._set_settled()
            else:
                discrepancy.state = "open"

    def _return_goods(self):
        """Move the goods out of transit, back to the source.

        Even lost goods take this way, so that the source's stock value comes back
        at the cost it left with, and the loss is a scrap order like any other.
        """
        requisition = self.requisition_id
        warehouse = requisition.source_warehouse_id
        delivered = self.receipt_line_id.delivery_move_ids[:1]
        quantity = self._get_quantity_in_transit()
        picking = (
            self.env["stock.picking"]
            .sudo()
            .with_company(self.source_company_id)
            .create(
                {
                    "picking_type_id": warehouse.in_type_id.id,
                    "partner_id": requisition.company_id.partner_id.id,
                    "origin": f"{requisition.name} / {self.name}",
                    "location_id": requisition._get_transit_location().id,
                    "location_dest_id": warehouse.lot_stock_id.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product_id.id,
                                "product_uom_qty": quantity,
                                "parts_requisition_line_id": (
                                    self.requisition_line_id.id
                                ),
                                "parts_role": "return",
                                "parts_discrepancy_id": self.id,
                                "origin_returned_move_id": delivered.id,
                            }
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        picking.move_ids._set_returned(quantity, self.lot_id)
        return picking

    def _get_quantity_in_transit(self):
        """Return what has not come back by an earlier return, cancelled in part."""
        back = self.move_ids.filtered(
            lambda move: move.parts_role == "return" and move.state == "done"
        )
        return self.quantity - sum(back.mapped("quantity"))

    def _scrap_goods(self, picking):
        """Scrap what a return has just put into the source's stock, where it lies."""
        scraps = (
            self.env["stock.scrap"]
            .sudo()
            .with_company(self.source_company_id)
            .create(
                [
                    {
                        "product_id": self.product_id.id,
                        "scrap_qty": line.quantity_product_uom,
                        "lot_id": line.lot_id.id,
                        "location_id": line.location_dest_id.id,
                        "company_id": self.source_company_id.id,
                        "origin": f"{self.requisition_id.name} / {self.name}",
                    }
                    for line in picking.move_line_ids
                ]
            )
        )
        scraps.do_scrap()
