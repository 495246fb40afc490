# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.mail import email_normalize

from ..const import (
    DUPLICATE_DAYS,
    DUPLICATE_LIMIT,
    DUPLICATE_SIMILARITY,
    DUPLICATE_SIMILARITY_OTHERS,
)

STAFF = "crm_service.group_service_technician"
# More than are shown, to choose the best of them.
CANDIDATES = 40
HINT_FIELDS = (
    *("number", "name", "phase", "is_open", "opened_at", "asset_id"),
    *("serial_number", "phone_sanitized", "partner_email", "partner_id"),
)
WEIGHTS = {"unit": 4, "words": 3, "phone": 2, "email": 2, "partner": 1}


def _get_rank(pair):
    """Return by what (ticket, what is the same) is sorted: the most likely first."""
    ticket, same = pair
    weight = sum(WEIGHTS[name] for name in same)
    return -weight, not ticket.is_open, -ticket.id


class ServiceTicket(models.Model):
    """Tickets that may be about the same, shown with the reason while one types."""

    _inherit = "service.ticket"

    duplicate_hints = fields.Json(
        compute="_compute_duplicate_hints",
        groups=STAFF,
        help="Recent tickets of the same unit or customer, or in similar words.",
    )

    @api.depends(
        *("name", "company_id", "partner_id", "partner_phone", "partner_email"),
        *("asset_id", "serial_number", "is_open", "merged_into_id"),
    )
    @api.depends_context("uid", "su", "lang", "allowed_company_ids")
    def _compute_duplicate_hints(self):
        for ticket in self:
            ticket.duplicate_hints = ticket._get_duplicate_hints()

    def _get_duplicate_hints(self):
        """Return what the form shows of tickets that may be about the same."""
        known = self._origin
        if known and (not known.is_open or known.merged_into_id):
            return []
        reasons = self._find_duplicates()
        phases = dict(self._fields["phase"]._description_selection(self.env))
        return [
            {
                "id": ticket.id,
                "number": ticket.number,
                "name": ticket.name,
                "phase": ticket.phase,
                "phase_label": phases[ticket.phase],
                "is_open": ticket.is_open,
                "opened_at": fields.Datetime.to_string(ticket.opened_at),
                "reasons": texts,
            }
            for ticket, texts in reasons.items()
        ]

    def _find_duplicates(self):
        """Return {ticket: why it may be about the same}, the most likely first.

        Only tickets that the user may see.
        """
        keys = self._get_duplicate_keys()
        base = self._get_duplicate_domain()
        found = {}
        for ticket in self._search_duplicate_keys(base, keys):
            found[ticket] = ticket._get_same(keys)
        for ticket, similarity in self._search_similar(base):
            same = found.setdefault(ticket, [])
            if same or similarity >= self._get_enough(ticket):
                same.append("words")
        likely = [(t, same) for t, same in found.items() if t._is_likely(same)]
        likely.sort(key=_get_rank)
        labels = self._get_reason_labels()
        return {
            ticket: [labels[name] for name in same]
            for ticket, same in likely[:DUPLICATE_LIMIT]
        }

    def _is_likely(self, same):
        """Tell whether having `same` in common makes this ticket worth a look.

        A customer has several requests: what is done, and is about another unit in
        other words, was something else.
        """
        return bool(same) and (self.is_open or bool({"unit", "words"} & set(same)))

    def _get_reason_labels(self):
        """Return {what is the same: how it is said}."""
        return {
            "unit": self.env._("Same unit"),
            "phone": self.env._("Same phone"),
            "email": self.env._("Same e-mail"),
            "partner": self.env._("Same customer"),
            "words": self.env._("Similar words"),
        }

    # -- by what is the same ----------------------------------------------------

    def _get_duplicate_keys(self):
        """Return what this ticket says of unit and customer, normalised."""
        company = self.company_id or self.env.company
        phone = self._normalise_phone(self.partner_phone, company, self.partner_id)
        return {
            "asset_id": self.asset_id._origin.id,
            "serial_number": (self.serial_number or "").strip(),
            "phone_sanitized": phone,
            "partner_email": email_normalize(self.partner_email or ""),
            "partner_id": self.partner_id._origin.id,
        }

    def _get_same(self, keys):
        """Return the names of what this ticket has in common with `keys`."""
        phone, email = keys["phone_sanitized"], keys["partner_email"]
        unit, serial = keys["asset_id"], keys["serial_number"]
        same = {
            "unit": (unit and self.asset_id.id == unit)
            or (serial and self.serial_number == serial),
            "phone": phone and self.phone_sanitized == phone,
            "email": email and email_normalize(self.partner_email or "") == email,
            "partner": keys["partner_id"] and self.partner_id.id == keys["partner_id"],
        }
        same = [name for name, agrees in same.items() if agrees]
        if {"phone", "email"} & set(same) and "partner" in same:
            same.remove("partner")  # says nothing new
        return same

    def _get_duplicate_domain(self):
        """Return the domain of tickets that may be about the same as this one."""
        ticket = self._origin
        since = fields.Datetime.now() - timedelta(days=DUPLICATE_DAYS)
        domain = (
            Domain("company_id", "=", (self.company_id or self.env.company).id)
            & Domain("opened_at", ">=", since)
            & Domain("merged_into_id", "=", False)
        )
        if not ticket:
            return domain
        links = ticket._get_links()
        apart = ticket | links.ticket_id | links.other_id
        # sudo: only to leave them out
        family = ticket.sudo().parent_id | ticket.sudo().child_ids
        return domain & Domain("id", "not in", [*apart.ids, *family.ids])

    def _search_duplicate_keys(self, base, keys):
        """Return recent tickets with one of `keys`."""
        operators = {"partner_email": "=ilike"}
        same = [
            Domain(name, operators.get(name, "="), value)
            for name, value in keys.items()
            if value
        ]
        if not same:
            return self.browse()
        return self._search_candidates(base & Domain.OR(same))

    # -- by similar words ---------------------------------------------------------

    def _get_enough(self, ticket):
        """Return how similar the subject of `ticket` must be to be told of it."""
        mine = self.partner_id._origin.commercial_partner_id
        theirs = ticket.partner_id.commercial_partner_id
        if mine and theirs and mine != theirs:
            return DUPLICATE_SIMILARITY_OTHERS
        return DUPLICATE_SIMILARITY

    def _search_similar(self, base):
        """Return (open ticket, similarity of its subject), the most similar first."""
        words = (self.name or "").strip()
        if len(words) < 4 or not self.pool.has_trigram:
            return []
        self.env.cr.execute(
            SQL(
                "SELECT set_config('pg_trgm.similarity_threshold', %s, true)",
                str(DUPLICATE_SIMILARITY),
            )
        )
        similar = Domain.custom(
            to_sql=lambda model, alias, query: self._get_similar_sql(
                SQL("%%"), alias, words
            )
        )
        query = self._search(base & Domain("is_open", "=", True) & similar)
        score = SQL("similarity%s", self._get_similar_sql(SQL(","), self._table, words))
        query.order = SQL("%s DESC, %s DESC", score, SQL.identifier(self._table, "id"))
        query.limit = CANDIDATES
        rows = self.env.execute_query(
            query.select(SQL.identifier(self._table, "id"), score)
        )
        tickets = self.browse(row[0] for row in rows)
        tickets.fetch(HINT_FIELDS)
        return list(zip(tickets, (row[1] for row in rows), strict=True))

    @api.model
    def _get_similar_sql(self, operator, alias, words):
        """Return the subject and `words` around `operator`, as the index has it."""
        unaccent = self.pool.unaccent
        subject = SQL.identifier(alias, "name", to_flush=self._fields["name"])
        return SQL(
            "(%s %s %s)", unaccent(subject), operator, unaccent(SQL("%s", words))
        )

    @api.model
    def _search_candidates(self, domain):
        """Return some of the tickets of `domain`, with what hints need of them."""
        return self.search_fetch(domain, HINT_FIELDS, order="id desc", limit=CANDIDATES)
