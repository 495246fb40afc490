# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import CALLBACK_STATES

# What only calls and buttons write.
FLOW_FIELDS = {
    "attempt_count",
    "call_id",
    "done_at",
    "origin_call_id",
    "reminded_at",
    "state",
    "tried_at",
}
PLAN_FIELDS = {"user_id", "team_id", "wanted_from", "wanted_until"}


class ServiceCallback(models.Model):
    """A customer wants to be called: when, by whom, about what."""

    _name = "service.callback"
    _description = "Call-Back Request"
    _inherit = ["mail.thread", "mail.activity.mixin", "service.phone.mixin"]
    _order = "due_at, id"
    _rec_names_search = ["name", "phone", "partner_id.name"]
    _check_company_auto = True

    name = fields.Char(
        "About", required=True, default=lambda self: self.env._("Call back")
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        CALLBACK_STATES, required=True, readonly=True, default="open", tracking=True
    )
    ticket_id = fields.Many2one(
        "service.ticket",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    phone = fields.Char(
        compute="_compute_phone",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    wanted_from = fields.Datetime(
        "From", required=True, default=fields.Datetime.now, tracking=True
    )
    wanted_until = fields.Datetime("Until", tracking=True)
    due_at = fields.Datetime(
        "Call Before", compute="_compute_due_at", store=True, precompute=True
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue")
    team_id = fields.Many2one(
        "service.team",
        compute="_compute_team_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Who Calls",
        index="btree_not_null",
        check_company=True,
        domain=[("share", "=", False)],
        ondelete="restrict",
        tracking=True,
        help="Empty: whoever of the team has time.",
    )
    note = fields.Text()
    origin_call_id = fields.Many2one(
        "service.call",
        "Missed Call",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    call_id = fields.Many2one(
        "service.call",
        "Done by Call",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    call_ids = fields.One2many("service.call", "callback_id", "Attempts")
    attempt_count = fields.Integer("Times Tried", readonly=True)
    tried_at = fields.Datetime("Last Tried", readonly=True)
    done_at = fields.Datetime("Done On", readonly=True)
    reminded_at = fields.Datetime(readonly=True)

    _window = models.Constraint(
        "CHECK(wanted_until IS NULL OR wanted_until >= wanted_from)",
        "“Until” is before “From”. Correct the times of the call-back request.",
    )
    _company_order_idx = models.Index("(company_id, due_at, id)")
    _open_idx = models.Index("(due_at, user_id, team_id) WHERE state = 'open'")
    _remind_idx = models.Index(
        "(wanted_from) WHERE state = 'open' AND reminded_at IS NULL"
    )

    @api.depends("ticket_id")
    def _compute_partner_id(self):
        for request in self:
            request.partner_id = request.partner_id or request.ticket_id.partner_id

    @api.depends("ticket_id", "partner_id")
    def _compute_phone(self):
        for request in self:
            request.phone = (
                request.phone
                or request.ticket_id.partner_phone
                or request.partner_id.phone
            )

    @api.depends("wanted_from", "wanted_until")
    def _compute_due_at(self):
        for request in self:
            request.due_at = request.wanted_until or request.wanted_from

    @api.depends("state", "due_at")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for request in self:
            due_at = request.due_at
            request.is_overdue = request.state == "open" and due_at and due_at < now

    @api.depends("ticket_id")
    def _compute_team_id(self):
        for request in self:
            request.team_id = request.team_id or request.ticket_id.team_id

    @api.depends("name", "partner_id.display_name", "phone")
    def _compute_display_name(self):
        for request in self:
            who = request.partner_id.display_name or request.phone
            request.display_name = " · ".join(filter(None, (who, request.name)))

    # -- create and write ------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to refuse what is over, and to tell who must call."""
        model = self._without_flow_defaults()
        for vals in vals_list:
            self._check_vals_allowed(vals)
        requests = super(ServiceCallback, model).create(vals_list).with_env(self.env)
        if not self.env.su:
            requests._check_has_not_passed()
        requests._plan_activities()
        requests._plan_reminder()
        return requests

    def write(self, vals):
        """Override to tell who must call when the plan changes."""
        self._check_vals_allowed(vals)
        if PLAN_FIELDS & set(vals) and not vals.get("reminded_at"):
            # sudo: `reminded_at` is written by nobody but the engine
            super(ServiceCallback, self.sudo()).write({"reminded_at": False})
        result = super().write(vals)
        if PLAN_FIELDS & set(vals):
            self.filtered(lambda r: r.state == "open")._plan_activities()
            self._plan_reminder()
        return result

    @api.model
    def _check_vals_allowed(self, vals):
        """Refuse values that only calls and buttons write, and unreadable tickets.

        :raises AccessError: `vals` hold one
        """
        if self.env.su:
            return
        if FLOW_FIELDS & set(vals):
            raise AccessError(
                self.env._(
                    "How a call-back request stands is written by its calls. Use its "
                    "buttons."
                )
            )
        if vals.get("ticket_id"):
            self.env["service.ticket"].browse(vals["ticket_id"]).check_access("read")

    def _without_flow_defaults(self):
        """Return this model without `default_*` keys of what only the engine writes."""
        keys = {f"default_{name}" for name in FLOW_FIELDS}
        # The whole context is replaced on purpose: a key can only be left out so.
        return self.with_context(  # pylint: disable=context-overridden
            {k: v for k, v in self.env.context.items() if k not in keys}
        )

    def _check_has_not_passed(self):
        """Refuse a time for calling that is over.

        :raises UserError: it is
        """
        # a form may stand open for a while
        limit = fields.Datetime.now() - timedelta(hours=1)
        for request in self:
            if request.due_at < limit:
                raise UserError(
                    self.env._(
                        "The time to call %(who)s has passed already. Choose a later "
                        "one.",
                        who=request.partner_id.display_name or request.phone,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Keep what customers asked for."""
        raise UserError(
            self.env._("Call-back requests are not deleted. Cancel it instead.")
        )

    def _lock_rows(self):
        """Let others who reach for these requests wait for us, and then begin anew."""
        if self.ids:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM service_callback WHERE id IN %s ORDER BY id "
                    "FOR NO KEY UPDATE",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset()

    def _bump(self):
        """Let two who call at once see each other: the second begins anew."""
        self.env.cr.execute(
            SQL(
                "UPDATE service_callback SET write_date = write_date WHERE id IN %s",
                tuple(self.ids),
            )
        )
