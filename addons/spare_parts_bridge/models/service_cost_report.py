from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.crm_service.const import COST_KINDS, PAYERS

COST_SOURCES = [
    ("charge", "Charge"),
    ("expense", "Expense"),
    ("invoice", "Invoice of a ticket"),
    ("credit", "Credit note of a remedy"),
    ("contract", "Invoice of a contract"),
]
# What a report row takes as it is from its ticket.
TICKET_COLUMNS = ("team_id", "type_id", "asset_id", "product_id", "contract_id")


class ServiceCostReport(models.Model):
    """What tickets, units, contracts, customers and products cost and earned.

    A row for each share of a charge, each expense that is no charge, and each line
    of an invoice or credit note; all in the currency of the company, without taxes.
    Costs are those of the charges, not of journal entries: whoever pays, they are
    here once. Where the rows come from is in `service_cost_report_sources.py`.
    """

    _name = "service.cost.report"
    _description = "Cost and Margin of Service"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"
    _depends = {
        "service.ticket": ["number", "partner_id", *TICKET_COLUMNS],
        "service.charge": ["date", "name", "employee_id", "expense_id"],
        "service.charge.share": [
            *("charge_id", "ticket_id", "company_id", "kind", "payer", "cost"),
            "is_estimate",
        ],
        "hr.expense": ["ticket_id", "company_id", "state", "date", "untaxed_amount"],
        "service.remedy": ["ticket_id", "credit_note_id"],
        "sale.order": ["ticket_id"],
        "service.contract": ["partner_id"],
        "sale.order.line": ["order_id", "service_kind"],
        "account.move": ["move_type", "name"],
        "account.move.line": [
            *("move_id", "company_id", "date", "balance", "account_id", "name"),
            *("parent_state", "display_type", "service_contract_id"),
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.partner": ["commercial_partner_id"],
    }

    name = fields.Char("What", readonly=True)
    source = fields.Selection(COST_SOURCES, readonly=True)
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True, aggregator=None
    )
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    ticket_id = fields.Many2one("service.ticket", readonly=True)
    type_id = fields.Many2one("service.ticket.type", "Ticket Type", readonly=True)
    team_id = fields.Many2one("service.team", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, help="The customer as a whole."
    )
    asset_id = fields.Many2one("service.asset", "Installed Unit", readonly=True)
    contract_id = fields.Many2one("service.contract", readonly=True)
    product_id = fields.Many2one(
        "product.product", "Product Model", readonly=True, help="Of the unit."
    )
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    kind = fields.Selection(COST_KINDS, "Kind of Cost", readonly=True)
    payer = fields.Selection(PAYERS, "Who Pays", readonly=True)
    employee_id = fields.Many2one("hr.employee", "Person", readonly=True)
    cost = fields.Monetary(readonly=True)
    revenue = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True, help="Revenue less cost.")

    @property
    def _table_query(self):
        """The rows of all sources, with what their tickets say."""
        sources = [
            SQL("(%s)", query) for _code, query in sorted(self._get_sources().items())
        ]
        return SQL(
            """
            SELECT row.id, row.source, row.res_model, row.res_id, row.name, row.date,
                   row.company_id, company.currency_id, row.ticket_id,
                   ticket.type_id, ticket.team_id,
                   COALESCE(customer.commercial_partner_id, row.partner_id)
                       AS partner_id,
                   COALESCE(row.asset_id, ticket.asset_id) AS asset_id,
                   COALESCE(row.contract_id, ticket.contract_id) AS contract_id,
                   COALESCE(ticket.product_id, asset.product_id) AS product_id,
                   template.categ_id, row.kind, row.payer, row.employee_id,
                   row.cost, row.revenue, row.revenue - row.cost AS margin
              FROM (%(sources)s) AS row
              JOIN res_company company ON company.id = row.company_id
         LEFT JOIN service_ticket ticket ON ticket.id = row.ticket_id
         LEFT JOIN res_partner customer
                ON customer.id = COALESCE(ticket.partner_id, row.partner_id)
         LEFT JOIN service_asset asset
                ON asset.id = COALESCE(row.asset_id, ticket.asset_id)
         LEFT JOIN product_product product
                ON product.id = COALESCE(ticket.product_id, asset.product_id)
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            """,
            sources=SQL(" UNION ALL ").join(sources),
        )

    def action_open_document(self):
        """Open what this row comes from: a charge, an expense or an invoice.

        :raises AccessError: the document is not the caller's to read
        """
        self.ensure_one()
        self.check_access("read")
        document = self.env[self.res_model].browse(self.res_id)
        if not document.has_access("read"):
            raise AccessError(
                self.env._(
                    "“%(document)s” is not for you to read. Ask an accountant.",
                    document=self.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_ticket(self):
        """Open the ticket of this row."""
        self.ensure_one()
        self.check_access("read")
        return self.ticket_id._get_records_action()
