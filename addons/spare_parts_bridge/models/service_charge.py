from odoo import api, fields, models

from odoo.addons.crm_service.const import COST_KINDS

COST_GROUPS = "crm_service.group_service_supervisor"


class ServiceCharge(models.Model):
    """What one thing on a ticket costs: before as an estimate, and after as it was.

    All amounts are in the currency of the ticket's company. Who pays which part of
    the amount is told by the shares, which always add up to it. What is billed stays
    as it is: see `service.charge.share`.
    """

    _name = "service.charge"
    _inherit = "parts.guarded.mixin"
    _description = "Charge"
    _order = "ticket_id desc, is_estimate, kind, date, id"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "service.ticket",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        related="ticket_id.partner_id", string="Customer", store=True, index=True
    )
    asset_id = fields.Many2one(
        related="ticket_id.asset_id",
        string="Installed Unit",
        store=True,
        index="btree_not_null",
    )
    is_estimate = fields.Boolean(
        "Estimate",
        index=True,
        help="What it may cost, told before the work is done.",
    )
    kind = fields.Selection(COST_KINDS, required=True, index=True, default="fee")
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The day of the work: its prices and covers count.",
    )
    fee_id = fields.Many2one(
        "service.fee", index="btree_not_null", check_company=True, ondelete="restrict"
    )
    is_automatic = fields.Boolean(
        "Added by Itself", readonly=True, copy=False, help="A fee that the type adds."
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        help="What is billed, with its price, taxes and accounts.",
    )
    name = fields.Char(
        "Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    quantity = fields.Float(
        digits="Product Unit",
        default=1.0,
        required=True,
        help="Hours, kilometres, pieces: see the unit.",
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
    )
    # -- price
    list_price_unit = fields.Float(
        "Price by Pricelist",
        digits="Product Price",
        compute="_compute_list_price_unit",
        store=True,
    )
    unit_price = fields.Float(
        digits="Product Price",
        compute="_compute_unit_price",
        store=True,
        readonly=False,
        help="Before taxes, by the customer's pricelist unless changed by hand.",
    )
    is_price_manual = fields.Boolean("Price by Hand", readonly=True, copy=False)
    amount = fields.Monetary(
        compute="_compute_amount", store=True, help="Quantity × unit price."
    )
    # -- cost
    unit_cost = fields.Float(
        digits="Product Price",
        compute="_compute_unit_cost",
        store=True,
        readonly=False,
        groups=COST_GROUPS,
        help="What one unit costs us.",
    )
    cost = fields.Monetary(compute="_compute_cost", store=True, groups=COST_GROUPS)
    # -- where it comes from
    employee_id = fields.Many2one(
        "hr.employee", "Person", index="btree_not_null", ondelete="restrict"
    )
    rate_id = fields.Many2one(
        "service.labour.rate",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    time_entry_id = fields.Many2one(
        "service.time.entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The time that is charged.",
    )
    time_part = fields.Char(
        readonly=True,
        copy=False,
        help="Which part of the time: one entry may fall into several rates.",
    )
    repair_move_id = fields.Many2one(
        "stock.move",
        "Part Used",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The line of the job sheet that is charged.",
    )
    vendor_id = fields.Many2one(
        "res.partner", index="btree_not_null", check_company=True, ondelete="restrict"
    )
    vendor_bill_line_id = fields.Many2one(
        "account.move.line",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    # -- who pays
    share_ids = fields.One2many(
        "service.charge.share", "charge_id", "Shares", readonly=True
    )
    customer_amount = fields.Monetary(
        "Customer Pays", compute="_compute_customer_amount", store=True
    )
    payers_label = fields.Char("Who Pays", compute="_compute_payers_label")
    is_billed = fields.Boolean(
        "Billed",
        compute="_compute_is_billed",
        store=True,
        help="A share is on a quotation, an invoice or in the books: the charge stays "
        "as it is.",
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0)", "A quantity cannot be less than zero. Correct it."
    )
    _price_positive = models.Constraint(
        "CHECK(unit_price >= 0)",
        "A price cannot be less than zero. Enter 0, or let goodwill pay a share.",
    )
    # what was done is charged once, however often somebody tries
    _part_once = models.UniqueIndex(
        "(repair_move_id) WHERE repair_move_id IS NOT NULL",
        "This part is charged already. Reload the page.",
    )
    _time_once = models.UniqueIndex(
        "(time_entry_id, time_part) WHERE time_entry_id IS NOT NULL",
        "This time is charged already. Reload the page.",
    )
    _bill_line_once = models.UniqueIndex(
        "(vendor_bill_line_id) WHERE vendor_bill_line_id IS NOT NULL",
        "This line of the vendor bill is charged already. Choose another one.",
    )
    _fee_once = models.UniqueIndex(
        "(ticket_id, fee_id) WHERE is_automatic IS TRUE",
        "The ticket has this fee already. Reload the page.",
    )
    _open_idx = models.Index(
        "(company_id, ticket_id) "
        "WHERE is_billed IS NOT TRUE AND is_estimate IS NOT TRUE"
    )

    # -- defaults -----------------------------------------------------------------

    @api.depends("fee_id")
    def _compute_product_id(self):
        for charge in self:
            charge.product_id = charge.fee_id.product_id or charge.product_id

    @api.depends("product_id", "fee_id")
    def _compute_name(self):
        for charge in self:
            charge.name = charge.fee_id.name or charge.product_id.display_name

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for charge in self:
            charge.product_uom_id = charge.product_id.uom_id

    @api.depends("product_id", "product_uom_id", "quantity", "date", "rate_id")
    def _compute_list_price_unit(self):
        for charge in self:
            charge.list_price_unit = charge._get_list_price()

    @api.depends("list_price_unit")
    def _compute_unit_price(self):
        for charge in self:
            if not charge.is_price_manual:
                charge.unit_price = charge.list_price_unit

    @api.depends("product_id", "product_uom_id", "rate_id")
    def _compute_unit_cost(self):
        for charge in self:
            charge.unit_cost = charge._get_product_cost()

    @api.depends("quantity", "unit_price")
    def _compute_amount(self):
        for charge in self:
            amount = charge.quantity * charge.unit_price
            currency = charge.currency_id or self.env.company.currency_id
            charge.amount = currency.round(amount)

    @api.depends("quantity", "unit_cost")
    def _compute_cost(self):
        for charge in self:
            cost = charge.quantity * charge.unit_cost
            currency = charge.currency_id or self.env.company.currency_id
            charge.cost = currency.round(cost)

    # -- shares -------------------------------------------------------------------

    @api.depends("share_ids.amount", "share_ids.payer")
    def _compute_customer_amount(self):
        for charge in self:
            shares = charge.share_ids.filtered(lambda row: row.payer == "customer")
            charge.customer_amount = sum(shares.mapped("amount"))

    @api.depends("share_ids.is_billed")
    def _compute_is_billed(self):
        for charge in self:
            charge.is_billed = any(charge.share_ids.mapped("is_billed"))

    @api.depends("share_ids.payer", "share_ids.share")
    @api.depends_context("lang")
    def _compute_payers_label(self):
        payers = dict(
            self.env["service.charge.share"]
            ._fields["payer"]
            ._description_selection(self.env)
        )
        for charge in self:
            charge.payers_label = ", ".join(
                f"{payers[row.payer]} {row.share:.0%}"
                for row in charge.share_ids
                if row.payer
            )

    def _prepare_estimate_vals(self):
        """Return the values of a line in the window that estimates."""
        return {
            "kind": self.kind,
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "name": self.name,
            "quantity": self.quantity,
            "unit_price": self.unit_price,
        }

    # -- prices -------------------------------------------------------------------

    def _get_list_price(self):
        """Return the price of one unit by the customer's pricelist.

        Before taxes, in the currency of the company, on the day of the work.

        :raises UserError: the pricelist's currency has no rate
        """
        if not self.product_id:
            return 0.0
        company = self.company_id or self.ticket_id.company_id or self.env.company
        # sudo: which pricelist a customer has is read by whoever charges
        partner_sudo = self.ticket_id.partner_id.with_company(company).sudo()
        pricelist_sudo = partner_sudo.property_product_pricelist
        product_sudo = self.product_id.with_company(company).sudo()
        currencies = pricelist_sudo.currency_id | product_sudo.currency_id
        currencies._ensure_rate(company, self.date)
        price = pricelist_sudo.with_company(company)._get_product_price(
            product_sudo,
            self.quantity or 1.0,
            currency=company.currency_id,
            uom=self.product_uom_id or product_sudo.uom_id,
            date=self.date or fields.Date.context_today(self),
        )
        taxes_sudo = product_sudo.taxes_id._filter_taxes_by_company(company)
        included_sudo = taxes_sudo._get_included_in_price()
        price = taxes_sudo._adapt_price_unit_to_another_taxes(
            price, product_sudo, included_sudo, taxes_sudo.browse()
        )
        return price * (self.rate_id.price_percent if self.rate_id else 100.0) / 100.0

    def _get_product_cost(self):
        """Return what one unit of the product costs us, in the company's currency."""
        if not self.product_id:
            return 0.0
        if rate_cost := self.rate_id.sudo().cost:  # sudo: costs are kept from most
            return rate_cost
        company = self.company_id or self.ticket_id.company_id or self.env.company
        # sudo: costs of products are kept from most people
        product_sudo = self.product_id.with_company(company).sudo()
        unit = product_sudo.uom_id
        if not self.product_uom_id or self.product_uom_id == unit:
            return product_sudo.standard_price
        return unit._compute_price(product_sudo.standard_price, self.product_uom_id)
