# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceMaintenancePlan(models.Model):
    """Maintenance that a contract promises, for what the contract covers."""

    _inherit = "service.maintenance.plan"

    contract_id = fields.Many2one(
        "service.contract",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="All that it covers is maintained, unless units are chosen; as long as it "
        "lasts, and when it is renewed.",
    )
    company_id = fields.Many2one(
        compute="_compute_company_id", store=True, readonly=False, precompute=True
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    contract_state = fields.Selection(
        related="contract_id.state", string="Status of the Contract"
    )

    @api.depends("contract_id")
    def _compute_company_id(self):
        for plan in self:
            company = plan.contract_id.company_id or plan.company_id
            plan.company_id = company or self.env.company

    @api.depends("company_id", "contract_id")
    def _compute_dates(self):
        """Override to begin with the contract."""
        for plan in self.filtered("contract_id"):
            plan.date_start = plan.date_start or plan.contract_id.date_start
        return super()._compute_dates()

    @api.depends("contract_id.covered_until")
    def _compute_preview(self):
        return super()._compute_preview()

    def _get_last_day(self):
        """Override to end with the contract."""
        last_day, contract = super()._get_last_day(), self.contract_id
        if contract:
            last_day = min(filter(None, (last_day, contract.covered_until)))
        return last_day

    def _get_units(self):
        """Override to maintain what contracts cover, where no units are chosen."""
        result = super()._get_units()
        plans = self.filtered(lambda p: p.active and p.contract_id and not p.asset_ids)
        if plans:
            units = plans.contract_id._get_maintained_units()
            for plan in plans:
                result[plan.id] = units.get(plan.contract_id.id, [])
        cancelled = self.filtered(lambda p: p.contract_id.state == "cancelled")
        return {**result, **{plan.id: [] for plan in cancelled}}

    def _hand_over(self, contract):
        """Go on with another contract, from the same first day on."""
        for plan in self:
            plan.write(
                {
                    "contract_id": contract.id,
                    "date_start": plan.date_start,
                    "date_end": plan.date_end,
                    "first_on": plan.first_on,
                }
            )

    def action_open_contract(self):
        """Open the contract that promises the maintenance."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.contract",
            "res_id": self.contract_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
