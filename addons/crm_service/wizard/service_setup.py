# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import ASSIGNMENT_METHODS, MANUAL

STEPS = [
    ("team", "Team"),
    ("mailbox", "Mailbox"),
    ("hours", "Hours"),
    ("types", "Requests"),
    ("done", "Ready"),
]
HOURS = [
    ("company", "As the company"),
    ("calendar", "Hours that exist already"),
    ("own", "Their own"),
]


class ServiceSetup(models.TransientModel):
    """The first set-up, in four steps: a team, its mailbox, its hours, its requests.

    Nothing is written before the last step; until then one goes back and forth.
    """

    _name = "service.setup"
    _description = "First Set-Up"

    step = fields.Selection(STEPS, required=True, default="team")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        "service.team",
        "Team to Complete",
        domain="[('company_id', 'in', [company_id, False])]",
        help="Leave it empty to make a new team.",
    )
    is_shared = fields.Boolean(
        compute="_compute_is_shared",
        help="The team works for all companies, or there is only one.",
    )
    # -- team
    name = fields.Char(
        "Team Name",
        compute="_compute_team",
        store=True,
        readonly=False,
        precompute=True,
    )
    leader_id = fields.Many2one(
        "res.users",
        "Team Leader",
        compute="_compute_team",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    member_ids = fields.Many2many(
        "res.users",
        string="Members",
        compute="_compute_team",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    strangers = fields.Char(compute="_compute_strangers")
    assignment_method = fields.Selection(
        ASSIGNMENT_METHODS,
        "Who Gets a Ticket",
        compute="_compute_team",
        store=True,
        readonly=False,
        precompute=True,
    )
    # -- mailbox
    alias_name = fields.Char(
        "Address",
        compute="_compute_team",
        store=True,
        readonly=False,
        precompute=True,
        help="Leave it empty if the team takes no requests by e-mail.",
    )
    alias_domain_id = fields.Many2one(related="company_id.alias_domain_id")
    has_mail_server = fields.Boolean(compute="_compute_has_mail_server")
    # -- hours
    hours = fields.Selection(
        HOURS,
        "Working Hours",
        compute="_compute_team",
        store=True,
        readonly=False,
        precompute=True,
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        compute="_compute_team",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('company_id', 'in', is_shared and [False] or [company_id, False])]",
    )
    hour_from = fields.Float("Opens", default=9.0)
    hour_to = fields.Float("Closes", default=18.0)
    is_saturday_open = fields.Boolean("Open on Saturdays")
    # -- requests
    all_type_ids = fields.Many2many(
        "service.ticket.type", compute="_compute_all_type_ids"
    )
    type_ids = fields.Many2many(
        "service.ticket.type",
        string="Requests of This Team",
        compute="_compute_type_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', all_type_ids)]",
    )
    mail_type_id = fields.Many2one(
        "service.ticket.type",
        "An E-mail Becomes",
        compute="_compute_mail_type_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', type_ids)]",
    )
    result = fields.Html(readonly=True)

    # -- what is proposed ---------------------------------------------------

    @api.depends("team_id")
    def _compute_team(self):
        for setup in self:
            team = setup.team_id
            setup.name = team.name or self.env._("Service Desk")
            setup.leader_id = team.user_id or self.env.user
            setup.member_ids = team.member_ids or self.env.user
            setup.assignment_method = team.assignment_method or MANUAL
            setup.alias_name = team.alias_name
            setup.calendar_id = team.resource_calendar_id
            setup.hours = "calendar" if team.resource_calendar_id else "company"

    @api.depends("team_id")
    def _compute_is_shared(self):
        # sudo: only whether there are several is told
        several = self.env["res.company"].sudo().search_count([], limit=2) > 1
        for setup in self:
            team = setup.team_id
            setup.is_shared = not (team.company_id if team else several)

    @api.depends("member_ids", "leader_id")
    def _compute_strangers(self):
        role = "crm_service.group_service_technician"
        for setup in self:
            people = setup.member_ids | setup.leader_id
            # sudo: only who has no role yet is told, to whoever decides on roles
            strangers = people.sudo().filtered(lambda user: not user.has_group(role))
            setup.strangers = ", ".join(strangers.mapped("name"))

    def _compute_has_mail_server(self):
        # sudo: only whether there is one is told
        servers = self.env["fetchmail.server"].sudo()
        self.has_mail_server = bool(
            servers.search_count([("state", "=", "done")], limit=1)
        )

    @api.depends("company_id")
    def _compute_all_type_ids(self):
        for setup in self:
            companies = [setup.company_id.id, False]
            setup.all_type_ids = self.env["service.ticket.type"].search(
                Domain("company_id", "in", companies)
            )

    @api.depends("team_id", "company_id")
    def _compute_type_ids(self):
        for setup in self:
            types = setup.all_type_ids
            mine = types.filtered(lambda t, s=setup: t.team_id == s.team_id)
            free = types.filtered(lambda t: not t.team_id)
            setup.type_ids = (mine if setup.team_id else types.browse()) | free

    @api.depends("team_id", "type_ids")
    def _compute_mail_type_id(self):
        for setup in self:
            chosen = setup.team_id.ticket_type_id or setup.mail_type_id
            fits = chosen in setup.type_ids._origin
            setup.mail_type_id = chosen if fits else setup.type_ids._origin[:1]

    # -- the way through ----------------------------------------------------

    def action_next(self):
        """Go to the next step; after the last one, write it all.

        :raises UserError: something is missing on this step
        """
        self.check_access("write")
        self.ensure_one()
        self._check_step()
        if self.step == "types":
            self._apply()
        self.step = self._get_neighbour(1)
        return self._reopen()

    def action_back(self):
        """Go back to the step before; nothing that was entered is lost."""
        self.check_access("write")
        self.ensure_one()
        if self.step != "done":
            self.step = self._get_neighbour(-1)
        return self._reopen()

    def action_take_first(self):
        """Open an empty ticket of the team."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        action["views"] = [(False, "form")]
        action["context"] = {"default_team_id": self.team_id.id}
        return action

    def action_open_team(self):
        """Open the team that was set up."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.team",
            "res_id": self.team_id.id,
            "views": [(False, "form")],
        }

    def _get_neighbour(self, distance):
        """Return the step so many places further, at most at the ends."""
        steps = [step for step, _label in STEPS]
        place = steps.index(self.step) + distance
        return steps[max(0, min(place, len(steps) - 1))]

    def _reopen(self):
        """Return the action that shows this window again."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("First Set-Up"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # -- what a step asks for -----------------------------------------------

    def _check_step(self):
        """Refuse to leave a step that is not complete.

        :raises UserError: with what is missing
        """
        problem = {
            "team": self._get_team_problem,
            "hours": self._get_hours_problem,
            "types": self._get_types_problem,
        }.get(self.step, str)()
        if problem:
            raise UserError(problem)

    def _get_team_problem(self):
        """Return what is missing on the step of the team, or nothing."""
        if not (self.name or "").strip():
            return self.env._("Give the team a name.")
        if not self.member_ids:
            return self.env._("Choose who works in the team; you can change it later.")
        return ""

    def _get_hours_problem(self):
        """Return what is wrong on the step of the hours, or nothing."""
        if self.hours == "calendar" and not self.calendar_id:
            return self.env._("Choose the working hours, or take the company's.")
        if self.hours == "own" and not 0 <= self.hour_from < self.hour_to <= 24:
            return self.env._(
                "The team must open before it closes, between 0:00 and 24:00."
            )
        return ""

    def _get_types_problem(self):
        """Return what is missing on the step of the requests, or nothing."""
        if not self.type_ids:
            return self.env._("Choose at least one kind of request.")
        if self.alias_name and not self.mail_type_id:
            return self.env._("Choose what an e-mail to the team becomes.")
        return ""
