import time

from odoo import http
from odoo.http import request

from ..const import SESSION_KEY, SESSION_SECONDS
from .public_page import PublicPage
from .reader import get_reader_tz


class ServiceTracking(PublicPage, http.Controller):
    """The public page where a customer follows one request.

    Number and phone, or a link from a mail, put the request into the session
    for half an hour. Every miss gets the same answer, and misses are counted.
    """

    @http.route(
        "/service/track",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def service_track(self, number="", **kw):
        """Show the form; a link may bring the number with it."""
        return self._render("tracking_form", {"number": self._clean(number)})

    @http.route(
        "/service/track",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        max_content_length=16 * 1024,
    )
    def service_track_submit(self, number="", phone="", **kw):
        """Look up number and phone, at most so many times."""
        number, phone = self._clean(number), self._clean(phone)
        # The address first: who is over its limit cannot close other doors.
        buckets = self._address_buckets()
        wait = self._throttle()._count(buckets)
        if wait:
            return self._render_blocked(wait)
        guess_buckets = self._throttle()._track_buckets(number, phone)
        wait = self._throttle()._count(guess_buckets)
        if wait:
            return self._render_blocked(wait)
        ticket_sudo = request.env["service.ticket"]._find_by_track_key(number, phone)
        if not ticket_sudo:
            return self._render_missed()
        self._throttle()._refund(buckets + guess_buckets)
        return self._open(ticket_sudo)

    @http.route(
        "/service/track/status",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def service_track_status(self, **kw):
        """Show the brief status of the request in the session."""
        ticket_sudo = self._get_open_ticket()
        if not ticket_sudo:
            expired = SESSION_KEY in request.session
            return self._render("tracking_form", {"expired": expired})
        tz = get_reader_tz(ticket_sudo.company_id)
        status = ticket_sudo._get_tracking_values(tz)
        return self._render("tracking_status", {"status": status})

    @http.route(
        "/service/track/leave",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        max_content_length=16 * 1024,
    )
    def service_track_leave(self, **kw):
        """Forget the request, for people on somebody else's computer."""
        request.session.pop(SESSION_KEY, None)
        return self._private(request.redirect("/service/track"))

    @http.route(
        "/service/track/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def service_track_link(self, token, **kw):
        """Open the request of a link from a mail.

        A good link passes every limit, so that nobody can lock the customer
        out. Only misses are counted, on the address.
        """
        ticket_sudo = request.env["service.track.token"]._find_ticket(token)
        if ticket_sudo:
            return self._open(ticket_sudo)
        wait = self._throttle()._count(self._address_buckets())
        return self._render_blocked(wait) if wait else self._render_missed()

    # ------------------------------------------------------------------ session

    def _open(self, ticket_sudo):
        """Remember the request for a while and show its page."""
        request.session[SESSION_KEY] = {
            "ticket": ticket_sudo.id,
            "expires": time.time() + SESSION_SECONDS,
        }
        if not request.session.uid:
            # Whoever planted the visitor's session cookie must not read along.
            request.session.should_rotate = True
        return self._private(request.redirect("/service/track/status"))

    def _get_open_ticket(self):
        """Return the ticket that this session may follow, as superuser."""
        # sudo: number and phone, or a link, have opened this ticket before
        tickets_sudo = request.env["service.ticket"].sudo()
        opened = request.session.get(SESSION_KEY) or {}
        if opened.get("expires", 0) < time.time():
            return tickets_sudo
        ticket_sudo = tickets_sudo.browse(opened["ticket"]).exists()
        return ticket_sudo.filtered("active")

    # ------------------------------------------------------------------ answers

    def _render_missed(self):
        """Return the one answer that every miss gets."""
        return self._render("tracking_form", {"missed": True}, status=404)
