from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

READERS = "crm_service.group_service_supervisor,account.group_account_readonly"


class ServiceCustomerValue(models.Model):
    """What a customer brought and cost a company in a year, from the posted books.

    The rows are made of posted journal items, see `service_customer_value_books.py`;
    nobody writes them by hand.
    """

    _name = "service.customer.value"
    _description = "Customer Value"
    _order = "year desc, margin desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    year = fields.Integer(required=True, readonly=True, aggregator=None)
    revenue = fields.Monetary(
        readonly=True, help="Income of posted invoices, credit notes and entries."
    )
    cost_goods = fields.Monetary(
        "Cost of Goods",
        readonly=True,
        help="What the goods cost that were sold: as the invoices' entries say; where "
        "stock is valued at the closing only, the value with which goods left stock.",
    )
    cost_service = fields.Monetary(
        "Cost of Service",
        readonly=True,
        help="Parts, work, travel and others' bills for the customer's tickets, "
        "whoever pays for them.",
    )
    margin = fields.Monetary(
        readonly=True, help="Revenue less cost of goods and of service."
    )
    margin_percent = fields.Float(
        "Margin (%)", compute="_compute_margin_percent", aggregator=None
    )
    computed_at = fields.Datetime("As Of", readonly=True)

    _once = models.Constraint(
        "UNIQUE(company_id, partner_id, year)",
        "A customer has one row a year. Compute the values again.",
    )

    @api.depends("revenue", "margin")
    def _compute_margin_percent(self):
        for row in self:
            row.margin_percent = 100 * row.margin / row.revenue if row.revenue else 0.0

    @api.depends("partner_id", "year")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.partner_id.display_name} {row.year}"

    # -- to compute them ------------------------------------------------------

    @api.model
    def action_recompute(self):
        """Compute the values of all customers of the chosen companies anew.

        :return: a message with what was done, and the list again
        :raises AccessError: the caller may not look at values
        """
        self._check_reader()
        # sudo: the books are read as a whole, whoever asks; only sums are kept
        self.sudo()._recompute(self.env.companies)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The values are up to date."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _check_reader(self):
        """Refuse everybody who may not see what customers are worth."""
        if not any(self.env.user.has_group(group) for group in READERS.split(",")):
            raise AccessError(
                self.env._(
                    "What customers are worth is for supervisors and accountants. "
                    "Ask one of them."
                )
            )

    @api.model
    def _recompute(self, companies, partners=None):
        """Compute rows, expected values and segments anew.

        :param companies: for which companies
        :param partners: customers whose rows alone are read anew; all by default
        """
        self.env.flush_all()
        customers = None if partners is None else partners.commercial_partner_id
        for company in companies:
            self._refresh_books(company, customers)
            self.env["service.customer.standing"]._refresh_values(company, customers)
        self.env.invalidate_all()

    @api.model
    def _cron_recompute(self):
        """Bring the values of all companies up to date, once a day.

        What is done is kept after each company; the next run goes on.
        """
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].search(
            [
                "|",
                ("service_value_computed_on", "=", False),
                ("service_value_computed_on", "<", today),
            ],
            order="service_value_computed_on NULLS FIRST, id",
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._recompute(company)
            company.service_value_computed_on = today
            if not cron._commit_progress(1):
                break

    # -- to look at them ------------------------------------------------------

    def action_open_invoices(self):
        """Open the customer's invoices and credit notes of the year."""
        self.ensure_one()
        self.check_access("read")
        if not self.env["account.move"].has_access("read"):
            raise UserError(
                self.env._(
                    "Invoices are for accountants and salespeople. Ask one of them "
                    "what the value is made of."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["context"] = {"create": False}
        action["domain"] = [
            ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("state", "=", "posted"),
            ("company_id", "=", self.company_id.id),
            ("commercial_partner_id", "=", self.partner_id.id),
            ("date", ">=", date(self.year, 1, 1)),
            ("date", "<=", date(self.year, 12, 31)),
        ]
        return action
