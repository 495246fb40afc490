# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# So often a price is corrected until the total has the amount to the cent.
ROUNDS = 3


class ServiceRemedy(models.Model):
    """What stands in the credit note of a remedy."""

    _inherit = "service.remedy"

    def _get_invoices(self):
        """Return the invoices that the remedy may take back in part, in sudo mode.

        Those of the complaint and of the request that it is about come first.
        """
        self.ensure_one()
        partner = self.ticket_id.partner_id.commercial_partner_id
        # sudo: which invoices there are, for whoever may credit a part of one
        invoices_sudo = self.env["account.move"].sudo()
        if not partner:
            return invoices_sudo
        found = invoices_sudo.search(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", partner.id),
            ]
        )
        near = found.filtered(lambda move: move._get_service_tickets() & self._near())
        return near | found

    def _near(self):
        """Return the tickets that the remedy is about."""
        ticket = self.ticket_id.sudo()  # which request was complained about
        return ticket | ticket.complained_ticket_id

    def _get_likely_invoice(self):
        """Return the invoice of the ticket, or the customer's only one, or none."""
        invoices_sudo = self._get_invoices()
        first = invoices_sudo[:1]
        if len(invoices_sudo) == 1 or first._get_service_tickets() & self._near():
            return first.sudo(False)
        return first.browse().sudo(False)

    def _create_credit_note(self, invoice_sudo, date):
        """Create the draft of the remedy's credit note, once.

        :param invoice_sudo: the invoice that it takes back in part, or none
        :param date: the day of the credit note
        :return: the draft `account.move`, in sudo mode
        :raises UserError: it has one already, the invoice is another customer's or
            too small, a currency has no rate, or the period is closed
        """
        self.ensure_one()
        self._lock_grants()
        self.invalidate_recordset(["credit_note_id", "state"])
        self._ensure_can_credit()
        amount = self._check_credit(invoice_sudo, date)
        note_sudo = (
            self.env["account.move"]
            .sudo()  # accounting checks and posts the draft
            .with_company(self.company_id)
            .with_context(default_move_type="out_refund")
            .create(self._prepare_credit_note_vals(invoice_sudo, date, amount))
        )
        self._match_total(note_sudo, amount)
        self._with_flow().credit_note_id = note_sudo
        self._tell_of_credit_note(note_sudo)
        return note_sudo

    def _tell_of_credit_note(self, note_sudo):
        """Note on the ticket, and on the credit note, where it comes from."""
        amount = note_sudo.currency_id.format(note_sudo.amount_total)
        self.ticket_id._message_log(
            body=self.env._(
                "A credit note of %(amount)s was drafted for “%(remedy)s”.",
                amount=amount,
                remedy=self.display_name,
            )
        )
        note_sudo._message_log(
            body=self.env._(
                "Drafted for the remedy “%(remedy)s” of ticket %(number)s.",
                remedy=self.display_name,
                number=self.ticket_id.number,
            )
        )

    # -- checks ---------------------------------------------------------------

    def _check_credit(self, invoice_sudo, date):
        """Return the amount to credit, in the currency of the credit note.

        :raises UserError: see `_create_credit_note`
        """
        company = self.company_id
        if not self.ticket_id.partner_id:
            raise UserError(
                self.env._(
                    "Choose the customer of ticket %(number)s first.",
                    number=self.ticket_id.number,
                )
            )
        if invoice_sudo and invoice_sudo not in self._get_invoices():
            raise UserError(
                self.env._("Choose a posted invoice of the ticket's customer.")
            )
        company._ensure_open_period(
            date, self._get_credit_journal(invoice_sudo), bool(invoice_sudo)
        )
        currency = invoice_sudo.currency_id or self.currency_id
        amount = self.currency_id._convert_surely(self.amount, currency, company, date)
        if invoice_sudo:
            self._check_creditable(invoice_sudo, amount)
        return amount

    def _check_creditable(self, invoice_sudo, amount):
        """Refuse to credit more than what is left of the invoice.

        Its row is written, see `_lock_grants`: remedies of two tickets may credit it.
        """
        self.env.execute_query(
            SQL(
                "UPDATE account_move SET id = id WHERE id = %s RETURNING id",
                invoice_sudo.id,
            )
        )
        refunds_sudo = invoice_sudo.reversal_move_ids.filtered(
            lambda move: move.state != "cancel" and move.move_type == "out_refund"
        )
        currency = invoice_sudo.currency_id
        left = invoice_sudo.amount_total - sum(refunds_sudo.mapped("amount_total"))
        if currency.compare_amounts(amount, left) > 0:
            raise UserError(
                self.env._(
                    "Only %(left)s of invoice %(invoice)s are left to credit, not "
                    "%(amount)s. Choose another invoice, or none.",
                    left=currency.format(max(left, 0.0)),
                    invoice=invoice_sudo.name,
                    amount=currency.format(amount),
                )
            )

    def _get_credit_journal(self, invoice_sudo):
        """Return the sales journal of the credit note."""
        if invoice_sudo:
            return invoice_sudo.journal_id
        company = self.company_id
        self.env["parts.posting"]._check_accounting(company, company, True)
        return self.env["parts.posting"]._get_journal(company.sudo(), True)

    # -- values ---------------------------------------------------------------

    def _prepare_credit_note_vals(self, invoice_sudo, date, amount):
        """Return the values of the credit note."""
        customer = self.ticket_id.partner_id
        lines = (
            self._prepare_credited_lines(invoice_sudo, amount)
            if invoice_sudo
            else [self._prepare_goodwill_line(amount)]
        )
        return {
            "move_type": "out_refund",
            "company_id": self.company_id.id,
            "journal_id": self._get_credit_journal(invoice_sudo).id,
            "partner_id": (invoice_sudo.partner_id or customer).id,
            "fiscal_position_id": invoice_sudo.fiscal_position_id.id,
            "invoice_date": date,
            "currency_id": (invoice_sudo.currency_id or self.currency_id).id,
            "reversed_entry_id": invoice_sudo.id,
            "invoice_payment_term_id": False,
            "invoice_origin": self.ticket_id.number,
            "service_remedy_id": self.id,
            "ref": self._get_credit_reference(invoice_sudo),
            "invoice_line_ids": [Command.create(vals) for vals in lines],
        }

    def _get_credit_reference(self, invoice_sudo):
        """Return why the customer gets the credit note, in their language."""
        lang = self.ticket_id.partner_id.lang or self.env.lang
        remedy = self.with_context(lang=lang)
        kinds = dict(self._fields["kind"]._description_selection(remedy.env))
        if invoice_sudo:
            return remedy.env._(
                "%(kind)s for %(invoice)s, %(number)s",
                kind=kinds[self.kind],
                invoice=invoice_sudo.name,
                number=self.ticket_id.number,
            )
        return f"{kinds[self.kind]}, {self.ticket_id.number}"

    def _prepare_credited_lines(self, invoice_sudo, amount):
        """Return a line for each account and tax of the invoice, in proportion."""
        ratio = amount / invoice_sudo.amount_total if invoice_sudo.amount_total else 0
        lines = invoice_sudo.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        groups = lines.grouped(
            lambda line: (
                line.account_id,
                line.tax_ids,
                str(line.analytic_distribution or ""),
            )
        )
        return [
            {
                "name": self._get_credit_reference(invoice_sudo),
                "quantity": 1.0,
                "price_unit": ratio * sum(row._get_credited_price() for row in group),
                "account_id": account.id,
                "tax_ids": [Command.set(taxes.ids)],
                "analytic_distribution": group[0].analytic_distribution,
            }
            for (account, taxes, _analytic), group in groups.items()
        ]

    def _prepare_goodwill_line(self, amount):
        """Return the line of a credit note that belongs to no invoice."""
        payer = self.env["service.payer.account"]._get_account(
            self.company_id, "goodwill", "fee"
        )
        return {
            "name": self._get_credit_reference(self.env["account.move"]),
            "quantity": 1.0,
            "price_unit": amount,
            "account_id": payer.expense_account_id.id,
            "tax_ids": [Command.clear()],
            "analytic_distribution": payer.analytic_distribution,
        }

    def _match_total(self, note_sudo, amount):
        """Let the total with taxes be what was granted, to the cent."""
        currency = note_sudo.currency_id
        line = note_sudo.invoice_line_ids.sorted("price_subtotal")[-1:]
        for _round in range(ROUNDS):
            rest = amount - note_sudo.amount_total
            if currency.is_zero(rest):
                return
            taxed = line.price_total / line.price_unit if line.price_unit else 1.0
            line.price_unit += rest / (taxed or 1.0)
        rest = currency.round(amount - note_sudo.amount_total)
        if not currency.is_zero(rest):
            # No price gives this total with its tax: the cent is not taxed.
            vals = {
                "name": self.env._("Rounding"),
                "quantity": 1.0,
                "price_unit": rest,
                "account_id": line.account_id.id,
                "tax_ids": [Command.clear()],
            }
            note_sudo.write({"invoice_line_ids": [Command.create(vals)]})
