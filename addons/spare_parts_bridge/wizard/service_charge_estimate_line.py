from odoo import api, fields, models

from odoo.addons.crm_service.const import COST_KINDS


class ServiceChargeEstimateLine(models.TransientModel):
    """A line of an estimate that is being written."""

    _name = "service.charge.estimate.line"
    _description = "Line of an Estimate"

    estimate_id = fields.Many2one(
        "service.charge.estimate", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="estimate_id.currency_id", related_sudo=False)
    kind = fields.Selection(COST_KINDS, required=True, default="part")
    product_id = fields.Many2one("product.product", required=True)
    name = fields.Char(
        "Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    quantity = fields.Float(digits="Product Unit", default=1.0)
    product_uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    unit_price = fields.Float(
        digits="Product Price",
        compute="_compute_unit_price",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    amount = fields.Monetary(compute="_compute_amount", compute_sudo=False)

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            line.name = line.product_id.display_name

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            own, chosen = line.product_id.uom_id, line.product_uom_id
            fits = chosen and own and chosen._has_common_reference(own)
            line.product_uom_id = chosen if fits else own

    @api.depends("product_id", "product_uom_id", "quantity")
    def _compute_unit_price(self):
        for line in self:
            line.unit_price = line._get_draft()._get_list_price()

    @api.depends("quantity", "unit_price")
    def _compute_amount(self):
        for line in self:
            amount = line.quantity * line.unit_price
            currency = line.currency_id or self.env.company.currency_id
            line.amount = currency.round(amount)

    def _get_draft(self):
        """Return a charge like this line, which is not saved."""
        return self.env["service.charge"].new(
            {
                "ticket_id": self.estimate_id.ticket_id.id,
                "product_id": self.product_id.id,
                "product_uom_id": self.product_uom_id.id,
                "quantity": self.quantity,
                "date": fields.Date.context_today(self),
            }
        )

    def _get_customer_share(self):
        """Return the share that the customer pays of this line, as a float."""
        ticket = self.estimate_id.ticket_id
        if not ticket or not self.kind:
            return 1.0
        shares, _reason = ticket._get_charge_shares(self.kind)
        return float(shares.get("customer", 0)) / float(sum(shares.values()))

    def _prepare_charge_vals(self):
        """Return the values of the estimated charge."""
        return {
            "ticket_id": self.estimate_id.ticket_id.id,
            "is_estimate": True,
            "kind": self.kind,
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "name": self.name,
            "quantity": self.quantity,
            "unit_price": self.unit_price,
        }
