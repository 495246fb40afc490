from odoo import api, fields, models

from .service_customer_value import READERS


class ServiceCustomerStanding(models.Model):
    """What a customer is expected to earn, and all that this is made of."""

    _inherit = "service.customer.standing"

    currency_id = fields.Many2one(related="company_id.currency_id", groups=READERS)
    expected_value = fields.Monetary(
        readonly=True,
        index="btree_not_null",
        groups=READERS,
        help="What the customer is expected to earn us from next year on, in money of "
        "today.",
    )
    margin_year = fields.Monetary(
        "Margin a Year",
        readonly=True,
        groups=READERS,
        help="Average of the years looked at, from the first with business.",
    )
    revenue_window = fields.Monetary(
        "Revenue",
        readonly=True,
        groups=READERS,
        help="Of the years looked at and the current one.",
    )
    year_from = fields.Integer("From Year", readonly=True, groups=READERS)
    year_to = fields.Integer("To Year", readonly=True, groups=READERS)
    chance = fields.Float(
        "Chance to Buy Again",
        readonly=True,
        groups=READERS,
        digits=(16, 4),
        help="1 for who has bought in this year or the last one; less for whom we "
        "have not seen for longer: the share of such customers who came back.",
    )
    retention = fields.Float(
        readonly=True,
        groups=READERS,
        digits=(16, 4),
        help="The share of all customers who, having bought in a year, bought in the "
        "next one too.",
    )
    discount = fields.Float(
        "Discount Rate", readonly=True, groups=READERS, digits=(16, 4)
    )
    multiple = fields.Float(
        "Margin Multiple",
        readonly=True,
        groups=READERS,
        digits=(16, 4),
        help="Retention ÷ (1 + discount rate − retention)",
    )
    value_computed_at = fields.Datetime("Value As Of", readonly=True, groups=READERS)
    value_formula = fields.Char(
        "How It Is Reckoned", compute="_compute_value_formula", groups=READERS
    )

    @api.depends("expected_value", "margin_year", "chance", "retention", "discount")
    @api.depends_context("lang")
    def _compute_value_formula(self):
        """Say the formula with the customer's own numbers."""
        numbers = self.env["ir.qweb.field.float"]
        amounts = self.env["res.partner"]
        for row in self:
            row.value_formula = row.value_computed_at and self.env._(
                "chance %(chance)s × margin a year %(margin)s × retention "
                "%(retention)s ÷ (1 + discount %(discount)s − retention "
                "%(retention)s) = %(value)s",
                chance=numbers.value_to_html(row.chance, {"precision": 2}),
                margin=amounts._format_service_amount(row.margin_year, row.currency_id),
                retention=numbers.value_to_html(row.retention, {"precision": 4}),
                discount=numbers.value_to_html(row.discount, {"precision": 4}),
                value=amounts._format_service_amount(
                    row.expected_value, row.currency_id
                ),
            )

    def action_open_values(self):
        """Open the customer's years."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id.action_open_service_values()

    def action_recompute(self):
        """Compute these customers' values anew."""
        self.check_access("read")
        values = self.env["service.customer.value"]
        values._check_reader()
        for company, rows in self.grouped("company_id").items():
            # sudo: the books are read as a whole, whoever asks; only sums are kept
            values.sudo()._recompute(company, rows.partner_id)
        return True
