# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class HrExpense(models.Model):
    """What technicians paid on the way to a customer belongs to the ticket."""

    _inherit = "hr.expense"

    ticket_id = fields.Many2one(
        "service.ticket",
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
        help="The request for which this was spent.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let nobody spend for a ticket that they may not see."""
        expenses = super().create(vals_list)
        expenses._check_ticket_access()
        return expenses

    def write(self, vals):
        """Override to let nobody spend for a ticket that they may not see."""
        result = super().write(vals)
        if vals.get("ticket_id"):
            self._check_ticket_access()
        return result

    def _check_ticket_access(self):
        """Ask whether the user may see the tickets of these expenses."""
        if not self.env.su and (tickets := self.ticket_id):
            tickets.check_access("read")
