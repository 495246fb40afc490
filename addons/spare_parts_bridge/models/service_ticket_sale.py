# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.crm_service.const import DONE_PHASES


class ServiceTicket(models.Model):
    """What the customer is asked to pay for a ticket, and has been invoiced."""

    _inherit = "service.ticket"

    sale_order_ids = fields.One2many(
        "sale.order", "ticket_id", groups="sales_team.group_sale_salesman"
    )
    # What everybody who works on the ticket may know of it.
    quotation_count = fields.Integer(compute="_compute_billing", compute_sudo=True)
    service_invoice_count = fields.Integer(
        "Invoice Count", compute="_compute_billing", compute_sudo=True
    )
    quotation_label = fields.Char(
        "Quotation", compute="_compute_billing", compute_sudo=True
    )
    is_quotation_open = fields.Boolean(
        compute="_compute_billing",
        compute_sudo=True,
        help="A quotation waits for the customer's answer.",
    )
    amount_accepted = fields.Monetary(
        "Accepted",
        currency_field="billing_currency_id",
        compute="_compute_billing",
        compute_sudo=True,
        help="Of quotations that the customer accepted, before taxes.",
    )
    amount_to_invoice = fields.Monetary(
        "To Invoice",
        currency_field="billing_currency_id",
        compute="_compute_billing",
        compute_sudo=True,
        help="The customer's share of what was done and is on no invoice yet, before "
        "taxes.",
    )
    amount_invoiced = fields.Monetary(
        "Invoiced",
        currency_field="billing_currency_id",
        compute="_compute_billing",
        compute_sudo=True,
        help="On invoices of the customer, drafts too, before taxes.",
    )
    billing_currency_id = fields.Many2one(
        related="company_id.currency_id", related_sudo=False
    )

    @api.depends("company_id")
    def _compute_billing(self):
        orders = self.env["sale.order"].search(
            [("ticket_id", "in", self._origin.ids), ("state", "!=", "cancel")]
        )
        by_ticket = orders.grouped("ticket_id")
        shares = self.env["service.charge.share"].search(
            self._origin._get_customer_domain()
        )
        open_shares = shares.filtered(lambda share: share._is_to_invoice())
        by_owner = open_shares.grouped("ticket_id")
        for ticket in self:
            own = by_ticket.get(ticket._origin, orders.browse())
            waiting = by_owner.get(ticket._origin, shares.browse())
            ticket._fill_billing(own, waiting)

    def _fill_billing(self, orders, shares):
        """Set what the orders and the open shares of this ticket say."""
        company = self.company_id
        currency = company.currency_id
        accepted = orders.filtered(lambda order: order.state == "sale")
        lines = accepted.order_line
        invoices = lines.invoice_lines.move_id.filtered(lambda m: m.state != "cancel")
        self.quotation_count = len(orders)
        self.service_invoice_count = len(invoices)
        self.quotation_label = orders._get_service_label()
        self.is_quotation_open = bool(orders - accepted)
        self.amount_accepted = currency.round(
            sum(order.amount_untaxed / (order.currency_rate or 1) for order in accepted)
        )
        self.amount_invoiced = -sum(lines.invoice_lines._get_live().mapped("balance"))
        waiting = sum(shares.mapped("amount"))
        due = [order.order_line._get_amount_to_invoice() for order in accepted]
        total = waiting + sum(due)
        if not self._is_work_over():  # what was paid is taken off, not given back
            total = max(total, sum(amount for amount in due if amount > 0))
        self.amount_to_invoice = currency.round(total)

    def _is_work_over(self):
        """Tell whether what was paid and not done will not be done any more."""
        self.ensure_one()
        return self.phase in DONE_PHASES

    @api.model
    def _get_customer_domain(self, is_estimate=False):
        """Return the domain of the customer's shares of these tickets' charges."""
        return [
            ("ticket_id", "in", self.ids),
            ("payer", "=", "customer"),
            ("is_estimate", "=", is_estimate),
            ("amount", ">", 0.0),
        ]

    def _get_open_shares(self, is_estimate=False):
        """Return the customer's shares that no order sells yet, in sudo mode."""
        # sudo: shares of the ticket, for whoever may quote or invoice it
        shares_sudo = self.env["service.charge.share"].sudo()
        domain = self._get_customer_domain(is_estimate)
        found = shares_sudo.search([*domain, ("is_billed", "=", False)])
        return found.filtered(lambda share: not share._is_sold_by_repair())

    # -- who may, one after the other -----------------------------------------

    def _ensure_can_bill(self):
        """Refuse whoever may not quote or invoice.

        :raises AccessError: the user is no agent, or may not work on the ticket
        :raises UserError: a ticket has no customer
        """
        self.check_access("write")
        if not self._is_in_group("agent"):
            raise AccessError(
                self.env._("Agents quote and invoice tickets. Ask one of them.")
            )
        for ticket in self:
            if not ticket.partner_id:
                raise UserError(
                    self.env._(
                        "Choose the customer of ticket %(number)s first.",
                        number=ticket.number,
                    )
                )

    def _lock_billing(self):
        """Let two who bill the same tickets come one after the other.

        The rows are written, not only locked: who comes second fails to serialize,
        and Odoo calls it again with what the first one did.
        """
        if self.ids:
            self.flush_recordset()
            self.env.execute_query(
                SQL(
                    "UPDATE service_ticket SET id = id WHERE id IN %s RETURNING id",
                    tuple(sorted(self.ids)),
                )
            )
            self.env["service.charge.share"].invalidate_model()

    # -- windows and documents ------------------------------------------------

    def action_quote(self):
        """Open the window that offers the customer's share as a quotation.

        :raises UserError: there is nothing to offer, or no customer
        """
        self.ensure_one()
        self._ensure_can_bill()
        estimated = bool(self._get_open_shares(is_estimate=True))
        if not estimated and not self._get_open_shares():
            raise UserError(
                self.env._(
                    "There is nothing that the customer pays and that is not offered "
                    "yet. Estimate the work first, or enter charges."
                )
            )
        basis = "estimate" if estimated else "actual"
        return self._get_window(
            "service.ticket.quote",
            self.env._("New Quotation"),
            {"default_ticket_id": self.id, "default_basis": basis},
        )

    def action_invoice(self):
        """Open the window that invoices the customers' shares of these tickets.

        :raises UserError: a ticket has no customer
        """
        self._ensure_can_bill()
        return self._get_window(
            "service.ticket.invoice",
            self.env._("Invoice Customers"),
            {"default_ticket_ids": [fields.Command.set(self.ids)]},
        )

    @api.model
    def _get_window(self, model, name, context):
        """Return the action that opens a window of `model`."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def action_view_quotations(self):
        """Open the quotations of the ticket, or the page that the customer sees.

        :raises UserError: there is none
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: whoever works on the ticket may see what the customer sees
        orders_sudo = self.env["sale.order"].sudo()
        orders_sudo = orders_sudo.search([("ticket_id", "=", self.id)])
        return orders_sudo._get_service_action()

    def action_view_service_invoices(self):
        """Open the invoices of the ticket, or the page that the customer sees.

        :raises UserError: there is none
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: see `action_view_quotations`
        orders_sudo = self.env["sale.order"].sudo()
        orders_sudo = orders_sudo.search([("ticket_id", "=", self.id)])
        return orders_sudo.order_line.invoice_lines.move_id._get_service_action()

    @api.model
    def _get_merge_rows(self):
        """Override of `_get_merge_rows` to add what was offered and posted."""
        return {
            **super()._get_merge_rows(),
            "sale.order": "ticket_id",
            "service.charge.posting": "ticket_id",
        }
