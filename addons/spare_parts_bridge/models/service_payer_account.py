# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.crm_service.const import COST_KINDS, PAYERS

# What the customer bears is invoiced; the others bear cost.
INTERNAL_PAYERS = [payer for payer in PAYERS if payer[0] != "customer"]
NO_ACCOUNTS = ("asset_receivable", "liability_payable")


class ServicePayerAccount(models.Model):
    """The accounts and the analytic accounts that bear a payer's share of the cost."""

    _name = "service.payer.account"
    _description = "Accounts of a Payer"
    _inherit = ["analytic.mixin"]
    _order = "company_id, payer, kind"
    _rec_name = "payer"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    payer = fields.Selection(INTERNAL_PAYERS, required=True)
    kind = fields.Selection(
        COST_KINDS,
        "Kind of Cost",
        help="Empty: every kind that has no line of its own.",
    )
    expense_account_id = fields.Many2one(
        "account.account",
        "Bears the Cost",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain=f"[('account_type', 'not in', {NO_ACCOUNTS})]",
        help="Debited with the payer's share, such as an account for warranty cost.",
    )
    counter_account_id = fields.Many2one(
        "account.account",
        "Is Relieved of It",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain=f"[('account_type', 'not in', {NO_ACCOUNTS})]",
        help="Credited with it: where the cost stands until then, such as cost of "
        "goods sold for parts, or wages that are charged on for labour.",
    )

    _once = models.UniqueIndex(
        "(company_id, payer, COALESCE(kind, '')) WHERE active IS TRUE",
        "This payer has accounts for this kind of cost already. Change those.",
    )
    _two_accounts = models.Constraint(
        "CHECK(expense_account_id <> counter_account_id)",
        "What bears the cost and what is relieved of it cannot be the same account.",
    )

    @api.depends("payer", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        payers = dict(self._fields["payer"]._description_selection(self.env))
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for account in self:
            words = (payers.get(account.payer), kinds.get(account.kind))
            account.display_name = " / ".join(filter(None, words))

    @api.constrains("expense_account_id", "counter_account_id")
    def _check_accounts(self):
        for record in self:
            for account in record.expense_account_id | record.counter_account_id:
                if account.account_type in NO_ACCOUNTS:
                    raise ValidationError(
                        self.env._(
                            "“%(account)s” is owed by or to somebody. Choose an "
                            "account for cost.",
                            account=account.display_name,
                        )
                    )

    @api.model
    def _get_accounts(self, company):
        """Return ``{(payer, kind or False): record}`` of a company, in sudo mode."""
        # sudo: accountants set the accounts up, others set the posting going
        records_sudo = self.sudo().search([("company_id", "=", company.id)])
        return {(record.payer, record.kind): record for record in records_sudo}

    @api.model
    def _get_account(self, company, payer, kind):
        """Return the record of a payer for a kind of cost, in sudo mode.

        :raises UserError: with what is to be set up, and where
        """
        accounts = self._get_accounts(company)
        account = accounts.get((payer, kind)) or accounts.get((payer, False))
        if not account:
            payers = dict(self._fields["payer"]._description_selection(self.env))
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(company)s has no account for “%(payer)s” and “%(kind)s”. Ask "
                    "an accountant to add it under Accounting / Configuration / "
                    "Accounts of Payers.",
                    company=company.name,
                    payer=payers.get(payer, payer),
                    kind=kinds.get(kind, kind),
                )
            )
        return account
