# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

ROW = Markup(
    "<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td>"
    "<td>%s</td></tr>"
)
TABLE = Markup(
    "<table class='table table-sm o_list_table'><thead><tr><th>%s</th><th>%s</th>"
    "<th class='text-end'>%s</th><th class='text-end'>%s</th><th></th></tr></thead>"
    "<tbody>%s</tbody></table>"
)


class ServiceTicketInvoice(models.TransientModel):
    """What the customers of some tickets are invoiced, before it is done."""

    _name = "service.ticket.invoice"
    _description = "Invoice Customers of Tickets"
    _inherit = ["service.window.mixin"]
    _window_on = "ticket_ids"

    ticket_ids = fields.Many2many("service.ticket", required=True)
    date = fields.Date("Invoice Date", required=True, default=fields.Date.context_today)
    per_ticket = fields.Boolean(
        "An Invoice for Each Ticket",
        help="Otherwise a customer gets one invoice for all of these tickets.",
    )
    preview = fields.Html(compute="_compute_preview", compute_sudo=False)

    @api.depends("ticket_ids")
    def _compute_preview(self):
        for window in self:
            tickets = window.ticket_ids._origin
            window.preview = TABLE % (
                self.env._("Ticket"),
                self.env._("Customer"),
                self.env._("Accepted"),
                self.env._("To Invoice"),
                Markup("").join(self._get_row(ticket) for ticket in tickets),
            )

    @api.model
    def _get_row(self, ticket):
        """Return what is invoiced for a ticket, or why nothing is."""
        currency = ticket.billing_currency_id
        return ROW % (
            ticket.display_name,
            ticket.partner_id.display_name or "",
            currency.format(ticket.amount_accepted),
            currency.format(ticket.amount_to_invoice),
            self._get_remark(ticket),
        )

    @api.model
    def _get_remark(self, ticket):
        """Return what is worth knowing before the ticket is invoiced."""
        if not ticket.partner_id:
            return self.env._("Choose the customer first.")
        if not ticket.amount_to_invoice:
            return self.env._("Nothing to invoice.")
        if ticket.amount_to_invoice < 0:
            return self.env._("A credit note: more was invoiced than was done.")
        if ticket.is_quotation_open:
            return self.env._(
                "The customer has not answered yet: %(quotation)s.",
                quotation=ticket.quotation_label,
            )
        more = ticket.amount_to_invoice + ticket.amount_invoiced
        more -= ticket.amount_accepted
        if ticket.amount_accepted and more > 0:
            return self.env._(
                "%(amount)s more than the customer accepted.",
                amount=ticket.billing_currency_id.format(more),
            )
        return ""

    def action_confirm(self):
        """Make the drafts of the invoices, and open them for whoever may read them.

        :raises UserError: see `service.ticket._invoice_customers`
        """
        self.ensure_one()
        if not self.ticket_ids:
            raise UserError(self.env._("Choose the tickets to invoice."))
        invoices_sudo = self.ticket_ids._invoice_customers(self.date, self.per_ticket)
        invoices = invoices_sudo.sudo(False)
        if invoices and invoices.has_access("read"):
            return invoices._get_records_action(name=self.env._("Invoices"))
        message = self.env._(
            "%(count)s invoices are drafted. Accounting checks and posts them.",
            count=len(invoices),
        )
        if not invoices:
            message = self.env._("All that was done is paid or invoiced already.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
