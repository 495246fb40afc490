# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceContractTerminate(models.TransientModel):
    """When and why a contract ends early, and what is left of it then."""

    _name = "service.contract.terminate"
    _inherit = "service.window.mixin"
    _description = "Terminate a Contract"
    _window_on = "contract_id"

    contract_id = fields.Many2one(
        "service.contract", required=True, readonly=True, ondelete="cascade"
    )
    last_day = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The last day that the contract covers.",
    )
    reason = fields.Char(required=True)
    currency_id = fields.Many2one(related="contract_id.currency_id", related_sudo=False)
    date_end = fields.Date(related="contract_id.date_end", related_sudo=False)
    days_left = fields.Integer(compute="_compute_left", compute_sudo=False)
    balances_left = fields.Char(compute="_compute_left", compute_sudo=False)
    credit = fields.Monetary(
        "Paid Too Much",
        compute="_compute_left",
        compute_sudo=False,
        help="What the days after the last one cost, of the period that was invoiced "
        "in advance.",
    )

    @api.depends("contract_id", "last_day")
    @api.depends_context("lang")
    def _compute_left(self):
        for window in self:
            contract, last_day = window.contract_id, window.last_day
            window.days_left = window.credit = 0
            window.balances_left = False
            if not (contract and last_day and contract.has_access("read")):
                continue
            window.days_left = max((contract.date_end - last_day).days, 0)
            window.credit = contract._get_termination_credit(last_day)
            texts = contract._get_left_texts(last_day, window.credit)
            window.balances_left = ", ".join(texts[1:-1])

    def action_confirm(self):
        """Terminate the contract."""
        self.ensure_one()
        self.contract_id._terminate(self.last_day, self.reason)
        return {"type": "ir.actions.act_window_close"}
