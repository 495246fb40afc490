# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class AccountMove(models.Model):
    """Invoices and credit notes of service tell the tickets what became of them."""

    _inherit = "account.move"

    def _get_service_tickets(self):
        """Return the tickets that these invoices are for, in the mode of `self`."""
        return self.invoice_line_ids.sale_line_ids.order_id.ticket_id

    def _post(self, soft=True):
        """Override of `_post` to note that a remedy is done when it is credited."""
        posted = super()._post(soft)
        posted._settle_remedies()
        return posted

    def _settle_remedies(self):
        """Note the remedies of these credit notes as done."""
        refunds = self.filtered(lambda move: move.move_type == "out_refund")
        if refunds:
            # sudo: the accountant who posts has nothing to do with complaints
            remedies_sudo = self.env["service.remedy"].sudo()
            remedies_sudo.search(
                [("credit_note_id", "in", refunds.ids), ("state", "=", "granted")]
            ).action_done()
