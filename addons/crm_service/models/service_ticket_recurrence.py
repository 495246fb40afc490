# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import RECURRENCE_DAYS, RECURRENCE_LIMIT, RECURRENCE_SHOWN

SUPERVISOR = "crm_service.group_service_supervisor"


class ServiceTicket(models.Model):
    """What has come before, told while a complaint is being written."""

    _inherit = "service.ticket"

    recurrence_hints = fields.Json(
        compute="_compute_recurrence_hints",
        help="Earlier complaints about the same unit, batch, model, customer, person "
        "or team.",
    )

    _product_opened_idx = models.Index(
        "(product_id, opened_at DESC) WHERE product_id IS NOT NULL"
    )

    @api.depends(
        "type_id",
        "asset_id",
        "product_id",
        "partner_id",
        "complained_user_id",
        "complained_team_id",
    )
    @api.depends_context("uid", "lang")
    def _compute_recurrence_hints(self):
        """Look up what the user may see, and nothing else: at most a search each."""
        for ticket in self:
            hints = []
            if ticket.category == "complaint":
                hints = [
                    ticket._get_recurrence_hint(*row)
                    for row in ticket._get_recurrence_sources()
                ]
            ticket.recurrence_hints = list(filter(None, hints))

    def _get_recurrence_sources(self):
        """Return where an earlier complaint would be the same again.

        Hook: extend the list to look elsewhere too, and `_get_recurrence_text`.

        :return: list of (kind, what it is called, domain of tickets, how many others
            make it worth telling)
        """
        # sudo: only what they are called; what is counted is what the user may see
        ticket = self.sudo()
        asset, batch = ticket.asset_id, ticket.asset_id.batch_id
        product, partner = ticket.product_id, ticket.partner_id.commercial_partner_id
        sources = [
            ("asset", asset.serial_number, Domain("asset_id", "=", asset.id), 1),
            ("batch", batch.name, Domain("asset_id.batch_id", "=", batch.id), 1),
            (
                "product",
                product.display_name,
                Domain("product_id", "=", product.id),
                2,
            ),
            ("partner", partner.name, Domain("partner_id", "child_of", partner.id), 2),
        ]
        person, team = ticket.complained_user_id, ticket.complained_team_id
        if self._may_know_about_people(person, team):
            sources += [
                ("user", person.name, Domain("complained_user_id", "=", person.id), 1),
                ("team", team.name, Domain("complained_team_id", "=", team.id), 1),
            ]
        return [source for source in sources if source[1]]

    def _may_know_about_people(self, person, team):
        """Tell whether the user may know how often people were complained about.

        That is a matter of supervisors and of the team that handles complaints
        independently, and never of those who are complained about.
        """
        user = self.env.user
        if user in (person | team.member_ids | team.user_id):
            return False
        company = self.company_id or self.env.company
        independent = company.sudo().service_complaint_team_id  # sudo: who it is
        return (
            self.env.su
            or user.has_group(SUPERVISOR)
            or user in independent.member_ids | independent.user_id
        )

    def _get_recurrence_hint(self, kind, name, domain, least):
        """Return what is told of earlier complaints, or nothing.

        :param kind: one of those of `_get_recurrence_sources`
        :param name: what the unit, the batch, … is called
        :param domain: of the same complaints, and of other tickets
        :param least: how many there must be
        """
        found = self.search(
            domain & self._get_recurrence_domain(),
            order="opened_at DESC, id DESC",
            limit=RECURRENCE_LIMIT,
        )
        if len(found) < least:
            return None
        return {
            "kind": kind,
            "count": len(found),
            "text": self._get_recurrence_text(kind, name, len(found)),
            "is_grave": kind not in ("product", "partner") and len(found) > 1,
            "tickets": found[:RECURRENCE_SHOWN]._get_recurrence_rows(),
        }

    def _get_recurrence_domain(self):
        """Return the domain of other complaints of the last year."""
        since = (self.opened_at or fields.Datetime.now()) - timedelta(
            days=RECURRENCE_DAYS
        )
        return (
            Domain("type_id.category", "=", "complaint")
            & Domain("opened_at", ">=", since)
            & Domain("phase", "!=", "cancelled")
            & Domain("id", "!=", self._origin.id)
        )

    def _get_recurrence_text(self, kind, name, count):
        """Return the sentence of a hint: the how manieth complaint this one is."""
        which = self._get_ordinal(count + 1)
        sentences = {
            "asset": self.env._(
                "%(which)s complaint on unit %(name)s within a year",
                which=which,
                name=name,
            ),
            "batch": self.env._(
                "%(which)s complaint on batch %(name)s within a year",
                which=which,
                name=name,
            ),
            "product": self.env._(
                "%(which)s complaint on the model %(name)s within a year",
                which=which,
                name=name,
            ),
            "partner": self.env._(
                "%(which)s complaint of %(name)s within a year", which=which, name=name
            ),
            "user": self.env._(
                "%(which)s complaint about %(name)s within a year",
                which=which,
                name=name,
            ),
            "team": self.env._(
                "%(which)s complaint about the team %(name)s within a year",
                which=which,
                name=name,
            ),
        }
        return sentences.get(kind, name)

    @api.model
    def _get_ordinal(self, place):
        """Return the word for a place in a row, such as “Third”."""
        words = {
            2: self.env._("Second"),
            3: self.env._("Third"),
            4: self.env._("Fourth"),
            5: self.env._("Fifth"),
            6: self.env._("Sixth"),
            7: self.env._("Seventh"),
            8: self.env._("Eighth"),
            9: self.env._("Ninth"),
            10: self.env._("Tenth"),
        }
        if place in words:
            return words[place]
        suffix = self._get_ordinal_suffix(place)
        if place > RECURRENCE_LIMIT:
            return self.env._(
                "At least the %(place)s%(suffix)s", place=place, suffix=suffix
            )
        return self.env._("%(place)s%(suffix)s", place=place, suffix=suffix)

    @api.model
    def _get_ordinal_suffix(self, place):
        """Return what English writes behind a number in a row; others write nothing."""
        if not (self.env.lang or "en").startswith("en"):
            return ""
        if place % 100 in (11, 12, 13):
            return "th"
        return {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")

    def _get_recurrence_rows(self):
        """Return what a hint shows of each of these complaints."""
        phases = dict(self._fields["phase"]._description_selection(self.env))
        return [
            {
                "id": ticket.id,
                "number": ticket.number,
                "name": ticket.name,
                "at": fields.Datetime.to_string(ticket.opened_at),
                "phase": phases[ticket.phase],
                "causes": ", ".join(ticket.cause_ids.mapped("name")),
            }
            for ticket in self
        ]
