# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .service_ticket import FLOW_FIELDS

STAFF = "crm_service.group_service_technician"
FLOW_FIELDS.update({"is_confidential", "excluded_user_ids"})

# What decides who is kept away from a ticket.
COMPLAINED_FIELDS = {
    "complained_user_id",
    "complained_team_id",
    "complained_ticket_id",
    "complaint_about",
}
ABOUT_FIELDS = COMPLAINED_FIELDS | {"parent_id"}
HAND_FIELDS = {"user_id", "team_id"}


class ServiceTicket(models.Model):
    """Independent handling: those whom a complaint is about are kept away from it.

    Record rules hide the ticket and all that belongs to it from
    `excluded_user_ids`, see security/service_independence_rules.xml.
    """

    _inherit = "service.ticket"

    is_confidential = fields.Boolean(
        "Handled Independently",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="Somebody is kept away from this ticket.",
    )
    excluded_user_ids = fields.Many2many(
        "res.users",
        "service_ticket_excluded_rel",
        "ticket_id",
        "user_id",
        "Kept Away",
        readonly=True,
        copy=False,
        context={"active_test": False},
        groups=STAFF,
        help="They do not see this ticket, nor anything that belongs to it.",
    )

    is_service_hidden = fields.Boolean(
        "About the Reader",
        compute="_compute_is_service_hidden",
        search="_search_is_service_hidden",
        export_string_translation=False,
        help="The reader is kept away from it. Record rules ask for this.",
    )

    _confidential_idx = models.Index("(id) WHERE is_confidential IS TRUE")

    @api.depends("is_confidential", "excluded_user_ids")
    @api.depends_context("uid")
    def _compute_is_service_hidden(self):
        """Tell from the row alone for nearly all tickets, without a query."""
        self.is_service_hidden = False
        self._filter_hidden().is_service_hidden = True

    @api.model
    def _search_is_service_hidden(self, operator, value):
        """Search by id alone: what counts tickets need not look at their rows."""
        if operator != "in":
            return NotImplemented
        ids = self.env["service.independence.mixin"]._get_hidden_sql()
        return Domain("id", "in" if True in value else "not in", SQL("(%s)", ids))

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Override: other records that link here do not tell it by its name."""
        hidden = self._filter_hidden()
        for ticket in hidden:
            ticket.display_name = self.env._("Confidential")
        return super(ServiceTicket, self - hidden)._compute_display_name()

    # -- who is kept away -----------------------------------------------------

    def _filter_hidden(self):
        """Return those of these tickets that the user is kept away from.

        It holds in superuser mode too, for what is told to the user.
        """
        user = self.env.user
        # sudo: those who are kept away do not read it
        hidden = self.sudo().filtered(
            lambda ticket: ticket.is_confidential and user in ticket.excluded_user_ids
        )
        return hidden.with_env(self.env)

    def _get_kept_away(self):
        """Return who is kept away from this ticket; of nearly all, nobody."""
        # sudo: who is kept away is known to few
        ticket = self.sudo()
        people = ticket.excluded_user_ids if ticket.is_confidential else None
        return people or self.env["res.users"].sudo()

    def _get_leader(self):
        """Return who leads this ticket's team, unless kept away from it."""
        # sudo: only a colleague's name is told
        return self.sudo().team_id.user_id - self._get_kept_away()

    def _get_complained_people(self):
        """Return the users whom this ticket is about, or a ticket it is a part of.

        Extend it for others who must not handle it.
        """
        # sudo: all members count, whichever company they belong to
        ticket = self.sudo().with_context(active_test=False)
        team = ticket.complained_team_id
        people = ticket.complained_user_id | team.member_ids | team.user_id
        return people | ticket.parent_id.excluded_user_ids

    def _exclude_people(self, is_adding=False, freed=None):
        """Bring in line who is kept away from these tickets and from their parts.

        Who has left the team that a complaint is about stays away from it.

        :param bool is_adding: leave those who were kept away before
        :param dict freed: {ticket id: users who are not meant any more}
        """
        freed = freed or {}
        # sudo: the actor may be one of those who are kept away
        for ticket in self.sudo():
            people = ticket._get_complained_people()
            before = ticket.excluded_user_ids
            if is_adding or ticket.complained_team_id:
                people |= before - freed.get(ticket.id, before.browse())
            if people == before:
                continue
            ticket._with_flow().write(
                {
                    "excluded_user_ids": [Command.set(people.ids)],
                    "is_confidential": bool(people),
                }
            )
            ticket._take_from(people)
            ticket.with_context(active_test=False).child_ids._exclude_people(is_adding)

    # -- what they are kept away from -----------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to give nobody a complaint about oneself, not for a moment."""
        if self._is_flow():
            return super().create(vals_list)
        self._check_complained_ticket(vals_list)
        return super().create([self._leave_out_blamed(vals) for vals in vals_list])

    @api.model
    def _leave_out_blamed(self, vals):
        """Return `vals` of a new ticket without a responsible person it is about."""
        person_id = vals.get("user_id", self.env.context.get("default_user_id"))
        if person_id and person_id in self._get_people_of(vals).ids:
            return {**vals, "user_id": False}
        return vals

    @api.model
    def _get_people_of(self, vals):
        """Return the users whom a ticket with `vals` is about."""
        context = self.env.context
        given = {name: context.get(f"default_{name}") for name in ABOUT_FIELDS}
        given.update((name, vals[name]) for name in ABOUT_FIELDS & vals.keys())
        given = {name: value for name, value in given.items() if value}
        # sudo: only who is kept away is asked for, and nothing is written
        draft = self.sudo().new(given) if given else self.sudo()
        return draft._get_complained_people()

    def _start(self, wanted):
        """Override to hide new tickets from whom they are about, before all else.

        What follows for a complaint about the one who writes it is done as the
        system, since the writer does not see it any more.
        """
        flagged = self.sudo().filtered(
            lambda t: t.complained_user_id or t.complained_team_id or t.parent_id
        )
        flagged._exclude_people()
        hidden = self & flagged._filter_hidden()
        if not hidden:
            return super()._start(wanted)
        shown = self - hidden
        stages = dict(zip(self, wanted, strict=True))
        if shown:
            super(ServiceTicket, shown)._start([stages[ticket] for ticket in shown])
        none = self.env["service.stage"]
        super(ServiceTicket, hidden.sudo())._start([none] * len(hidden))
        hidden._tell_parked()
        return None

    def write(self, vals):
        """Override to keep away whom a ticket is about, now or from now on."""
        if COMPLAINED_FIELDS & vals.keys() and not self._is_flow():
            return self._write_complained(vals)
        others = self
        if HAND_FIELDS & vals.keys():
            # sudo: who is kept away is known to few
            kept = self.filtered(lambda ticket: ticket.sudo().is_confidential)
            for ticket in kept:
                independent = ticket.sudo()._prepare_independent_vals(vals)
                super(ServiceTicket, ticket).write(independent)
            others -= kept
        result = super(ServiceTicket, others).write(vals)
        if "parent_id" in vals:
            self._hide()
        return result

    def _write_complained(self, vals):
        """Write `vals` that say whom these tickets are about.

        Those people are kept away before anything follows, such as that somebody
        gets the tickets. A user who is one of them writes all the rest before.
        """
        about = {name: vals[name] for name in COMPLAINED_FIELDS & vals.keys()}
        if about.get("complained_ticket_id"):
            self._check_complained_ticket([about])
        rest = {name: value for name, value in vals.items() if name not in about}
        if rest and self.env.user in self._get_people_of(about):
            self.write({k: v for k, v in rest.items() if k not in HAND_FIELDS})
            rest = {}
        # sudo: whom a complaint is about is known to few
        former = {t: (t.complained_user_id, t.complained_team_id) for t in self.sudo()}
        self._with_flow().write(about)
        shown = self - self._hide(self._get_freed(former))
        if rest:
            shown.write(rest)
        else:
            shown._apply_automatic_routes()
        return True

    @api.model
    def _get_freed(self, former):
        """Return {ticket id: users whom it is not about any more}.

        :param dict former: {ticket: (person, team) that it was about}
        """
        freed = {}
        for ticket, (person, team) in former.items():
            freed[ticket.id] = person - ticket.complained_user_id
            if team != ticket.complained_team_id:
                freed[ticket.id] = ticket.excluded_user_ids
        return freed

    def _hide(self, freed=None):
        """Keep away whom these tickets are about; return those the user lost."""
        seen = self - self._filter_hidden()
        self._exclude_people(freed=freed)
        lost = seen._filter_hidden()
        lost._tell_parked()
        return lost

    def _prepare_independent_vals(self, vals):
        """Return `vals` with another team or nobody, where somebody is kept away.

        :raises UserError: that was chosen by hand, and not by the process
        """
        vals = dict(vals)
        person = self.env["res.users"].browse(vals.get("user_id") or ())
        team = self.env["service.team"].browse(vals.get("team_id") or ())
        blamed = self.excluded_user_ids & person
        is_blamed_team = team and team == self.complained_team_id
        if not self._is_flow() and (blamed or is_blamed_team):
            raise UserError(
                self.env._(
                    "Ticket %(number)s is about %(name)s, who must not handle it. "
                    "Choose somebody independent.",
                    number=self.number,
                    name=blamed.name or team.name,
                )
            )
        if blamed:
            vals["user_id"] = False
        if is_blamed_team:
            vals["team_id"] = self._get_independent_team().id
        return vals

    # -- where it goes instead ------------------------------------------------

    def _get_independent_team(self):
        """Return the team for complaints about those who would handle them, or none.

        Extend it for other ways to find one.
        """
        # sudo: the setting is the company's, whoever asks
        team = self.sudo().company_id.service_complaint_team_id
        if team == self.complained_team_id or not (
            team.member_ids - self.excluded_user_ids
        ):
            return team.browse()
        return team

    def _take_from(self, people):
        """Take this ticket and its traces from `people`."""
        self._drop_traces(people)
        blamed = self.user_id & people
        team = self.team_id
        unfit = team == self.complained_team_id or not (team.member_ids - people)
        if not blamed and not (team and unfit) and self.env.user not in people:
            return
        team = self._get_independent_team()
        self._with_flow().write({"user_id": False, "team_id": team.id})
        self._log_hands()
        if not team:
            self._ask_for_team(people)

    def _drop_traces(self, people):
        """End what `people` follow, were notified of and have to do on this ticket."""
        self._drop_mail_of(self, people)
        activities = self.activity_ids.filtered(lambda a: a.user_id in people)
        if activities:
            names = [a.summary or a.activity_type_id.name for a in activities]
            self._message_log(
                body=self.env._(
                    "Activities of those kept away were dropped: %(activities)s",
                    activities=", ".join(names),
                )
            )
            activities.unlink()

    def _ask_for_team(self, people):
        """Ask a supervisor who is not concerned for a team that is independent."""
        supervisors = self.env.ref("crm_service.group_service_supervisor").all_user_ids
        free = (supervisors - people).filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        if free:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Choose an independent team for this complaint"),
                user_id=free.sorted("id")[0].id,
            )

    # -- who wrote it ---------------------------------------------------------

    def _tell_parked(self):
        """Tell the user the numbers of complaints that went to others."""
        for ticket in self.sudo():  # sudo: the user does not see them any more
            self.env["mail.thread"].message_notify(
                partner_ids=self.env.user.partner_id.ids,
                subject=ticket._get_parked_text(),
                body=ticket._get_parked_text(),
                notify_author=True,
            )

    def _get_parked_text(self):
        """Return the sentence for whoever wrote a complaint about oneself."""
        return self.env._(
            "The complaint is taken down under the number %(number)s. As it is about "
            "you or your team, others handle it, and you do not see it any more.",
            number=self.number,
        )

    def web_save(self, vals, specification, next_id=None):
        """Override: what the writer does not see any more is not read again.

        The form then asks for `get_parked_notice`.
        """
        if not (ABOUT_FIELDS & vals.keys()):
            return super().web_save(vals, specification, next_id=next_id)
        tickets = self
        if tickets:
            tickets.write(vals)
        else:
            tickets = tickets.create(vals)
        if next_id:
            tickets = self.browse(next_id)
        shown = tickets - tickets._filter_hidden()
        return shown.with_context(bin_size=True).web_read(specification)

    @api.model
    def get_parked_notice(self):
        """Return what to tell the user about the complaint just written.

        :return: a sentence with the number of the last ticket that the user wrote
            and is kept away from, or False
        """
        # sudo: the number was told to the user before, and nothing else is
        last = self.sudo().search(
            [
                ("is_confidential", "=", True),
                ("excluded_user_ids", "in", self.env.uid),
                ("create_uid", "=", self.env.uid),
            ],
            order="id desc",
            limit=1,
        )
        return bool(last) and last._get_parked_text()
