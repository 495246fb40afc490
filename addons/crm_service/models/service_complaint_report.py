# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.tools import SQL

from ..const import (
    CHANNELS,
    COMPLAINT_SUBJECTS,
    OUTCOMES,
    PHASES,
    RECOURSE_LEVELS,
    SEVERITIES,
    SLA_STATES,
)

# What a report row takes as it is from its ticket.
TICKET_COLUMNS = (
    "number",
    "name",
    "company_id",
    "type_id",
    "stage_id",
    "phase",
    "is_open",
    "team_id",
    "user_id",
    "partner_id",
    "product_id",
    "asset_id",
    "channel",
    "opened_at",
    "acknowledged_at",
    "answered_at",
    "closed_at",
    "severity",
    "safety_risk",
    "complaint_about",
    "complained_user_id",
    "complained_team_id",
    "outcome",
    "recourse_level",
)


class ServiceComplaintReport(models.Model):
    """A row for each complaint: how long it took, what it cost, what it came from."""

    _name = "service.complaint.report"
    _description = "Complaint Analysis"
    _auto = False
    _order = "opened_at desc, id desc"
    _rec_name = "number"
    _depends = {
        "service.ticket": [*TICKET_COLUMNS, "active", "cause_ids"],
        "service.ticket.type": ["category"],
        "service.asset": ["batch_id"],
        "service.remedy": ["ticket_id", "amount", "currency_id", "state"],
        "service.sla": ["ticket_id", "kind", "state"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
    }

    ticket_id = fields.Many2one("service.ticket", "Complaint", readonly=True)
    number = fields.Char("Acceptance Number", readonly=True)
    name = fields.Char("Subject", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    type_id = fields.Many2one("service.ticket.type", readonly=True)
    stage_id = fields.Many2one("service.stage", readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    is_open = fields.Boolean("Open", readonly=True)
    team_id = fields.Many2one("service.team", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    asset_id = fields.Many2one("service.asset", "Installed Unit", readonly=True)
    batch_id = fields.Many2one("service.asset.batch", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    severity = fields.Selection(SEVERITIES, readonly=True)
    safety_risk = fields.Boolean(readonly=True)
    complaint_about = fields.Selection(COMPLAINT_SUBJECTS, "About", readonly=True)
    complained_user_id = fields.Many2one("res.users", "About Person", readonly=True)
    complained_team_id = fields.Many2one("service.team", "About Team", readonly=True)
    cause_ids = fields.Many2many(
        "service.complaint.cause",
        relation="service_ticket_cause_rel",
        column1="ticket_id",
        column2="cause_id",
        string="Root Causes",
        readonly=True,
    )
    outcome = fields.Selection(OUTCOMES, readonly=True)
    recourse_level = fields.Selection(RECOURSE_LEVELS, "Recourse", readonly=True)
    opened_at = fields.Datetime("Received", readonly=True)
    acknowledged_at = fields.Datetime("Acknowledged", readonly=True)
    answered_at = fields.Datetime("First Answered", readonly=True)
    closed_at = fields.Datetime("Closed", readonly=True)
    hours_to_acknowledge = fields.Float(
        "Hours to Acknowledge",
        readonly=True,
        aggregator="avg",
        help="On the clock, from when it was received.",
    )
    hours_to_answer = fields.Float(
        "Hours to Answer",
        readonly=True,
        aggregator="avg",
        help="On the clock, from when it was received.",
    )
    hours_to_close = fields.Float("Hours to Close", readonly=True, aggregator="avg")
    acknowledgement_state = fields.Selection(
        SLA_STATES, "Acknowledgement in Time", readonly=True
    )
    answer_state = fields.Selection(SLA_STATES, "Answer in Time", readonly=True)
    granted_amount = fields.Monetary(
        "Granted",
        readonly=True,
        help="Of all remedies that were granted, in the company's currency.",
    )
    cause_count = fields.Integer("Causes Found", readonly=True)

    @property
    def _table_query(self):
        """The rows: complaints that are not archived."""
        columns = SQL(", ").join(
            SQL("t.%s", SQL.identifier(name)) for name in TICKET_COLUMNS
        )
        return SQL(
            """
            SELECT t.id, t.id AS ticket_id, %s,
                   company.currency_id,
                   template.categ_id,
                   asset.batch_id,
                   EXTRACT(EPOCH FROM t.acknowledged_at - t.opened_at) / 3600
                       AS hours_to_acknowledge,
                   EXTRACT(EPOCH FROM t.answered_at - t.opened_at) / 3600
                       AS hours_to_answer,
                   EXTRACT(EPOCH FROM t.closed_at - t.opened_at) / 3600
                       AS hours_to_close,
                   (%s) AS acknowledgement_state,
                   (%s) AS answer_state,
                   (%s) AS granted_amount,
                   (SELECT count(*) FROM service_ticket_cause_rel c
                     WHERE c.ticket_id = t.id) AS cause_count
              FROM service_ticket t
              JOIN service_ticket_type type ON type.id = t.type_id
              JOIN res_company company ON company.id = t.company_id
         LEFT JOIN product_product product ON product.id = t.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN service_asset asset ON asset.id = t.asset_id
             WHERE type.category = 'complaint' AND t.active IS TRUE
            """,
            columns,
            self._get_clock_sql("acknowledgement"),
            self._get_clock_sql("answer"),
            self._get_granted_sql(),
        )

    def _get_clock_sql(self, kind):
        """Return the query of how the promise `kind` of ticket `t` stands."""
        return SQL(
            "SELECT s.state FROM service_sla s WHERE s.ticket_id = t.id "
            "AND s.kind = %s LIMIT 1",
            kind,
        )

    def _get_granted_sql(self):
        """Return the query of what ticket `t` was granted, in its company's currency.

        Amounts in another currency are converted at the rate of the day; without a
        rate they count as they are.
        """
        return SQL(
            """
            SELECT SUM(CASE WHEN r.currency_id = company.currency_id THEN r.amount
                       ELSE r.amount * COALESCE((%s), 1) / COALESCE((%s), 1) END)
              FROM service_remedy r
             WHERE r.ticket_id = t.id AND r.state IN ('granted', 'done')
            """,
            self._get_rate_sql(SQL("company.currency_id")),
            self._get_rate_sql(SQL("r.currency_id")),
        )

    def _get_rate_sql(self, currency):
        """Return the query of the rate of a currency when remedy `r` was granted."""
        return SQL(
            "SELECT rate FROM res_currency_rate x WHERE x.currency_id = %s "
            "AND (x.company_id IS NULL OR x.company_id = t.company_id) "
            "AND x.name <= COALESCE(r.granted_at, t.opened_at)::date "
            "ORDER BY x.company_id, x.name DESC LIMIT 1",
            currency,
        )

    def action_open_ticket(self):
        """Open the complaint of this row."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
