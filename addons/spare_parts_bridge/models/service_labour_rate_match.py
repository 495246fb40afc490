from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.time_bands import Band, round_up, split_interval

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ServiceLabourRate(models.Model):
    """Which rates count for time spent, and for how much of it."""

    _inherit = "service.labour.rate"

    # -- checks -------------------------------------------------------------------

    @api.constrains("hour_from", "hour_to", "distance_from", "distance_to")
    def _check_bounds(self):
        for rate in self:
            if not (0 <= rate.hour_from < 24 and 0 < rate.hour_to <= 24):
                raise ValidationError(
                    self.env._(
                        "The hours of “%(rate)s” must lie between 0:00 and 24:00.",
                        rate=rate.name,
                    )
                )
            if rate.hour_from == rate.hour_to:
                raise ValidationError(
                    self.env._(
                        "“%(rate)s” ends at the hour at which it begins. Enter 0:00 to "
                        "24:00 for the whole day.",
                        rate=rate.name,
                    )
                )
            if rate.distance_to and rate.distance_to <= rate.distance_from:
                raise ValidationError(
                    self.env._(
                        "The zone of “%(rate)s” ends before it begins. Correct its "
                        "kilometres; 0 means however far it is.",
                        rate=rate.name,
                    )
                )

    @api.constrains(*WEEKDAYS)
    def _check_weekdays(self):
        for rate in self:
            if not any(rate[day] for day in WEEKDAYS):
                raise ValidationError(
                    self.env._(
                        "“%(rate)s” counts on no day of the week. Choose one at least, "
                        "or archive it.",
                        rate=rate.name,
                    )
                )

    @api.constrains("kind", "basis")
    def _check_basis(self):
        for rate in self:
            if rate.basis == "km" and rate.kind != "travel":
                raise ValidationError(
                    self.env._(
                        "“%(rate)s” is for work, which has no kilometres. Choose "
                        "another basis, or make it a rate for travel.",
                        rate=rate.name,
                    )
                )

    # -- matching -----------------------------------------------------------------

    @api.model
    def _get_for_company(self, company):
        """Return the rates that a company may use, in their order."""
        return self.search(Domain("company_id", "in", (company.id, False)))

    def _get_band(self):
        """Return when this rate counts."""
        return Band(
            key=self.id,
            weekdays=frozenset(n for n, day in enumerate(WEEKDAYS) if self[day]),
            holidays=self.holidays,
            start=self.hour_from,
            stop=self.hour_to,
        )

    def _fits_place(self, distance, postcode):
        """Tell whether a trip of so many kilometres to that postcode is in the zone."""
        if distance < self.distance_from:
            return False
        if self.distance_to and distance >= self.distance_to:
            return False
        prefixes = [p.strip() for p in (self.zip_prefixes or "").split(",")]
        prefixes = [prefix.casefold() for prefix in prefixes if prefix]
        postcode = (postcode or "").strip().casefold()
        return not prefixes or any(postcode.startswith(p) for p in prefixes)

    def _find_quantities(self, entry):
        """Return what of the finished `entry` is charged at which of these rates.

        :param entry: `service.time.entry`
        :return: list of (rate, quantity): hours, kilometres or 1 for flat rates
        """
        skills = entry._get_skills()
        site = entry.ticket_id.site_id or entry.ticket_id.partner_id
        fitting = self.filtered(
            lambda rate: (
                rate.kind == entry.kind
                and (not rate.skill_id or rate.skill_id in skills)
                and rate._fits_place(entry.distance_km, site.zip)
            )
        )
        hours = fitting._split_hours(entry)
        flat = fitting.filtered(lambda rate: rate.basis == "flat")
        flat = flat.filtered(lambda rate: rate._get_band_at(entry))[:1]
        if flat:
            return [(flat, 1.0)]
        found = []
        by_km = fitting.filtered(lambda rate: rate.basis == "km")
        by_km = by_km.filtered(lambda rate: rate._get_band_at(entry))[:1]
        if by_km and entry.distance_km:
            found.append((by_km, entry.distance_km))
        for rate in fitting.filtered(lambda rate: rate.id in hours):
            quantity = round_up(hours[rate.id], rate.round_minutes, rate.minimum_hours)
            if quantity:
                found.append((rate, quantity))
        return found

    def _get_band_at(self, entry):
        """Tell whether this rate counts when `entry` begins."""
        zone, (start, _stop) = entry._get_zone(), entry._get_bounds()
        holidays = entry._get_holidays()
        is_holiday = any(begin <= start < end for begin, end in holidays)
        return self._get_band().covers(start.astimezone(zone), is_holiday)

    def _split_hours(self, entry):
        """Return ``{rate id: hours}`` of the rates by the hour."""
        hourly = self.filtered(lambda rate: rate.basis == "hour")
        start, stop = entry._get_bounds()
        return split_interval(
            start,
            stop,
            [rate._get_band() for rate in hourly],
            entry._get_zone(),
            entry._get_holidays(),
        )

    def _get_uom(self):
        """Return the unit of the quantities, if the product is sold in such units."""
        own = self.product_id.uom_id
        if self.basis == "flat":
            return own
        name = "km" if self.basis == "km" else "hour"
        unit = self.env.ref(f"uom.product_uom_{name}", raise_if_not_found=False)
        return unit if unit and unit._has_common_reference(own) else own
