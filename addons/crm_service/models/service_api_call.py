# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_guard import of_all_companies


class ServiceApi(models.AbstractModel):
    """Calls, for telephone systems."""

    _inherit = "service.api"

    @api.model
    def incoming_call(self, phone, line=None, external_ref=None):
        """Tell who is calling, and let it ring in the browsers of who may answer.

        :param str phone: the caller's number; `anonymous` if it is withheld
        :param str line: the line or extension that was called
        :param str external_ref: the telephone system's own name of the call. The same
            call may be reported again, with another line where it rings next
        :return: {partner, tickets, assets, url}; partner is False for a stranger, url
            opens the call form
        :raises ValidationError: the phone is no phone number
        :raises ExternalRefConflict: the reference belongs to another call
        """
        texts = {"phone": phone, "line": line or "", "external_ref": external_ref or ""}
        phone, line, external_ref = self._check_texts(**texts)
        calls = self._get_calls()
        phone_line = calls.env["service.phone.line"]._find(line, calls.env.companies)
        company = phone_line.company_id or self.env.company
        number = calls._read_caller(phone, company)
        call = calls._create_call(
            {
                "direction": "in",
                "company_id": company.id,
                "phone": number,
                "line": line or False,
                "line_id": phone_line.id,
            },
            external_ref,
        )
        call._ring(phone_line._get_ring_users(phone_line, line, company))
        return self._prepare_call_answer(call)

    @api.model
    def outgoing_call(self, phone, extension=None, external_ref=None):
        """Log a call that somebody makes from their telephone.

        A call that the same person has just begun in the browser is the same one.

        :param str phone: the number that is called
        :param str extension: whose telephone it is; the caller's own by default
        :param str external_ref: the telephone system's own name of the call
        :return: {partner, tickets, assets, url} as for an incoming call
        :raises ValidationError: the phone is no phone number
        :raises UserError: nobody has this extension
        """
        phone, extension, external_ref = self._check_texts(
            phone=phone, extension=extension or "", external_ref=external_ref or ""
        )
        calls = self._get_calls()
        company = self.env.company
        user = self._get_extension_user(extension, company)
        number = calls._read_number(phone, company)
        call = calls._find_dialled(number, user, external_ref)
        if not call:
            vals = {"direction": "out", "phone": number, "user_id": user.id}
            call = calls._create_call(vals, external_ref)
            call._push_change()
        return self._prepare_call_answer(call)

    @api.model
    def call_answered(self, external_ref, extension=None):
        """Note that a call was picked up; it stops ringing for everybody else.

        :param str external_ref: the telephone system's own name of the call
        :param str extension: whose telephone picked up, if that is known
        :return: {state, user}
        :raises UserError: there is no such call, or nobody has this extension
        """
        external_ref, extension = self._check_texts(
            external_ref=external_ref, extension=extension or ""
        )
        call = self._get_reported_call(external_ref)
        user = call.user_id
        if extension:
            user = self._get_extension_user(extension, call.company_id)
        call._answer_reported(user)
        return {"state": call.state, "user": call.user_id.sudo().name or ""}

    @api.model
    def call_ended(self, external_ref):
        """Note that a call is over: it is missed if nobody picked up.

        :param str external_ref: the telephone system's own name of the call
        :return: {state, duration}; seconds of conversation
        :raises UserError: there is no such call
        """
        (external_ref,) = self._check_texts(external_ref=external_ref)
        call = self._get_reported_call(external_ref)
        if call.state == "ringing":
            call._miss()
        elif call.state == "answered":
            call._end()
        return {"state": call.state, "duration": call.duration}

    # -- helpers ---------------------------------------------------------------

    @api.model
    def _get_calls(self):
        """Return the calls of all companies of the caller.

        :raises AccessError: the caller may take no requests
        """
        self.env["service.ticket"].check_access("create")
        return of_all_companies(self.env["service.call"])

    @api.model
    def _get_reported_call(self, external_ref):
        """Return the call that a telephone system names, locked.

        :raises UserError: there is none
        """
        call = self._get_calls().search(
            [("external_ref", "=", external_ref)] if external_ref else [(0, "=", 1)],
            limit=1,
        )
        if not call:
            raise UserError(
                self.env._(
                    "There is no call “%(reference)s”. Report it as incoming or "
                    "outgoing first.",
                    reference=external_ref,
                )
            )
        call._lock_rows()
        return call

    @api.model
    def _get_extension_user(self, extension, company):
        """Return whose telephone it is; the caller for none.

        :raises UserError: nobody has it
        """
        if not extension:
            return self.env.user
        user = self.env["res.users"]._get_by_extension(extension, company)
        if not user:
            raise UserError(
                self.env._(
                    "Nobody has the extension “%(extension)s”. Enter it beside the "
                    "members of a team.",
                    extension=extension,
                )
            )
        return user

    @api.model
    def _prepare_call_answer(self, call):
        """Return who it is, as both kinds of calls answer."""
        partner = call.partner_id
        phone = call.phone_sanitized
        return {
            "partner": self._prepare_partner_answer(partner),
            "tickets": self._prepare_open_tickets(partner, phone) if phone else [],
            "assets": self._prepare_assets(partner),
            "url": f"{self.get_base_url()}/odoo/service-phone/{call.id}",
        }


class ServiceCall(models.Model):
    """What telephone systems report of calls."""

    _inherit = "service.call"

    def _answer_reported(self, user):
        """Note who picked up, also late or again; the telephone system knows best."""
        if self.state == "ringing":
            return self._answer(user)
        # sudo: calls are written by nobody but these methods
        call = self.sudo()
        if call.state == "missed":
            # the reports came in the wrong order
            call.write(
                {
                    "state": "ended",
                    "answered_at": call.ended_at,
                    "user_id": user.id or call.user_id.id,
                }
            )
        elif user and call.user_id != user:
            before = call.user_id
            call.user_id = user
            call._push(before, "service_call_change")
        call._push_change()

    @api.model
    def _find_dialled(self, number, user, external_ref):
        """Return the call that a person began in the browser a moment ago.

        It gets the telephone system's name of the call.
        """
        call = self.search(
            [
                ("direction", "=", "out"),
                ("state", "=", "ringing"),
                ("user_id", "=", user.id),
                ("phone_sanitized", "=", number),
                ("external_ref", "=", False),
                ("company_id", "=", self.env.company.id),
                (
                    "started_at",
                    ">=",
                    fields.Datetime.subtract(fields.Datetime.now(), minutes=2),
                ),
            ],
            limit=1,
        )
        if call and external_ref:
            payload = {"phone": number, "direction": "out"}
            # sudo: calls are written by nobody but these methods
            call.sudo().write(
                {
                    "external_ref": external_ref,
                    "external_digest": self._external_digest(payload),
                }
            )
        return call
