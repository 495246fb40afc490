# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import BALANCE_KINDS, BALANCE_MOMENTS


class ServiceContractBalanceMixin(models.AbstractModel):
    """What is granted in number, of contracts and of their templates."""

    _name = "service.contract.balance.mixin"
    _description = "What a Contract Grants in Number"

    sequence = fields.Integer(default=10)
    kind = fields.Selection(BALANCE_KINDS, required=True, default="visits")
    use_at = fields.Selection(
        BALANCE_MOMENTS,
        "Used",
        required=True,
        compute="_compute_use_at",
        store=True,
        readonly=False,
        precompute=True,
    )
    type_ids = fields.Many2many(
        "service.ticket.type",
        string="Ticket Types",
        check_company=True,
        help="Which tickets use it. Empty: all requests, but no inquiries and no "
        "complaints.",
    )
    granted = fields.Float(required=True, help="For the whole term of the contract.")
    is_carried_over = fields.Boolean(
        "Carry Over", help="What is left at the end is added when it is renewed."
    )

    _granted_positive = models.Constraint(
        "CHECK(granted >= 0)", "What a contract grants cannot be less than zero."
    )

    @api.depends("kind")
    def _compute_use_at(self):
        """How many hours it took is known at the end only."""
        for balance in self:
            if balance.kind == "hours":
                balance.use_at = "resolved"
            else:
                balance.use_at = balance.use_at or "created"

    @api.constrains("kind", "use_at")
    def _check_use_at(self):
        for balance in self:
            if balance.kind == "hours" and balance.use_at != "resolved":
                raise ValidationError(
                    self.env._(
                        "How many hours a ticket takes is known when it is resolved. "
                        "Let hours be used then."
                    )
                )
