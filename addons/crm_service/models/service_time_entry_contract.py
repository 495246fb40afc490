# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models

COUNTING_FIELDS = {"ticket_id", "kind", "start", "stop", "hours"}


class ServiceTimeEntry(models.Model):
    """Time that is entered late counts against the hours of a contract too."""

    _inherit = "service.time.entry"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to count the hours against the contracts of their tickets."""
        entries = super().create(vals_list)
        entries._count_contract_hours()
        return entries

    def write(self, vals):
        """Override to count the hours against the contracts of their tickets."""
        tickets = self.ticket_id
        result = super().write(vals)
        if COUNTING_FIELDS & vals.keys():
            self._count_contract_hours(tickets)
        return result

    def unlink(self):
        """Override to give back hours that were entered by mistake."""
        tickets = self.ticket_id
        result = super().unlink()
        self.browse()._count_contract_hours(tickets)
        return result

    def _count_contract_hours(self, tickets=None):
        """Bring balances of hours in step, of the tickets of these and `tickets`."""
        # sudo: the balance is used, whoever enters the time
        found = self.sudo().ticket_id | (tickets or self.ticket_id).sudo()
        found.filtered(
            lambda t: "hours" in t.contract_id.balance_ids.mapped("kind")
        )._sync_contract_usage()
