# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.tools import hmac

from ..tools import acceptance_number


class ServiceTicket(models.Model):
    """The acceptance number of a ticket, and how it is found by it."""

    _inherit = "service.ticket"

    @api.depends("number", "phone_sanitized")
    def _compute_track_key(self):
        for ticket in self:
            ticket.track_key = self._get_track_key(
                ticket.number, ticket.phone_sanitized
            )

    @api.model
    def _add_precomputed_values(self, vals_list):
        """Override to insert the tracking key, which no user may read or compute."""
        result = super()._add_precomputed_values(vals_list)
        for vals in vals_list:
            vals["track_key"] = self._get_track_key(
                vals.get("number"), vals.get("phone_sanitized")
            )
        return result

    @api.model
    def _generate_numbers(self, prefixes):
        """Return a new acceptance number for each of `prefixes`."""
        numbers = {}
        missing = list(enumerate(prefixes))
        while missing:
            for place, prefix in missing:
                numbers[place] = acceptance_number.make(prefix)
            # sudo: numbers are unique over all companies
            taken = (
                self.with_context(active_test=False)
                .sudo()
                ._read_group([("number", "in", list(numbers.values()))], ["number"])
            )
            used, seen = {number for (number,) in taken}, set()
            missing = [
                (place, prefixes[place])
                for place, number in numbers.items()
                if number in used or number in seen or seen.add(number)
            ]
        return [numbers[place] for place in range(len(prefixes))]

    @api.model
    def _find_by_number(self, number, follow=True):
        """Return the ticket with `number`, however it was typed, or none.

        :param bool follow: go on to the ticket that it was merged into, if it was
        """
        number = acceptance_number.normalise(number)
        if not acceptance_number.check(number):
            return self.browse()
        return self.with_context(active_test=False).search(
            [("number", "=", number)], limit=1
        )

    @api.model
    def _get_track_key(self, number, e164):
        """Return the secret key of a number and phone; no phone, no key."""
        if not number or not e164:
            return False
        # su: the key must not depend on who computes it
        return hmac(self.env(su=True), "crm_service-track", f"{number}|{e164}")

    @api.model
    def _find_by_track_key(self, number, phone):
        """Return the ticket with this number and phone, or none, as superuser.

        It is found by equality on a keyed hash of both, so that a miss tells nothing
        of what was wrong. Numbers without country code are read as in the countries
        of all companies.
        """
        number = acceptance_number.normalise(number)
        # sudo: the caller is nobody yet; number and phone are the key
        tickets_sudo = self.sudo()
        with_country = [("partner_id.country_id", "!=", False)]
        countries = self.env["res.company"].sudo().search(with_country).country_id
        numbers = {
            countries._phone_format(number=phone, country=country)
            for country in countries or [countries]
            if phone
        }
        keys = [self._get_track_key(number or "-", e164 or "-") for e164 in numbers]
        found = tickets_sudo.search([("track_key", "in", keys or ["-"])], limit=1)
        return found - found._filter_hidden()
