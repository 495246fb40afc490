# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import logging

from psycopg2 import OperationalError

from odoo import Command, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class ServiceContractInvoiceLine(models.Model):
    """The invoice of the lines that belong together."""

    _inherit = "service.contract.invoice.line"

    def _invoice_safely(self):
        """Make an invoice of these lines, or write down why there is none.

        Conflicts with other transactions go through: the batch is tried again.
        """
        try:
            with self.env.cr.savepoint():
                self._invoice()
        except OperationalError:
            raise
        except Exception as error:
            text = str(error) if isinstance(error, UserError) else ""
            if not text:
                _logger.exception("Contract periods %s were not invoiced.", self.ids)
                text = self.env._("Something went wrong; the server's log says what.")
            # sudo: lines are written by the run alone
            self.sudo().write({"state": "failed", "reason": text})

    def _invoice(self):
        """Make the invoice of these lines, which belong to one customer.

        :raises UserError: a period is invoiced or a contract changed meanwhile, or a
            setting, a rate or an open period is missing
        """
        run = self.run_id
        # sudo: contracts are for whoever may invoice them
        contracts = self.sudo().contract_id
        contracts._lock_invoicing()
        contracts.invalidate_recordset()
        self._check_unchanged(contracts)
        for contract in contracts:
            contract._check_can_invoice(run.invoice_date)
        vals = contracts._prepare_invoice_vals(run.invoice_date)
        vals["invoice_line_ids"] = [
            Command.create(
                line.sudo().contract_id._prepare_invoice_line_vals(
                    line._get_part(), line.amount
                )
            )
            for line in self
        ]
        move = (
            self.env["account.move"]
            .with_company(run.company_id)
            .with_context(default_move_type="out_invoice")
            .create(vals)
        )
        self.env["parts.posting"]._set_net_prices(move)
        self._note_invoiced(move)
        if run.is_posting:
            move.action_post()

    def _check_unchanged(self, contracts):
        """Refuse what was invoiced, or has changed, since the preview."""
        parts = contracts._get_open_parts(self.run_id.until)
        for line in self:
            contract = line.sudo().contract_id
            part = line._get_part()
            same = part in parts.get(contract.id, ()) and not (
                line.currency_id.compare_amounts(
                    line.amount, contract._get_period_amount(part)
                )
            )
            if not same:
                raise UserError(
                    self.env._(
                        "Contract %(contract)s was invoiced or changed since the "
                        "preview. Begin a new run.",
                        contract=contract.name,
                    )
                )

    def _note_invoiced(self, move):
        """Write down that these periods are invoiced, once."""
        # sudo: the proof is written by the run alone
        periods = self.env["service.contract.period"].sudo()
        rows = move.invoice_line_ids.filtered("service_contract_id").sorted("id")
        for line, row in zip(self.sudo(), rows, strict=True):
            vals = {
                "period_end": line.period_end,
                "amount": line.amount,
                "currency_id": line.currency_id.id,
                "move_id": move.id,
                "line_id": row.id,
                "run_id": line.run_id.id,
            }
            key = {
                "contract_id": line.contract_id.id,
                "kind": "period",
                "period_start": line.period_start,
            }
            known = periods.search([(name, "=", key[name]) for name in key])
            if known:  # its invoice was cancelled, deleted or credited
                known.write(vals)
            else:
                known = periods.create(
                    {**key, "company_id": line.company_id.id, **vals}
                )
            row.sudo()._note_period(known)
            line.write({"state": "done", "move_id": move.id, "reason": False})
