# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from odoo.addons.crm_service.const import (
    CONTRACT_COVERING_STATES,
    INVOICING_MONTHS,
)
from odoo.addons.crm_service.models.service_guard import has_changed

from ..tools.contract_invoicing import (
    cut_calendar,
    get_block_start,
    get_invoice_day,
    get_open_parts,
)

# What was agreed of the invoices, and goes on with a renewal.
INVOICING_TERMS = (
    "invoice_partner_id",
    "invoice_product_id",
    "invoice_payment_term_id",
    "is_calendar_period",
    "analytic_distribution",
)
# Who sees what is invoiced.
BILLING = (
    "crm_service.group_service_agent,account.group_account_invoice,"
    "account.group_account_readonly"
)


class ServiceContract(models.Model):
    """How a contract is invoiced by period, through Odoo's own invoices."""

    _name = "service.contract"
    _inherit = ["service.contract", "analytic.mixin"]

    invoice_partner_id = fields.Many2one(
        "res.partner",
        "Invoice Address",
        compute="_compute_invoice_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
    )
    invoice_product_id = fields.Many2one(
        "product.product",
        "Invoiced As",
        check_company=True,
        ondelete="restrict",
        domain=[("sale_ok", "=", True)],
        help="Decides the account and the taxes. Empty: the one of the settings.",
    )
    invoice_payment_term_id = fields.Many2one(
        "account.payment.term",
        "Payment Terms",
        check_company=True,
        ondelete="restrict",
        help="Empty: those of the customer.",
    )
    is_calendar_period = fields.Boolean(
        "Calendar Periods",
        help="Invoice whole months, quarters, half-years or years of the calendar; the "
        "first and the last one cost their share of the days.",
    )
    is_invoicing_settled = fields.Boolean(readonly=True, copy=False)
    period_ids = fields.One2many(
        "service.contract.period",
        "contract_id",
        "Invoiced Periods",
        readonly=True,
        groups=BILLING,
    )
    invoice_count = fields.Integer(
        "Invoices", compute="_compute_invoicing", groups=BILLING
    )
    invoiced_until = fields.Date(compute="_compute_invoicing", groups=BILLING)
    to_invoice_on = fields.Date(
        "Next Invoice", compute="_compute_invoicing", groups=BILLING
    )

    @api.depends("partner_id")
    def _compute_invoice_partner_id(self):
        for contract in self:
            partner = contract.partner_id
            address = partner.address_get(["invoice"])["invoice"] if partner else False
            contract.invoice_partner_id = address

    def _compute_invoicing(self):
        """Tell how far these contracts are invoiced."""
        invoiced = self.period_ids.filtered(
            lambda p: p.kind == "period" and p.state != "free"
        ).grouped("contract_id")
        open_parts = self._get_open_parts()
        for contract in self:
            own = invoiced.get(contract._origin, contract.period_ids.browse())
            contract.invoice_count = len(contract.period_ids.move_id)
            contract.invoiced_until = max(own.mapped("period_end"), default=False)
            parts = open_parts.get(contract._origin.id)
            is_due = parts and contract.state in CONTRACT_COVERING_STATES
            contract.to_invoice_on = is_due and contract._get_invoice_day(parts[0])

    # -- write ------------------------------------------------------------------

    def _check_write(self, vals):
        """Override to keep what was agreed of the invoices, and what runs note."""
        result = super()._check_write(vals)
        if "is_invoicing_settled" in vals and not self.env.su:
            raise UserError(self._get_button_text())
        terms = set(INVOICING_TERMS) - {"invoice_partner_id", "analytic_distribution"}
        for contract in self.filtered(lambda c: c.state != "draft"):
            if has_changed(contract, vals, terms):
                contract._check_may_change_terms()
        return result

    def write(self, vals):
        """Override to have runs look again at contracts whose term has changed."""
        if {"state", "date_start", "date_end", "invoicing_period"} & vals.keys():
            # sudo: whether runs look at it follows from its term
            settled_sudo = self.sudo().filtered("is_invoicing_settled")
            settled_sudo.is_invoicing_settled = False
        return super().write(vals)

    def _prepare_renewal_vals(self):
        """Override to be invoiced as before."""
        vals = super()._prepare_renewal_vals()
        for name in INVOICING_TERMS:
            vals[name] = self._fields[name].convert_to_write(self[name], self)
        return vals

    def _is_begun(self):
        """Override: what was invoiced must stay."""
        # sudo: all invoices count, whoever may see them
        periods = self.sudo().period_ids
        return super()._is_begun() or any(p.state != "free" for p in periods)

    # -- periods ----------------------------------------------------------------

    def _get_periods(self, until=None):
        """Override to cut the term by the calendar, where that was agreed."""
        if not self.is_calendar_period:
            return super()._get_periods(until)
        months = INVOICING_MONTHS[self.invoicing_period]
        return cut_calendar(self.date_start, self.covered_until, months, until)

    def _get_period_start(self, period):
        """Override: a period of the calendar begins with its month."""
        if not self.is_calendar_period:
            return super()._get_period_start(period)
        months = INVOICING_MONTHS[self.invoicing_period]
        return max(get_block_start(period.start, months), self.date_start)

    def _get_invoice_day(self, period):
        """Return the day from which on a period is invoiced."""
        return get_invoice_day(period, self.invoicing_moment == "advance")

    def _get_open_parts(self, until=None):
        """Return what is not invoiced yet, in one query for all contracts.

        :param date until: only what is invoiced from this day on or before
        :return: {contract id: list of Period}
        """
        # sudo: what is invoiced, is, whoever may see the invoices
        periods = self.env["service.contract.period"].sudo()
        free = set(
            periods.search(
                [("contract_id", "in", self.ids), *periods._get_free_domain()]
            )._ids
        )
        invoiced = defaultdict(list)
        for period in periods.search_fetch(
            [("contract_id", "in", self.ids), ("kind", "=", "period")],
            ["contract_id", "period_start", "period_end"],
        ):
            if period.id not in free:
                days = period.period_start, period.period_end
                invoiced[period.contract_id.id].append(days)
        result = {}
        for contract in self.filtered("date_start"):
            parts = get_open_parts(
                contract._get_periods(until), invoiced[contract._origin.id]
            )
            result[contract._origin.id] = [
                part
                for part in parts
                if not until or contract._get_invoice_day(part) <= until
            ]
        return result

    # -- invoices ---------------------------------------------------------------

    def _lock_invoicing(self):
        """Let nobody else invoice these contracts meanwhile.

        The rows are written, not only locked: who comes second has read what was
        invoiced before the first one was done, fails to serialize, and is called again.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE service_contract SET id = id WHERE id IN %s",
                tuple(sorted(self.ids)),
            )
        )

    def _get_invoice_product(self):
        """Return the product that decides account and taxes of the invoice, or none."""
        company = self.company_id.sudo()  # a setting, for whoever invoices
        return self.invoice_product_id or company.service_contract_product_id

    def _get_invoice_lang(self):
        return (self.invoice_partner_id or self.partner_id).lang or self.env.lang

    def _prepare_invoice_line_vals(self, period, amount):
        """Return the values of the invoice line of a period.

        Hook: extend the dict.

        :param period: Period
        :param float amount: without taxes, in the currency of the contract
        """
        vals = {
            "product_id": self._get_invoice_product().id,
            "name": self._get_invoice_text(period),
            "quantity": 1.0,
            "price_unit": amount,
            "service_contract_id": self.id,
        }
        if self.analytic_distribution:
            vals["analytic_distribution"] = self.analytic_distribution
        return vals

    def _get_invoice_text(self, period):
        """Return what a line of an invoice says, in the customer's language."""
        lang = self._get_invoice_lang()
        contract = self.with_context(lang=lang)
        product = self._get_invoice_product().with_context(lang=lang)
        text = contract.env._(
            "Contract %(number)s, %(start)s – %(stop)s",
            number=self.name,
            start=format_date(contract.env, period.start, lang_code=lang),
            stop=format_date(contract.env, period.stop, lang_code=lang),
        )
        if self.reference:
            text += f" ({self.reference})"
        return f"{product.display_name}\n{text}"

    def _prepare_invoice_vals(self, date):
        """Return the values of the invoice of these contracts of one customer.

        Hook: extend the dict.

        :param date date: the day of the invoice
        """
        first = self[:1]
        vals = {
            "move_type": "out_invoice",
            "company_id": first.company_id.id,
            "partner_id": (first.invoice_partner_id or first.partner_id).id,
            "currency_id": first.currency_id.id,
            "invoice_date": date,
            "invoice_origin": ", ".join(self.mapped("name")),
            "invoice_line_ids": [],
        }
        if first.invoice_payment_term_id:
            vals["invoice_payment_term_id"] = first.invoice_payment_term_id.id
        if len(self) == 1 and self.reference:
            vals["ref"] = self.reference
        return vals

    def _get_invoice_group(self, grouping):
        """Return what contracts must have in common to share an invoice."""
        partner = self.invoice_partner_id or self.partner_id
        key = (
            self.company_id.id,
            partner.id,
            self.currency_id.id,
            self.invoice_payment_term_id.id,
        )
        return (*key, self.id) if grouping == "contract" else key

    # -- what stands in the way -------------------------------------------------

    def _check_can_invoice(self, date):
        """Refuse what Odoo could not post, before anything is written.

        :param date date: the day of the invoice
        :raises UserError: a setting, an account, a rate or an open period is missing
        """
        self.ensure_one()
        company = self.company_id.sudo()  # whether it is set up, for whoever invoices
        product = self._get_invoice_product()
        if not product:
            raise UserError(
                self.env._(
                    "Nothing says which product the contract is invoiced as. Choose it "
                    "on the contract, or for all contracts in the settings."
                )
            )
        journal = self.env["parts.posting"]._get_journal(company, True)
        self._check_accounts(company, journal, product)
        self.currency_id._ensure_rate(company, date)
        has_tax = bool(product.sudo().taxes_id)
        company._ensure_open_period(date, journal, has_tax)

    def _check_accounts(self, company_sudo, journal_sudo, product):
        """Refuse to invoice without a journal or an account."""
        if not journal_sudo:
            raise UserError(
                self.env._(
                    "%(company)s has no sales journal. Ask its accountant to add one "
                    "under Accounting, Configuration, Journals.",
                    company=company_sudo.name,
                )
            )
        partner = (self.invoice_partner_id or self.partner_id).sudo()
        if not partner.with_company(company_sudo).property_account_receivable_id:
            raise UserError(
                self.env._(
                    "%(partner)s has no receivable account in %(company)s. Ask its "
                    "accountant to set it on the contact.",
                    partner=partner.display_name,
                    company=company_sudo.name,
                )
            )
        template = product.sudo().with_company(company_sudo).product_tmpl_id
        income = template._get_product_accounts()["income"]
        if not income and not journal_sudo.default_account_id:
            raise UserError(
                self.env._(
                    "%(product)s has no income account. Ask the accountant to set it "
                    "on the product's category.",
                    product=product.display_name,
                )
            )

    # -- buttons ------------------------------------------------------------------

    def action_open_invoices(self):
        """Open the invoices and credit notes of these contracts."""
        self.check_access("read")
        moves = self.period_ids.move_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", moves.ids)],
            "context": {"create": False},
        }

    def action_invoice(self):
        """Open a run that invoices these contracts, with its preview."""
        self.check_access("read")
        run = self.env["service.contract.invoice.run"].create(
            {
                "company_id": self.company_id[:1].id,
                "contract_ids": [Command.set(self.ids)],
            }
        )
        run.action_preview()
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
