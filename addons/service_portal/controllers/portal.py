from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.crm_service.const import DONE_PHASES
from odoo.addons.crm_service.tools import acceptance_number
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..const import INPUT_MAX_LENGTH, PORTAL_PAGE_SIZE
from .reader import get_reader_tz


class ServiceCustomerPortal(CustomerPortal):
    """A customer's own requests. Who sees which is a record rule's business."""

    def _prepare_home_portal_values(self, counters):
        """Override of `_prepare_home_portal_values` to count service requests."""
        values = super()._prepare_home_portal_values(counters)
        if "service_ticket_count" in counters:
            tickets = request.env["service.ticket"]
            values["service_ticket_count"] = (
                tickets.search_count([]) if tickets.has_access("read") else 0
            )
        return values

    @route(
        ["/my/service", "/my/service/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_service(self, page=1, sortby=None, filterby=None, search="", **kw):
        """List the requests that the user may see."""
        sortings, filters = self._service_sortings(), self._service_filters()
        sortby = sortby if sortby in sortings else next(iter(sortings))
        filterby = filterby if filterby in filters else next(iter(filters))
        search = str(search).replace("\x00", "").strip()[:INPUT_MAX_LENGTH]
        tickets = request.env["service.ticket"]
        domain = filters[filterby]["domain"] & tickets._get_portal_search_domain(search)
        url_args = {"sortby": sortby, "filterby": filterby, "search": search}
        pager = portal_pager(
            url="/my/service",
            url_args={key: value for key, value in url_args.items() if value},
            total=tickets.search_count(domain),
            page=page,
            step=PORTAL_PAGE_SIZE,
        )
        rows = tickets.search_fetch(
            domain,
            ["number", "name", "phase", "type_id", "opened_at"],
            offset=pager["offset"],
            limit=PORTAL_PAGE_SIZE,
            order=sortings[sortby]["order"],
        )
        return request.render(
            "service_portal.portal_my_service",
            {
                **self._prepare_portal_layout_values(),
                **url_args,
                "page_name": "service",
                "pager": pager,
                "sortings": sortings,
                "filters": filters,
                "rows": self._prepare_service_rows(rows),
            },
        )

    @route(
        "/my/service/<string:number>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_service_request(self, number, **kw):
        """Show one request; one that the user may not see does not exist."""
        number = acceptance_number.normalise(number)
        ticket = request.env["service.ticket"].search(
            [("number", "=", number)], limit=1
        )
        values = {**self._prepare_portal_layout_values(), "page_name": "service"}
        if not ticket:
            return request.render(
                "service_portal.portal_service_missing", values, status=404
            )
        # sudo: the search above is the user's own; the values are an allow-list
        ticket_sudo = ticket.sudo()
        tz = get_reader_tz(ticket_sudo.company_id)
        values["status"] = ticket_sudo._get_tracking_values(tz)
        return request.render("service_portal.portal_service_request", values)

    def _service_sortings(self):
        """Return the orders of the list; the first one is the usual one."""
        return {
            "newest": {"label": request.env._("Newest first"), "order": "id desc"},
            "oldest": {"label": request.env._("Oldest first"), "order": "id"},
            "subject": {"label": request.env._("Subject"), "order": "name, id desc"},
        }

    def _service_filters(self):
        """Return the filters of the list; the first one is the usual one."""
        done = Domain("phase", "in", DONE_PHASES)
        return {
            "all": {"label": request.env._("All requests"), "domain": Domain.TRUE},
            "open": {"label": request.env._("Open"), "domain": ~done},
            "done": {"label": request.env._("Finished"), "domain": done},
        }

    def _prepare_service_rows(self, tickets):
        """Return the lines of the list as plain values."""
        tz = get_reader_tz(request.env.company.sudo())
        phases = tickets._get_row_phases()
        return [
            {
                "url": ticket._get_portal_path(),
                "number": ticket.number,
                "subject": ticket.name,
                # sudo: customers have no right on types, their name is theirs
                "type": ticket.type_id.sudo().name,
                "phase": phases[ticket][0],
                "phase_label": phases[ticket][1],
                "reported_at": ticket._format_moment(ticket.opened_at, tz),
            }
            for ticket in tickets
        ]
