# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain

from ..const import MAX_COMPONENTS
from .service_timeline import PAGE_SIZE

# So many open tickets of a unit are named, and so many of its documents shown.
MAX_OPEN = 3
# So many tickets in a year are counted: more are no unit, but a nuisance.
MAX_RECENT = 200
MAX_DOCUMENTS = 6


class ServiceAssetPage(models.AbstractModel):
    """Everything about one unit on one page: its timeline and its components."""

    _name = "service.asset.page"
    _description = "Unit at a Glance"
    _inherit = "service.timeline"
    _timeline_of = "service.asset"

    @api.model
    @api.readonly
    def get_page(self, asset_id):
        """Return what a unit's page shows when it opens.

        :param int asset_id: id of `service.asset`
        :return: dict of `sources`, `timeline` (both as of `service.customer`),
            `troubles` (see `_prepare_troubles`), `components` (see
            `_prepare_components`) and `documents` (id, name, whether an `image`)
        :raises AccessError: the caller is not of the service's staff, or may not read
            the unit
        """
        asset = self._get_asset(asset_id)
        self._plan_quickly()
        scope = self._get_scope(asset)
        sources = self._get_sources(asset)
        counted = self._prepare_sources(sources, scope, asset)
        return {
            "sources": counted,
            "timeline": self._prepare_timeline(sources, scope),
            "troubles": self._prepare_troubles(scope, counted),
            "components": self._prepare_components(asset, scope),
            "documents": self._prepare_documents(asset),
        }

    @api.model
    @api.readonly
    def get_timeline(self, asset_id, kinds=None, after=None, limit=PAGE_SIZE):
        """Return a page of a unit's timeline, the latest row first.

        :param int asset_id: id of `service.asset`
        :param kinds: list of kinds of rows to show; none means all
        :param str after: `next` of the page before; none means the first page
        :param int limit: how many rows, 200 at most
        :return: dict of `entries` and `next`, as of `service.customer`
        :raises AccessError: see `get_page`
        :raises ValidationError: `after` is no place in a timeline
        """
        asset = self._get_asset(asset_id)
        sources = self._get_sources(asset)
        return self._turn_page(sources, self._get_scope(asset), kinds, after, limit)

    @api.model
    def _get_asset(self, asset_id):
        """Return the unit, which the caller may read."""
        self._check_staff()
        asset = self.env["service.asset"].browse(int(asset_id))
        asset.check_access("read")
        return asset

    @api.model
    def _get_scope(self, asset):
        """Return the ids of a unit and of what is in it, archived ones too."""
        assets = self.env["service.asset"].with_context(active_test=False)
        return assets.search([("id", "child_of", asset.ids)])._ids

    @api.model
    def _prepare_troubles(self, scope, counted):
        """Return what has gone wrong before with a unit and its components.

        :param counted: the sources with their counts, see `_prepare_sources`
        :return: dict of `total`, `year` (in the last 365 days), `complaints` and
            `open` (the latest open tickets: id, number, name, phase)
        """
        tickets = self.env["service.ticket"]
        since = fields.Datetime.subtract(fields.Datetime.now(), days=365)
        recent = Domain("opened_at", ">=", since)
        counts = {source["kind"]: source["count"] for source in counted}
        complaints = counts.get("complaint", 0)
        # one query for both: what is open, and how many there were in a year
        found = tickets.search_fetch(
            Domain("asset_id", "in", scope) & (Domain("is_open", "=", True) | recent),
            ["number", "name", "phase", "is_open", "opened_at"],
            order="is_open desc, opened_at desc, id desc",
            limit=MAX_RECENT,
        )
        opened = found.filtered("is_open")[:MAX_OPEN]
        labels = dict(tickets._fields["phase"]._description_selection(self.env))
        return {
            "total": counts.get("ticket", 0) + complaints,
            "year": len(found.filtered(lambda t: t.opened_at >= since)),
            "complaints": complaints,
            "open": [
                {
                    "id": ticket.id,
                    "number": ticket.number,
                    "name": ticket.name,
                    "phase": labels[ticket.phase],
                }
                for ticket in opened
            ],
        }

    @api.model
    def _prepare_components(self, asset, scope):
        """Return what is in a unit, each with the id of what it is in.

        :return: list of dicts of `id`, `parent`, `name`, `serial`, `state` and `label`
        """
        components = self.env["service.asset"].search_fetch(
            [("id", "in", scope), ("id", "!=", asset.id)],
            ["serial_number", "product_id", "parent_id", "state"],
            limit=MAX_COMPONENTS,
        )
        labels = dict(asset._fields["state"]._description_selection(self.env))
        return [
            {
                "id": component.id,
                "parent": component.parent_id.id,
                "name": component.product_id.display_name or component.serial_number,
                "serial": component.serial_number,
                "state": component.state,
                "label": labels[component.state],
            }
            for component in components
        ]

    @api.model
    def _prepare_documents(self, asset):
        """Return the latest photos and documents of a unit."""
        files = self.env["ir.attachment"].search_fetch(
            [
                ("res_model", "=", asset._name),
                ("res_id", "=", asset.id),
                ("res_field", "=", False),
            ],
            ["name", "mimetype"],
            order="id desc",
            limit=MAX_DOCUMENTS,
        )
        return [
            {
                "id": file.id,
                "name": file.name,
                "image": (file.mimetype or "").startswith("image/"),
            }
            for file in files
        ]
