# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..const import METER_DAYS
from ..tools import meter_total

# What the totals of a row of readings are counted from; nobody writes them himself.
COUNTED_FIELDS = {
    *("asset_id", "meter_id", "value", "read_at", "is_meter_exchanged", "total"),
}
# A clock that is a little fast is no error.
CLOCK_MINUTES = 10


class Usage(NamedTuple):
    """How much a unit was used."""

    total: float  # since it is counted, whatever meters were exchanged
    value: float  # what the meter shows
    read_at: object
    per_day: float  # on average; 0 if it cannot be told


class ServiceAssetReading(models.Model):
    """What a meter of a unit showed at a moment."""

    _name = "service.asset.reading"
    _description = "Meter Reading"
    _order = "read_at desc, id desc"
    _check_company_auto = True

    asset_id = fields.Many2one(
        "service.asset",
        "Unit",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    meter_id = fields.Many2one(
        "service.asset.meter",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    uom = fields.Char(related="meter_id.uom")
    value = fields.Float(digits=(16, 2), required=True)
    read_at = fields.Datetime(
        "Read On", required=True, default=fields.Datetime.now, index=True
    )
    is_meter_exchanged = fields.Boolean(
        "New Meter",
        help="The meter was exchanged and begins anew with this value. Write down the "
        "last value of the old one before.",
    )
    total = fields.Float(
        "Total Use",
        digits=(16, 2),
        readonly=True,
        copy=False,
        help="What the unit was used since it is counted, whatever meters it had.",
    )
    ticket_id = fields.Many2one(
        "service.ticket",
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        "Read By",
        default=lambda self: self.env.user,
        readonly=True,
        ondelete="restrict",
    )
    note = fields.Char()
    company_id = fields.Many2one(
        related="asset_id.company_id", store=True, index=True, precompute=True
    )

    _value_positive = models.Constraint(
        "CHECK(value >= 0)", "A meter shows no value under zero. Correct it."
    )
    _asset_meter_index = models.Index("(asset_id, meter_id, read_at, id)")

    @api.depends("value", "meter_id")
    def _compute_display_name(self):
        for reading in self:
            meter = reading.meter_id
            reading.display_name = f"{meter.name} {reading.value:g} {meter.uom}"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to check the row of readings and count the total."""
        readings = super().create(vals_list)
        readings._recount(readings._get_rows())
        return readings

    def write(self, vals):
        """Override to check the rows of readings anew and count the totals."""
        rows = self._get_rows()
        result = super().write(vals)
        counting = self.env.su and vals.keys() == {"total"}
        if COUNTED_FIELDS & vals.keys() and not counting:
            self._recount(rows | self._get_rows())
        return result

    def unlink(self):
        """Override to count the totals of the readings that are left."""
        rows = self._get_rows()
        result = super().unlink()
        self._recount(rows)
        return result

    @api.constrains("read_at")
    def _check_read_at(self):
        latest = fields.Datetime.now() + timedelta(minutes=CLOCK_MINUTES)
        for reading in self:
            if reading.read_at > latest:
                raise ValidationError(
                    self.env._(
                        "A meter cannot be read in the future. Correct when "
                        "“%(meter)s” was read.",
                        meter=reading.meter_id.display_name,
                    )
                )

    def _get_rows(self):
        """Return {(unit, meter)} of these readings."""
        return {(reading.asset_id, reading.meter_id) for reading in self}

    @api.model
    @api.model
    def _lock_units(self, ids):
        """Let nobody else count readings of these units meanwhile.

        The rows are written, not only locked: who comes second has counted without
        the first one's reading, fails to serialize, and Odoo calls it again.
        """
        self.env.execute_query(
            SQL(
                "UPDATE service_asset SET id = id WHERE id IN ("
                "SELECT id FROM service_asset WHERE id IN %s "
                "ORDER BY id FOR UPDATE) RETURNING id",
                tuple(ids),
            )
        )

    def _recount(self, rows):
        """Check rows of readings and keep the total of each, in one query for all.

        :param rows: set of (unit, meter)
        :raises ValidationError: a value is lower than the one before, and the meter
            was not exchanged
        """
        if not rows:
            return
        self._lock_units({asset.id for asset, _meter in rows})
        # sudo: what others have read counts too
        found_sudo = self.sudo().search(
            [
                ("asset_id", "in", [asset.id for asset, _meter in rows]),
                ("meter_id", "in", [meter.id for _asset, meter in rows]),
            ],
            order="asset_id, meter_id, read_at, id",
        )
        by_row = found_sudo.grouped(lambda r: (r.asset_id.id, r.meter_id.id))
        for asset, meter in rows:
            readings_sudo = by_row.get((asset.id, meter.id), found_sudo.browse())
            values = [(r.value, r.is_meter_exchanged) for r in readings_sudo]
            place = meter_total.find_drop(values)
            if place is not None:
                before, lower = readings_sudo[place - 1], readings_sudo[place]
                raise ValidationError(self._get_drop_text(before, lower))
            totals = meter_total.get_totals(values)
            for reading_sudo, total in zip(readings_sudo, totals, strict=True):
                if reading_sudo.total != total:
                    reading_sudo.write({"total": total})

    @api.model
    def _get_drop_text(self, before, lower):
        """Return the sentence for a reading that is lower than the one before."""
        return self.env._(
            "“%(meter)s” of unit %(unit)s showed %(before)s on %(day)s; %(value)s is "
            "less. Correct the value, or tick “New Meter” if the meter was exchanged.",
            meter=lower.meter_id.name,
            unit=lower.asset_id.serial_number,
            before=f"{before.value:g}",
            day=fields.Date.to_string(before.read_at),
            value=f"{lower.value:g}",
        )

    @api.model
    def _get_usage(self, assets, meters=None, on=None):
        """Return how much units were used, in one query for all.

        :param assets: `service.asset`
        :param meters: `service.asset.meter`; all if not given
        :param on: datetime; readings after it do not count
        :return: {(id of the unit, id of the meter): Usage}
        """
        domain = [("asset_id", "in", assets.ids)]
        if meters is not None:
            domain.append(("meter_id", "in", meters.ids))
        if on:
            domain.append(("read_at", "<=", on))
        # sudo: how much a unit was used is no secret to whoever plans for it
        readings_sudo = self.sudo().search_fetch(
            domain,
            ["asset_id", "meter_id", "value", "total", "read_at"],
            order="asset_id, meter_id, read_at, id",
        )
        usage = {}
        rows = readings_sudo.grouped(lambda r: (r.asset_id.id, r.meter_id.id))
        for key, row in rows.items():
            last = row[-1]
            pairs = [(reading.read_at, reading.total) for reading in row]
            per_day = meter_total.get_per_day(pairs, METER_DAYS)
            usage[key] = Usage(last.total, last.value, last.read_at, per_day)
        return usage
