# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_guard import of_all_companies

CALL_ACTIVITY = "mail.mail_activity_data_call"
DUE = "service_callback_due"
# How many due requests a browser shows.
MOST_CARDS = 5
JOB_SIZE = 500


class ServiceCallback(models.Model):
    """Calling back: who is reminded when, and how a request is fulfilled."""

    _inherit = "service.callback"

    # -- buttons ---------------------------------------------------------------

    def action_call(self):
        """Call the customer now; the request is fulfilled when the call ends.

        :raises UserError: it is closed, or a colleague is calling already
        """
        self.ensure_one()
        request = self._reach()
        request._bump()
        request._check_open()
        request._check_nobody_calls()
        card = self.env["service.call"].dial(
            request.phone,
            partner_id=request.partner_id.id,
            ticket_id=request.ticket_id._filtered_access("read").id,
            callback_id=request.id,
        )
        if not request.user_id:
            request.user_id = self.env.user
        # sudo: how it stands is written by these methods only. Who calls at the same
        # moment fails to serialize on this row, looks again and sees the call.
        request.sudo().tried_at = fields.Datetime.now()
        return {
            "type": "ir.actions.client",
            "tag": "service_phone_dial",
            "params": {"card": card},
        }

    def action_done(self, call_id=None):
        """Note that the customer needs no call any more.

        :param int call_id: the call that fulfilled it; none if it was done otherwise
        """
        requests = self._reach()
        call = of_all_companies(self.env["service.call"]).browse(call_id or ())
        call.check_access("read")
        for request in requests:
            request._check_open()
        requests._finish(call)
        return True

    def action_cancel(self):
        """Drop requests that nobody wants any more."""
        requests = self._reach()
        for request in requests:
            request._check_open()
        # sudo: how it stands is written by these methods only
        requests.sudo().write({"state": "cancelled", "done_at": fields.Datetime.now()})
        requests.sudo().activity_unlink([CALL_ACTIVITY])
        requests._push_due()
        return True

    def action_reopen(self):
        """Take back that requests were done or cancelled."""
        requests = self._reach().filtered(lambda r: r.state != "open")
        # sudo: how it stands is written by these methods only
        requests.sudo().write({"state": "open", "done_at": False, "call_id": False})
        requests.sudo()._plan_activities()
        requests._plan_reminder()
        return True

    def action_postpone(self, minutes=60):
        """Put calling off; the wanted time stays as long as it was.

        :param int minutes: counted from now
        :raises UserError: `minutes` is no time to come
        """
        requests = self._reach()
        if not isinstance(minutes, int) or not 0 < minutes <= 60 * 24 * 31:
            raise UserError(self.env._("Put it off by minutes, up to a month."))
        start = fields.Datetime.now() + timedelta(minutes=minutes)
        for request in requests:
            request._check_open()
            length = request.due_at - request.wanted_from
            request.write(
                {
                    "wanted_from": start,
                    "wanted_until": request.wanted_until and start + length,
                }
            )
        requests._push_due()
        return True

    def _reach(self):
        """Return these requests, locked, for an agent of their company.

        :raises AccessError: the user is no agent, or may not change them
        """
        self.env["service.call"]._check_may_call()
        requests = of_all_companies(self)
        requests.check_access("write")
        requests._lock_rows()
        return requests

    def _check_open(self):
        """Refuse what is done or cancelled.

        :raises UserError: with who did it
        """
        if self.state != "open":
            raise UserError(
                self.env._(
                    "The call-back request of %(who)s is closed already. Reopen it if "
                    "there is more to say.",
                    who=self.partner_id.display_name or self.phone,
                )
            )

    def _check_nobody_calls(self):
        """Refuse to call somebody whom a colleague is calling at this moment.

        :raises UserError: with who it is
        """
        live = self.sudo().call_ids.filtered(
            lambda call: call.state in ("ringing", "answered")
        )
        other = live.user_id.filtered(lambda user: user.id != self.env.uid)[:1]
        if other:
            raise UserError(
                self.env._(
                    "%(person)s is calling %(who)s at this moment.",
                    person=other.name,
                    who=self.partner_id.display_name or self.phone,
                )
            )

    # -- what calls do ---------------------------------------------------------

    def _finish(self, call):
        """Note that these requests are fulfilled, by a call or otherwise."""
        # sudo: how it stands is written by these methods only
        requests = self.sudo().filtered(lambda r: r.state == "open")
        if not requests:
            return
        requests.write(
            {"state": "done", "call_id": call.id, "done_at": fields.Datetime.now()}
        )
        requests.activity_feedback([CALL_ACTIVITY])
        requests._push_due()

    def _note_attempt(self, call):
        """Note that the customer could not be reached by `call`."""
        # sudo: how it stands is written by these methods only
        for request in self.sudo():
            request.attempt_count += 1
            request.tried_at = call.started_at

    # -- reminders -------------------------------------------------------------

    def _plan_activities(self):
        """Give whoever must call an activity, which the clock in the menu counts."""
        # sudo: activities of colleagues are planned too
        requests = self.sudo()
        requests.activity_unlink([CALL_ACTIVITY])
        for request in requests.filtered("user_id"):
            day = fields.Datetime.context_timestamp(
                request.with_context(tz=request.user_id.tz), request.wanted_from
            )
            request.activity_schedule(
                CALL_ACTIVITY,
                date_deadline=day.date(),
                summary=request.name,
                user_id=request.user_id.id,
            )

    def _plan_reminder(self):
        """Have the job called when the first of these requests is due."""
        moments = [r.wanted_from for r in self if r.state == "open"]
        if moments:
            # sudo: whoever plans a call may have the job called
            cron = self.env.ref("crm_service.ir_cron_service_phone").sudo()
            cron._trigger(at=max(min(moments), fields.Datetime.now()))

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail.thread` to leave out whom a complaint is about."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        return self.ticket_id._leave_out_recipients(recipients)

    @api.model
    def _cron_remind(self):
        """Show requests whose time has come in the browsers of who must call."""
        due = self.search(
            [
                ("state", "=", "open"),
                ("reminded_at", "=", False),
                ("wanted_from", "<=", fields.Datetime.now()),
            ],
            limit=JOB_SIZE,
            order="wanted_from, id",
        ).try_lock_for_update()
        due.reminded_at = fields.Datetime.now()
        due._push_due()

    def _push_due(self):
        """Have browsers look again which calls are due, of who may see the customer."""
        users = self.env["res.users"]
        for request in self.sudo():
            people = request.user_id or request.team_id.member_ids
            if people:
                users |= users._get_call_takers(request.company_id, people)
        users._bus_send(DUE, {})

    @api.model
    def _get_due_cards(self):
        """Return what the user's browser shows of requests that are due."""
        now = fields.Datetime.now()
        requests = of_all_companies(self).search(
            [
                ("state", "=", "open"),
                ("wanted_from", "<=", now),
                ("reminded_at", "!=", False),
                "|",
                ("user_id", "=", self.env.uid),
                "&",
                ("user_id", "=", False),
                ("team_id.member_ids", "in", self.env.uid),
            ],
            limit=MOST_CARDS,
        )
        return [request._get_card() for request in requests]

    def _get_card(self):
        """Return what a browser shows of this request."""
        return {
            "id": self.id,
            "name": self.name,
            "phone": self.phone,
            "partner": self.partner_id.display_name or "",
            "wanted_from": fields.Datetime.to_string(self.wanted_from),
            "wanted_until": fields.Datetime.to_string(self.wanted_until) or "",
            "is_overdue": self.is_overdue,
            "user": self.user_id.sudo().name or "",
        }
