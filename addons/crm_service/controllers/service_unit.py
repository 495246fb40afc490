# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import http
from odoo.http import request


class ServiceUnit(http.Controller):
    """What the label of a unit leads to."""

    @http.route(
        "/service/unit/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        multilang=False,
    )
    def service_unit(self, token, **kw):
        """Open the unit for staff; all others are asked to log in.

        `service_portal` shows a page to them instead.
        """
        return self._redirect_staff(token) or request.redirect("/web/login")

    def _redirect_staff(self, token):
        """Return the way to the unit's form for who may read it, else nothing."""
        if not request.env.user._is_internal():
            return None
        unit = request.env["service.asset"]._find_by_label(token)
        unit = unit.with_user(request.env.user).with_context(
            allowed_company_ids=request.env.user.company_ids.ids
        )
        if not unit or not unit.has_access("read"):
            return None
        return request.redirect(f"/odoo/service-units/{unit.id}")
