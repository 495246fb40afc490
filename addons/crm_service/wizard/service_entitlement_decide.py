# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import COST_KINDS
from ..models.service_entitlement_override import SHARE_FIELDS


class ServiceEntitlementDecide(models.TransientModel):
    """Decide that others pay than warranty and contracts say."""

    _name = "service.entitlement.decide"
    _description = "Decide Who Pays"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        COST_KINDS, "Cost", help="Empty: every kind of cost of this ticket."
    )
    warranty_share = fields.Float(
        "Warranty",
        digits=(5, 2),
        compute="_compute_shares",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    extension_share = fields.Float(
        "Extension",
        digits=(5, 2),
        compute="_compute_shares",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    contract_share = fields.Float(
        "Contract",
        digits=(5, 2),
        compute="_compute_shares",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    goodwill_share = fields.Float(
        "Goodwill",
        digits=(5, 2),
        compute="_compute_shares",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    customer_share = fields.Float(
        "Customer", digits=(5, 2), compute="_compute_customer_share"
    )
    reason = fields.Text(required=True)

    @api.depends("ticket_id", "kind")
    def _compute_shares(self):
        """Begin with what counts now; for every kind, with goodwill for all."""
        for window in self:
            shares = {"goodwill": 1}
            if window.kind and window.ticket_id:
                shares = window.ticket_id._get_entitlement(window.kind).shares
            for payer, name in SHARE_FIELDS.items():
                if payer != "customer":
                    window[name] = round(float(shares.get(payer, 0)) * 100, 2)

    @api.depends(*(name for p, name in SHARE_FIELDS.items() if p != "customer"))
    def _compute_customer_share(self):
        for window in self:
            others = sum(
                window[name] for p, name in SHARE_FIELDS.items() if p != "customer"
            )
            window.customer_share = round(100 - others, 2)

    def action_confirm(self):
        """Write the decision down.

        :raises UserError: the shares of others are more than the whole
        """
        self.ensure_one()
        if self.customer_share < 0:
            raise UserError(
                self.env._(
                    "The shares make more than 100 percent. Lower one of them: the "
                    "customer pays what is left."
                )
            )
        self.env["service.entitlement.override"].create(
            {
                "ticket_id": self.ticket_id.id,
                "kind": self.kind,
                "reason": self.reason,
                **{name: self[name] for name in SHARE_FIELDS.values()},
            }
        )
        return {"type": "ir.actions.act_window_close"}
