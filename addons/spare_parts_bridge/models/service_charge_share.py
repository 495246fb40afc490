from odoo import fields, models

from odoo.addons.crm_service.const import PAYERS

from .service_charge import COST_GROUPS


class ServiceChargeShare(models.Model):
    """The part of a charge that one payer pays. Nobody writes it by hand.

    What turns a share into a quotation, an invoice or a journal entry calls
    `_set_billed(True)`; what cancels that document, `_set_billed(False)`.
    """

    _name = "service.charge.share"
    _inherit = "parts.guarded.mixin"
    _description = "Share of a Charge"
    _order = "charge_id, id"

    charge_id = fields.Many2one(
        "service.charge", required=True, readonly=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one(
        related="charge_id.ticket_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="charge_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(related="charge_id.kind", store=True, precompute=True)
    is_estimate = fields.Boolean(
        related="charge_id.is_estimate", store=True, precompute=True
    )
    payer = fields.Selection(PAYERS, required=True, readonly=True)
    share = fields.Float(
        required=True, readonly=True, aggregator="avg", help="1 is all of it."
    )
    amount = fields.Monetary(
        required=True, readonly=True, help="Its part of the price, before taxes."
    )
    cost = fields.Monetary(
        readonly=True, groups=COST_GROUPS, help="Its part of what it costs us."
    )
    reason = fields.Text(readonly=True, help="Why this payer pays.")
    is_billed = fields.Boolean("Billed", readonly=True, index=True)

    # also the index for the shares of a charge
    _payer_once = models.Constraint(
        "UNIQUE(charge_id, payer)", "This payer has a share of the charge already."
    )

    def _set_billed(self, billed):
        """Note that these shares are on a document, or free again.

        :param bool billed: whether a document counts on them
        """
        # sudo: no role may write shares; the caller has made or cancelled a document
        self.sudo().write({"is_billed": billed})
