# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from odoo.addons.crm_service.tools.contract_period import Period


class ServiceContractInvoiceLine(models.Model):
    """A period in a run: what, for whom, how much, what became of it, or why not."""

    _name = "service.contract.invoice.line"
    _description = "Contract Period to Invoice"
    _inherit = ["parts.guarded.mixin"]
    _order = "run_id desc, partner_id, contract_id, period_start, id"
    _rec_name = "contract_id"
    _check_company_auto = True

    run_id = fields.Many2one(
        "service.contract.invoice.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, index=True, precompute=True
    )
    contract_id = fields.Many2one(
        "service.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="cascade"
    )
    period_start = fields.Date("First Day", required=True, readonly=True)
    period_end = fields.Date("Last Day", required=True, readonly=True)
    full_days = fields.Integer(readonly=True)
    is_partial = fields.Boolean("Part of a Period", compute="_compute_is_partial")
    amount = fields.Monetary("Without Taxes", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    is_left_out = fields.Boolean("Leave Out")
    state = fields.Selection(
        [
            ("ready", "Ready"),
            ("blocked", "Blocked"),
            ("done", "Invoiced"),
            ("failed", "Failed"),
        ],
        "Status",
        required=True,
        readonly=True,
        default="ready",
    )
    reason = fields.Char("Why Not", readonly=True)
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    _ready_idx = models.Index("(run_id) WHERE state = 'ready'")

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values`: people only leave lines out."""
        return {"state": "ready", "reason": False, "move_id": False}

    @api.depends("period_start", "period_end", "full_days")
    def _compute_is_partial(self):
        for line in self:
            line.is_partial = line._get_part().share != 1

    def _get_part(self):
        """Return the `Period` of this line."""
        days = (self.period_end - self.period_start).days + 1
        return Period(self.period_start, self.period_end, self.full_days or days)
