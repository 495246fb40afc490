import math

from odoo import api, models
from odoo.exceptions import UserError

from ..const import ADDRESS_LIMITS


class ServiceApi(models.AbstractModel):
    _inherit = "service.api"

    @api.model
    def ticket_status(self, number, phone=None):
        """Override of `ticket_status` to count the misses of customers' logins.

        Else a portal login could try phones here that the public page would not
        let through.

        :raises UserError: too many misses; the sentence tells how long to wait
        """
        if not self._is_guess(number, phone):
            return super().ticket_status(number, phone)
        # sudo: the counter is closed to everybody
        throttle_sudo = self.env["service.throttle"].sudo()
        login_buckets = throttle_sudo._buckets("login", self.env.uid, ADDRESS_LIMITS)
        buckets = login_buckets + throttle_sudo._track_buckets(number, phone)
        wait = throttle_sudo._count(buckets)
        if wait:
            raise UserError(
                self.env._(
                    "Too many attempts did not fit a request. Try again in"
                    " %(minutes)s minutes.",
                    minutes=math.ceil(wait / 60),
                )
            )
        status = super().ticket_status(number, phone)
        throttle_sudo._refund(buckets)
        return status

    @api.model
    def _is_guess(self, number, phone):
        """Tell whether only number and phone can open this ticket to the caller."""
        if not (isinstance(number, str) and isinstance(phone, str) and phone):
            return False
        if self.env.user._is_internal():
            return False
        tickets = self.env["service.ticket"]
        return not (tickets.has_access("read") and tickets._find_by_number(number))
