# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import COST_KINDS
from .service_warranty_policy import WHOLE, WHOLE_KEY


class ServiceWarrantyTerm(models.Model):
    """For so many months such a share of a kind of cost is paid; then the next line."""

    _name = "service.warranty.term"
    _inherit = "service.warranty.line.mixin"
    _description = "Term of a Warranty"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "service.warranty.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        COST_KINDS,
        "Cost",
        help="Empty: every kind of cost that has no line of its own.",
    )
    months = fields.Integer(required=True, default=24)
    share = fields.Float(
        "Share Paid",
        required=True,
        default=100.0,
        digits=(5, 2),
        help="In percent of the cost.",
    )

    _months_positive = models.Constraint(
        "CHECK(months > 0 AND months <= 1200)",
        "A warranty would end before it begins, or last longer than a century. Enter "
        "from 1 to 1200 months.",
    )
    _share_valid = models.Constraint(
        "CHECK(share > 0 AND share <= 100)",
        "A share is above 0 and at most 100 percent. Correct it, or delete the line.",
    )

    @api.constrains("kind", "months", "share", "sequence", "policy_id")
    def _check_terms(self):
        """Check the policy, unless its lines are being written together."""
        if self.env.context.get(WHOLE_KEY) is not WHOLE:
            self.policy_id._check_terms()
