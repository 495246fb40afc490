# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import (
    CATEGORIES,
    CHANNELS,
    ENDED_PHASES,
    MAX_CREATION_NOTES,
    PHASES,
    PRIORITIES,
)

# What only the process may write: proof is this very object in the context, which
# no remote caller can send.
FLOW = object()
FLOW_KEY = "service_ticket_flow"
FLOW_FIELDS = {
    "number",
    "process_id",
    "resolved_at",
    "closed_at",
    "reopen_count",
    "is_open",
    "stage_entered_at",
    "taken_at",
    "urge_count",
    "last_urged_at",
    "has_loop_note",
    "phone_sanitized",
    "track_key",
    "external_ref",
    "external_digest",
    "assigned_at",
    "assignment_problem_code",
    "assignment_details",
    "returned_by",
    "merged_into_id",
    "merged_at",
    "merged_by_id",
    "merge_details",
}
# Lines that nobody gives a new ticket but the process.
WRITTEN_FIELDS = {
    "assignment_ids",
    "check_ids",
    "child_ids",
    "merged_ids",
    "sla_event_ids",
    "sla_ids",
    "stage_log_ids",
    "urge_ids",
}


class ServiceTicket(models.Model):
    """One request of a customer, of any kind, a complaint too."""

    _name = "service.ticket"
    _description = "Service Ticket"
    _inherit = ["mail.thread.cc", "mail.activity.mixin", "service.external.ref.mixin"]
    _order = "priority desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True
    _primary_email = "partner_email"
    _mail_post_access = "read"

    number = fields.Char("Acceptance Number", required=True, readonly=True, copy=False)
    name = fields.Char("Subject", required=True, index="trigram", tracking=True)
    description = fields.Html()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    type_id = fields.Many2one(
        "service.ticket.type",
        required=True,
        index=True,
        default=lambda self: self._default_type(),
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    category = fields.Selection(related="type_id.category")
    color = fields.Integer(related="type_id.color")
    channel = fields.Selection(CHANNELS, required=True, default="phone")
    priority = fields.Selection(PRIORITIES, required=True, default="1", tracking=True)
    # -- customer
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    partner_name = fields.Char(
        "Customer Name",
        compute="_compute_partner_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    partner_phone = fields.Char(
        "Phone",
        compute="_compute_partner_phone",
        store=True,
        readonly=False,
        precompute=True,
    )
    partner_email = fields.Char(
        "Email",
        compute="_compute_partner_email",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
    )
    phone_sanitized = fields.Char(
        compute="_compute_phone_sanitized",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    phone_search = fields.Char(
        "Phone Number", compute="_compute_phone_search", search="_search_phone_search"
    )
    site_id = fields.Many2one(
        "res.partner",
        check_company=True,
        ondelete="restrict",
        help="The address where the work is done.",
    )
    track_key = fields.Char(
        compute="_compute_track_key",
        store=True,
        readonly=False,  # to give it to new tickets, see `_add_precomputed_values`
        copy=False,
        index="btree_not_null",
        groups=".",  # nobody but the superuser
    )
    # -- unit
    asset_id = fields.Many2one(
        "service.asset",
        "Installed Unit",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
    )
    serial_number = fields.Char(
        compute="_compute_serial_number",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        help="As the customer gave it.",
    )
    # -- flow
    process_id = fields.Many2one(
        "service.process", required=True, readonly=True, copy=False, ondelete="restrict"
    )
    stage_id = fields.Many2one(
        "service.stage",
        required=True,
        copy=False,
        index=True,
        ondelete="restrict",
        domain="[('process_id', '=', process_id)]",
        tracking=True,
    )
    phase = fields.Selection(
        PHASES,
        compute="_compute_phase",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        group_expand="_group_expand_phase",
    )
    is_open = fields.Boolean(compute="_compute_phase", store=True, precompute=True)
    stage_entered_at = fields.Datetime("In Stage Since", readonly=True, copy=False)
    instructions = fields.Html(related="stage_id.instructions")
    available_route_ids = fields.Many2many(
        "service.route", compute="_compute_available_route_ids", string="Next Steps"
    )
    route_buttons = fields.Json(
        compute="_compute_route_buttons", help="Id and label of each next step."
    )
    stage_log_ids = fields.One2many("service.stage.log", "ticket_id", "History")
    opened_at = fields.Datetime(
        "Opened", required=True, default=fields.Datetime.now, copy=False
    )
    resolved_at = fields.Datetime("Resolved", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed On", readonly=True, copy=False)
    reopen_count = fields.Integer("Times Reopened", readonly=True, copy=False)
    # -- people
    team_id = fields.Many2one(
        "service.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index="btree_not_null",
        check_company=True,
        copy=False,
        domain=[("share", "=", False)],
        ondelete="restrict",
        tracking=True,
    )

    _number_unique = models.Constraint(
        "UNIQUE(number)", "This acceptance number exists already."
    )
    _external_ref_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "This external reference was used already.",
    )
    _number_trigram_idx = models.Index("USING gin (number gin_trgm_ops)")
    _phone_trigram_idx = models.Index("USING gin (phone_sanitized gin_trgm_ops)")
    # of a customer, in the order of his page
    _partner_idx = models.Index("(partner_id, opened_at DESC, id DESC)")
    _company_phase_idx = models.Index("(company_id, phase)")
    _order_idx = models.Index("(priority DESC, id DESC)")
    _company_order_idx = models.Index(
        "(company_id, priority DESC, id DESC) WHERE active IS TRUE"
    )
    # IS TRUE as the ORM writes it: PostgreSQL would not see that a bare column fits
    _queue_idx = models.Index(
        "(company_id, priority DESC, id DESC) WHERE is_open IS TRUE"
    )
    _team_idx = models.Index("(team_id, user_id) WHERE is_open IS TRUE")

    # -- defaults -----------------------------------------------------------

    @api.model
    def _default_type(self, company=None):
        """Return the first type that the company may use.

        :param company: another company than the current one
        """
        company = company or self.env.company
        category = self.env.context.get("service_category")
        known = category in dict(CATEGORIES)
        found = self._get_first_type_ids(company.id, known and category)
        return self.env["service.ticket.type"].browse(found)

    @api.model
    @tools.ormcache("company_id", "category")
    def _get_first_type_ids(self, company_id, category):
        """Return the id of the first type of a company in a tuple, or none."""
        domain = Domain("company_id", "in", (company_id, False))
        if category:
            domain &= Domain("category", "=", category)
        # as superuser and without context: the answer is remembered for everybody
        types = self.env(su=True, context={})["service.ticket.type"]
        return types.search(domain, limit=1)._ids

    @api.depends("stage_id.phase")
    def _compute_phase(self):
        for ticket in self:
            ticket.phase = ticket.stage_id.phase
            ticket.is_open = bool(ticket.phase) and ticket.phase not in ENDED_PHASES

    @api.model
    def _group_expand_phase(self, phases, domain):
        """Show the open phases in their order, and the others if tickets are there."""
        return [
            phase
            for phase, _label in PHASES
            if phase in phases or phase not in ENDED_PHASES
        ]

    @api.depends("type_id")
    def _compute_team_id(self):
        for ticket in self:
            ticket.team_id = ticket.team_id or ticket.type_id.team_id

    @api.depends("asset_id")
    def _compute_product_id(self):
        for ticket in self:
            ticket.product_id = ticket.asset_id.product_id or ticket.product_id

    @api.depends("asset_id")
    def _compute_serial_number(self):
        for ticket in self:
            serial_number = ticket.asset_id.serial_number
            ticket.serial_number = serial_number or ticket.serial_number

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            parts = (ticket.number, ticket.name)
            ticket.display_name = " · ".join(filter(None, parts))

    # -- create and write ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to give each ticket its number, customer and first stage."""
        if self._is_flow():
            return super().create(vals_list)
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_vals_allowed(vals, creating=True)
        self = self._without_flow_defaults()
        self._complete_basics(vals_list)
        self._complete_assets(vals_list)
        self._complete_customers(vals_list)
        self._complete_sites(vals_list)
        wanted = [self._complete_stage(vals) for vals in vals_list]
        env = self.env
        if len(vals_list) > MAX_CREATION_NOTES:
            self = self.with_context(mail_create_nolog=True)
        tickets = super().create(vals_list).with_env(env)
        tickets._start(wanted)
        return tickets

    def write(self, vals):
        """Override to let stages change by routes only, and to log who took it."""
        if self._is_flow():
            return super().write(vals)
        self._check_vals_allowed(vals)
        moves = {name: vals[name] for name in ("stage_id", "phase") if name in vals}
        plain = {name: value for name, value in vals.items() if name not in moves}
        type_id = plain.get("type_id")
        retyped = self.filtered(lambda t: type_id and t.type_id.id != type_id)
        result = super().write(plain) if plain else True
        retyped._follow_type()
        self._after_write(plain)
        if moves:
            self._move_by_hand(**moves)
        self._apply_automatic_routes()
        return result

    def _after_write(self, vals):
        """Do what follows from the values just written."""
        if {"partner_phone", "partner_email", "partner_name", "partner_id"} & set(vals):
            self._assign_customers()
        if {"user_id", "team_id"} & set(vals):
            self._log_hands()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Keep every ticket: numbers that customers hold must stay valid."""
        raise UserError(
            self.env._(
                "Tickets are not deleted, because customers hold their numbers. "
                "Cancel the ticket or archive it instead."
            )
        )

    def _is_flow(self):
        """Tell whether the process itself is at work, not a user or caller."""
        return self.env.context.get(FLOW_KEY) is FLOW

    def _without_flow_defaults(self):
        """Return these tickets without `default_*` keys of what the process owns."""
        names = FLOW_FIELDS | WRITTEN_FIELDS
        keys = {f"default_{name}" for name in names} & self.env.context.keys()
        if not keys:
            return self
        # The whole context is replaced on purpose: a key can only be left out so.
        return self.with_context(  # pylint: disable=context-overridden
            {k: v for k, v in self.env.context.items() if k not in keys}
        )

    def _with_flow(self):
        """Return these tickets with the right to write what the process owns."""
        return self.with_context(**{FLOW_KEY: FLOW})
