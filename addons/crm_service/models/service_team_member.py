# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.tools import SQL


class ServiceTeamMember(models.Model):
    """The members of the teams: how much each has, may have, and who is at work.

    Nothing is stored here: rows are the pairs of `service.team.member_ids`.
    """

    _name = "service.team.member"
    _description = "Team Member"
    _auto = False
    _log_access = False
    _rec_name = "user_id"
    _order = "team_id, user_id"

    team_id = fields.Many2one("service.team", readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    capacity = fields.Integer(
        compute="_compute_capacity",
        inverse="_inverse_capacity",
        help="Open tickets at most, in all teams together. 0: no limit.",
    )
    open_ticket_count = fields.Integer(
        "Open Tickets",
        compute="_compute_open_ticket_count",
        help="Tickets being worked on, in all teams together. Resolved ones do not "
        "count.",
    )
    is_present = fields.Boolean("At Work", compute="_compute_presence")
    presence = fields.Char("Present", compute="_compute_presence")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT (member.team_id::bigint << 24) + member.user_id AS id,
                   member.team_id, member.user_id, team.company_id
              FROM service_team_member_rel AS member
              JOIN service_team AS team ON team.id = member.team_id
              JOIN res_users AS person ON person.id = member.user_id
             WHERE person.active
            """
        )

    @api.depends("user_id")
    def _compute_capacity(self):
        for member in self:
            # sudo: the person may be of a company that the reader does not see
            member.capacity = member.user_id.sudo().service_capacity

    def _inverse_capacity(self):
        for member in self:
            member.team_id.check_access("write")
            # sudo: whoever leads the team says how much its members get
            member.user_id.sudo().service_capacity = member.capacity
        self.team_id._assign_later()

    def _compute_open_ticket_count(self):
        loads = self.env["service.team"]._get_shown_loads(self.user_id)
        for member in self:
            member.open_ticket_count = loads.get(member.user_id.id, 0)

    def _compute_presence(self):
        for (team, company), members in self.grouped(
            lambda member: (member.team_id, member.company_id)
        ).items():
            company = company or self.env.company
            present = team._get_present(members.user_id, company)
            starts = team._get_next_starts(members.user_id - present, company)
            for member in members:
                member.is_present = member.user_id in present
                member.presence = team._get_presence_text(
                    member.is_present, starts.get(member.user_id.id)
                )
