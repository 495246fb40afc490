# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class AccountMove(models.Model):
    """What another document has replaced does not come back beside it."""

    _inherit = "account.move"

    service_remedy_id = fields.Many2one(
        "service.remedy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="crm_service.group_service_agent",
    )

    def button_draft(self):
        """Override of `button_draft` to invoice and credit nothing twice.

        :raises UserError: another document stands for it since
        """
        # sudo: whoever corrects invoices may see neither contracts nor complaints
        for move_sudo in self.sudo():
            move_sudo._ensure_periods_not_taken()
            move_sudo._ensure_remedy_not_taken()
        return super().button_draft()

    def _ensure_periods_not_taken(self):
        """Refuse to bring back what is invoiced or credited by another one."""
        is_refund = self.move_type == "out_refund"
        for period in self.invoice_line_ids.service_period_id:
            is_reversal = is_refund and period.kind == "period"
            if self.state != ("posted" if is_reversal else "cancel"):
                continue
            own = self.reversed_entry_id if is_reversal else self
            if period.move_id != own and period.state != "free":
                self._refuse_again(period.contract_id.display_name)

    def _ensure_remedy_not_taken(self):
        """Refuse to bring back the credit note of a remedy that has another one."""
        note = self.service_remedy_id._get_credit_note()
        if self.state == "cancel" and note and note != self:
            self._refuse_again(self.ref or note.display_name)
