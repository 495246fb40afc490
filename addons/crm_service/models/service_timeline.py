# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import time

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.customer_source import Place, read_place

PAGE_SIZE = 40
MAX_PAGE_SIZE = 200


class ServiceTimeline(models.AbstractModel):
    """A timeline of a record: rows of all sources in one order, page by page.

    Every row is searched for with the reader's own rights: what the record rules of
    a model keep from somebody is neither shown nor counted here. Each counter, and
    each page of the timeline, takes the same number of queries however much there is.
    """

    _name = "service.timeline"
    _description = "Timeline"
    # the model whose records have such a timeline; it hands out the sources
    _timeline_of = "res.partner"

    # -- who asks for what ----------------------------------------------------

    @api.model
    def _check_staff(self):
        """Refuse the page to whoever is not of the service.

        :raises AccessError: the user has no role in the service
        """
        if not self.env.user.has_group("crm_service.group_service_technician"):
            raise AccessError(
                self.env._(
                    "This page is for people of the service. Ask an administrator for "
                    "a role in Customer Service."
                )
            )

    @api.model
    def _plan_quickly(self):
        """Have PostgreSQL run the long queries of this page as they are.

        To compile one takes it ten times as long as to answer it.
        """
        self.env.cr.execute("SET LOCAL jit = off")

    @api.model
    def _get_sources(self, record=None):
        """Return the sources whose model the caller may read, in their order.

        :param record: whose timeline it is, where the sources depend on it
        """
        owner = self.env[self._timeline_of] if record is None else record
        sources = owner._get_service_sources()
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

    @api.model
    def _turn_page(self, sources, scope, kinds=None, after=None, limit=PAGE_SIZE):
        """Return a page of the timeline of `scope`, checked as a browser sent it.

        See `service.customer.get_timeline`.
        """
        self._plan_quickly()
        place = after and self._read_place(after, sources)
        if kinds:
            sources = [source for source in sources if source.kind in kinds]
        limit = min(max(int(limit), 1), MAX_PAGE_SIZE)
        return self._prepare_timeline(sources, scope, place, limit)

    @api.model
    def _prepare_sources(self, sources, scope, record):
        """Return the sources with what the reader sees of each, in one query.

        :param record: whose timeline it is
        """
        counts = self._count_rows(sources, scope)
        return [
            {
                "kind": source.kind,
                "label": source.label,
                "model": source.model,
                "icon": source.icon,
                "count": counts[rank],
                "counted": source.counted,
                "domain": list(
                    source.domain
                    & Domain.OR(
                        Domain(name, "child_of", record.ids) for name in source.subjects
                    )
                ),
            }
            for rank, source in enumerate(sources)
        ]

    @api.model
    def _count_rows(self, sources, scope):
        """Return {place of a source: how many of its rows the reader sees}."""
        queries = []
        for rank, source in enumerate(sources):
            query = self.env[source.model]._search(self._get_domain(source, scope))
            queries.append(SQL("(%s)", query.select(SQL("%s", rank), SQL("COUNT(*)"))))
        if not queries:
            return {}
        return dict(self.env.execute_query(SQL(" UNION ALL ").join(queries)))

    # -- the rows -------------------------------------------------------------

    @api.model
    def _get_domain(self, source, scope):
        """Return the domain of the rows of one source.

        :param scope: ids of records with a timeline; None means of any
        """
        domain = source.domain
        if scope is not None:
            domain &= Domain.OR(Domain(name, "in", scope) for name in source.subjects)
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
        column = model._field_to_sql(query.table, source.subjects[0], query)
        query.add_where(SQL("%s = subject.id", column))
        # The latest of each record, each by index: many records with many rows
        # need not be read and sorted as a whole.
        return SQL(
            "SELECT own.* FROM unnest(%s) AS subject (id), "
            "LATERAL (%s) AS own (rank, id, moment) "
            "ORDER BY own.moment DESC, own.id DESC LIMIT %s",
            list(scope),
            query.select(*columns),
            limit,
        )

    @api.model
    def _is_direct(self, source):
        """Tell whether rows of a source name one record in a column of their own."""
        field = self.env[source.model]._fields.get(source.subjects[0])
        return (
            len(source.subjects) == 1
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
        """Return one page of the timeline of the records `scope`."""
        rows = self._get_rows(sources, scope, place, limit)
        shown, more = rows[:limit], rows[limit:]
        ids = {}
        for rank, key, _moment in shown:
            ids.setdefault(rank, []).append(key)
        found = {}
        for rank, keys in ids.items():
            found[rank] = self.env[sources[rank].model].browse(keys)
            found[rank].fetch(sources[rank].fields)
        self._fetch_people(
            [r for rank, r in found.items() if "user_id" in sources[rank].fields]
        )
        said = {}
        for rank, records in found.items():
            say = self._get_hook(sources[rank].kind)
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
    def _fetch_people(self, rows):
        """Read the names of the colleagues in all `rows` at once, not kind by kind."""
        # sudo: only the name of a colleague is told
        people_sudo = self.env["res.users"].sudo()
        for records in rows:
            people_sudo |= records.sudo().user_id
        people_sudo.fetch(["partner_id"])
        people_sudo.partner_id.fetch(["name"])

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
        """Return the method that tells of a row of this kind.

        What a customer's timeline says of it, others say too, unless they have a
        method of their own.
        """
        name = f"_prepare_service_entry_{kind}"
        owner = self.env[self._timeline_of]
        return getattr(owner, name, None) or getattr(self.env["res.partner"], name)
