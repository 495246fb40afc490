# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools.mail import email_normalize

from ..tools.unit_table import fold
from .service_guard import without_defaults
from .service_ticket_customer import Contact

CUSTOMER_TARGETS = ("partner", "partner_ref", "partner_phone", "partner_email")


class ServiceAssetImport(models.Model):
    """Which customers, dealers and sites the rows of a batch speak of."""

    _inherit = "service.asset.import"

    def _find_partners(self, drafts):
        """Find the customers: by reference, then phone or e-mail, then name."""
        named = [d for d in drafts if any(d.get(name) for name in CUSTOMER_TARGETS)]
        for step in (self._find_by_ref, self._find_by_contact, self._find_by_name):
            step([d for d in named if not d.partner and not d.problem])
        lost = [d for d in named if not d.partner and not d.problem]
        if self.create_customers:
            self._make_partners(lost)
        for draft in named:
            if draft.partner:
                draft.vals["partner_id"] = draft.partner.id
            else:
                draft.fail(
                    self.env._(
                        "No customer “%(text)s” is known. Create the customer first, "
                        "or choose “Make Unknown Customers”.",
                        text=next(filter(None, map(draft.get, CUSTOMER_TARGETS))),
                    )
                )

    def _find_by_ref(self, drafts):
        """Find customers by their reference."""
        refs = {draft.get("partner_ref") for draft in drafts} - {""}
        found = self._group_partners("ref", refs)
        for draft in drafts:
            self._choose(draft, draft.get("partner_ref"), found)

    def _find_by_contact(self, drafts):
        """Find customers by phone or e-mail, as a new ticket does."""
        contacts = [self._get_contact(draft) for draft in drafts]
        found = self.env["service.ticket"]._find_partners(contacts)
        for draft, partner in zip(drafts, found, strict=True):
            if not draft.problem:
                draft.partner = partner or None

    def _get_contact(self, draft):
        """Return the contact that a row speaks of."""
        phone, email = draft.get("partner_phone"), draft.get("partner_email")
        tickets = self.env["service.ticket"]
        number = tickets._normalise_phone(phone, self.company_id)
        if phone and not number:
            draft.fail(tickets._phone_error(phone))
        normal = email_normalize(email) or ""
        if email and not normal:
            draft.fail(self.env._("“%(text)s” is not an e-mail address.", text=email))
        return Contact(self.company_id.id, draft.get("partner"), number or "", normal)

    def _find_by_name(self, drafts):
        """Find customers by their name; the town tells two of one name apart."""
        found = self._group_partners("name", {d.get("partner") for d in drafts} - {""})
        for draft in drafts:
            text = draft.get("partner")
            fits = found[text]
            if len(fits) > 1:
                fits = fits.filtered(lambda p: not p.parent_id) or fits
            if len(fits) > 1:
                fits = self._filter_place(fits, draft) or fits
            self._choose(draft, text, {text: fits})

    def _filter_place(self, partners, draft):
        """Return those of `partners` that live where the row says."""
        place = (fold(draft.get("partner_zip")), fold(draft.get("partner_city")))
        if not any(place):
            return partners
        return partners.filtered(lambda p: place == (fold(p.zip), fold(p.city)))

    def _group_partners(self, name, texts):
        """Return `{text: partners}` whose field `name` is one of `texts`."""
        partners = self.env["res.partner"]
        found = defaultdict(partners.browse)
        if texts:
            domain = self._get_own_domain() & Domain(name, "in", list(texts))
            fields = [name, "parent_id", "zip", "city", "commercial_partner_id"]
            for partner in partners.search_fetch(domain, fields):
                found[partner[name]] |= partner
        return found

    def _choose(self, draft, text, found):
        """Take the only partner that `text` names; several are a problem."""
        partners = found[text] if text else ()
        if len(partners) == 1:
            draft.partner = partners
        elif partners:
            draft.fail(
                self.env._(
                    "%(count)s contacts are called “%(text)s”. Write the customer's "
                    "reference, phone or e-mail as well.",
                    count=len(partners),
                    text=text,
                )
            )

    # -- new customers --------------------------------------------------------------

    def _make_partners(self, drafts):
        """Make the customers of rows that name nobody known, each once."""
        groups = defaultdict(list)
        for draft in drafts:
            groups[self._get_partner_key(draft)].append(draft)
        firsts = [group[0] for group in groups.values()]
        self._try_all(firsts, self._create_partners)
        for group in groups.values():
            for draft in group[1:]:
                draft.partner = group[0].partner
                if group[0].problem:
                    draft.fail(group[0].problem)

    def _get_partner_key(self, draft):
        """Return what makes two rows speak of one new customer."""
        contact = self._get_contact(draft)
        return (
            draft.get("partner_ref")
            or contact.phone
            or contact.email
            or (draft.get("partner"), fold(draft.get("partner_city")))
        )

    def _create_partners(self, drafts):
        """Create a customer for each of `drafts`."""
        partners = without_defaults(self.env["res.partner"]).create(
            [self._prepare_partner_vals(draft) for draft in drafts]
        )
        for draft, partner in zip(drafts, partners, strict=True):
            draft.partner = partner

    def _prepare_partner_vals(self, draft):
        """Return the values of a new customer."""
        contact = self._get_contact(draft)
        vals = self.env["service.ticket"]._prepare_partner_vals(contact)
        vals["name"] = draft.get("partner") or vals["name"] or draft.get("partner_ref")
        vals["ref"] = draft.get("partner_ref")
        for name in ("street", "zip", "city"):
            vals[name] = draft.get(f"partner_{name}")
        country = self._find_country(draft.get("partner_country"))
        return {name: value for name, value in vals.items() if value} | {
            "country_id": (country or self.company_id.country_id).id,
        }

    def _find_country(self, text):
        """Return the country with this code or name, or none."""
        countries = self.env["res.country"]
        if not text:
            return countries
        domain = Domain("code", "=ilike", text) | Domain("name", "=ilike", text)
        return countries.search(domain, limit=1)

    # -- dealers and sites ----------------------------------------------------------

    def _find_dealers(self, drafts):
        """Find the dealers by reference or name."""
        named = [draft for draft in drafts if draft.get("dealer")]
        texts = {draft.get("dealer") for draft in named}
        by_ref = self._group_partners("ref", texts)
        by_name = self._group_partners("name", texts)
        for draft in named:
            text = draft.get("dealer")
            found = by_ref[text] or by_name[text]
            found = found.filtered(lambda p: not p.parent_id) or found
            if len(found) == 1:
                draft.vals["dealer_id"] = found.id
            else:
                draft.fail(
                    self.env._(
                        "“%(text)s” names %(count)s contacts, and a unit has one "
                        "dealer. Write the dealer's reference.",
                        text=text,
                        count=len(found),
                    )
                )

    def _find_sites(self, drafts):
        """Find the sites among the addresses of the rows' customers."""
        named = [d for d in drafts if d.get("site") or d.get("site_street")]
        owners = self.env["res.partner"].union(
            *(self._get_owner(draft).commercial_partner_id for draft in named)
        )
        domain = [("id", "child_of", owners.ids)]
        rows = owners.search(domain) if owners else owners
        by_owner = rows.grouped("commercial_partner_id")
        lost = []
        for draft in named:
            owner = self._get_owner(draft)
            sites = by_owner.get(owner.commercial_partner_id, rows.browse())
            site = sites.filtered(lambda p, draft=draft: self._is_site(p, draft))[:1]
            if site:
                draft.vals["site_id"] = site.id
            elif self.create_customers and owner:
                lost.append(draft)
            else:
                draft.fail(self._get_site_error(draft, owner))
        self._make_sites(lost)

    def _get_owner(self, draft):
        """Return the customer of a row, or of the unit that is known already."""
        known = draft.asset.partner_id if draft.asset else self.env["res.partner"]
        return draft.partner or known

    def _is_site(self, partner, draft):
        """Tell whether an address is the one that a row speaks of."""
        text = draft.get("site")
        if text:
            return fold(text) in (fold(partner.name), fold(partner.ref))
        return fold(partner.street) == fold(draft.get("site_street")) and (
            not draft.get("site_zip") or partner.zip == draft.get("site_zip")
        )

    def _get_site_error(self, draft, owner):
        """Return the sentence for a site that nobody knows."""
        text = draft.get("site") or draft.get("site_street")
        if not owner:
            return self.env._(
                "“%(site)s” is a site of nobody. Name the customer as well.", site=text
            )
        return self.env._(
            "%(customer)s has no address “%(site)s”. Add it to the customer first, or "
            "choose “Make Unknown Customers”.",
            customer=owner.display_name,
            site=text,
        )

    def _make_sites(self, drafts):
        """Make the addresses that the rows' customers do not have yet, each once."""
        groups = defaultdict(list)
        for draft in drafts:
            owner = self._get_owner(draft).commercial_partner_id
            key = (owner, fold(draft.get("site")), fold(draft.get("site_street")))
            groups[key].append(draft)
        firsts = [group[0] for group in groups.values()]
        self._try_all(firsts, self._create_sites)
        for first, *others in groups.values():
            for draft in others:
                if first.problem:
                    draft.fail(first.problem)
                else:
                    draft.vals["site_id"] = first.vals["site_id"]

    def _create_sites(self, drafts):
        """Create the address of each of `drafts`."""
        sites = without_defaults(self.env["res.partner"]).create(
            [
                {
                    "parent_id": self._get_owner(draft).commercial_partner_id.id,
                    "type": "other",
                    "name": draft.get("site") or draft.get("site_street"),
                    "street": draft.get("site_street") or False,
                    "zip": draft.get("site_zip") or False,
                    "city": draft.get("site_city") or False,
                }
                for draft in drafts
            ]
        )
        for draft, site in zip(drafts, sites, strict=True):
            draft.vals["site_id"] = site.id
