# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

DECISIONS = [
    ("grant", "The contract bears it nevertheless"),
    ("refuse", "It is not covered; the customer pays"),
]


class ServiceContractDecide(models.TransientModel):
    """What happens when a balance does not suffice for a ticket."""

    _name = "service.contract.decide"
    _inherit = "service.window.mixin"
    _description = "Decide on a Used-Up Balance"
    _window_on = "usage_id"

    usage_id = fields.Many2one(
        "service.contract.usage", required=True, readonly=True, ondelete="cascade"
    )
    ticket_name = fields.Char(
        "Ticket", related="usage_id.ticket_id.display_name", related_sudo=False
    )
    balance_id = fields.Many2one(related="usage_id.balance_id", related_sudo=False)
    quantity = fields.Float(related="usage_id.quantity", related_sudo=False)
    short = fields.Float(related="usage_id.short", related_sudo=False)
    decision = fields.Selection(DECISIONS, required=True, default="grant")
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Write the decision down."""
        self.ensure_one()
        self.usage_id._decide(self.decision == "grant", self.reason)
        return {"type": "ir.actions.act_window_close"}
