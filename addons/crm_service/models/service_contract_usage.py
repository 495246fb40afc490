# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import USAGE_STATES


class ServiceContractUsage(models.Model):
    """What one ticket uses of one balance; once, however often it is tried."""

    _name = "service.contract.usage"
    _inherit = "service.written.mixin"
    _description = "Use of a Contract"
    _order = "id desc"
    _check_company_auto = True

    balance_id = fields.Many2one(
        "service.contract.balance",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    contract_id = fields.Many2one(
        related="balance_id.contract_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="balance_id.company_id", store=True, index=True, precompute=True
    )
    kind = fields.Selection(related="balance_id.kind")
    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id", related_sudo=False)
    quantity = fields.Float("Needed", readonly=True)
    taken = fields.Float(readonly=True, help="From what the balance has.")
    overdrawn = fields.Float(
        "Beyond It", readonly=True, help="Granted by decision, beyond the balance."
    )
    short = fields.Float(
        "Not Covered",
        compute="_compute_short",
        store=True,
        help="The balance does not suffice for it.",
    )
    state = fields.Selection(
        USAGE_STATES, "Status", required=True, readonly=True, default="used"
    )
    used_at = fields.Datetime("Used On", readonly=True, default=fields.Datetime.now)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_at = fields.Datetime("Decided On", readonly=True)
    reason = fields.Char("Why", readonly=True)

    _once = models.Constraint(
        "UNIQUE(balance_id, ticket_id)", "This ticket uses this balance already."
    )
    _positive = models.Constraint(
        "CHECK(quantity >= 0 AND taken >= 0 AND overdrawn >= 0)",
        "What is used of a contract cannot be less than zero.",
    )
    _waiting_idx = models.Index("(company_id, id) WHERE state = 'waiting'")

    @api.depends("quantity", "taken", "overdrawn")
    def _compute_short(self):
        for usage in self:
            usage.short = max(usage.quantity - usage.taken - usage.overdrawn, 0.0)

    @api.depends("balance_id.display_name", "ticket_id.number")
    def _compute_display_name(self):
        for usage in self:
            words = (usage.ticket_id.number, usage.balance_id.display_name)
            usage.display_name = " · ".join(filter(None, words))
