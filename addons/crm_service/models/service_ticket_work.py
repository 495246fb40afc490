# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from .service_guard import has_changed

HANDOVER_ACTIVITY = "crm_service.mail_activity_type_handover"


class ServiceTicket(models.Model):
    """What a person does with a ticket: take it, put it back, hand it over.

    Being responsible is not having taken it. Who was given a ticket has it waiting;
    the clock of processing runs from when that person takes it, or acts on it.
    """

    _inherit = "service.ticket"

    taken_at = fields.Datetime(
        "Taken",
        readonly=True,
        copy=False,
        help="Since when the responsible person works on it in this stage.",
    )
    is_mine = fields.Boolean(compute="_compute_is_mine", search="_search_is_mine")
    next_step = fields.Char(
        compute="_compute_next_step", help="What the button “Finish” does."
    )
    can_take = fields.Boolean(compute="_compute_can_work")
    can_put_back = fields.Boolean(compute="_compute_can_work")
    can_hand_over = fields.Boolean(compute="_compute_can_work")
    can_finish = fields.Boolean(compute="_compute_can_work")

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for ticket in self:
            ticket.is_mine = ticket.user_id.id == self.env.uid

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("user_id", "=" if True in value else "!=", self.env.uid)]

    @api.depends("available_route_ids")
    def _compute_next_step(self):
        for ticket in self:
            ticket.next_step = ticket._get_next_route().name

    @api.depends("user_id", "is_open", "taken_at", "available_route_ids")
    @api.depends_context("uid")
    def _compute_can_work(self):
        dispatcher = self._is_dispatcher()
        for ticket in self:
            mine, anybodys = ticket.is_mine, not ticket.user_id
            opened = bool(ticket.id and ticket.is_open)
            ticket.can_take = opened and (
                anybodys or (mine and not ticket.taken_at) or (dispatcher and not mine)
            )
            ticket.can_put_back = opened and not anybodys and (mine or dispatcher)
            ticket.can_hand_over = opened and (anybodys or mine or dispatcher)
            ticket.can_finish = opened and bool(ticket._get_next_route())

    # -- who may ------------------------------------------------------------

    @api.model
    def _is_dispatcher(self):
        """Tell whether the user may decide over other people's work."""
        return self.env.su or self.env.user.has_group(
            "crm_service.group_service_dispatcher"
        )

    def _lock_rows(self):
        """Let others who reach for these tickets wait for us, and then begin anew.

        Who comes second fails to serialize, and Odoo calls the method again, which
        then sees what the first has done.
        """
        if self.ids:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM service_ticket WHERE id IN %s ORDER BY id "
                    "FOR NO KEY UPDATE",
                    tuple(self.ids),
                )
            )

    def _check_open_for_work(self):
        """Refuse to work on closed tickets.

        :raises UserError: one is closed
        """
        for ticket in self:
            if not ticket.is_open:
                raise UserError(
                    self.env._(
                        "Ticket %(number)s is closed. Reopen it before you take it.",
                        number=ticket.number,
                    )
                )

    def _check_holder(self):
        """Refuse to decide over tickets that somebody else is responsible for.

        :raises UserError: one is, and the user is no dispatcher
        """
        if self._is_dispatcher():
            return
        for ticket in self:
            if ticket.user_id and ticket.user_id.id != self.env.uid:
                # sudo: only the name of a colleague is told
                holder = ticket.user_id.sudo().name
                raise UserError(
                    self.env._(
                        "%(person)s is responsible for ticket %(number)s. Ask "
                        "%(person)s to hand it over, or a dispatcher to reassign it.",
                        person=holder,
                        number=ticket.number,
                    )
                )

    @api.model
    def _check_receiver(self, person, company):
        """Refuse to hand tickets of `company` to `person` who cannot work on them.

        :raises UserError: with the reason
        """
        # sudo: who may work where is told to nobody, only checked
        person = person.sudo()
        if (
            not person.active
            or not person.has_group("crm_service.group_service_technician")
            or company not in person.company_ids
        ):
            raise UserError(
                self.env._(
                    "%(person)s cannot work on tickets of %(company)s. Choose somebody "
                    "of its service teams.",
                    person=person.name or "?",
                    company=company.name,
                )
            )

    # -- what is written ----------------------------------------------------

    @api.model
    def _complete_stage(self, vals):
        """Override: who takes down a request of one's own works on it."""
        wanted = super()._complete_stage(vals)
        default = self.env.context.get("default_user_id")
        if vals.get("user_id", default) == self.env.uid:
            vals["taken_at"] = vals["stage_entered_at"]
        return wanted

    def write(self, vals):
        """Override to guard who decides over a ticket that somebody has."""
        self._check_hands(vals)
        return super().write(vals)

    def _check_hands(self, vals):
        """Refuse `vals` that give away what somebody else is responsible for.

        :raises UserError: as `_check_holder`
        """
        names = {"user_id", "team_id"} & vals.keys()
        if names and not self._is_flow():
            self.filtered(lambda t: has_changed(t, vals, names))._check_holder()

    def _get_enter_key(self):
        """Override to tell apart the tickets that the actor is responsible for."""
        return *super()._get_enter_key(), self.user_id.id == self.env.uid

    def _prepare_enter_vals(self, stage, now, extra_vals):
        """Override: a ticket that its own person moves on is being worked on."""
        vals = super()._prepare_enter_vals(stage, now, extra_vals)
        user_id = vals.get("user_id", self[:1].user_id.id)
        vals["taken_at"] = now if user_id == self.env.uid else False
        return vals

    # -- what a person does -------------------------------------------------

    def action_take(self):
        """Make the user responsible, and start the clock of processing.

        A request just received is being checked now.

        :raises UserError: a ticket is closed, or somebody else is responsible for it
            and the user is no dispatcher
        """
        self.check_access("write")
        self._lock_rows()
        self._check_open_for_work()
        self._check_holder()
        self.filtered(lambda t: not t.is_mine or not t.taken_at).write(
            {"user_id": self.env.uid}
        )
        self.activity_feedback([HANDOVER_ACTIVITY], user_id=self.env.uid)
        self.filtered(lambda t: t.phase == "received")._move_to_phase("triage")
        return True

    def action_put_back(self):
        """Give the tickets back to their teams, where they wait for somebody else.

        :raises UserError: nobody has a ticket, somebody else has it, or the user
            would lose sight of it since it belongs to no team
        """
        self.check_access("write")
        self._lock_rows()
        self._check_open_for_work()
        for ticket in self:
            if not ticket.user_id or not ticket.team_id:
                raise UserError(ticket._get_put_back_message())
        self._check_holder()
        # sudo: the user may lose the right to see the tickets by giving them away
        tickets = self.sudo()
        # not by an ordinary write: it might give them back to the same person at once
        tickets._with_flow().write({"user_id": False})
        tickets._log_hands()
        return True

    def _get_put_back_message(self):
        """Return why this ticket cannot be put back."""
        if not self.user_id:
            return self.env._(
                "Nobody has taken ticket %(number)s: it waits for its team already.",
                number=self.number,
            )
        return self.env._(
            "Ticket %(number)s belongs to no team that could find it. Choose a team, "
            "or hand it over to somebody.",
            number=self.number,
        )

    def action_hand_over(self, user_id, note):
        """Make somebody else responsible, with a note that tells what is to do.

        :param user_id: a `res.users` or its id
        :param str note: plain text, required
        :raises UserError: the note is empty, the person cannot work on the tickets,
            or somebody else has one and the user is no dispatcher
        """
        person = self.env["res.users"].browse(getattr(user_id, "id", user_id)).exists()
        note = (note or "").strip()
        if not note:
            raise UserError(
                self.env._("Write a note: what is to do, and what was done already.")
            )
        self.check_access("write")
        self._lock_rows()
        self._check_open_for_work()
        self._check_holder()
        for company in self.company_id:
            self._check_receiver(person, company)
        # sudo: see `action_put_back`
        self.sudo()._hand_over(person, note)
        return True

    def _hand_over(self, person, note):
        """Give the tickets to `person`, who is told so by an activity."""
        receivers = self.filtered(lambda ticket: ticket.user_id != person)
        receivers.with_context(mail_auto_subscribe_no_notify=True).write(
            {"user_id": person.id}
        )
        receivers._note_reason(note)
        body = plaintext2html(note)
        self._message_log_batch(bodies={ticket.id: body for ticket in self})
        if person.id != self.env.uid:
            self.activity_schedule(
                HANDOVER_ACTIVITY,
                summary=self.env._(
                    "Handed over by %(person)s", person=self.env.user.name
                ),
                note=body,
                user_id=person.id,
            )

    def action_finish(self):
        """Take the first next step of the stage; it may ask a question first.

        :return: True, or the window that asks
        :raises UserError: a ticket is closed, or its stage has no button
        """
        self._check_open_for_work()
        for ticket in self:
            if not ticket._get_next_route():
                raise UserError(
                    self.env._(
                        "The stage “%(stage)s” of ticket %(number)s has no next step "
                        "for you. Ask the service manager.",
                        stage=ticket.stage_id.name,
                        number=ticket.number,
                    )
                )
        if len(self) == 1:
            return self.action_ask_route(self._get_next_route())
        for route, tickets in self.grouped(lambda t: t._get_next_route()).items():
            tickets.action_route(route)
        return True
