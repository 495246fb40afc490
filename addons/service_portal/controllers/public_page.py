import math

from odoo.http import request

from ..const import ADDRESS_LIMITS, INPUT_MAX_LENGTH, PRIVATE_HEADERS
from ..tools import throttle_address


class PublicPage:
    """What the public pages share: limits on attempts, and answers kept private."""

    # ------------------------------------------------------------------- limits

    def _throttle(self):
        """Return the counter."""
        # sudo: the counter is closed to everybody
        return request.env["service.throttle"].sudo()

    def _address_buckets(self, scope="address", limits=None):
        """Return the buckets of the sender.

        `remote_addr` only: a forwarded header counts when the configuration
        has proxy_mode, and Odoo has then already put it there.
        """
        address = throttle_address(request.httprequest.remote_addr)
        return self._throttle()._buckets(scope, address, limits or ADDRESS_LIMITS)

    # ------------------------------------------------------------------ answers

    def _clean(self, value, length=INPUT_MAX_LENGTH):
        """Return what somebody typed, as a short text."""
        if not isinstance(value, str):
            return ""
        return value.replace("\x00", "").strip()[:length]

    def _render_blocked(self, wait):
        """Return the answer to too many attempts.

        :param int wait: seconds until another attempt makes sense
        """
        values = {"wait_minutes": math.ceil(wait / 60)}
        response = self._render("tracking_blocked", values, status=429)
        response.headers["Retry-After"] = str(wait)
        return response

    def _render(self, template, values, status=200):
        """Return a page that is kept to its reader."""
        return self._private(
            request.render(f"service_portal.{template}", values, status=status)
        )

    def _private(self, response):
        """Keep a page out of caches, frames, indexes and Referer headers."""
        response.headers.update(PRIVATE_HEADERS)
        return response
