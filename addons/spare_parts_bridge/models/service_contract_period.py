# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain


class ServiceContractPeriod(models.Model):
    """The proof that a period of a contract is invoiced once, or credited once.

    Written by the invoicing run alone. A period whose invoice was cancelled, deleted
    or wholly credited is free, and may be invoiced again.
    """

    _name = "service.contract.period"
    _description = "Invoiced Contract Period"
    _inherit = ["parts.guarded.mixin"]
    _order = "period_start desc, id desc"
    _rec_name = "move_id"
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

    @api.depends("move_id.state", "move_id.payment_state")
    def _compute_state(self):
        for period in self:
            # sudo: what became of the invoice, and no more, for whoever sees the period
            move = period.sudo().move_id
            period.state = "draft" if move.state == "draft" else "posted"
            if not move or move.state == "cancel" or move.payment_state == "reversed":
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
