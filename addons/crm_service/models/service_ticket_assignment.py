# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain

from ..const import ASSIGNMENT_PROBLEMS, DONE_PHASES, MAX_ASSIGNMENT_NOTICES

STAFF = "crm_service.group_service_technician"


class ServiceTicket(models.Model):
    """Who got a ticket, when and why, or why nobody could be found."""

    _inherit = "service.ticket"

    assigned_at = fields.Datetime(
        "Assigned On",
        compute="_compute_assigned_at",
        store=True,
        readonly=False,  # to write it along with what it depends on
        precompute=True,
        copy=False,
        groups=STAFF,
        help="When the responsible person got the ticket.",
    )
    assignment_ids = fields.One2many(
        "service.assignment", "ticket_id", "Assignments", groups=STAFF
    )
    assignment_reason = fields.Char(
        "Why This Person", compute="_compute_assignment_reason", groups=STAFF
    )
    assignment_problem_code = fields.Selection(
        ASSIGNMENT_PROBLEMS,
        "Cannot Be Assigned",
        compute="_compute_assignment_problem_code",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        groups=STAFF,
    )
    assignment_details = fields.Json(
        compute="_compute_assignment_problem_code",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        groups=STAFF,
        help="The skills that are missing, and when somebody works next.",
    )
    returned_by = fields.Json(
        compute="_compute_returned_by",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        groups=STAFF,
        help="Ids of the people who put the ticket back into its present team.",
    )
    assignment_problem = fields.Char(
        "Why Nobody",
        compute="_compute_assignment_problem",
        search="_search_assignment_problem",
        groups=STAFF,
    )

    _problem_idx = models.Index(
        "(company_id, assignment_problem_code) "
        "WHERE assignment_problem_code IS NOT NULL"
    )

    @api.depends("user_id")
    def _compute_assigned_at(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.assigned_at = now if ticket.user_id else False

    @api.depends("user_id", "team_id", "is_open")
    def _compute_assignment_problem_code(self):
        self.assignment_problem_code = False
        self.assignment_details = False

    @api.depends("team_id")
    def _compute_returned_by(self):
        self.returned_by = False

    @api.depends("user_id", "assigned_at")
    @api.depends_context("lang")
    def _compute_assignment_reason(self):
        for ticket in self:
            last = ticket.assignment_ids[:1]
            given = last.user_id == ticket.user_id
            fresh = last.given_at == ticket.assigned_at
            ticket.assignment_reason = bool(last) and given and fresh and last.reason

    @api.depends("assignment_problem_code", "assignment_details")
    @api.depends_context("lang", "tz")
    def _compute_assignment_problem(self):
        for ticket in self:
            ticket.assignment_problem = ticket._get_problem_text()

    @api.model
    def _search_assignment_problem(self, operator, value):
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        return Domain("assignment_problem_code", "=", False)

    def _get_unfit_ids(self):
        """Return the ids of the people who must not get this ticket.

        Extend it for other reasons than that they put it back, or are kept away.
        """
        # sudo: who is kept away is known to few
        ticket = self.sudo()
        unfit = ticket.returned_by or []
        if ticket.is_confidential:
            unfit = [*unfit, *ticket.excluded_user_ids.ids]
        return unfit

    def _get_problem_text(self):
        """Return why nobody could be found for this ticket, and what helps."""
        code = self.assignment_problem_code
        if not code:
            return False
        details = self.assignment_details or {}
        if code == "skill":
            # sudo: skills are for everybody to read, but perhaps not to the reader
            skills = self.env["hr.skill"].sudo().browse(details.get("skills", ()))
            return self.env._(
                "Nobody in the team “%(team)s” has this at the level needed: "
                "%(skills)s.",
                team=self.team_id.name,
                skills=", ".join(skills.exists().mapped("name")),
            )
        text = self._get_plain_problem_text(code)
        start = fields.Datetime.to_datetime(details.get("next"))
        if not start:
            return text
        moment = self.team_id._format_start(start)
        return self.env._("%(problem)s Next: %(moment)s.", problem=text, moment=moment)

    def _get_plain_problem_text(self, code):
        """Return the sentence of a problem that depends on the team only."""
        team = self.team_id.name
        if code == "member":
            return self.env._(
                "The team “%(team)s” has no member who may work for this company. "
                "Add one.",
                team=team,
            )
        if code == "absent":
            return self.env._("Nobody in the team “%(team)s” is at work.", team=team)
        if code == "returned":
            return self.env._(
                "Everybody in the team “%(team)s” who could do it has put it back, or "
                "must not handle it. Give it to somebody by hand.",
                team=team,
            )
        if code == "full":
            return self.env._(
                "Everybody in the team “%(team)s” who is at work has as many open "
                "tickets as they may have.",
                team=team,
            )
        return self.env._("It will be given to somebody in a moment.")

    # -- when ---------------------------------------------------------------

    def _apply_automatic_routes(self):
        """Override to give tickets that have come to rest to somebody."""
        result = super()._apply_automatic_routes()
        self._assign_automatically()
        return result

    def _enter_stage(self, stage, *args, **kwargs):
        """Override to give waiting tickets to people who have room again."""
        result = super()._enter_stage(stage, *args, **kwargs)
        if stage and stage.phase in DONE_PHASES and self.user_id:
            self._wake_assignment()
        return result

    def write(self, vals):
        """Override to take tickets from people who are not in their new team."""
        if "team_id" in vals and "user_id" not in vals and not self._is_flow():
            self._check_hands(vals)  # before anybody has left
            self._leave_old_team(vals["team_id"])
        return super().write(vals)

    def action_put_back(self):
        """Override: an automatic team gives the tickets to somebody else.

        Who has put a ticket back does not get it again, while it is in this team.
        """
        # sudo: the user may lose the right to see the tickets by giving them away
        tickets = self.sudo()
        returned_by = {
            ticket: sorted({*(ticket.returned_by or ()), ticket.user_id.id})
            for ticket in tickets
        }
        result = super().action_put_back()
        for ticket in tickets:
            ticket._with_flow().returned_by = returned_by[ticket]
        tickets._assign_automatically()
        tickets._wake_assignment()
        return result

    def _after_write(self, vals):
        """Override to give waiting tickets to people who have room again."""
        result = super()._after_write(vals)
        if "user_id" in vals:
            self._wake_assignment()
        return result

    def _leave_old_team(self, team_id):
        """Take the tickets that go to an automatic team from people outside it."""
        team = self.env["service.team"].browse(team_id or ())
        if team.id not in team._get_automatic_ids():
            return
        members = team.sudo().member_ids  # sudo: of all companies
        leaving = self.filtered(
            lambda ticket: ticket.team_id != team and ticket.user_id not in members
        )
        leaving._with_flow().write({"user_id": False})

    def _wake_assignment(self):
        """Let the job run if tickets wait for somebody to have room."""
        # sudo: tickets that the user does not see wait as well
        waiting = self.sudo().search(
            [
                ("company_id", "in", self.company_id.ids),
                ("assignment_problem_code", "=", "full"),
            ],
            limit=1,
        )
        if waiting:
            self.env["service.team"]._assign_later()

    # -- giving -------------------------------------------------------------

    def _assign_automatically(self):
        """Give those that wait for somebody, if their team is not by hand."""
        automatic = self.env["service.team"]._get_automatic_ids()
        if not automatic:
            return
        # sudo: the team decides who gets a ticket, whoever makes it
        waiting = self.sudo().filtered(
            lambda ticket: (
                ticket.team_id.id in automatic
                and not ticket.user_id
                and not ticket.assignment_problem_code
                and ticket.phase not in DONE_PHASES
            )
        )
        groups = waiting.grouped(lambda ticket: (ticket.team_id, ticket.company_id))
        for (team, company), tickets in groups.items():
            team._assign_now(tickets, company)

    def _apply_outcomes(self, team, outcomes, demands):
        """Write down who got these tickets and why, or why nobody did.

        :param dict outcomes: `Outcome` by ticket
        :param dict demands: the skills that were asked for, by ticket id
        :return: the tickets that were given
        """
        given = self.filtered(lambda ticket: outcomes[ticket].key)
        now = fields.Datetime.now()
        for user_id, tickets in given.grouped(lambda t: outcomes[t].key).items():
            tickets._get_quietly(len(given)).write(
                {"user_id": user_id, "assigned_at": now}
            )
        given._get_open_logs()._note_person()
        # sudo: the history is written for everybody and by nobody
        self.env["service.assignment"].sudo().create(
            [
                ticket._prepare_assignment(team, outcomes[ticket], demands, now)
                for ticket in given
            ]
        )
        (self - given)._note_problems(team, outcomes)
        return given

    def _get_quietly(self, count):
        """Return these tickets as the process, without a message each if many."""
        many = count > MAX_ASSIGNMENT_NOTICES
        return self._with_flow().with_context(
            mail_auto_subscribe_no_notify=many
            or self.env.context.get("mail_auto_subscribe_no_notify"),
            mail_notrack=many or self.env.context.get("mail_notrack"),
        )

    def _prepare_assignment(self, team, outcome, demands, now):
        """Return the values of a history row."""
        facts = {"open": outcome.load, "only": outcome.only, "tied": outcome.tied}
        skills = [demand.skill for demand in demands.get(self.id, ())]
        if skills:
            facts["skills"] = skills
        return {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "team_id": team.id,
            "user_id": outcome.key,
            "method": team.assignment_method,
            "given_at": now,
            "facts": facts,
        }

    def _note_problems(self, team, outcomes):
        """Write down why nobody got these tickets, and try again in time."""
        starts = {}
        if any(outcomes[ticket].able for ticket in self):
            company = self.company_id[:1]
            starts = team._get_next_starts(team._get_candidates(company), company)
        now = fields.Datetime.now()
        moments = set()
        for outcome, tickets in self.grouped(lambda t: outcomes[t]).items():
            later = [starts[key] for key in outcome.able if key in starts]
            start = min((moment for moment in later if moment > now), default=None)
            tickets._note_problem(outcome.problem, outcome.missing, start)
            moments |= {start} - {None}
        if moments:
            team._assign_later(moments)

    def _note_problem(self, code, missing=(), start=None):
        """Write one reason on all of these tickets, where it is not there yet."""
        details = {"skills": list(missing)} if missing else {}
        if start:
            details["next"] = fields.Datetime.to_string(start)
        vals = {"assignment_problem_code": code, "assignment_details": details}
        changed = self.filtered(
            lambda ticket: (
                ticket.assignment_problem_code != code
                or (ticket.assignment_details or {}) != details
            )
        )
        changed._with_flow().write(vals)
