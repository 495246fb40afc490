# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_duration, plaintext2html

from ..const import LONGEST_CALL_HOURS, MISSED_CALLBACK_HOURS, RING_SECONDS
from .service_guard import of_all_companies
from .service_phone_line import AGENT

JOB_SIZE = 500


class ServiceCall(models.Model):
    """What becomes of a call: it rings, somebody answers, it ends or is missed."""

    _inherit = "service.call"

    # -- by the person at the telephone ----------------------------------------

    def action_answer(self):
        """Take a ringing call; it stops ringing for everybody else.

        :raises UserError: somebody else was faster, or the caller has hung up
        :raises AccessError: the user is no agent
        """
        calls = self._reach()
        for call in calls:
            if call.user_id.id != self.env.uid or call.state != "answered":
                call._check_rings()
        calls.filtered(lambda c: c.state == "ringing")._answer(self.env.user)
        return True

    def action_end(self):
        """End calls of the user; the note goes to the ticket too.

        :raises UserError: it is somebody else's call
        """
        for call in self._reach():
            call._check_own()
            if call.state == "answered":
                call._end()
        return True

    def action_reached(self):
        """Note that the customer picked up the user's outgoing call."""
        for call in self._reach():
            call._check_own()
            if call.state == "ringing":
                call._answer(self.env.user)
        return True

    def action_not_reached(self):
        """Note that nobody picked up the user's outgoing call."""
        for call in self._reach():
            call._check_own()
            if call.state == "ringing":
                call._miss()
        return True

    def _reach(self):
        """Return these calls, locked, for an agent of their company.

        :raises AccessError: the user is no agent, or may not see them
        """
        self._check_may_call()
        calls = of_all_companies(self)
        calls.check_access("read")
        calls._lock_rows()
        return calls

    @api.model
    def _check_may_call(self):
        """Refuse people who take no calls.

        :raises AccessError: the user is no agent
        """
        if not self.env.user.has_group(AGENT):
            raise AccessError(
                self.env._("Only agents take and make calls. Ask one of them.")
            )

    def _check_rings(self):
        """Refuse to answer a call that does not ring any more.

        :raises UserError: with what became of it
        """
        if self.state == "answered":
            raise UserError(
                self.env._(
                    "%(person)s has answered this call already.",
                    # sudo: only the name of a colleague is told
                    person=self.user_id.sudo().name or self.env._("Somebody"),
                )
            )
        if self.state != "ringing" or self.direction != "in":
            raise UserError(
                self.env._(
                    "The caller has hung up. Call back: the number is on the call."
                )
            )

    def _check_own(self):
        """Refuse to touch a call that somebody else has.

        :raises UserError: with whose it is
        """
        if self.user_id.id != self.env.uid:
            raise UserError(
                self.env._(
                    "This is a call of %(person)s, only they can end it.",
                    # sudo: only the name of a colleague is told
                    person=self.user_id.sudo().name or self.env._("somebody else"),
                )
            )

    # -- the steps -------------------------------------------------------------

    def _answer(self, user):
        """Note that `user` talks now; open requests of missed calls are fulfilled.

        :param user: who; nobody if the telephone system does not say
        """
        # sudo: calls are written by nobody but these methods
        calls = self.sudo()
        calls.write(
            {
                "state": "answered",
                "user_id": user.id,
                "answered_at": fields.Datetime.now(),
            }
        )
        calls._note_replies()
        calls._finish_missed()
        self._push_change()

    def _end(self):
        """Note that it is over, on the ticket too, and fulfil the call-back request."""
        # sudo: calls are written by nobody but these methods
        calls = self.sudo()
        calls.write({"state": "ended", "ended_at": fields.Datetime.now()})
        for call in calls:
            call.callback_id._finish(call)
            call._log_on_ticket()
        self._push_change()

    def _miss(self):
        """Note that nobody answered; a line may want such callers called back."""
        # sudo: calls are written by nobody but these methods
        calls = self.sudo()
        calls.write({"state": "missed", "ended_at": fields.Datetime.now()})
        for call in calls:
            call.callback_id._note_attempt(call)
        calls._make_callbacks()
        self._push_change()

    def _note_replies(self):
        """Keep the promise of a response: somebody talks with the customer.

        A ticket that is made in the call itself is not answered by it.
        """
        for call in self.filtered(lambda c: c.answered_at and c.ticket_id):
            ticket = call.ticket_id
            if ticket.opened_at < call.started_at:
                ticket._note_reply(call.answered_at)

    def _log_on_ticket(self):
        """Write into the ticket's own notes that somebody called, and what was said."""
        if not self.ticket_id:
            return
        labels = dict(self._fields["direction"]._description_selection(self.env))
        title = self.env._(
            "%(direction)s call, %(phone)s, %(duration)s min",
            direction=labels[self.direction],
            phone=self.phone or self.env._("withheld number"),
            duration=format_duration(self.duration / 60),
        )
        text = "\n".join(filter(None, (title, self.note)))
        self.ticket_id._message_log(
            body=plaintext2html(text), author_id=self.user_id.partner_id.id or None
        )

    def _finish_missed(self):
        """Fulfil requests that missed calls of the same number made."""
        for call in self.filtered("phone_sanitized"):
            domain = [
                ("company_id", "=", call.company_id.id),
                ("phone_sanitized", "=", call.phone_sanitized),
                ("state", "=", "open"),
                ("origin_call_id", "!=", False),
                ("id", "!=", call.callback_id.id),
            ]
            self.env["service.callback"].sudo().search(domain)._finish(call)

    def _make_callbacks(self):
        """Ask to call back where the line wants it and nobody has been asked yet."""
        missed = self.filtered(
            lambda c: (
                c.direction == "in" and c.phone_sanitized and c.line_id.makes_callbacks
            )
        )
        requests = self.env["service.callback"].sudo()
        for call in missed:
            known = requests.search_count(
                [
                    ("company_id", "=", call.company_id.id),
                    ("phone_sanitized", "=", call.phone_sanitized),
                    ("state", "=", "open"),
                ],
                limit=1,
            )
            if not known:
                requests.create(call._prepare_missed_vals())

    def _prepare_missed_vals(self):
        """Return the values of a request to call back who was not answered."""
        now = fields.Datetime.now()
        return {
            "name": self.env._("Missed call"),
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "phone": self.phone,
            "team_id": self.line_id.team_id.id,
            "wanted_from": now,
            "wanted_until": now + timedelta(hours=MISSED_CALLBACK_HOURS),
            "origin_call_id": self.id,
        }

    # -- new calls -------------------------------------------------------------

    @api.model
    def take_call(self, phone):
        """Note a call that the user has just answered, where no system reports it.

        :param str phone: the caller's number; empty if it is withheld
        :return: the id of the call
        :raises ValidationError: the phone is no phone number
        """
        self._check_may_call()
        number = self._read_caller(phone or "anonymous", self.env.company)
        call = self._create_call({"direction": "in", "phone": number})
        call._answer(self.env.user)
        return call.id

    @api.model
    def dial(self, phone, partner_id=None, ticket_id=None, callback_id=None):
        """Log a call that the user makes now, and tell how to dial it.

        :param str phone: the number to call
        :param int partner_id: the customer, if he is known
        :param int ticket_id: what it is about
        :param int callback_id: the request to call back that it fulfils
        :return: the card of the call, with `dial_url`
        :raises ValidationError: the phone is no phone number
        """
        self._check_may_call()
        self = of_all_companies(self)
        tickets = self.env["service.ticket"].browse(ticket_id or ())
        callbacks = self.env["service.callback"].browse(callback_id or ())
        partners = self.env["res.partner"].browse(partner_id or ())
        for records in (tickets, callbacks, partners):
            records.check_access("read")
        company = (callbacks or tickets).company_id or self.env.company
        call = self._create_call(
            {
                "direction": "out",
                "company_id": company.id,
                "phone": self._read_number(phone, company),
                "partner_id": (partners or tickets.partner_id).id,
                "ticket_id": tickets.id,
                "callback_id": callbacks.id,
                "user_id": self.env.uid,
            }
        )
        call._push_change()
        return call._get_cards()[0]

    @api.model
    def _create_call(self, vals, external_ref=None):
        """Create a ringing call, and find its customer.

        :param dict vals: `phone` in E.164 or empty
        :param str external_ref: the telephone system's own name of the call
        :return: the call as the user sees it
        """
        company = self.env["res.company"].browse(vals.get("company_id"))
        company = company or self.env.company
        phone = vals.get("phone")
        if phone and not vals.get("partner_id"):
            vals = {**vals, "partner_id": self._find_caller(phone, company).id}
        vals = {
            "company_id": company.id,
            "state": "ringing",
            "started_at": fields.Datetime.now(),
            **vals,
            "phone": self._spell(phone),
        }
        # sudo: calls are written by nobody but these methods
        calls = self.with_company(company).sudo()
        payload = {"phone": phone or "", "direction": vals["direction"]}
        call, _created = calls._create_once(vals, external_ref, payload)
        return self.browse(call.id)

    # -- jobs ------------------------------------------------------------------

    @api.model
    def _cron_close(self):
        """Note calls that nobody answered as missed, and end forgotten ones."""
        now = fields.Datetime.now()
        unanswered = self.search(
            [
                ("state", "=", "ringing"),
                ("started_at", "<", now - timedelta(seconds=RING_SECONDS)),
                ("direction", "=", "in"),
            ],
            limit=JOB_SIZE,
        )
        unanswered.try_lock_for_update()._miss()
        forgotten = self.search(
            [
                ("state", "in", ("ringing", "answered")),
                ("started_at", "<", now - timedelta(hours=LONGEST_CALL_HOURS)),
            ],
            limit=JOB_SIZE,
        )
        for call in forgotten.try_lock_for_update():
            if call.state == "ringing":
                call._miss()
            else:
                # nobody knows how long it was
                call.ended_at = call.answered_at
                call.state = "ended"
                call.callback_id._finish(call)
