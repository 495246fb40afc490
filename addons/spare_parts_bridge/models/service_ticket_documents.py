# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class ServiceTicket(models.Model):
    """Whom a complaint is about loses its quotations and expenses as well."""

    _inherit = "service.ticket"

    def _take_from(self, people):
        """Override of `_take_from` to take what was sold and spent from them too."""
        result = super()._take_from(people)
        # sudo: the actor need not see the quotations and expenses
        self.sudo().expense_ids._take_from_kept_away()
        orders_sudo = self.env["sale.order"].sudo()
        orders_sudo = orders_sudo.search([("ticket_id", "in", self.ids)])
        self._drop_all_of(orders_sudo, people)
        return result
