# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models, tools
from odoo.fields import Domain

from ..const import ASSIGNMENT_METHODS, DONE_PHASES, MANUAL
from ..tools.assignment import SKILL, Distribution, Person

BATCH = 500  # tickets given in one transaction of the job
LATER = "service_team.assign_later"


class ServiceTeam(models.Model):
    """How the tickets of a team find their responsible person."""

    _inherit = "service.team"

    assignment_method = fields.Selection(
        ASSIGNMENT_METHODS,
        "Assignment",
        required=True,
        default=MANUAL,
        tracking=True,
        help="By hand: people take tickets, or are given them.\n"
        "In turn: whoever has waited longest for a new ticket.\n"
        "Fewest open tickets: whoever has least to do.\n"
        "By skill: of those who have the skills that the ticket needs, whoever has "
        "least to do.\n"
        "Only people at work get tickets, and never more than their capacity.",
    )
    team_member_ids = fields.One2many(
        "service.team.member", "team_id", "Members' Workload"
    )
    problem_ticket_count = fields.Integer(
        "Cannot Be Assigned", compute="_compute_problem_ticket_count"
    )
    workload = fields.Json(
        compute="_compute_workload", help="What each member has, for the card."
    )

    def _compute_problem_ticket_count(self):
        """Count the tickets that nobody could be found for, in one query."""
        domain = Domain("team_id", "in", self.ids) & self._get_problem_domain()
        groups = self.env["service.ticket"]._read_group(
            domain, ["team_id"], ["__count"]
        )
        counts = {team.id: count for team, count in groups}
        for team in self:
            team.problem_ticket_count = counts.get(team.id, 0)

    def _compute_workload(self):
        """Tell what each member has open, in one query for all teams."""
        # sudo: members of other companies have tickets too
        loads = self._get_shown_loads(self.sudo().member_ids)
        for team in self:
            members = team.sudo().member_ids
            team.workload = [
                _prepare_workload(user, loads.get(user.id, 0)) for user in members
            ]

    def action_open_problems(self):
        """Open the team's tickets that nobody could be found for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action_unassigned"
        )
        action["context"] = {
            "search_default_filter_problem": 1,
            "search_default_team_id": self.id,
        }
        return action

    @api.model
    def _get_problem_domain(self):
        """Return the domain of open tickets that nobody could be found for."""
        return Domain("assignment_problem_code", "!=", False) & Domain(
            "is_open", "=", True
        )

    @api.model
    @tools.ormcache()
    def _get_automatic_ids(self):
        """Return the ids of the teams that do not assign by hand."""
        # as superuser and without context: the answer is remembered for everybody
        model = self.env(su=True, context={})[self._name]
        return frozenset(model.search([("assignment_method", "!=", MANUAL)]).ids)

    @api.model_create_multi
    def create(self, vals_list):
        """Override to prepare the turns of the members."""
        teams = super().create(vals_list)
        teams._follow_assignment_change(set().union(*vals_list))
        return teams

    def write(self, vals):
        """Override to prepare the turns of new members, and to give what waits."""
        result = super().write(vals)
        self._follow_assignment_change(set(vals))
        return result

    def unlink(self):
        """Override to forget which teams assign automatically."""
        self.env.registry.clear_cache()
        return super().unlink()

    def _follow_assignment_change(self, names):
        """Do what follows from a change of the fields `names`."""
        if {"assignment_method", "active"} & names:
            self.env.registry.clear_cache()
        if {"assignment_method", "member_ids", "resource_calendar_id"} & names:
            automatic = self.filtered(lambda team: team.assignment_method != MANUAL)
            # sudo: turns are nobody's to see or write
            self.env["service.assignment.turn"].sudo()._ensure(
                automatic.sudo().member_ids
            )
            automatic._assign_later()

    # -- giving -------------------------------------------------------------

    def _assign_now(self, tickets, company):
        """Give new `tickets` of `company` at once, or leave them to the job."""
        if self._distribute(tickets, company) is None:
            tickets._note_problem("busy")
            self._assign_later()

    def _distribute(self, tickets, company, lock_tickets=False):
        """Give `tickets` of `company` to the members; the rest get a reason why not.

        :param lock_tickets: other transactions may know the tickets already
        :return: the tickets that were given, or None when somebody else is giving
            tickets to these people
        """
        self.ensure_one()
        people = self._get_candidates(company)
        # sudo: turns are nobody's to see or write
        turn_sudo = self.env["service.assignment.turn"].sudo()
        locked = turn_sudo._lock(people, tickets if lock_tickets else None)
        if locked is None:
            return None
        turns, locked_tickets = locked
        if lock_tickets:
            tickets = locked_tickets
        demands = self._get_demands(tickets, company)
        persons = self._prepare_persons(people, company, turns, demands)
        now = fields.Datetime.now().timestamp()
        deal = Distribution(self.assignment_method, persons, now)
        outcomes = {
            ticket: deal.give(demands.get(ticket.id, ()), ticket._get_unfit_ids())
            for ticket in tickets
        }
        turn_sudo._note(
            {
                person.key: person.turn
                for person in persons
                if person.turn != turns[person.key]
            }
        )
        return tickets._apply_outcomes(self, outcomes, demands)

    def _get_candidates(self, company):
        """Return the members who may work for `company`."""
        # sudo: the giver need not see the colleagues of other companies
        members = self.sudo().member_ids
        return members.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    def _get_demands(self, tickets, company):
        """Return {ticket id: [Demand]}; only assignment by skill asks for any."""
        if self.assignment_method != SKILL:
            return {}
        # sudo: which skills are needed does not depend on who gives
        rules_sudo = self.env["service.skill.rule"].sudo()
        return rules_sudo._get_demands(tickets.sudo(), company)

    def _prepare_persons(self, people, company, turns, demands):
        """Return a `Person` for each of `people`."""
        loads = self._get_loads(people)
        present = self._get_present(people, company)
        wanted = {demand.skill for needs in demands.values() for demand in needs}
        skills = self._get_skills(people, company, wanted)
        return [
            Person(
                key=user.id,
                load=loads.get(user.id, 0),
                capacity=user.service_capacity,
                present=user in present,
                skills=skills.get(user.id, {}),
                turn=turns[user.id],
            )
            for user in people.sorted("id")
        ]

    @api.model
    def _get_loads(self, users):
        """Return {user id: tickets they work on}, over all teams and companies."""
        # sudo: what somebody has to do does not depend on who asks
        tickets_sudo = self.env["service.ticket"].sudo()
        domain = self._get_load_domain(users)
        groups = tickets_sudo._read_group(domain, ["user_id"], ["__count"])
        return {user.id: count for user, count in groups}

    @api.model
    def _get_shown_loads(self, users):
        """Return {user id: tickets they work on}, of which the reader may know."""
        # sudo: as `_get_loads`
        tickets_sudo = self.env["service.ticket"].sudo()
        domain = self._get_load_domain(users)
        domain &= Domain("excluded_user_ids", "not in", self.env.user.ids)
        groups = tickets_sudo._read_group(domain, ["user_id"], ["__count"])
        return {user.id: count for user, count in groups}

    @api.model
    def _get_load_domain(self, users):
        """Return the domain of the tickets that `users` work on."""
        return (
            Domain("user_id", "in", users.ids)
            & Domain("is_open", "=", True)
            & Domain("phase", "not in", DONE_PHASES)
        )

    def _get_skills(self, users, company, skill_ids):
        """Return {user id: {skill id: level in percent}}, valid today."""
        if not skill_ids:
            return {}
        today = fields.Date.context_today(self)
        employees = self._get_employees(users, company)
        # sudo: what people know decides, not who may look at it
        rows = self.env["hr.employee.skill"].sudo()
        rows = rows.search(
            [
                ("employee_id", "in", employees.ids),
                ("skill_id", "in", list(skill_ids)),
                ("valid_from", "<=", today),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", today),
            ]
        )
        skills = {}
        for row in rows:
            levels = skills.setdefault(row.employee_id.user_id.id, {})
            level = row.skill_level_id.level_progress
            levels[row.skill_id.id] = max(level, levels.get(row.skill_id.id, 0))
        return skills

    # -- the job ------------------------------------------------------------

    @api.model
    def _assign_later(self, moments=None):
        """Let the job run as soon as this is committed, or at `moments`."""
        # sudo: whoever changes a ticket may wake the job
        job_sudo = self.env.ref(
            "crm_service.ir_cron_service_assignment", raise_if_not_found=False
        )
        job_sudo = job_sudo and job_sudo.sudo()
        if not job_sudo:
            return
        if moments is None:
            if not self.env.cr.precommit.data.get(LATER):
                self.env.cr.precommit.data[LATER] = True
                job_sudo._trigger()
            return
        domain = [("cron_id", "=", job_sudo.id), ("call_at", "in", list(moments))]
        # sudo: as the job above
        planned = self.env["ir.cron.trigger"].sudo().search(domain).mapped("call_at")
        job_sudo._trigger(moment for moment in moments if moment not in planned)


def _prepare_workload(user, load):
    """Return what the card of a team shows of a member."""
    capacity = user.service_capacity
    return {
        "id": user.id,
        "name": user.name,
        "open": load,
        "capacity": capacity,
        "is_full": 0 < capacity <= load,
    }
