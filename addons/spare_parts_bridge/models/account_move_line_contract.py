# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class AccountMoveLine(models.Model):
    """The contract that a line of an invoice or credit note is for."""

    _inherit = "account.move.line"

    service_contract_id = fields.Many2one(
        "service.contract",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Credit notes of the invoice keep it.",
    )
    # Which period it is; credit notes of the invoice keep it as well.
    service_period_id = fields.Many2one(
        "service.contract.period",
        "Invoiced Contract Period",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _note_period(self, period):
        """Note which period these lines of drafts invoice or credit.

        Called in superuser mode. Nothing follows for taxes and terms, which would be
        computed again for each line of a long invoice.
        """
        lines = self.with_context(skip_invoice_sync=True, check_move_validity=False)
        lines.service_period_id = period
