# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.contract_invoicing import get_unused_share
from .service_contract_invoicing import BILLING


class ServiceContract(models.Model):
    """What a terminated contract was paid too much for, credited once."""

    _inherit = "service.contract"

    open_credit = fields.Monetary(
        "To Credit", compute="_compute_open_credit", groups=BILLING
    )

    def _compute_open_credit(self):
        for contract in self:
            contract.open_credit = 0.0
            if contract.state == "terminated" and not contract._get_credit_rows():
                credit = contract._get_termination_credit(contract.terminated_on)
                contract.open_credit = credit

    def _get_credit_rows(self):
        """Return the proof that these contracts were credited, in sudo mode."""
        # sudo: what was credited, is, whoever may see it
        rows_sudo = self.sudo().period_ids
        return rows_sudo.filtered(lambda p: p.kind == "credit" and p.state != "free")

    def _get_unused(self, last_day):
        """Return [(invoiced period, amount)] of the days after `last_day`."""
        # sudo: what was invoiced, is, whoever may see it
        rows_sudo = self.sudo().period_ids
        result = []
        for row in rows_sudo.sorted("period_start"):
            if row.kind != "period" or row.state == "free":
                continue
            unused, days = get_unused_share(row.period_start, row.period_end, last_day)
            if unused:
                billed = row._get_billed_amount()
                amount = row.currency_id.round(billed * unused / days)
                if amount > 0:
                    result.append((row, amount))
        return result

    def _get_termination_credit(self, last_day):
        """Override: what was invoiced for the days after `last_day`, no more."""
        self.ensure_one()
        return sum(amount for _row, amount in self._get_unused(last_day))

    def _after_terminate(self, last_day, credit):
        """Override to draft the credit note at once, where that is possible."""
        result = super()._after_terminate(last_day, credit)
        if credit:
            try:
                with self.env.cr.savepoint():
                    self._create_credit_note(fields.Date.context_today(self))
            except UserError as error:
                self._message_log(
                    body=self.env._(
                        "The credit note is still to be made: %(reason)s",
                        reason=str(error),
                    )
                )
        return result

    def action_credit(self):
        """Draft the credit note of what was paid too much.

        :raises UserError: nothing is to be credited, or it was already
        """
        self.check_access("read")
        self.ensure_one()
        self.env["account.move"].check_access("create")
        note = self._create_credit_note(fields.Date.context_today(self))
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": note.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _create_credit_note(self, date):
        """Draft the credit note of the days after the last one, once.

        :raises UserError: the contract is not terminated, nothing is to be credited,
            it was already, or a rate or an open period is missing
        """
        self.ensure_one()
        # sudo: accounting checks and posts the draft
        contract = self.sudo()
        contract._lock_invoicing()
        contract.invalidate_recordset()
        unused = []
        if contract.state == "terminated" and not contract._get_credit_rows():
            unused = contract._get_unused(contract.terminated_on)
        if not unused:
            raise UserError(
                self.env._(
                    "Nothing of contract %(contract)s is to be credited any more.",
                    contract=contract.name,
                )
            )
        contract._check_can_invoice(date)
        note = (
            self.env["account.move"]
            .sudo()
            .with_company(contract.company_id)
            .with_context(default_move_type="out_refund")
            .create(contract._prepare_credit_note_vals(unused, date))
        )
        contract._note_credited(note, sum(amount for _row, amount in unused))
        return note

    def _prepare_credit_note_vals(self, unused, date):
        """Return the values of the credit note of parts of invoiced periods."""
        vals = self._prepare_invoice_vals(date)
        invoices = self.env["account.move"].union(*(row.move_id for row, _a in unused))
        vals.pop("invoice_payment_term_id", None)
        lines = [self._prepare_credit_line(row, amount) for row, amount in unused]
        return {
            **vals,
            "move_type": "out_refund",
            "invoice_payment_term_id": False,
            "fiscal_position_id": invoices[:1].fiscal_position_id.id,
            "reversed_entry_id": invoices.id if len(invoices) == 1 else False,
            "ref": ", ".join(filter(None, invoices.mapped("name"))) or self.name,
            "invoice_line_ids": [Command.create(line) for line in lines],
        }

    def _prepare_credit_line(self, row, amount):
        """Return the values of the line that credits a part of an invoiced period.

        It has the account, taxes and analytic lines of the invoice.
        """
        line = row.line_id
        lang = self._get_invoice_lang()
        contract = self.with_context(lang=lang)
        first = max(row.period_start, self.terminated_on + timedelta(days=1))
        return {
            "product_id": line.product_id.id,
            "name": contract.env._(
                "Contract %(number)s ended, %(start)s – %(stop)s is not covered",
                number=self.name,
                start=format_date(contract.env, first, lang_code=lang),
                stop=format_date(contract.env, row.period_end, lang_code=lang),
            ),
            "quantity": 1.0,
            "price_unit": line._get_credited_price() * amount / line.price_subtotal,
            "account_id": line.account_id.id,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "analytic_distribution": line.analytic_distribution,
            "service_contract_id": self.id,
        }

    def _note_credited(self, note, amount):
        """Write down that this contract was credited, once."""
        start = self.terminated_on + timedelta(days=1)
        key = {"contract_id": self.id, "kind": "credit", "period_start": start}
        vals = {
            "period_end": max(start, self.date_end),
            "amount": -amount,
            "currency_id": self.currency_id.id,
            "move_id": note.id,
        }
        known = self.period_ids.search([(name, "=", key[name]) for name in key])
        if known:  # its credit note was cancelled or deleted
            known.write(vals)
        else:
            known = self.period_ids.create(
                {**key, "company_id": self.company_id.id, **vals}
            )
        note.invoice_line_ids._note_period(known)
        text = self.env._(
            "A credit note of %(amount)s was drafted for the days after the last one.",
            amount=self.currency_id.format(amount),
        )
        self._message_log(body=text)
