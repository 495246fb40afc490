from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class PartsRequisitionLine(models.Model):
    """One part of a requisition, with what became of it."""

    _name = "parts.requisition.line"
    _description = "Parts Requisition Line"
    _inherit = "parts.guarded.mixin"
    _order = "requisition_id, sequence, id"
    _rec_name = "product_id"
    _check_company_auto = True

    requisition_id = fields.Many2one(
        "parts.requisition", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="requisition_id.company_id", store=True, index=True
    )
    source_company_id = fields.Many2one(
        related="requisition_id.source_company_id", store=True, index=True
    )
    state = fields.Selection(related="requisition_id.state", store=True, index=True)
    warehouse_id = fields.Many2one(related="requisition_id.warehouse_id")
    product_id = fields.Many2one(
        "product.product",
        "Part",
        required=True,
        index=True,
        domain="[('is_storable', '=', True)]",
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    qty_requested = fields.Float(
        "Requested", digits="Product Unit", default=1.0, required=True
    )
    qty_approved = fields.Float(
        "Approved", digits="Product Unit", readonly=True, copy=False
    )
    qty_shipped = fields.Float(
        "Shipped",
        digits="Product Unit",
        compute="_compute_qty_shipped",
        store=True,
        help="What has left the source, without what was shipped again.",
    )
    qty_accepted = fields.Float(
        "Accepted", digits="Product Unit", readonly=True, copy=False
    )
    qty_to_receive = fields.Float(
        "Still Expected", digits="Product Unit", compute="_compute_qty_to_receive"
    )
    price_unit = fields.Float(
        "Transfer Price",
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        help="Price of the source's transfer price list; frozen at approval.",
    )
    currency_id = fields.Many2one(related="requisition_id.currency_id")
    amount = fields.Monetary(compute="_compute_amount", store=True)
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint",
        "Reordering Rule",
        index="btree_not_null",
        check_company=True,
    )
    repair_move_id = fields.Many2one(
        "stock.move",
        "Part on the Job Sheet",
        index="btree_not_null",
        check_company=True,
    )
    note = fields.Char()
    move_ids = fields.One2many("stock.move", "parts_requisition_line_id")

    _qty_requested_positive = models.Constraint(
        "CHECK(qty_requested > 0)", "Ask for a quantity above zero."
    )
    _qty_approved_not_negative = models.Constraint(
        "CHECK(qty_approved >= 0)", "An approved quantity cannot be negative."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends(
        "move_ids.state",
        "move_ids.quantity",
        "move_ids.parts_role",
        "move_ids.location_dest_id",
        "move_ids.parts_discrepancy_id",
    )
    def _compute_qty_shipped(self):
        for line in self:
            moves_sudo = line.sudo().move_ids.filtered(
                lambda move: (
                    move.state == "done"
                    and move._is_parts_shipment()
                    and not move.parts_discrepancy_id
                )
            )
            line.qty_shipped = sum(moves_sudo.mapped("quantity"))

    @api.depends("qty_requested", "qty_approved", "qty_accepted", "state")
    def _compute_qty_to_receive(self):
        for line in self:
            expected = line.qty_approved
            if line.state == "draft":
                expected = line.qty_requested
            elif line.state not in ("submitted", "approved", "shipped"):
                expected = 0.0
            line.qty_to_receive = max(0.0, expected - line.qty_accepted)

    @api.depends("product_id", "requisition_id.source_warehouse_id")
    def _compute_price_unit(self):
        for line in self:
            if line.state in (False, "draft", "submitted"):
                line.price_unit = line._get_transfer_price() or 0.0

    @api.depends("price_unit", "qty_requested", "qty_approved", "state")
    def _compute_amount(self):
        for line in self:
            is_draft = line.state in (False, "draft")
            quantity = line.qty_requested if is_draft else line.qty_approved
            line.amount = line.price_unit * quantity

    def _get_transfer_price(self):
        """Return the source's current transfer price of the part.

        :return: price for one of the product's unit in the requisition's currency,
            0.0 within one company, or ``None`` when the source has set no price
        """
        self.ensure_one()
        if not self.requisition_id.is_intercompany:
            return 0.0
        # The price list belongs to the source, which the buyer may not read.
        source_sudo = self.requisition_id.source_company_id.sudo()
        pricelist_sudo = source_sudo.transfer_pricelist_id.with_company(source_sudo)
        if not pricelist_sudo or not self.product_id:
            return None
        price, rule = pricelist_sudo._get_product_price_rule(
            self.product_id.sudo().with_company(source_sudo),
            self.qty_approved or self.qty_requested or 1.0,
            date=fields.Datetime.now(),
        )
        if not rule:
            return None
        # The list may have been changed for one in another currency meanwhile.
        return pricelist_sudo.currency_id._convert(
            price,
            self.currency_id or pricelist_sudo.currency_id,
            source_sudo,
            fields.Date.context_today(self),
            round=False,
        )

    def _get_quantity_to_ship(self, discrepancy):
        """Return how much may still be shipped, in the product's unit.

        :param discrepancy: `parts.discrepancy` that is settled by shipping again, or
            none for what was approved
        """
        self.ensure_one()
        if not discrepancy:
            return self.qty_approved - self.qty_shipped
        shipped = discrepancy.move_ids.filtered(
            lambda move: move.state == "done" and move._is_parts_shipment()
        )
        return discrepancy.quantity - sum(shipped.mapped("quantity"))

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values` to name what only methods change."""
        return {
            "qty_approved": 0.0,
            "qty_shipped": 0.0,
            "qty_accepted": 0.0,
            "price_unit": 0.0,
            "amount": 0.0,
            "state": "draft",
            "company_id": False,
            "source_company_id": False,
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to keep a submitted requisition as it was sent."""
        if not self.env.su:
            ids = {vals.get("requisition_id") for vals in vals_list}
            self.env["parts.requisition"].browse(filter(None, ids))._ensure_draft()
        return super().create(vals_list)

    def write(self, vals):
        """Override of `write` to keep a submitted requisition as it was sent."""
        if not self.env.su and vals.keys() - {"sequence", "note"}:
            self.requisition_id._ensure_draft()
            self._ensure_stays(vals.get("requisition_id"))
        return super().write(vals)

    def _ensure_stays(self, requisition_id):
        """Raise when a line is moved, maybe to a requisition of somebody else."""
        if requisition_id and self.requisition_id.ids != [requisition_id]:
            raise UserError(
                self.env._(
                    "A line stays on its requisition. Add the part to the other "
                    "requisition, and delete this line."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        self.requisition_id._ensure_draft()

    def _check_submittable(self):
        """Raise when a line cannot be asked for, with what to do about it."""
        for line in self:
            line._check_product()
            if line._get_transfer_price() is None:
                raise UserError(
                    self.env._(
                        "%(product)s has no transfer price at %(company)s. Ask their "
                        "parts manager to add it to the transfer price list.",
                        product=line.product_id.display_name,
                        company=line.source_company_id.sudo().name,
                    )
                )

    def _check_product(self):
        product_sudo = self.product_id.sudo()
        if not product_sudo.is_storable:
            raise UserError(
                self.env._(
                    "%(product)s is not kept in stock, so it cannot be requisitioned. "
                    "Tick Track Inventory on the product, or remove the line.",
                    product=product_sudo.display_name,
                )
            )
        if product_sudo.company_id and self.requisition_id.is_intercompany:
            raise UserError(
                self.env._(
                    "%(product)s belongs to %(company)s alone. Empty the company of "
                    "the product so that both companies can trade it.",
                    product=product_sudo.display_name,
                    company=product_sudo.company_id.name,
                )
            )

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _merge_missing(self, requisition, lines):
        """Raise quantities of lines of the same part, and create the others.

        :param list lines: see `parts.requisition._add_missing`
        :return: the lines that hold the parts
        """
        known = {line._get_merge_key(): line for line in self}
        touched = self.browse()
        to_create = []
        for vals in lines:
            key = tuple(
                vals.get(name) or False
                for name in ("product_id", "orderpoint_id", "repair_move_id")
            )
            if line := known.get(key):
                line.qty_requested += vals["quantity"]
                touched |= line
            else:
                to_create.append(requisition._prepare_missing_line_vals(vals))
        return touched | self.create(to_create)

    def _get_merge_key(self):
        return (
            self.product_id.id,
            self.orderpoint_id.id or False,
            self.repair_move_id.id or False,
        )

    def _set_initial_quantities(self):
        for line in self:
            line.qty_approved = line.qty_requested

    def _cut_quantities(self, quantities):
        """Lower what is approved, line by line.

        :param dict quantities: ``{line: quantity}`` in the product's unit
        """
        for line in self.filtered(lambda line: line in quantities):
            line._check_cut(quantities[line])
            line.qty_approved = quantities[line]
        if not any(line.qty_approved for line in self):
            raise UserError(
                self.env._(
                    "Nothing is left to approve. Reject the requisition instead."
                )
            )

    def _check_cut(self, quantity):
        if self.product_uom_id.compare(quantity, self.qty_approved) > 0:
            raise UserError(
                self.env._(
                    "%(product)s: you can approve %(maximum)s at most. Quantities can "
                    "be cut, not raised.",
                    product=self.product_id.display_name,
                    maximum=self.qty_approved,
                )
            )
        if self.product_uom_id.compare(quantity, 0.0) < 0:
            raise UserError(
                self.env._(
                    "%(product)s: an approved quantity cannot be negative.",
                    product=self.product_id.display_name,
                )
            )

    def _share_out(self, quantity):
        """Return ``{line: quantity}`` that spreads a quantity over lines of one part.

        :param float quantity: in the product's unit; what is too much stays on the
            last line, so that it is refused as such
        """
        shares = {}
        for line in self:
            shares[line] = min(quantity, line.qty_approved)
            quantity -= shares[line]
        shares[self[-1]] += quantity
        return shares

    def _freeze_prices(self):
        """Fix the transfer price as it is at the last approval."""
        for line in self.filtered("qty_approved"):
            price = line._get_transfer_price()
            if price is None:
                line._check_submittable()
            line.price_unit = price

    @api.constrains("product_id", "requisition_id")
    def _check_company_of_product(self):
        for line in self:
            owner = line.product_id.sudo().company_id
            if owner and owner not in (line.company_id | line.source_company_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s belongs to another company and cannot be "
                        "requisitioned here.",
                        product=line.product_id.display_name,
                    )
                )

    def _get_value_in_company(self, quantity, company, date):
        """Return what a quantity costs at the frozen transfer price.

        :param float quantity: in the product's unit
        :param company: `res.company` whose currency the value is given in
        :param date: date or datetime of the exchange rate
        :return: the value, rounded first in the currency of the requisition, as the
            line of the bill is
        """
        value = self.currency_id.round(self.price_unit * quantity)
        return self.currency_id._convert(
            value, company.currency_id, company, fields.Date.to_date(date)
        )
