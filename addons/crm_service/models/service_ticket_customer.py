# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.mail import email_normalize, email_split_tuples

from .service_guard import without_defaults

CONTACT_FIELDS = ("partner_phone", "partner_email", "partner_name")


class Contact(NamedTuple):
    """What is known of a customer: normalised, empty where unknown."""

    company_id: int
    name: str
    phone: str
    email: str

    @property
    def keys(self):
        """What makes two contacts the same person."""
        return [key for key in (self.phone, self.email) if key]


class ServiceTicket(models.Model):
    """The customer of a ticket: found, or made, from phone, e-mail or name."""

    _inherit = "service.ticket"

    @api.depends("partner_id")
    def _compute_partner_name(self):
        for ticket in self:
            ticket.partner_name = ticket.partner_id.name or ticket.partner_name

    @api.depends("partner_id")
    def _compute_partner_email(self):
        for ticket in self:
            email = ticket.partner_id.email_normalized
            ticket.partner_email = email or ticket.partner_email

    @api.depends("partner_id")
    def _compute_partner_phone(self):
        for ticket in self:
            partner = ticket.partner_id
            # a number that is none on the customer's form must not stop a ticket
            if partner.phone and partner.phone_sanitized:
                ticket.partner_phone = partner.phone
            else:
                ticket.partner_phone = ticket.partner_phone

    @api.depends("partner_phone", "company_id", "partner_id")
    def _compute_phone_sanitized(self):
        for ticket in self:
            phone, partner = ticket.partner_phone, ticket.partner_id
            if phone and phone == partner.phone and phone.startswith("+"):
                # no country is needed to read it as it was read for the customer
                ticket.phone_sanitized = partner.phone_sanitized
            else:
                ticket.phone_sanitized = ticket._normalise_phone(
                    phone, ticket.company_id, partner
                )

    @api.depends("phone_sanitized")
    def _compute_phone_search(self):
        for ticket in self:
            ticket.phone_search = ticket.phone_sanitized

    def _search_phone_search(self, operator, value):
        """Find a whole number however it is typed, or a part of one by its digits."""
        if operator != "in":
            return NotImplemented
        company = self.env.company
        domains = []
        for text in filter(None, value):
            number = self._normalise_phone(text, company)
            digits = "".join(filter(str.isdigit, text)).lstrip("0")
            if number:
                domains.append(Domain("phone_sanitized", "=", number))
            elif digits:
                domains.append(Domain("phone_sanitized", "like", digits))
        return Domain.OR(domains)

    @api.constrains("partner_phone")
    def _check_partner_phone(self):
        for ticket in self:
            if ticket.partner_phone and not ticket.phone_sanitized:
                raise ValidationError(self._phone_error(ticket.partner_phone))

    @api.model
    def _phone_error(self, phone):
        """Return the sentence for a phone number that is none."""
        return self.env._(
            "“%(phone)s” is not a phone number. Write it with the country code, for "
            "example +39 02 1234 5678.",
            phone=phone,
        )

    @api.model
    def _normalise_phone(self, phone, company, partner=None):
        """Return `phone` in E.164, read as in the company's country, or False.

        :param phone: as it was typed
        :param company: its country reads a number without country code
        :param partner: his country is tried next
        """
        if not phone:
            return False
        if phone.startswith("+"):  # it says its country itself
            number = company._phone_format_number(phone, self.env["res.country"])
            if number:
                return number
        countries = company.country_id | (partner or company.partner_id).country_id
        for country in countries or [countries]:
            number = company._phone_format(number=phone, country=country)
            if number:
                return number
        return False

    # -- find or create -----------------------------------------------------

    @api.model
    def _complete_customers(self, vals_list):
        """Fill `partner_id` into `vals_list` where the customer can be told."""
        waiting = []
        for vals in vals_list:
            self._split_email(vals)
            if vals.get("partner_id"):
                continue
            contact = self._prepare_contact(vals)
            if contact.keys or contact.name:
                waiting.append((vals, contact))
            elif vals.get("asset_id"):
                asset = self.env["service.asset"].browse(vals["asset_id"])
                vals["partner_id"] = asset.partner_id.id
                vals.setdefault("site_id", asset.site_id.id)
        partners = self._find_or_create_partners([contact for _v, contact in waiting])
        for (vals, _contact), partner in zip(waiting, partners, strict=True):
            vals["partner_id"] = partner.id

    def _assign_customers(self):
        """Find or create the customer of tickets that have none."""
        tickets = self.filtered(lambda ticket: not ticket.partner_id)
        found = [(t, t._prepare_contact_from_ticket()) for t in tickets]
        found = [(t, contact) for t, contact in found if contact.keys or contact.name]
        partners = self._find_or_create_partners([contact for _t, contact in found])
        for (ticket, _contact), partner in zip(found, partners, strict=True):
            ticket._with_flow().partner_id = partner

    @api.model
    def _split_email(self, vals):
        """Take the name out of an address like “Ann <ann@example.com>”."""
        for name, address in email_split_tuples(vals.get("partner_email") or "")[:1]:
            vals["partner_email"] = address
            if name and not vals.get("partner_name") and not vals.get("partner_id"):
                vals["partner_name"] = name

    @api.model
    def _prepare_contact(self, vals):
        """Return the contact that create values speak of.

        :raises ValidationError: the phone is no phone number
        """
        company = self.env["res.company"].browse(vals["company_id"])
        phone = vals.get("partner_phone")
        e164 = self._normalise_phone(phone, company)
        if phone and not e164:
            raise ValidationError(self._phone_error(phone))
        return Contact(
            company.id,
            (vals.get("partner_name") or "").strip(),
            e164 or "",
            email_normalize(vals.get("partner_email") or "") or "",
        )

    def _prepare_contact_from_ticket(self):
        """Return the contact that this ticket speaks of."""
        values = {name: self[name] for name in CONTACT_FIELDS}
        return self._prepare_contact({**values, "company_id": self.company_id.id})

    @api.model
    def _find_or_create_partner(self, company, name=None, phone=None, email=None):
        """Return the customer with this phone or e-mail, made if there is none.

        Two customers fit: the one with both; else by phone before e-mail, a company
        or person of its own before a contact of another, the oldest first.

        :raises ValidationError: the phone is no phone number
        """
        vals = {
            "company_id": company.id,
            "partner_name": name,
            "partner_phone": phone,
            "partner_email": email,
        }
        self._split_email(vals)
        return self._find_or_create_partners([self._prepare_contact(vals)])[0]

    @api.model
    def _find_or_create_partners(self, contacts):
        """Return a customer for each of `contacts`, never one of another company."""
        if not contacts:
            return []
        found = self._find_partners(contacts)
        missing, place_of_key, places = [], {}, {}
        for index, contact in enumerate(contacts):
            if found[index]:
                continue
            known = [place_of_key[key] for key in contact.keys if key in place_of_key]
            places[index] = known[0] if known else len(missing)
            if not known:
                missing.append(contact)
            for key in contact.keys:
                place_of_key.setdefault(key, places[index])
        self.env["service.contact.lock"]._lock(place_of_key)
        created = without_defaults(self.env["res.partner"]).create(
            [self._prepare_partner_vals(contact) for contact in missing]
        )
        return [
            found[index] or created[places[index]] for index in range(len(contacts))
        ]

    @api.model
    def _find_partners(self, contacts):
        """Return for each of `contacts` the customer that fits best, or none."""
        phones = list({contact.phone for contact in contacts if contact.phone})
        emails = list({contact.email for contact in contacts if contact.email})
        nobody = self.env["res.partner"]
        if not phones and not emails:
            return [nobody] * len(contacts)
        companies = list({contact.company_id for contact in contacts})
        domain = Domain("company_id", "in", [False, *companies]) & (
            Domain("phone_sanitized", "in", phones)
            | Domain("email_normalized", "in", emails)
        )
        fields = ["phone_sanitized", "email_normalized", "parent_id", "company_id"]
        by_key = {}
        for partner in nobody.search_fetch(domain, fields, order="id"):
            for key in {partner.phone_sanitized, partner.email_normalized}:
                by_key.setdefault(key, []).append(partner)
        found = [self._choose_partner(contact, by_key) for contact in contacts]
        return self._find_by_contact_points(contacts, found)

    @api.model
    def _find_by_contact_points(self, contacts, found):
        """Return `found`, completed by customers known by another phone or e-mail.

        :param found: for each of `contacts` the customer found by his own, or none
        """
        unknown = [c for c, partner in zip(contacts, found, strict=True) if not partner]
        keys = {key for contact in unknown for key in contact.keys}
        # sudo: who may make a ticket may have its customer found
        points = self.env["service.contact.point"].sudo()
        points = points._find_by_keys(keys, {c.company_id for c in unknown})
        if not points:
            return found
        by_key = {}
        for point in points:
            partner = point.partner_id.sudo(self.env.su)
            by_key.setdefault(point.value, []).append(partner)
        return [
            partner or self._choose_partner(contact, by_key)
            for contact, partner in zip(contacts, found, strict=True)
        ]

    @api.model
    def _choose_partner(self, contact, by_key):
        """Return the best of the customers in `by_key` for `contact`, or none."""
        fits = {p for key in contact.keys for p in by_key.get(key, ())}
        fits = [p for p in fits if p.company_id.id in (False, contact.company_id)]
        if not fits:
            return self.env["res.partner"]
        return min(
            fits,
            key=lambda p: (
                not contact.phone or p.phone_sanitized != contact.phone,
                not contact.email or p.email_normalized != contact.email,
                bool(p.parent_id),
                p.id,
            ),
        )

    @api.model
    def _prepare_partner_vals(self, contact):
        """Return the values of a new customer for `contact`."""
        vals = {"name": contact.name or contact.email or contact.phone}
        if contact.phone:
            number = self.env["res.partner"]._phone_format(
                number=contact.phone, force_format="INTERNATIONAL"
            )
            vals["phone"] = number or contact.phone
        if contact.email:
            vals["email"] = contact.email
        return vals

    # -- the customer's own window --------------------------------------------

    def _get_public_status(self):
        """Return the brief status, which the customer may see, and nothing else.

        :return: dict of number, name, phase, phase_label, updated_at and history (a
            list of dicts of phase, phase_label, at); times are UTC text
        """
        self.ensure_one()
        labels = dict(self._fields["phase"]._description_selection(self.env))
        history = []
        # sudo: the log is for staff; of it, only phases and times are given
        for row in self.sudo().stage_log_ids.sorted(
            lambda log: (log.entered_at, log.id)
        ):
            if not history or history[-1]["phase"] != row.phase:
                history.append(
                    {
                        "phase": row.phase,
                        "phase_label": labels[row.phase],
                        "at": str(row.entered_at),
                    }
                )
        return {
            "number": self.number,
            "name": self.name,
            "phase": self.phase,
            "phase_label": labels[self.phase],
            "updated_at": history[-1]["at"] if history else str(self.opened_at),
            "history": history,
        }
