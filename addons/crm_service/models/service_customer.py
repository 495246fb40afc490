# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import time

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.customer_source import Place, read_place

PAGE_SIZE = 40
MAX_PAGE_SIZE = 200
# So many units and contacts stand beside the timeline; a link opens all of them.
MAX_BESIDE = 8


class ServiceCustomer(models.AbstractModel):
    """Everything about one customer on one page.

    Every row is searched for with the reader's own rights: what the record rules of
    a model keep from somebody is neither shown nor counted here. Each counter, and
    each page of the timeline, takes the same number of queries however much there is.
    """

    _name = "service.customer"
    _description = "Customer at a Glance"

    # -- for the page ---------------------------------------------------------

    @api.model
    @api.readonly
    def get_page(self, partner_id):
        """Return what a customer's page shows when it opens.

        :param int partner_id: id of `res.partner`
        :return: dict of `partner`, `sources` (kind, label, model, icon, count and the
            domain of its rows), `timeline` (see `get_timeline`), `may` (what the
            reader may do), `assets`, `contacts`, `points` (other phones and e-mails),
            `likely` (customers that may be the same) and `merged` (those that were)
        :raises AccessError: the caller is not of the service's staff, or may not read
            the customer
        """
        partner = self._get_partner(partner_id)
        self._plan_quickly()
        scope = self._get_scope(partner)
        sources = self._get_sources()
        return {
            "partner": self._prepare_partner(partner),
            "sources": self._prepare_sources(sources, scope, partner),
            "timeline": self._prepare_timeline(sources, scope),
            **self._prepare_beside(partner, scope),
        }

    @api.model
    @api.readonly
    def get_timeline(self, partner_id, kinds=None, after=None, limit=PAGE_SIZE):
        """Return a page of a customer's timeline, the latest row first.

        :param int partner_id: id of `res.partner`
        :param kinds: list of kinds of rows to show; none means all
        :param str after: `next` of the page before; none means the first page
        :param int limit: how many rows, 200 at most
        :return: dict of `entries` (kind, id, at as UTC text, title, text, badge,
            tone, who, amount) and `next`, False after the last row
        :raises AccessError: see `get_page`
        :raises ValidationError: `after` is no place in a timeline
        """
        partner = self._get_partner(partner_id)
        self._plan_quickly()
        sources = self._get_sources()
        place = after and self._read_place(after, sources)
        if kinds:
            sources = [source for source in sources if source.kind in kinds]
        limit = min(max(int(limit), 1), MAX_PAGE_SIZE)
        return self._prepare_timeline(sources, self._get_scope(partner), place, limit)

    # -- who asks for what ----------------------------------------------------

    @api.model
    def _get_partner(self, partner_id):
        """Return the customer, whom the caller may read."""
        if not self.env.user.has_group("crm_service.group_service_technician"):
            raise AccessError(
                self.env._(
                    "This page is for people of the service. Ask an administrator for "
                    "a role in Customer Service."
                )
            )
        partner = self.env["res.partner"].browse(int(partner_id))
        partner.check_access("read")
        return partner

    @api.model
    def _plan_quickly(self):
        """Have PostgreSQL run the long queries of this page as they are.

        To compile one takes it ten times as long as to answer it.
        """
        self.env.cr.execute("SET LOCAL jit = off")

    @api.model
    def _get_scope(self, partner):
        """Return the ids of a customer and of all his contacts, archived ones too."""
        contacts = self.env["res.partner"].with_context(active_test=False)
        return contacts.search([("id", "child_of", partner.ids)])._ids

    @api.model
    def _get_sources(self):
        """Return the sources whose model the caller may read, in their order."""
        sources = self.env["res.partner"]._get_service_sources()
        return sorted(
            (s for s in sources if self.env[s.model].has_access("read")),
            key=lambda source: (source.sequence, source.kind),
        )

    @api.model
    def _read_place(self, text, sources):
        """Return the place in the timeline that `text` speaks of."""
        try:
            return read_place(text, [source.kind for source in sources])
        except (ValueError, TypeError) as error:
            raise ValidationError(
                self.env._("The list has changed meanwhile. Load the page again.")
            ) from error

    # -- rows -----------------------------------------------------------------

    @api.model
    def _get_domain(self, source, scope):
        """Return the domain of a customer's rows of one source.

        :param scope: ids of customers; None means of any
        """
        domain = source.domain
        if scope is not None:
            domain &= Domain.OR(Domain(name, "in", scope) for name in source.partners)
        if source.about:
            name, model = source.about
            domain &= Domain(name, "in", self.env[model]._search([]))
        return domain

    @api.model
    def _get_moment(self, source, query):
        """Return when a row of a source happened, as a column of timestamps."""
        model = self.env[source.model]
        columns = [
            SQL("%s::timestamp", model._field_to_sql(query.table, name, query))
            if model._fields[name].type == "date"
            else model._field_to_sql(query.table, name, query)
            for name in source.dates
        ]
        if len(columns) == 1:
            return columns[0]  # as it is: an index may be in this order
        return SQL("COALESCE(%s)", SQL(", ").join(columns))

    @api.model
    def _get_rows_query(self, rank, source, scope, place, limit):
        """Return a query of (rank, id, moment) of the next rows of one source.

        :param rank: (place of this source, place of the one where the page before
            ended): between rows of one moment, sources come in their order
        """
        direct = self._is_direct(source)
        domain = self._get_domain(source, None if direct else scope)
        query = self.env[source.model]._search(domain)
        moment = self._get_moment(source, query)
        key = SQL.identifier(query.table, "id")
        query.add_where(SQL("%s IS NOT NULL", moment))
        if place:
            query.add_where(self._get_later(rank, moment, key, place))
        query.order = SQL("%s DESC, %s DESC", moment, key)
        query.limit = limit
        columns = (SQL("%s", rank[0]), key, moment)
        if not direct:
            return query.select(*columns)
        model = self.env[source.model]
        column = model._field_to_sql(query.table, source.partners[0], query)
        query.add_where(SQL("%s = customer.id", column))
        # The latest of each contact, each by index: many contacts with many rows
        # need not be read and sorted as a whole.
        return SQL(
            "SELECT own.* FROM unnest(%s) AS customer (id), "
            "LATERAL (%s) AS own (rank, id, moment) "
            "ORDER BY own.moment DESC, own.id DESC LIMIT %s",
            list(scope),
            query.select(*columns),
            limit,
        )

    @api.model
    def _is_direct(self, source):
        """Tell whether rows of a source name one customer in a column of their own."""
        field = self.env[source.model]._fields.get(source.partners[0])
        return (
            len(source.partners) == 1
            and field is not None
            and field.type == "many2one"
            and field.store
        )

    @api.model
    def _get_later(self, rank, moment, key, place):
        """Return the condition for rows of a source that come after `place`."""
        if rank[0] == rank[1]:
            return SQL("(%s, %s) < (%s, %s)", moment, key, place.at, place.id)
        if rank[0] > rank[1]:
            return SQL("%s <= %s", moment, place.at)
        return SQL("%s < %s", moment, place.at)

    @api.model
    def _get_rows(self, sources, scope, place, limit):
        """Return [(rank of the source, id, moment)], one row more than asked for."""
        if not sources:
            return []
        kinds = [source.kind for source in sources]
        ended = 0
        if place:
            if place.kind in kinds:
                ended = kinds.index(place.kind)
            else:  # the kinds shown have changed: as if it had ended between them
                ended = -1
        queries = [
            SQL("(%s)", self._get_rows_query((i, ended), s, scope, place, limit + 1))
            for i, s in enumerate(sources)
        ]
        return self.env.execute_query(
            SQL(
                "SELECT rank, id, moment FROM (%s) AS u (rank, id, moment) "
                "ORDER BY moment DESC, rank, id DESC LIMIT %s",
                SQL(" UNION ALL ").join(queries),
                limit + 1,
            )
        )

    @api.model
    def _prepare_timeline(self, sources, scope, place=None, limit=PAGE_SIZE):
        """Return one page of the timeline of the customers `scope`."""
        rows = self._get_rows(sources, scope, place, limit)
        shown, more = rows[:limit], rows[limit:]
        ids = {}
        for rank, key, _moment in shown:
            ids.setdefault(rank, []).append(key)
        said = {}
        for rank, keys in ids.items():
            source = sources[rank]
            records = self.env[source.model].browse(keys)
            records.fetch(source.fields)
            say = getattr(self.env["res.partner"], self._get_hook(source.kind))
            said[rank] = {record.id: say(record) for record in records}
        entries = [
            {
                "kind": sources[rank].kind,
                "id": key,
                "at": self._format_moment(sources[rank], moment),
                **said[rank][key],
            }
            for rank, key, moment in shown
        ]
        following = False
        if more:
            rank, key, moment = shown[-1]
            following = Place(moment, sources[rank].kind, key).to_text()
        return {"entries": entries, "next": following}

    @api.model
    def _format_moment(self, source, moment):
        """Return a moment as UTC text; a day alone if no more is known of it."""
        if moment.time() == time.min:
            names = self.env[source.model]._fields
            if any(names[name].type == "date" for name in source.dates):
                return moment.date().isoformat()
        return moment.replace(microsecond=0).isoformat(" ")

    @api.model
    def _get_hook(self, kind):
        """Return the name of the method that tells of a row of this kind."""
        return f"_prepare_service_entry_{kind}"

    # -- counters and what stands beside --------------------------------------

    @api.model
    def _prepare_sources(self, sources, scope, partner):
        """Return the sources with what the reader sees of each, in one query."""
        queries = []
        for rank, source in enumerate(sources):
            query = self.env[source.model]._search(self._get_domain(source, scope))
            queries.append(SQL("(%s)", query.select(SQL("%s", rank), SQL("COUNT(*)"))))
        counts = {}
        if queries:
            counts = dict(self.env.execute_query(SQL(" UNION ALL ").join(queries)))
        return [
            {
                "kind": source.kind,
                "label": source.label,
                "model": source.model,
                "icon": source.icon,
                "count": counts[rank],
                "domain": list(
                    source.domain
                    & Domain.OR(
                        Domain(name, "child_of", partner.ids)
                        for name in source.partners
                    )
                ),
            }
            for rank, source in enumerate(sources)
        ]

    @api.model
    def _prepare_partner(self, partner):
        """Return what the head of the page says of the customer."""
        partner.fetch(
            ["name", "phone", "email", "is_company", "parent_id", "comment", "lang"]
        )
        return {
            "id": partner.id,
            "name": partner.name or partner.display_name,
            "parent": {"id": partner.parent_id.id, "name": partner.parent_id.name}
            if partner.parent_id
            else False,
            "is_company": partner.is_company,
            "active": partner.active,
            "phone": partner.phone or "",
            "email": partner.email or "",
            "address": partner._get_service_address(),
            "note": partner.comment or "",
            "tags": partner.category_id.mapped("name"),
        }

    @api.model
    def _prepare_beside(self, partner, scope):
        """Return what stands beside the timeline; more is added by overrides.

        :return: dict of lists of dicts
        """
        return {
            "may": self._prepare_rights(),
            "assets": self._prepare_assets(scope),
            "contacts": self._prepare_contacts(partner, scope),
            "likely": partner._get_service_likely(),
            "points": self._prepare_points(partner),
            "merged": self._prepare_merged(scope),
        }

    @api.model
    def _prepare_rights(self):
        """Return which buttons the reader may use."""
        return {
            "create": self.env["service.ticket"].has_access("create"),
            "merge": self.env["base.partner.merge.automatic.wizard"].has_access(
                "create"
            ),
        }

    @api.model
    def _prepare_points(self, partner):
        """Return the other phones and e-mails of the customer."""
        points = self.env["service.contact.point"].search_fetch(
            [("partner_id", "=", partner.id)], ["kind", "value", "note"]
        )
        return points.read(["kind", "value", "note"])

    @api.model
    def _prepare_merged(self, scope):
        """Return who was merged into the customer, if that is the reader's to know."""
        merges = self.env["service.partner.merge"]
        if not merges.has_access("read"):
            return []
        merges = merges.search([("partner_id", "in", scope)], limit=MAX_BESIDE)
        return [
            {
                "id": merge.id,
                "name": merge.name,
                "text": ", ".join(filter(None, (merge.phone, merge.email))),
            }
            for merge in merges
        ]

    @api.model
    def _prepare_assets(self, scope):
        """Return the first of the customer's units, those with open tickets first."""
        assets = self.env["service.asset"]
        if not assets.has_access("read"):
            return []
        assets = assets.search_fetch(
            [("partner_id", "in", scope)],
            ["serial_number", "product_id", "site_id"],
            limit=MAX_BESIDE,
        )
        groups = self.env["service.ticket"]._read_group(
            [("asset_id", "in", assets.ids), ("is_open", "=", True)],
            ["asset_id"],
            ["__count"],
        )
        counts = {asset.id: count for asset, count in groups}
        return [
            {
                "id": asset.id,
                "name": asset.display_name,
                "site": asset.site_id.display_name or "",
                "open": counts.get(asset.id, 0),
            }
            for asset in assets
        ]

    @api.model
    def _prepare_contacts(self, partner, scope):
        """Return the first of the customer's contacts."""
        contacts = self.env["res.partner"].search_fetch(
            [("id", "in", scope), ("id", "!=", partner.id)],
            ["name", "phone", "email", "function", "type"],
            limit=MAX_BESIDE,
        )
        return [
            {
                "id": contact.id,
                "name": contact.name or contact.display_name,
                "text": contact.function or contact.phone or contact.email or "",
            }
            for contact in contacts
        ]
