# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import REMEDY_KINDS, REMEDY_STATES


class ServiceRemedy(models.Model):
    """What a customer asks for to make a complaint good, and what is granted."""

    _name = "service.remedy"
    _description = "Remedy"
    _order = "ticket_id, id"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id")
    kind = fields.Selection(REMEDY_KINDS, required=True)
    amount = fields.Monetary(
        help="The money paid, or what the remedy costs us; both count for who may "
        "grant it."
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    note = fields.Char("Details")
    state = fields.Selection(
        REMEDY_STATES, required=True, default="sought", readonly=True
    )
    granted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    granted_at = fields.Datetime("Granted On", readonly=True, copy=False)
    done_at = fields.Datetime("Done On", readonly=True, copy=False)
    refusal = fields.Char("Why Not", readonly=True, copy=False)
    asked_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who was asked to grant what is beyond the limit of others.",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "An amount cannot be less than zero. Correct it."
    )

    @api.depends("ticket_id")
    def _compute_currency_id(self):
        for remedy in self:
            company = remedy.ticket_id.company_id or self.env.company
            remedy.currency_id = remedy.currency_id or company.currency_id
