# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..const import (
    MAINTENANCE_BASES,
    MAINTENANCE_HORIZON_DAYS,
    MAINTENANCE_UNITS,
    MONTHS,
    PRIORITIES,
)
from ..tools.maintenance_plan import Rhythm, get_dates, step

# So many of the coming days are named while a plan is written.
SHOWN_DATES = 6
# What only the planning writes.
PLANNED_FIELDS = {"next_on", "planned_on"}
# What, when changed, changes the days on which something is due.
RHYTHM_FIELDS = {
    "active",
    "asset_ids",
    "basis",
    "contract_id",
    "date_end",
    "date_start",
    "every",
    "first_on",
    "latest_months",
    "meter_id",
    "season_from",
    "season_to",
    "unit",
}


class ServiceMaintenancePlan(models.Model):
    """How often units are maintained, and which tickets that makes."""

    _name = "service.maintenance.plan"
    _description = "Maintenance Plan"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "next_on, id"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        index="trigram",
        tracking=True,
        help="The subject of the tickets that it makes.",
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    # -- what
    asset_ids = fields.Many2many(
        "service.asset",
        "service_maintenance_plan_asset_rel",
        "plan_id",
        "asset_id",
        "Units",
        check_company=True,
    )
    # -- when
    every = fields.Integer(required=True, default=6, tracking=True)
    unit = fields.Selection(
        MAINTENANCE_UNITS,
        "Interval",
        required=True,
        default="month",
        tracking=True,
    )
    meter_id = fields.Many2one(
        "service.asset.meter",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="What it shows decides when a unit is due, at its average use of a day.",
    )
    basis = fields.Selection(
        MAINTENANCE_BASES,
        "Counted From",
        required=True,
        default="calendar",
        tracking=True,
    )
    is_counted_on = fields.Boolean(compute="_compute_is_counted_on")
    date_start = fields.Date(
        "From",
        required=True,
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_end = fields.Date(
        "Until",
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
        help="Nothing is planned after this day. Empty: without end.",
    )
    first_on = fields.Date(
        "First Due",
        compute="_compute_first_on",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The days are counted from this one.",
    )
    latest_months = fields.Integer(
        "At the Latest After",
        tracking=True,
        help="Months since the last one, however little a unit is used. 0: no limit.",
    )
    season_from = fields.Selection(
        MONTHS, help="Maintenance that is due in another month waits for this one."
    )
    season_to = fields.Selection(MONTHS)
    ahead_days = fields.Integer(
        "Days Ahead",
        required=True,
        default=14,
        help="The ticket is made so many days before the day on which it is due.",
    )
    preview = fields.Char("Coming Days", compute="_compute_preview")
    interval_text = fields.Char("How Often", compute="_compute_interval_text")
    # -- ticket
    type_id = fields.Many2one(
        "service.ticket.type",
        "Ticket Type",
        required=True,
        default=lambda self: self._default_type(),
        check_company=True,
        ondelete="restrict",
    )
    team_id = fields.Many2one(
        "service.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    priority = fields.Selection(PRIORITIES, required=True, default="1")
    instructions = fields.Html(help="The description of the tickets.")
    checklist = fields.Text(
        help="One line for each thing to tick off while the work is done."
    )
    # -- what came of it
    due_ids = fields.One2many("service.maintenance.due", "plan_id", "Days")
    next_on = fields.Date(
        "Next Due", readonly=True, copy=False, index=True, aggregator=None
    )
    planned_on = fields.Date(readonly=True, copy=False, index=True)
    unit_count = fields.Integer("Number of Units", compute="_compute_unit_count")
    due_count = fields.Integer(compute="_compute_due_counts")
    ticket_count = fields.Integer("Tickets", compute="_compute_due_counts")
    problem_count = fields.Integer(compute="_compute_due_counts")

    _every_positive = models.Constraint(
        "CHECK(every > 0)", "Maintenance is due every so many: enter 1 or more."
    )
    _ahead_positive = models.Constraint(
        "CHECK(ahead_days >= 0)", "Enter how many days ahead, 0 or more."
    )
    _latest_positive = models.Constraint(
        "CHECK(latest_months >= 0)", "Enter how many months at the latest, or 0."
    )
    _start_before_end = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)",
        "The plan ends before it starts. Correct one of the dates.",
    )

    # -- defaults -------------------------------------------------------------

    @api.model
    def _default_type(self):
        """Return the type of maintenance tickets, or the first type of all."""
        types = self.env["service.ticket.type"].search(
            [("company_id", "in", (self.env.company.id, False))]
        )
        return types.filtered(lambda t: t.code == "maintenance")[:1] or types[:1]

    @api.depends("company_id")
    def _compute_dates(self):
        for plan in self:
            plan.date_start = plan.date_start or fields.Date.context_today(plan)
            plan.date_end = plan.date_end

    @api.depends("date_start", "every", "unit")
    def _compute_first_on(self):
        """Start an interval after the start: what is new needs no maintenance.

        Who changes the interval later keeps the day that was chosen.
        """
        for plan in self:
            origin = plan._origin
            if origin.first_on and origin.date_start == plan.date_start:
                plan.first_on = origin.first_on
                continue
            start = plan.date_start or fields.Date.context_today(plan)
            plan.first_on = start
            if plan.unit != "usage" and plan.every > 0:
                plan.first_on = step(start, Rhythm(plan.unit, plan.every, start))

    @api.depends("unit", "basis")
    def _compute_is_counted_on(self):
        for plan in self:
            plan.is_counted_on = plan.unit == "usage" or plan.basis == "done"

    @api.depends("type_id")
    def _compute_team_id(self):
        for plan in self:
            plan.team_id = plan.team_id or plan.type_id.team_id

    # -- checks ---------------------------------------------------------------

    @api.constrains("season_from", "season_to")
    def _check_season(self):
        for plan in self:
            if bool(plan.season_from) != bool(plan.season_to):
                raise ValidationError(
                    self.env._(
                        "The season of “%(plan)s” has one end only. Choose its first "
                        "and its last month, or neither.",
                        plan=plan.name,
                    )
                )

    @api.constrains("unit", "meter_id")
    def _check_meter(self):
        for plan in self:
            if plan.unit == "usage" and not plan.meter_id:
                raise ValidationError(
                    self.env._(
                        "“%(plan)s” counts by use: choose the meter that tells it.",
                        plan=plan.name,
                    )
                )

    # -- what it means --------------------------------------------------------

    def _get_rhythm(self):
        """Return the `Rhythm` of this plan, as `tools.maintenance_plan` reads it."""
        season = None
        if self.season_from and self.season_to:
            season = int(self.season_from), int(self.season_to)
        return Rhythm(
            self.unit,
            self.every,
            self.first_on or self.date_start,
            self.basis == "done",
            season,
            self.latest_months * 30 if self.unit == "usage" else 0,
        )

    @api.depends(
        "every",
        "unit",
        "basis",
        "date_start",
        "date_end",
        "first_on",
        "season_from",
        "season_to",
    )
    @api.depends_context("lang")
    def _compute_preview(self):
        """Name the coming days while the plan is being written."""
        for plan in self:
            plan.preview = " · ".join(
                format_date(self.env, day) for day in plan._get_preview()
            )

    @api.depends("every", "unit", "meter_id")
    @api.depends_context("lang")
    def _compute_interval_text(self):
        """Say how often in words, such as “6 Months” or “1000 Hours (h)”."""
        labels = dict(self._fields["unit"]._description_selection(self.env))
        for plan in self:
            word = labels.get(plan.unit, "")
            if plan.unit == "usage":
                word = plan.meter_id.display_name or word
            plan.interval_text = f"{plan.every} {word}"

    def _get_preview(self):
        """Return the first days that this plan means, none if use decides."""
        if self.unit == "usage" or not (self.first_on and self.every > 0):
            return []
        today = fields.Date.context_today(self)
        start = max(today, self.date_start or today)
        horizon = start + timedelta(days=10 * MAINTENANCE_HORIZON_DAYS)
        horizon = min(self._get_last_day() or horizon, horizon)
        return get_dates(self._get_rhythm(), start, horizon)[:SHOWN_DATES]

    def _compute_unit_count(self):
        units = self._get_units()
        for plan in self:
            plan.unit_count = len(units.get(plan.id, ()))

    def _compute_due_counts(self):
        """Count in one query for all plans."""
        self.due_count = self.ticket_count = self.problem_count = 0
        groups = self.env["service.maintenance.due"]._read_group(
            [("plan_id", "in", self.ids)],
            ["plan_id"],
            ["__count", "ticket_id:count", "problem:count"],
        )
        for plan, due_count, ticket_count, problem_count in groups:
            plan.due_count = due_count
            plan.ticket_count = ticket_count
            plan.problem_count = problem_count

    # -- create and write -----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to plan the coming year at once."""
        for vals in vals_list:
            self._check_vals_allowed(vals)
        plans = super().create(vals_list)
        plans._plan()
        return plans

    def write(self, vals):
        """Override to plan anew what another rhythm or other units change."""
        self._check_vals_allowed(vals)
        result = super().write(vals)
        if RHYTHM_FIELDS & vals.keys():
            self._plan()
        return result

    @api.model
    def _check_vals_allowed(self, vals):
        """Refuse values that only the planning may set.

        :raises UserError: `vals` hold one
        """
        if not self.env.su and PLANNED_FIELDS & vals.keys():
            raise UserError(
                self.env._(
                    "When a plan is due next follows from its interval. Change the "
                    "interval, or move the day on which it is due."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep plans that made tickets, for the record."""
        used = self.filtered("ticket_count")[:1]
        if used:
            raise ValidationError(
                self.env._(
                    "“%(plan)s” has made tickets, and stays for the record. Archive "
                    "it instead.",
                    plan=used.name,
                )
            )

    # -- buttons --------------------------------------------------------------

    def action_open_due(self):
        """Open what is due by these plans."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_maintenance_due_action"
        )
        action["domain"] = [("plan_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_open_problems(self):
        """Open the days whose ticket could not be made."""
        action = self.action_open_due()
        action["domain"] += [("problem", "!=", False)]
        action["views"] = [(False, "list"), (False, "form")]
        return action

    def action_open_tickets(self):
        """Open the tickets that these plans made."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        action["domain"] = [("maintenance_due_ids.plan_id", "in", self.ids)]
        action["context"] = {}
        return action
