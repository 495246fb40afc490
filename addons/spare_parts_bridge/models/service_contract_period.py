# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain


class ServiceContractPeriod(models.Model):
    """The proof that a period of a contract is invoiced once, or credited once.

    Written by the invoicing run alone. A period whose invoice, or line of it, was
    cancelled, deleted or wholly credited is free, and may be invoiced again.
    """

    _name = "service.contract.period"
    _description = "Invoiced Contract Period"
    _inherit = ["parts.guarded.mixin"]
    _order = "period_start desc, id desc"
    _rec_name = "contract_id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "service.contract",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(
        [("period", "Invoice"), ("credit", "Credit at the End")],
        required=True,
        readonly=True,
        default="period",
    )
    period_start = fields.Date("First Day", required=True, readonly=True)
    period_end = fields.Date("Last Day", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="Without taxes.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
    )
    line_id = fields.Many2one(
        "account.move.line",
        "Invoice Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    account_line_ids = fields.One2many(
        "account.move.line",
        "service_period_id",
        readonly=True,
        export_string_translation=False,
    )
    is_credited = fields.Boolean(
        compute="_compute_is_credited",
        store=True,
        export_string_translation=False,
    )
    run_id = fields.Many2one(
        "service.contract.invoice.run",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        [
            ("free", "To Invoice Again"),
            ("draft", "Draft"),
            ("posted", "Posted"),
            ("paid", "Paid"),
        ],
        "Status",
        compute="_compute_state",
    )

    _period_unique = models.Constraint(
        "UNIQUE(contract_id, kind, period_start)",
        "This period of the contract is invoiced already. Reload the page.",
    )
    _days_in_order = models.Constraint(
        "CHECK(period_end >= period_start)", "A period ends before it begins."
    )

    @api.depends(
        "line_id.price_subtotal",
        "account_line_ids.price_subtotal",
        "account_line_ids.parent_state",
    )
    def _compute_is_credited(self):
        for period in self:
            line = period.line_id
            billed = line.price_subtotal
            left = period._get_billed_amount()
            is_credited = billed > 0 and line.currency_id.compare_amounts(left, 0) <= 0
            period.is_credited = is_credited

    def _get_billed_amount(self):
        """Return what the line bills of the period, less what was credited since.

        Without taxes, in superuser mode. The credit at the end of the contract, which
        has a row of its own, does not count.
        """
        self.ensure_one()
        credited = self.account_line_ids.filtered(
            lambda row: (
                row.move_id.move_type == "out_refund"
                and row.parent_state == "posted"
                and row.move_id.reversed_entry_id == self.move_id
            )
        )
        return self.line_id.price_subtotal - sum(credited.mapped("price_subtotal"))

    @api.depends("move_id.state", "move_id.payment_state", "line_id", "is_credited")
    def _compute_state(self):
        for period in self:
            # sudo: what became of the invoice, and no more, for whoever sees the period
            move = period.sudo().move_id
            period.state = "draft" if move.state == "draft" else "posted"
            is_gone = not move or move.state == "cancel"
            no_line = not period.sudo().line_id or period.is_credited
            if is_gone or move.payment_state == "reversed":
                period.state = "free"
            elif period.kind == "period" and no_line:
                period.state = "free"
            elif move.payment_state in ("paid", "in_payment"):
                period.state = "paid"

    @api.model
    def _get_free_domain(self):
        """Return the domain of periods whose invoice no longer counts."""
        return (
            Domain("move_id", "=", False)
            | Domain("move_id.state", "=", "cancel")
            | Domain("move_id.payment_state", "=", "reversed")
            | Domain("kind", "=", "period")
            & (Domain("line_id", "=", False) | Domain("is_credited", "=", True))
        )

    def action_open_move(self):
        """Open the invoice or credit note."""
        self.check_access("read")
        self.ensure_one()
        self.move_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
