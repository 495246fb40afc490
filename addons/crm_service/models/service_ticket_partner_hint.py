# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.customer_match import ALIKE, same_place, weigh

# So many customers are suggested, of so many that are looked at for one reason.
MAX_HINTS = 4
MAX_CANDIDATES = 12
MAX_ALIKE = 300
# What need not be told of a customer of whom more is told.
IMPLIED_BY = {"former_phone": "phone", "former_email": "email"}


class ServiceTicket(models.Model):
    """Customers who may be the one a ticket speaks of, while it is being written."""

    _inherit = "service.ticket"

    partner_hints = fields.Json(
        "Known Customers",
        compute="_compute_partner_hints",
        help="Customers who may be meant: id, name, address, phone, email, reasons, "
        "doubts, and whether saving takes that customer by itself.",
    )

    @api.depends(
        "partner_id",
        "partner_name",
        "partner_phone",
        "partner_email",
        "site_id",
        "serial_number",
        "asset_id",
        "company_id",
    )
    def _compute_partner_hints(self):
        for ticket in self:
            ticket.partner_hints = ticket._get_partner_hints()

    def _get_partner_hints(self):
        """Return the customers who may be meant, the likeliest first.

        Only customers and tickets that the reader may see are looked at.
        """
        self.ensure_one()
        contact = self._get_hint_contact()
        reasons = self._find_hint_reasons(contact)
        partners = self.env["res.partner"].union(*reasons)
        partners = (partners - self._get_known_family())._filtered_access("read")
        partners.fetch(
            ["name", "phone", "phone_sanitized", "email", "email_normalized", "active"]
        )
        weighed = []
        for partner in partners:
            doubts = self._get_hint_doubts(contact, partner)
            weight = weigh(reasons[partner], doubts)
            if weight:
                weighed.append((weight, partner, doubts))
        weighed.sort(key=lambda item: (-item[0], item[1].id))
        chosen = self._get_chosen_hint(contact)
        return [
            self._prepare_hint(partner, reasons[partner], doubts, partner == chosen)
            for _weight, partner, doubts in weighed[:MAX_HINTS]
        ]

    def _get_hint_contact(self):
        """Return what is known of the customer; a phone that is none is unknown."""
        company = self.company_id or self.env.company
        phone = self._normalise_phone(self.partner_phone, company, self.partner_id)
        vals = {"company_id": company.id, "partner_name": self.partner_name}
        vals["partner_email"] = self.partner_email
        self._split_email(vals)
        contact = self._prepare_contact(vals)
        return contact._replace(phone=phone or "")

    def _get_known_family(self):
        """Return whom not to suggest: the customer, his company, its contacts.

        Those of whom somebody said that they are not the same are left out too.
        """
        partner = self.partner_id._origin
        if not partner:
            return partner
        family = partner.with_context(active_test=False).search(
            [("commercial_partner_id", "=", partner.commercial_partner_id.id)]
        )
        return family | partner._get_service_distinct()

    def _get_chosen_hint(self, contact):
        """Return the customer that saving takes by itself, or none."""
        if self.partner_id or not contact.keys:
            return self.env["res.partner"]
        return self._find_partners([contact])[0]

    # -- what speaks for and against ------------------------------------------

    def _find_hint_reasons(self, contact):
        """Return {customer: reasons}, see `tools.customer_match`."""
        reasons = defaultdict(list)
        for reason, partners in (
            *self._find_by_contact(contact),
            *self._find_by_unit(),
            *self._find_by_former_tickets(contact),
            *self._find_by_name(contact),
        ):
            for partner in partners:
                known = {reason, IMPLIED_BY.get(reason)} & set(reasons[partner])
                if not known:
                    reasons[partner].append(reason)
        return reasons

    def _find_by_contact(self, contact):
        """Yield (reason, customers) with the phone or e-mail of `contact`."""
        if not contact.keys:
            return
        partners = self.env["res.partner"].search_fetch(
            Domain("company_id", "in", [False, contact.company_id])
            & (
                Domain("phone_sanitized", "in", contact.keys)
                | Domain("email_normalized", "in", contact.keys)
            ),
            ["phone_sanitized", "email_normalized"],
            limit=MAX_CANDIDATES,
            order="id",
        )
        phone, email = contact.phone, contact.email
        if phone:
            yield "phone", partners.filtered(lambda p: p.phone_sanitized == phone)
        if email:
            yield "email", partners.filtered(lambda p: p.email_normalized == email)
        points = self.env["service.contact.point"]
        if points.has_access("read"):
            for point in points._find_by_keys(contact.keys, [contact.company_id]):
                yield f"known_{point.kind}", point.partner_id

    def _find_by_unit(self):
        """Yield (reason, customers) who own the unit that the ticket speaks of."""
        assets = self.asset_id._origin
        if not assets and self.serial_number and not self.partner_id:
            assets = assets.search_fetch(
                [
                    ("serial_number", "=", self.serial_number.strip()),
                    ("company_id", "=", (self.company_id or self.env.company).id),
                ],
                ["partner_id"],
                limit=MAX_CANDIDATES,
            )
        yield "unit", assets.partner_id

    def _find_by_former_tickets(self, contact):
        """Yield (reason, customers) of tickets with this phone or e-mail."""
        if self.partner_id:
            return  # people of one house call from one phone
        for reason, name, value in (
            ("former_phone", "phone_sanitized", contact.phone),
            ("former_email", "partner_email", contact.email),
        ):
            if value:
                tickets = self.search_fetch(
                    [
                        (name, "=", value),
                        ("partner_id", "!=", False),
                        ("company_id", "=", contact.company_id),
                    ],
                    ["partner_id"],
                    limit=MAX_CANDIDATES,
                    order="id desc",
                )
                yield reason, tickets.partner_id

    def _find_by_name(self, contact):
        """Yield (reason, customers) with the same or a similar name, and place."""
        name = contact.name
        if len(name) < 2:
            return
        found = self._search_similar_names(contact)
        same = found.filtered(lambda p: p.name.strip().lower() == name.lower())
        yield "same_name", same
        yield "similar_name", found - same
        place = self._get_hint_place()
        yield (
            "same_place",
            found.filtered(lambda p: same_place(place, self._read_place(p))),
        )

    def _search_similar_names(self, contact):
        """Return customers with the same or a similar name, the most similar first.

        Names in Chinese are too short for trigrams: there, the same is all.
        """
        partners = self.env["res.partner"]
        query = partners._search([("company_id", "in", [False, contact.company_id])])
        name = partners._field_to_sql(query.table, "name", query)
        # by index; where thousands are alike, some of them will do
        alike = "(SELECT id FROM res_partner WHERE name %s %s LIMIT %s)"
        query.add_where(
            SQL(
                f"%s IN ({alike} UNION ALL {alike})",
                SQL.identifier(query.table, "id"),
                *(SQL("="), contact.name, MAX_ALIKE),
                *(SQL("%%"), contact.name, MAX_ALIKE),
            )
        )
        likeness = SQL("similarity(%s, %s)", name, contact.name)
        query.add_where(SQL("%s >= %s OR %s = %s", likeness, ALIKE, name, contact.name))
        query.order = SQL("%s DESC, %s", likeness, SQL.identifier(query.table, "id"))
        query.limit = MAX_CANDIDATES
        names = ["name", "street", "zip", "city"]
        return partners._fetch_query(query, partners._determine_fields_to_fetch(names))

    def _get_hint_place(self):
        """Return street, post code and town where the work is, as far as known."""
        return self._read_place(self.site_id or self.partner_id)

    @api.model
    def _read_place(self, partner):
        return (partner.street or "", partner.zip or "", partner.city or "")

    @api.model
    def _get_hint_doubts(self, contact, partner):
        """Return what speaks against `partner`, see `tools.customer_match`."""
        doubts = []
        phone, email = partner.phone_sanitized, partner.email_normalized
        if contact.phone and phone and phone != contact.phone:
            doubts.append("other_phone")
        if contact.email and email and email != contact.email:
            doubts.append("other_email")
        name = (partner.name or "").strip().lower()
        words = set(contact.name.lower().split())
        if words and not words & set(name.split()) and contact.name not in name:
            doubts.append("other_name")
        return doubts

    # -- in words -------------------------------------------------------------

    def _prepare_hint(self, partner, reasons, doubts, chosen):
        """Return what the form shows of a customer who may be meant."""
        words = self._get_hint_words(partner)
        return {
            "id": partner.id,
            "name": partner.display_name,
            "address": partner._get_service_address(),
            "phone": partner.phone or "",
            "email": partner.email or "",
            "reasons": [words[reason] for reason in reasons],
            "doubts": [words[doubt] for doubt in doubts],
            "chosen": chosen,
        }

    def _get_hint_words(self, partner):
        """Return each reason and each doubt in the reader's words."""
        return {
            "phone": self.env._("Same phone"),
            "email": self.env._("Same e-mail"),
            "known_phone": self.env._("Also called from this phone"),
            "known_email": self.env._("Also wrote from this e-mail"),
            "unit": self.env._("Owns the unit"),
            "former_phone": self.env._("This phone was given on an earlier ticket"),
            "former_email": self.env._("This e-mail was given on an earlier ticket"),
            "same_name": self.env._("Same name"),
            "similar_name": self.env._("Similar name"),
            "same_place": self.env._("Same place"),
            "other_phone": self.env._(
                "but another phone, %(phone)s", phone=partner.phone
            ),
            "other_email": self.env._(
                "but another e-mail, %(email)s", email=partner.email
            ),
            "other_name": self.env._("but another name"),
        }

    # -- not the same ---------------------------------------------------------

    def action_reject_partner_hint(self, partner_id):
        """Remember that the ticket's customer is not the one suggested.

        :param int partner_id: id of the customer who was suggested
        """
        self.ensure_one()
        self.check_access("write")
        other = self.env["res.partner"].browse(int(partner_id))
        self.partner_id._add_service_distinct(other)
        return True

    # -- the customer's page --------------------------------------------------

    def action_open_customer(self):
        """Open the page with everything about the ticket's customer.

        :raises UserError: the ticket has no customer yet
        """
        self.ensure_one()
        self.check_access("read")
        if not self.partner_id:
            raise UserError(
                self.env._("The ticket has no customer yet. Enter one and save it.")
            )
        return self.partner_id.action_open_service_customer()
