from odoo import api, models
from odoo.tools import SQL

SALES_TYPES = ("out_invoice", "out_refund", "out_receipt")


class ServiceCustomerValue(models.Model):
    """How the rows are read from the books, for a whole company in a few queries."""

    _inherit = "service.customer.value"

    @api.model
    def _refresh_books(self, company, customers=None):
        """Make the rows of a company what the books say now.

        Rows that stay as they are are not touched.

        :param company: one company
        :param customers: customers whose rows are read; all by default
        """
        queries = SQL(" UNION ALL ").join(self._get_books_queries(company))
        chosen = SQL("TRUE")
        if customers is not None:
            chosen = SQL("partner_id IN %s", tuple(customers.ids) or (0,))
        self.env.cr.execute(
            SQL(
                """
                WITH books AS (
                    SELECT partner_id, year,
                           round(sum(revenue), %(digits)s) AS revenue,
                           round(sum(cost_goods), %(digits)s) AS cost_goods,
                           round(sum(cost_service), %(digits)s) AS cost_service
                      FROM (%(queries)s) AS items WHERE %(chosen)s
                  GROUP BY partner_id, year
                ), fresh AS (
                    SELECT *, revenue - cost_goods - cost_service AS margin
                      FROM books
                     WHERE (revenue, cost_goods, cost_service) != (0, 0, 0)
                ), gone AS (
                    DELETE FROM service_customer_value old
                     WHERE company_id = %(company)s AND %(chosen)s
                       AND NOT EXISTS (
                           SELECT FROM fresh WHERE fresh.partner_id = old.partner_id
                              AND fresh.year = old.year)
                )
                INSERT INTO service_customer_value AS old (
                    company_id, currency_id, partner_id, year, revenue, cost_goods,
                    cost_service, margin, computed_at, create_date, write_date)
                SELECT %(company)s, %(currency)s, partner_id, year, revenue, cost_goods,
                       cost_service, margin, now() AT TIME ZONE 'utc',
                       now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc'
                  FROM fresh
           ON CONFLICT (company_id, partner_id, year) DO UPDATE
                   SET revenue = EXCLUDED.revenue, cost_goods = EXCLUDED.cost_goods,
                       cost_service = EXCLUDED.cost_service, margin = EXCLUDED.margin,
                       currency_id = EXCLUDED.currency_id,
                       computed_at = EXCLUDED.computed_at,
                       write_date = EXCLUDED.write_date
                 WHERE (old.revenue, old.cost_goods, old.cost_service, old.currency_id)
                       IS DISTINCT FROM
                       (EXCLUDED.revenue, EXCLUDED.cost_goods, EXCLUDED.cost_service,
                        EXCLUDED.currency_id)
                """,
                queries=queries,
                chosen=chosen,
                company=company.id,
                currency=company.currency_id.id,
                digits=company.currency_id.decimal_places,
            )
        )

    @api.model
    def _get_books_queries(self, company):
        """Return queries of what customers brought and cost.

        To add a source, override this method and add a query with the columns
        `partner_id` (of a customer as a whole), `year`, `revenue`, `cost_goods` and
        `cost_service`, all numbers in the company's currency.

        :return: list of `SQL`
        """
        return [
            self._get_items_query(company),
            self._get_deliveries_query(company),
            self._get_service_query(company),
        ]

    @api.model
    def _get_items_query(self, company):
        """Return the query of posted journal items: income, and cost of goods sold.

        What was given back for a remedy lowers the income, whatever its account.
        """
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id,
                   EXTRACT(YEAR FROM line.date)::int AS year,
                   CASE WHEN line.display_type = 'cogs'
                        THEN 0 ELSE -line.balance END::numeric AS revenue,
                   CASE WHEN line.display_type = 'cogs'
                        THEN line.balance ELSE 0 END::numeric AS cost_goods,
                   0::numeric AS cost_service
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
               AND NOT EXISTS (%(charged)s)
               AND ((account.account_type = 'income'
                     AND move.move_type IN %(income_types)s)
                 OR (line.display_type = 'product'
                     AND move.move_type = 'out_refund'
                     AND move.service_remedy_id IS NOT NULL)
                 OR (line.display_type = 'cogs'
                     AND account.account_type IN ('expense', 'expense_direct_cost')))
            """,
            company=company.id,
            income_types=(*SALES_TYPES, "entry"),
            charged=self._get_charged_query(),
        )

    @api.model
    def _get_charged_query(self):
        """Return the query that finds whether item `line` is the cost of a charge.

        Parts that are charged on a ticket are among the costs of its service.
        """
        return SQL(
            """
            SELECT FROM sale_order_line_invoice_rel rel
              JOIN sale_order_line sold ON sold.id = rel.order_line_id
              JOIN sale_order sale ON sale.id = sold.order_id
             WHERE rel.invoice_line_id = line.cogs_origin_id
               AND line.display_type = 'cogs' AND sale.ticket_id IS NOT NULL
            """
        )

    @api.model
    def _get_deliveries_query(self, company):
        """Return the query of goods that were sold and are valued at the closing only.

        The books say nothing of the cost of a single sale of such goods; the value
        with which they left stock does.
        """
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id,
                   EXTRACT(YEAR FROM move.date)::int AS year,
                   0::numeric AS revenue,
                   CASE WHEN move.is_in THEN -move.value ELSE move.value END::numeric
                       AS cost_goods,
                   0::numeric AS cost_service
              FROM stock_move move
              JOIN sale_order_line line ON line.id = move.sale_line_id
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN res_partner partner ON partner.id = sale.partner_invoice_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN repair_order repair ON repair.id = move.repair_id
             WHERE move.company_id = %(company)s AND move.state = 'done'
               AND (move.is_in OR move.is_out OR move.is_dropship)
               AND repair.ticket_id IS NULL AND sale.ticket_id IS NULL
               AND COALESCE(template.categ_id, 0) NOT IN %(perpetual)s
            """,
            company=company.id,
            perpetual=self._get_perpetual_categories(company),
        )

    @api.model
    def _get_perpetual_categories(self, company):
        """Return the ids of categories whose cost is posted with each invoice.

        0 stands for products without a category; -1 for none.
        """
        categories = self.env["product.category"].with_company(company)
        ids = categories.search([("property_valuation", "=", "real_time")]).ids
        without = [0] if company.inventory_valuation == "real_time" else []
        return (-1, *without, *ids)

    @api.model
    def _get_service_query(self, company):
        """Return the query of what the customers' tickets cost.

        The same costs as in the report of costs and margins.
        """
        return SQL(
            """
            SELECT partner_id, EXTRACT(YEAR FROM date)::int AS year,
                   0::numeric AS revenue, 0::numeric AS cost_goods,
                   cost::numeric AS cost_service
              FROM (%(rows)s) AS costs
             WHERE company_id = %(company)s AND cost != 0 AND partner_id IS NOT NULL
            """,
            rows=self.env["service.cost.report"]._table_query,
            company=company.id,
        )
