import math

from odoo.fields import Date
from odoo.http import request, route

from odoo.addons.crm_service.controllers.service_unit import ServiceUnit

from ..const import REGISTER_LENGTHS, REGISTER_LIMITS
from .public_page import PublicPage


class ServiceUnitPage(PublicPage, ServiceUnit):
    """What a customer sees who scans the label of a unit.

    The label is all that he needs, so the page tells what stands on the unit and how
    long it is covered, and never whose it is. Misses are counted on the address.
    """

    @route()
    def service_unit(self, token, sent="", **kw):
        """Override of `service_unit` to show a page to who is no colleague."""
        answer = self._redirect_staff(token)
        if answer:
            return self._private(answer)
        unit_sudo = request.env["service.asset"]._find_by_label(token)
        if not unit_sudo:
            return self._render_unit_missed()
        return self._render_unit(unit_sudo, {"sent": bool(sent)})

    @route(
        "/service/unit/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        multilang=False,
        max_content_length=16 * 1024,
    )
    def service_unit_register(self, token, **post):
        """Keep what a customer says of himself, for staff to look at."""
        unit_sudo = request.env["service.asset"]._find_by_label(token)
        if not unit_sudo:
            return self._render_unit_missed()
        values = {
            name: self._clean(post.get(name), length)
            for name, length in REGISTER_LENGTHS.items()
        }
        problem = self._check_registration(unit_sudo, values)
        if problem:
            said = {"said": values, "problem": problem}
            return self._render_unit(unit_sudo, said, status=400)
        wait = self._throttle()._count(
            self._address_buckets("unit_register", REGISTER_LIMITS)
        )
        if wait:
            return self._render_unit_blocked(wait)
        # whoever fills in what people cannot see is a machine
        if not post.get("website"):
            registrations = request.env["service.asset.registration"]
            registrations._submit(unit_sudo, values)
        return self._private(request.redirect(f"/service/unit/{token}?sent=1"))

    def _check_registration(self, unit_sudo, values):
        """Return what is missing in a registration, as a word; read its day.

        :param dict values: texts; `bought_on` becomes a date
        """
        if not values["name"]:
            return "name"
        if not values["phone"] and not values["email"]:
            return "contact"
        registrations = request.env["service.asset.registration"]
        problem = registrations._check_contact(unit_sudo, values)
        if problem:
            return problem
        try:
            values["bought_on"] = Date.to_date(values["bought_on"] or None)
        except ValueError:
            return "bought_on"
        if values["bought_on"] and values["bought_on"] > Date.today():
            return "bought_on"
        return None

    # ------------------------------------------------------------------ answers

    def _render_unit(self, unit_sudo, values, status=200):
        """Return the page of a unit."""
        said = values.setdefault("said", {})
        bought_on = said.get("bought_on")
        said["bought_on"] = str(bought_on) if bought_on else ""
        values["unit"] = unit_sudo._get_public_values()
        return self._render("unit_page", values, status=status)

    def _render_unit_missed(self):
        """Return the one answer that every miss gets, at most so many times."""
        wait = self._throttle()._count(self._address_buckets())
        if wait:
            return self._render_unit_blocked(wait)
        return self._render("unit_missing", {}, status=404)

    def _render_unit_blocked(self, wait):
        """Return the answer to too many attempts."""
        values = {"wait_minutes": math.ceil(wait / 60)}
        response = self._render("unit_blocked", values, status=429)
        response.headers["Retry-After"] = str(wait)
        return response
