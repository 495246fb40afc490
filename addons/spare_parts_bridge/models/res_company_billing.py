# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

COST_EVENTS = [
    ("manual", "When somebody posts them"),
    ("resolved", "When the ticket is resolved"),
    ("closed", "When the ticket is closed"),
]


class ResCompany(models.Model):
    """How the cost of service reaches the books."""

    _inherit = "res.company"

    service_cost_event = fields.Selection(
        COST_EVENTS,
        "Post Cost of Service",
        required=True,
        default="manual",
        help="When the cost that warranty, contracts and goodwill bear is posted to "
        "the accounts of their payers.",
    )
    service_cost_journal_id = fields.Many2one(
        "account.journal",
        "Journal of Service Cost",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="Empty: the first journal for other operations.",
    )

    def _get_service_cost_journal(self):
        """Return the journal that takes the cost of service.

        :raises UserError: the company has no journal for it
        """
        self.ensure_one()
        company_sudo = self.sudo()  # accountants set it up, others set it going
        if company_sudo.service_cost_journal_id:
            return company_sudo.service_cost_journal_id
        journals_sudo = self.env["account.journal"].sudo()
        journal = journals_sudo.search(
            [
                *journals_sudo._check_company_domain(self),
                ("type", "=", "general"),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no journal for other operations. Ask its "
                    "accountant to add one.",
                    company=company_sudo.name,
                )
            )
        return journal

    def _ensure_open_period(self, date, journal, has_tax=False):
        """Refuse a day in a closed period, before anything is written.

        :param date: the accounting date of the document
        :param journal: the `account.journal` that takes it
        :param bool has_tax: whether the document changes a tax report
        :raises UserError: with what is closed until when
        """
        self.ensure_one()
        locks = self.sudo()._get_violated_lock_dates(date, has_tax, journal)
        if locks:
            raise UserError(
                self.env._(
                    "%(date)s is in a period that is closed: %(locks)s. Choose a later "
                    "day.",
                    date=format_date(self.env, date),
                    locks=self.sudo()._format_lock_dates(locks),
                )
            )
