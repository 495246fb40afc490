# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.exceptions import UserError


class ServiceTicket(models.Model):
    """Charges become lines of orders, and what was done is invoiced, once."""

    _inherit = "service.ticket"

    # -- quotations -----------------------------------------------------------

    def _create_quotation(self, shares, **values):
        """Create the quotation of the customer's shares, and note that they are sold.

        :param shares: open `service.charge.share` of this ticket
        :param values: values of the order that win over the usual ones
        :return: the draft `sale.order`, in sudo mode
        :raises UserError: a share is offered already, or a currency has no rate
        """
        self.ensure_one()
        self._lock_billing()
        known = self._get_open_shares(True) | self._get_open_shares(False)
        shares_sudo = shares.sudo()
        if not shares_sudo or shares_sudo - known:
            raise UserError(
                self.env._(
                    "Some of it is offered already, or not the customer's to pay. "
                    "Close the window and begin again."
                )
            )
        order_sudo = self._create_order(**values)
        shares_sudo._put_on(order_sudo)
        return order_sudo

    def _create_order(self, **values):
        """Return a new order of this ticket without lines, in sudo mode."""
        orders_sudo = self.env["sale.order"].sudo()  # see `_ensure_can_bill`
        return orders_sudo.with_company(self.company_id).create(
            {
                "ticket_id": self.id,
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "partner_shipping_id": (self.site_id or self.partner_id).id,
                "origin": self.number,
                "client_order_ref": self.number,
                **values,
            }
        )

    # -- invoices -------------------------------------------------------------

    def _invoice_customers(self, date, per_ticket=False):
        """Invoice what was done and the customers pay, as drafts.

        :param date: the day of the invoices
        :param bool per_ticket: an invoice for each ticket, not for each customer
        :return: the draft `account.move`, in sudo mode; none if all that was done is
            prepaid
        :raises UserError: there is nothing to invoice, the period is closed, or a
            currency has no rate; nothing is written then
        """
        self._ensure_can_bill()
        self._lock_billing()
        self._check_invoice_date(date)
        has_news = bool(self._get_open_shares())
        orders_sudo = self.env["sale.order"].sudo()
        for ticket in self:
            orders_sudo |= ticket._sell_done()
        orders_sudo = orders_sudo.filtered(lambda order: order._is_worth_invoicing())
        if not orders_sudo and has_news:
            return self.env["account.move"].sudo()
        if not orders_sudo:
            raise UserError(
                self.env._(
                    "Nothing of these tickets is left to invoice: the customers pay "
                    "nothing of what was done, or have the invoice already."
                )
            )
        for company, orders in orders_sudo.grouped("company_id").items():
            orders.currency_id._ensure_rate(company, date)
        # final: what was paid before is taken off
        invoices_sudo = orders_sudo._create_invoices(grouped=per_ticket, final=True)
        invoices_sudo.write({"invoice_date": date})
        return invoices_sudo

    def _check_invoice_date(self, date):
        """Refuse a day in a closed period, before anything is written."""
        postings = self.env["parts.posting"]
        for company in self.company_id:
            postings._check_accounting(company, company, True)
            journal = postings._get_journal(company.sudo(), True)
            company._ensure_open_period(date, journal, has_tax=True)

    def _sell_done(self):
        """Put what was done on confirmed orders of this ticket; return them in sudo.

        What the customer accepted is used up first, at the price that was accepted.
        """
        orders_sudo = self.env["sale.order"].sudo()
        orders_sudo = orders_sudo.search(
            [("ticket_id", "=", self.id), ("state", "=", "sale")]
        )
        shares = self._get_open_shares()
        for share in shares:
            line = orders_sudo.order_line.filtered(share._fits_line)[:1]
            if line:
                share._sell(line)
        rest = shares.filtered(lambda share: not share.is_billed)
        if rest:
            orders_sudo |= self._sell_on(orders_sudo, rest)
        return orders_sudo

    def _sell_on(self, orders_sudo, shares):
        """Add lines for `shares` to an order that is open, or to a new one.

        An insurer who has accepted a quotation pays that, and no more.
        """
        order_sudo = orders_sudo.filtered(self._is_order_of_customer)[:1]
        if order_sudo:
            quiet = order_sudo.with_context(sale_no_log_for_new_lines=True)
            shares._put_on(quiet)
            return order_sudo
        order_sudo = self._create_order(require_signature=False, require_payment=False)
        shares._put_on(order_sudo)
        order_sudo.action_confirm()
        return order_sudo

    def _is_order_of_customer(self, order_sudo):
        """Tell whether the ticket's customer pays a confirmed order that is open."""
        payers = order_sudo.partner_id | order_sudo.partner_invoice_id
        customer = self.partner_id.commercial_partner_id
        is_theirs = payers.commercial_partner_id == customer
        same_company = order_sudo.company_id == self.company_id
        return is_theirs and same_company and not order_sudo.locked
