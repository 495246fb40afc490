from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_service.const import COST_KINDS

BILL_GROUPS = "account.group_account_invoice,account.group_account_readonly"


class ServiceChargeAdd(models.TransientModel):
    """A window to add a fee, a part or a third party's cost to a ticket."""

    _name = "service.charge.add"
    _description = "Add a Charge"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one("service.ticket", required=True, readonly=True)
    company_id = fields.Many2one(
        related="ticket_id.company_id",
        related_sudo=False,
        export_string_translation=False,
    )
    currency_id = fields.Many2one(
        related="ticket_id.charge_currency_id", related_sudo=False
    )
    kind = fields.Selection(COST_KINDS, required=True, default="fee")
    fee_id = fields.Many2one("service.fee")
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="What is billed, with its taxes and accounts.",
    )
    name = fields.Char(
        "Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    quantity = fields.Float(digits="Product Unit", default=1.0)
    date = fields.Date(required=True, default=fields.Date.context_today)
    # -- third parties
    vendor_id = fields.Many2one("res.partner")
    vendor_bill_line_id = fields.Many2one("account.move.line", groups=BILL_GROUPS)
    cost = fields.Monetary(
        "Their Price",
        compute="_compute_cost",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="What they ask for, before taxes, in all.",
    )
    margin = fields.Float(
        "Our Margin (%)",
        compute="_compute_margin",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="What is added to their price for the customer.",
    )
    unit_price = fields.Float(
        digits="Product Price",
        compute="_compute_unit_price",
        store=True,
        readonly=False,
        compute_sudo=False,
    )

    @api.depends("fee_id", "kind")
    def _compute_product_id(self):
        third_party = self.env.ref(
            "spare_parts_bridge.product_third_party", raise_if_not_found=False
        )
        for window in self:
            window.product_id = window.fee_id.product_id or window.product_id
            if window.kind == "third_party" and not window.product_id:
                window.product_id = third_party

    @api.depends("product_id", "fee_id")
    def _compute_name(self):
        for window in self:
            window.name = window.fee_id.name or window.product_id.display_name

    @api.depends("vendor_bill_line_id")
    def _compute_cost(self):
        for window in self:
            # sudo: who may not read bills has none here
            line_sudo = window.sudo().vendor_bill_line_id
            window.cost = abs(line_sudo.balance) if line_sudo else window.cost

    @api.depends("company_id")
    def _compute_margin(self):
        for window in self:
            # sudo: settings of the company
            window.margin = window.company_id.sudo().service_third_party_margin

    @api.depends("product_id", "quantity", "kind", "cost", "margin", "date")
    def _compute_unit_price(self):
        for window in self:
            if window.kind == "third_party":
                price = window.cost * (1 + window.margin / 100)
                window.unit_price = price / (window.quantity or 1.0)
            else:
                window.unit_price = window._get_draft()._get_list_price()

    def _get_draft(self):
        """Return a charge like this window, which is not saved."""
        return self.env["service.charge"].new(
            {
                "ticket_id": self.ticket_id.id,
                "product_id": self.product_id.id,
                "quantity": self.quantity,
                "date": self.date,
            }
        )

    def action_add(self):
        """Add the charge to the ticket.

        :raises UserError: something is missing, or the bill's line is charged already
        """
        self.ensure_one()
        self.ticket_id.check_access("write")
        self._check_complete()
        # sudo: technicians add what was spent; they neither write charges nor see cost
        self.env["service.charge"].sudo().create(self._prepare_charge_vals())
        return {"type": "ir.actions.act_window_close"}

    def _check_complete(self):
        """Refuse a charge that says too little."""
        if not self.product_id:
            raise UserError(
                self.env._("Choose a fee, or the product that is to be billed.")
            )
        if self.kind == "third_party" and not self.cost:
            raise UserError(
                self.env._("Enter what the third party asks for, before taxes.")
            )
        self._check_bill_line()

    def _check_bill_line(self):
        """Refuse a line that is no cost of the company, or is charged already."""
        # sudo: who may not read bills has none here
        line_sudo = self.sudo().vendor_bill_line_id
        charged_sudo = line_sudo and self.env["service.charge"].sudo().search_count(
            [("vendor_bill_line_id", "=", line_sudo.id)], limit=1
        )
        if charged_sudo:
            raise UserError(
                self.env._(
                    "This line of the vendor bill is charged already. Choose another "
                    "one."
                )
            )
        if line_sudo and (
            line_sudo.move_id.move_type != "in_invoice"
            or line_sudo.parent_state != "posted"
            or line_sudo.company_id != self.company_id
        ):
            raise UserError(
                self.env._(
                    "Choose a line of a posted vendor bill of %(company)s.",
                    company=self.company_id.name,
                )
            )

    def _prepare_charge_vals(self):
        """Return the values of the charge."""
        vals = {
            "ticket_id": self.ticket_id.id,
            "kind": self.kind,
            "fee_id": self.fee_id.id,
            "product_id": self.product_id.id,
            "name": self.name or self.product_id.display_name,
            "quantity": self.quantity,
            "date": self.date,
        }
        if self.kind == "third_party":
            vals.update(
                vendor_id=self.vendor_id.id,
                # sudo: who may not read bills has none here
                vendor_bill_line_id=self.sudo().vendor_bill_line_id.id,
                unit_cost=self.cost / (self.quantity or 1.0),
                unit_price=self._get_third_party_price(),
            )
        elif self._may_price():
            vals["unit_price"] = self.unit_price
        return vals

    def _may_price(self):
        """Tell whether the user may set prices."""
        return self.env.user.has_group("crm_service.group_service_agent")

    def _get_third_party_price(self):
        """Return one unit's price; with the company's margin unless one may price."""
        if self._may_price():
            return self.unit_price
        # sudo: a setting of the company
        margin = self.company_id.sudo().service_third_party_margin
        return self.cost * (1 + margin / 100) / (self.quantity or 1.0)
