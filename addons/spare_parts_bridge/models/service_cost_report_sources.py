from odoo import api, models
from odoo.tools import SQL

# Each source has its own ids: the id of the row, times this, plus its place.
ID_STEP = 8
APPROVED = ("approved", "posted", "in_payment", "paid")


class ServiceCostReport(models.Model):
    """Where the rows come from."""

    _inherit = "service.cost.report"

    @api.model
    def _get_sources(self):
        """Return the queries of all rows.

        To add a source, override this method. A query has the columns id, source,
        res_model, res_id, name, date, company_id, ticket_id, partner_id, asset_id,
        contract_id, kind, payer, employee_id, cost and revenue, in this order. What
        the ticket says (customer, unit, contract, team) need not be repeated.

        :return: {code of the source: `SQL`}
        """
        return {
            "charge": self._get_charge_query(),
            "expense": self._get_expense_query(),
            "invoice": self._get_invoice_query(),
            "credit": self._get_credit_query(),
            "contract": self._get_contract_query(),
        }

    @api.model
    def _get_charge_query(self):
        """Return the query of what was charged, not of estimates: its cost."""
        return SQL(
            """
            SELECT share.id::bigint * %(step)s AS id, 'charge' AS source,
                   'service.charge' AS res_model, charge.id AS res_id,
                   charge.name AS name, charge.date AS date,
                   share.company_id AS company_id, share.ticket_id AS ticket_id,
                   NULL::int AS partner_id, charge.asset_id AS asset_id,
                   NULL::int AS contract_id, charge.kind AS kind,
                   share.payer AS payer, charge.employee_id AS employee_id,
                   COALESCE(share.cost, 0) AS cost, 0::numeric AS revenue
              FROM service_charge_share share
              JOIN service_charge charge ON charge.id = share.charge_id
             WHERE charge.is_estimate IS NOT TRUE
            """,
            step=ID_STEP,
        )

    @api.model
    def _get_expense_query(self):
        """Return the query of approved expenses that were not made into charges."""
        return SQL(
            """
            SELECT expense.id::bigint * %(step)s + 1, 'expense', 'hr.expense',
                   expense.id, expense.name, expense.date, expense.company_id,
                   expense.ticket_id, NULL::int, NULL::int, NULL::int,
                   NULL::varchar, NULL::varchar, expense.employee_id,
                   COALESCE(expense.untaxed_amount, 0), 0::numeric
              FROM hr_expense expense
             WHERE expense.ticket_id IS NOT NULL AND expense.state IN %(approved)s
               AND NOT EXISTS (SELECT FROM service_charge charge
                                WHERE charge.expense_id = expense.id)
            """,
            step=ID_STEP,
            approved=APPROVED,
        )

    @api.model
    def _get_invoice_query(self):
        """Return the query of what tickets' orders earned, as invoices say."""
        return SQL(
            """
            SELECT item.id::bigint * %(step)s + 2, 'invoice', 'account.move',
                   item.move_id, COALESCE(move.name, item.name), item.date,
                   item.company_id, sold.ticket_id, item.partner_id, NULL::int,
                   NULL::int, sold.kind, 'customer', NULL::int, 0::numeric,
                   -item.balance
              FROM (SELECT DISTINCT ON (rel.invoice_line_id)
                           rel.invoice_line_id, sale.ticket_id,
                           line.service_kind AS kind
                      FROM sale_order sale
                      JOIN sale_order_line line ON line.order_id = sale.id
                      JOIN sale_order_line_invoice_rel rel
                        ON rel.order_line_id = line.id
                     WHERE sale.ticket_id IS NOT NULL
                  ORDER BY rel.invoice_line_id, line.id) AS sold
              JOIN account_move_line item ON item.id = sold.invoice_line_id
              JOIN account_move move ON move.id = item.move_id
             WHERE item.parent_state = 'posted'
               AND NOT EXISTS (SELECT FROM service_remedy remedy
                                WHERE remedy.credit_note_id = move.id)
            """,
            step=ID_STEP,
        )

    @api.model
    def _get_credit_query(self):
        """Return the query of credit notes that complaints were granted."""
        return SQL(
            """
            SELECT item.id::bigint * %(step)s + 3, 'credit', 'account.move',
                   item.move_id, COALESCE(move.name, item.name), item.date,
                   item.company_id, remedy.ticket_id, item.partner_id, NULL::int,
                   NULL::int, NULL::varchar, 'customer', NULL::int, 0::numeric,
                   -item.balance
              FROM service_remedy remedy
              JOIN account_move move ON move.id = remedy.credit_note_id
              JOIN account_move_line item ON item.move_id = move.id
             WHERE item.parent_state = 'posted' AND item.display_type = 'product'
            """,
            step=ID_STEP,
        )

    @api.model
    def _get_contract_query(self):
        """Return the query of what contracts earned, as invoices say.

        They stand beside what contracts pay of charges.
        """
        return SQL(
            """
            SELECT item.id::bigint * %(step)s + 4, 'contract', 'account.move',
                   item.move_id, COALESCE(move.name, item.name), item.date,
                   item.company_id, NULL::int, contract.partner_id, NULL::int,
                   contract.id, NULL::varchar, 'contract', NULL::int, 0::numeric,
                   -item.balance
              FROM account_move_line item
              JOIN service_contract contract ON contract.id = item.service_contract_id
              JOIN account_move move ON move.id = item.move_id
             WHERE item.parent_state = 'posted' AND item.display_type = 'product'
            """,
            step=ID_STEP,
        )
