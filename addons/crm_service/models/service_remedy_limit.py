# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from ..const import REMEDY_KINDS


class ServiceRemedyLimit(models.Model):
    """Up to what a person, or everybody in a role, may grant a remedy."""

    _name = "service.remedy.limit"
    _description = "Remedy Limit"
    _order = "kind, amount, id"

    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: in every company."
    )
    group_id = fields.Many2one(
        "res.groups", "Role", ondelete="cascade", help="Everybody with this role."
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        index="btree_not_null",
        domain=[("share", "=", False)],
        ondelete="cascade",
        help="A limit of one's own counts instead of those of one's roles.",
    )
    kind = fields.Selection(REMEDY_KINDS, help="Empty: every kind.")
    amount = fields.Float(
        "Up To", help="In the currency of the ticket's company.", digits=(16, 2)
    )
    is_unlimited = fields.Boolean("Without Limit")
    active = fields.Boolean(default=True)

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A limit cannot be less than zero. Correct it."
    )
    _one_holder = models.Constraint(
        "CHECK((group_id IS NULL) != (user_id IS NULL))",
        "A limit is for a role or for a person. Choose one of them.",
    )
