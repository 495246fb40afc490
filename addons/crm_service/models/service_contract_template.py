# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import INVOICING_MOMENTS, INVOICING_PERIODS, RENEWAL_MODES


class ServiceContractTemplate(models.Model):
    """A kind of contract that is sold: what new contracts begin with."""

    _name = "service.contract.template"
    _inherit = "service.contract.share.mixin"
    _description = "Contract Template"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for contracts of every company."
    )
    months = fields.Integer("Term (Months)", required=True, default=12)
    sla_policy_id = fields.Many2one(
        "service.sla.policy",
        "Promise",
        check_company=True,
        ondelete="restrict",
        help="Empty: tickets have the usual promises.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    price = fields.Monetary(help="For each invoicing period, without taxes.")
    invoicing_period = fields.Selection(
        INVOICING_PERIODS, required=True, default="year"
    )
    invoicing_moment = fields.Selection(
        INVOICING_MOMENTS, "Invoiced", required=True, default="advance"
    )
    index_id = fields.Many2one(
        "service.price.index", "Price Index", check_company=True, ondelete="restrict"
    )
    index_share = fields.Float("Share That Follows (%)", default=100.0)
    index_cap = fields.Float("Most Change (%)", help="0: no limit.")
    renewal_mode = fields.Selection(
        RENEWAL_MODES, "At the End", required=True, default="remind"
    )
    remind_days = fields.Integer("Days before the End", default=60)
    labour_share = fields.Float(default=100.0)
    travel_share = fields.Float(default=100.0)
    balance_ids = fields.One2many(
        "service.contract.template.balance", "template_id", "Balances", copy=True
    )
    note = fields.Html("Terms", translate=True)
    contract_count = fields.Integer(compute="_compute_contract_count")

    _months_positive = models.Constraint(
        "CHECK(months > 0)",
        "A contract lasts for a month at least. Correct the term.",
    )
    _price_positive = models.Constraint(
        "CHECK(price IS NULL OR price >= 0)",
        "A price cannot be less than zero. Correct it.",
    )

    def _compute_contract_count(self):
        groups = self.env["service.contract"]._read_group(
            [("template_id", "in", self.ids)], ["template_id"], ["__count"]
        )
        counts = dict(groups)
        for template in self:
            template.contract_count = counts.get(template._origin, 0)

    @api.constrains("index_share", "index_cap", "remind_days")
    def _check_numbers(self):
        for template in self:
            numbers = (template.index_cap, template.remind_days)
            if min(numbers) < 0 or not 0 <= template.index_share <= 100:
                raise ValidationError(
                    self.env._(
                        "The share that follows the index is from 0 to 100 percent; "
                        "the most change and the days cannot be less than zero."
                    )
                )

    def action_open_contracts(self):
        """Open the contracts that were made from this template."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_contract_action"
        )
        action["domain"] = [("template_id", "=", self.id)]
        action["context"] = {"default_template_id": self.id}
        return action
