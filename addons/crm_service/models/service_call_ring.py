# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import RING_SECONDS
from ..tools.caller_number import clean_caller, is_withheld, spell_abroad
from .service_guard import of_all_companies
from .service_phone_line import AGENT

# What browsers hear: ids only, they read the rest with the rights of their user.
RING, CHANGE = "service_call_ring", "service_call_change"


class ServiceCall(models.Model):
    """Whose browsers a call rings in, and what they show of it."""

    _inherit = "service.call"

    # -- numbers ---------------------------------------------------------------

    @api.model
    def _read_caller(self, text, company):
        """Return the number of a caller in E.164; empty if it is withheld.

        :param str text: as the telephone system sends it
        :param company: whose country reads it
        :raises ValidationError: it is neither
        """
        number = clean_caller(text)
        return "" if is_withheld(number) else self._read_number(number, company)

    @api.model
    def _read_number(self, text, company):
        """Return a number in E.164.

        :param company: whose country reads it
        :raises ValidationError: it is no phone number
        """
        tickets = self.env["service.ticket"]
        number = tickets._normalise_phone(text, company)
        abroad = not number and spell_abroad(text or "")
        number = number or (abroad and tickets._normalise_phone(abroad, company))
        if not number:
            raise ValidationError(tickets._phone_error(text))
        return number

    @api.model
    def _spell(self, phone):
        """Return a number in E.164 as people read it."""
        if not phone:
            return False
        formatted = self.env["res.partner"]._phone_format(
            number=phone, force_format="INTERNATIONAL"
        )
        return formatted or phone

    @api.model
    def _find_caller(self, phone, company):
        """Return the customer with the number `phone` (E.164), or nobody."""
        tickets = self.env["service.ticket"]
        contact = tickets._prepare_contact(
            {"partner_phone": phone, "company_id": company.id}
        )
        return tickets._find_partners([contact])[0]

    # -- the bus ---------------------------------------------------------------

    def _ring(self, users):
        """Let the call ring at `users`, once each however often it is reported."""
        # sudo: calls are written by nobody but these methods
        call = self.sudo()
        new = users - call.ring_user_ids
        if call.state != "ringing" or not new:
            return
        call.ring_user_ids |= new
        call._push(new, RING)

    def _push_change(self):
        """Tell everybody at whom the calls ring, or who has them, how they stand."""
        for call in self.sudo():
            call._push(call.ring_user_ids | call.user_id, CHANGE)

    def _push(self, users, kind):
        """Send ids and states to browsers of people who may see the customer now."""
        self.ensure_one()
        takers = users and users._get_call_takers(self.company_id, users)
        if takers:
            payload = {
                "id": self.id,
                "state": self.state,
                "user_id": self.user_id.id,
            }
            takers._bus_send(kind, payload)

    # -- what browsers show ----------------------------------------------------

    @api.model
    def get_my_calls(self):
        """Return what the user's browser shows wherever he is.

        :return: {calls, callbacks}: cards of calls that ring at the user or that he
            has, and of requests to call back that are due; False for who takes none
        """
        if not self.env.user.has_group(AGENT):
            return False
        since = fields.Datetime.now() - timedelta(seconds=RING_SECONDS)
        calls = of_all_companies(self).search(
            [
                ("state", "in", ("ringing", "answered")),
                "|",
                ("user_id", "=", self.env.uid),
                "&",
                ("ring_user_ids", "in", self.env.uid),
                "&",
                ("state", "=", "ringing"),
                ("started_at", ">=", since),
            ],
            order="started_at, id",
        )
        callbacks = self.env["service.callback"]
        return {
            "calls": calls._get_cards(),
            "callbacks": callbacks._get_due_cards(),
        }

    def get_cards(self):
        """Return what a browser shows of these calls, as far as the user may see them.

        :return: list of dicts
        """
        self._check_may_call()
        calls = of_all_companies(self).exists()
        return calls._filtered_access("read")._get_cards()

    def _get_cards(self):
        """Return what a browser shows of these calls."""
        return [call._get_card() for call in self]

    def _get_card(self):
        """Return what a browser shows of this call."""
        several = len(self.env.user.company_ids) > 1
        ticket = self.ticket_id._filtered_access("read")
        now = fields.Datetime.now()
        return {
            "id": self.id,
            "direction": self.direction,
            "state": self.state,
            "phone": self.phone or "",
            "line": self.line_id.name or self.line or "",
            "company": self.company_id.name if several else "",
            "company_id": self.company_id.id,
            "partner": {
                "id": self.partner_id.id,
                "name": self.partner_id.display_name,
            }
            if self.partner_id
            else False,
            "ticket": {"id": ticket.id, "number": ticket.number, "name": ticket.name}
            if ticket
            else False,
            "user_id": self.user_id.id,
            # sudo: only the name of a colleague is told
            "user": self.user_id.sudo().name or "",
            "is_mine": self.user_id.id == self.env.uid,
            "note": self.note or "",
            "callback_id": self.callback_id.id,
            # seconds, because the clocks of browsers differ from the server's
            "waited": self._count_seconds(self.started_at, self.answered_at or now),
            "talked": self._count_seconds(self.answered_at, self.ended_at or now),
            "dial_url": self._get_dial_url() if self.direction == "out" else "",
        }

    def _get_dial_url(self):
        """Return the address that makes the user's computer dial.

        Extend it where a telephone system dials by itself: return nothing then.
        """
        return f"tel:{self.phone_sanitized}" if self.phone_sanitized else ""
