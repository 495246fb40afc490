# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import (
    CONTRACT_COVERING_STATES,
    CONTRACT_STATES,
    INVOICING_MOMENTS,
    INVOICING_PERIODS,
    RENEWAL_MODES,
)
from ..tools.contract_period import get_last_day

AGENT = "crm_service.group_service_agent"
# What a contract takes from its template, unless it says otherwise.
TEMPLATE_FIELDS = (
    "sla_policy_id",
    "price",
    "invoicing_period",
    "invoicing_moment",
    "index_id",
    "index_share",
    "index_cap",
    "renewal_mode",
    "remind_days",
)


class ServiceContract(models.Model):
    """A service agreement: which units or sites, who pays what, for how much."""

    _name = "service.contract"
    _description = "Service Contract"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _rec_names_search = ["name", "reference", "partner_id.name"]
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    reference = fields.Char(
        "Customer's Reference", copy=False, index="trigram", tracking=True
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index="btree_not_null",
        check_company=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="restrict",
        tracking=True,
        help="Is reminded of its renewal, and asked when a balance is used up.",
    )
    template_id = fields.Many2one(
        "service.contract.template",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    state = fields.Selection(
        CONTRACT_STATES,
        "Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        group_expand=True,
        tracking=True,
    )
    # -- term
    date_start = fields.Date(
        "Begins",
        required=True,
        copy=False,
        tracking=True,
        default=fields.Date.context_today,
    )
    date_end = fields.Date(
        "Ends",
        required=True,
        copy=False,
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The last day that it covers.",
    )
    covered_until = fields.Date(
        compute="_compute_covered_until",
        store=True,
        precompute=True,
        help="The last day that it covers: its end, or earlier when terminated.",
    )
    # -- what it covers
    line_ids = fields.One2many("service.contract.line", "contract_id", "Cover")
    balance_ids = fields.One2many("service.contract.balance", "contract_id", "Balances")
    usage_ids = fields.One2many(
        "service.contract.usage", "contract_id", "Used", readonly=True
    )
    sla_policy_id = fields.Many2one(
        "service.sla.policy",
        "Promise",
        index="btree_not_null",
        check_company=True,
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        tracking=True,
        help="Tickets of this contract have this promise, whatever other promises "
        "fit. Empty: the usual ones.",
    )
    note = fields.Html(
        "Terms",
        compute="_compute_note",
        store=True,
        readonly=False,
        help="Printed on the contract.",
    )
    # -- what it costs
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    price = fields.Monetary(
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        groups=AGENT,
        help="For each invoicing period, without taxes, as agreed at first.",
    )
    invoicing_period = fields.Selection(
        INVOICING_PERIODS,
        required=True,
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
    )
    invoicing_moment = fields.Selection(
        INVOICING_MOMENTS,
        "Invoiced",
        required=True,
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
    )
    index_id = fields.Many2one(
        "service.price.index",
        "Price Index",
        index="btree_not_null",
        check_company=True,
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        help="The price follows it, at each anniversary and when the contract is "
        "renewed.",
    )
    index_month = fields.Date(
        "Index Base",
        compute="_compute_index_month",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="The month whose index the price was agreed at; empty: the month in "
        "which the contract begins.",
    )
    index_share = fields.Float(
        "Share That Follows (%)",
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
    )
    index_cap = fields.Float(
        "Most Change (%)",
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
        help="By how much the price may move against the agreed one. 0: no limit.",
    )
    # -- how it goes on
    renewal_mode = fields.Selection(
        RENEWAL_MODES,
        "At the End",
        required=True,
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
    )
    remind_days = fields.Integer(
        "Days before the End",
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
        help="When somebody is reminded, or the contract is renewed.",
    )
    reminded_on = fields.Date("Last Reminder", readonly=True, copy=False)
    renewal_of_id = fields.Many2one(
        "service.contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    renewed_by_ids = fields.One2many(
        "service.contract", "renewal_of_id", "Renewals", readonly=True
    )
    terminated_on = fields.Date(
        readonly=True, copy=False, tracking=True, help="The last day that it covers."
    )
    terminated_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    termination_reason = fields.Char(readonly=True, copy=False)
    ticket_ids = fields.One2many("service.ticket", "contract_id", "Tickets")
    ticket_count = fields.Integer("Number of Tickets", compute="_compute_counts")
    unit_count = fields.Integer("Number of Units", compute="_compute_counts")

    _name_unique = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL",
        "Another contract has this number already.",
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_end >= date_start)",
        "A contract cannot end before it begins. Correct its dates.",
    )
    _price_positive = models.Constraint(
        "CHECK(price IS NULL OR price >= 0)",
        "A price cannot be less than zero. Correct it.",
    )
    _renewed_once = models.UniqueIndex(
        "(renewal_of_id) WHERE renewal_of_id IS NOT NULL AND state <> 'cancelled'",
        "This contract was renewed already. Open the renewal.",
    )
    _end_idx = models.Index("(company_id, covered_until) WHERE state = 'active'")

    # -- values ---------------------------------------------------------------

    @api.depends("date_start", "template_id")
    def _compute_date_end(self):
        for contract in self:
            start, end = contract.date_start, contract.date_end
            if start and (not end or end < start or contract._has_new_template()):
                months = contract.template_id.months or 12
                contract.date_end = get_last_day(start, months)

    def _has_new_template(self):
        """Tell whether another template was just chosen in the form."""
        return bool(self._origin) and self.template_id != self._origin.template_id

    @api.depends("date_end", "terminated_on", "state")
    def _compute_covered_until(self):
        for contract in self:
            days = [contract.date_end]
            if contract.state == "terminated":
                days.append(contract.terminated_on)
            contract.covered_until = min(filter(None, days), default=False)

    @api.depends("template_id")
    def _compute_from_template(self):
        """Take from the template what was not entered; without one, what is usual."""
        usual = self.env["service.contract.template"].default_get(TEMPLATE_FIELDS)
        for contract in self:
            template = contract.template_id
            for name in TEMPLATE_FIELDS:
                if template:
                    contract[name] = template[name]
                else:
                    contract[name] = contract[name] or usual.get(name)

    @api.depends("template_id")
    def _compute_note(self):
        for contract in self:
            contract.note = contract.template_id.note or contract.note

    @api.depends("company_id", "template_id")
    def _compute_currency_id(self):
        for contract in self:
            company = contract.company_id or self.env.company
            contract.currency_id = (
                contract.template_id.currency_id
                or contract.currency_id
                or company.currency_id
            )

    @api.depends("date_start", "index_id")
    def _compute_index_month(self):
        for contract in self:
            start = contract.date_start
            if not contract.index_id:
                contract.index_month = False
            elif not contract.index_month:
                contract.index_month = start and start.replace(day=1)

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for contract in self:
            words = (contract.name, contract.partner_id.name)
            contract.display_name = " · ".join(filter(None, words))

    def _compute_counts(self):
        self.ticket_count = self.unit_count = 0
        if not self.env["service.ticket"].has_access("read"):
            return  # who only invoices counts nothing
        tickets = self.env["service.ticket"]._read_group(
            [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
        )
        units = self.env["service.contract.line"]._read_group(
            [("contract_id", "in", self.ids), ("asset_id", "!=", False)],
            ["contract_id"],
            ["__count"],
        )
        ticket_counts, unit_counts = dict(tickets), dict(units)
        for contract in self:
            contract.ticket_count = ticket_counts.get(contract._origin, 0)
            contract.unit_count = unit_counts.get(contract._origin, 0)

    # -- checks ---------------------------------------------------------------

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for contract in self:
            if contract.date_end < contract.date_start:
                raise ValidationError(
                    self.env._(
                        "Contract “%(contract)s” ends before it begins. Correct its "
                        "dates.",
                        contract=contract.display_name,
                    )
                )

    @api.constrains("index_share", "index_cap", "remind_days")
    def _check_numbers(self):
        for contract in self:
            if not 0 <= contract.index_share <= 100:
                raise ValidationError(
                    self.env._("From 0 to 100 percent of a price follow its index.")
                )
            if contract.index_cap < 0 or contract.remind_days < 0:
                raise ValidationError(
                    self.env._(
                        "The most change of the price, and the days before the end, "
                        "cannot be less than zero."
                    )
                )

    # -- in force ---------------------------------------------------------------

    @api.model
    def _get_in_force_domain(self, day=None):
        """Return the domain of contracts that cover what happens on `day` (today)."""
        day = day or fields.Date.context_today(self)
        return (
            Domain("state", "in", CONTRACT_COVERING_STATES)
            & Domain("date_start", "<=", day)
            & Domain("covered_until", ">=", day)
        )

    def _is_in_force(self, day=None):
        """Tell whether this contract covers what happens on `day` (today)."""
        self.ensure_one()
        day = day or fields.Date.context_today(self)
        return (
            self.state in CONTRACT_COVERING_STATES
            and self.date_start <= day <= self.covered_until
        )

    def action_open_tickets(self):
        """Open the tickets of this contract."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {
            "default_contract_id": self.id,
            "default_partner_id": self.partner_id.id,
        }
        return action
