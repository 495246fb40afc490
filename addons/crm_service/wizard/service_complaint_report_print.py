# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..const import REPORT_PERIODS
from ..tools import periods

MONTHS = {"month": 1, "quarter": 3, "year": 12}
SUPERVISOR = "crm_service.group_service_supervisor"


class ServiceComplaintReportPrint(models.TransientModel):
    """Which complaints the report for a meeting is about."""

    _name = "service.complaint.report.print"
    _description = "Complaint Report"

    period = fields.Selection(
        REPORT_PERIODS, required=True, default="last_month", string="Period of Report"
    )
    date_from = fields.Date(
        "From",
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    date_to = fields.Date(
        "To",
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    team_ids = fields.Many2many(
        "service.team", string="Teams", help="Empty: complaints of every team."
    )
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="With those below them. Empty: complaints about every product.",
    )
    complaint_count = fields.Integer(
        "Complaints in the Period", compute="_compute_complaint_count"
    )

    @api.depends("period")
    def _compute_dates(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            if wizard.period == "custom":
                wizard.date_from = wizard.date_from or today
                wizard.date_to = wizard.date_to or today
                continue
            when, unit = wizard.period.split("_")
            months = MONTHS[unit]
            first = periods.add_months(today, -((today.month - 1) % months))
            if when == "last":
                first = periods.add_months(first, -months)
            wizard.date_from = first
            wizard.date_to = periods.add_months(first, months) - timedelta(days=1)

    @api.depends("date_from", "date_to", "company_id", "team_ids", "categ_ids")
    def _compute_complaint_count(self):
        for wizard in self:
            wizard.complaint_count = 0
            if wizard.date_from and wizard.date_to:
                domain = wizard._get_domain()
                report = self.env["service.complaint.report"]
                wizard.complaint_count = report.search_count(domain)

    def _get_scope(self):
        """Return the domain of what the report is narrowed down to."""
        scope = Domain.TRUE
        if self.team_ids:
            scope &= Domain("team_id", "in", self.team_ids.ids)
        if self.categ_ids:
            scope &= Domain("categ_id", "child_of", self.categ_ids.ids)
        return scope

    def _get_domain(self):
        """Return the domain of the complaints of the report."""
        figures = self.env["service.complaint.figures"]
        return (
            Domain("company_id", "=", self.company_id.id)
            & figures._get_period("opened_at", self.date_from, self.date_to)
            & self._get_scope()
        )

    def _check_period(self):
        """Refuse what is no period.

        :raises AccessError: the user does not supervise
        :raises UserError: it ends before it begins
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._("The complaint report is for supervisors. Ask one of them.")
            )
        if self.date_to < self.date_from:
            raise UserError(
                self.env._(
                    "The period ends before it begins. Choose a last day after "
                    "%(first)s.",
                    first=fields.Date.to_string(self.date_from),
                )
            )

    def _get_values(self):
        """Return the figures of the report.

        :return: as `service.complaint.figures._get_figures`
        """
        self._check_period()
        return self.env["service.complaint.figures"]._get_figures(
            self.company_id, self.date_from, self.date_to, self._get_scope()
        )

    def action_print(self):
        """Print the report."""
        self._check_period()
        report = self.env.ref("crm_service.service_complaint_report_print_report")
        return report.report_action(self)

    def action_open(self):
        """Open the complaints of the report on the screen."""
        self._check_period()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_complaint_report_action"
        )
        action["domain"] = list(self._get_domain())
        action["context"] = {}
        return action
