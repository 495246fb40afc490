# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.exceptions import UserError


class RepairOrder(models.Model):
    """The job sheet of a ticket sells nothing itself: the ticket charges its parts."""

    _inherit = "repair.order"

    def action_create_sale_order(self):
        """Override of `action_create_sale_order` to sell no part twice.

        :raises UserError: the parts are charged on a ticket
        """
        self.check_access("write")
        for repair in self.filtered("ticket_id"):
            raise UserError(
                self.env._(
                    "The parts of %(name)s are charged on ticket %(ticket)s, with what "
                    "warranty and contracts pay. Make the quotation there, with Quote "
                    "on the page Billing.",
                    name=repair.name,
                    ticket=repair.ticket_id.number,
                )
            )
        return super().action_create_sale_order()
