# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestAssetReading(ServiceCommon):
    """What meters of units showed, and how much the units were used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meter = cls.env["service.asset.meter"].create({"name": "Hours", "uom": "h"})
        cls.unit = cls._create_asset()

    def _read(self, value, day, user=None, **values):
        readings = self._as(user or self.technician)["service.asset.reading"]
        return readings.create(
            {
                "asset_id": self.unit.id,
                "meter_id": self.meter.id,
                "value": value,
                "read_at": f"2026-01-{day:02} 10:00:00",
                **values,
            }
        )

    def _totals(self):
        return self.unit.reading_ids.sorted("read_at").mapped("total")

    def test_a_lower_value_is_refused_with_what_it_was_before(self):
        self._read(100, 1)
        with self.assertRaisesRegex(ValidationError, "showed 100 on 2026-01-01; 90 is"):
            self._read(90, 2)

    def test_who_reads_at_the_same_time_comes_second(self):
        def get_version():
            query = "SELECT ctid FROM service_asset WHERE id = %s"
            self.env.cr.execute(query, [self.unit.id])
            return self.env.cr.fetchone()

        self._read(100, 1)
        self.env.flush_all()
        before = get_version()
        self._read(110, 2)
        self.assertNotEqual(get_version(), before)

    def test_a_new_meter_begins_anew_and_the_use_goes_on(self):
        self._read(100, 1)
        self._read(150, 2)
        self._read(0, 3, is_meter_exchanged=True)
        self._read(30, 4)
        self.assertEqual(self._totals(), [100, 150, 150, 180])

    def test_a_reading_that_is_handed_in_later_finds_its_place(self):
        self._read(100, 1)
        self._read(300, 5)
        self._read(200, 3)
        self.assertEqual(self._totals(), [100, 200, 300])
        with self.assertRaises(ValidationError):
            self._read(350, 4)

    def test_a_corrected_or_deleted_reading_is_counted_anew(self):
        wrong = self._read(900, 1)
        wrong.value = 100
        self._read(0, 2, is_meter_exchanged=True)
        last = self._read(10, 3)
        self.assertEqual(last.total, 110)
        wrong.with_user(self.supervisor).unlink()
        self.assertEqual(last.total, 10)

    def test_nobody_writes_a_total(self):
        reading = self._read(100, 1)
        reading.total = 5
        self.assertEqual(reading.total, 100)
        self.assertEqual(self._read(120, 2, total=1).total, 120)

    def test_the_future_is_not_read(self):
        soon = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._read(1, 1, read_at=soon)

    def test_other_meters_and_units_count_for_themselves(self):
        self._read(100, 1)
        other = self._create_asset(serial_number="S-2")
        cycles = self.meter.copy({"name": "Cycles"})
        self.assertEqual(self._read(5, 2, meter_id=cycles.id).total, 5)
        self.assertEqual(self._read(6, 2, asset_id=other.id).total, 6)

    def test_use_and_use_per_day_are_told_in_one_query(self):
        self._read(100, 1)
        self._read(150, 11)
        readings = self.env["service.asset.reading"]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            usage = readings._get_usage(self.unit)
        [[key, told]] = usage.items()
        self.assertEqual(key, (self.unit.id, self.meter.id))
        self.assertEqual((told.total, told.value, told.per_day), (150, 150, 5))
        early = fields.Datetime.to_datetime("2026-01-05")
        before = readings._get_usage(self.unit, on=early)
        self.assertEqual(before[key].total, 100)

    def test_many_readings_take_few_queries(self):
        units = self.env["service.asset"].create(
            [{"serial_number": f"M-{n}"} for n in range(40)]
        )

        def read(units, day):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["service.asset.reading"].create(
                [
                    {
                        "asset_id": unit.id,
                        "meter_id": self.meter.id,
                        "value": day,
                        "read_at": f"2026-01-{day:02}",
                    }
                    for unit in units
                ]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        read(units[:2], 1)
        self.assertLessEqual(read(units, 3), read(units[:2], 2) + 2)

    def test_another_company_reads_nothing(self):
        reading = self._read(100, 1)
        with self.assertRaises(AccessError):
            reading.with_user(self.stranger).read(["value"])

    def test_a_reading_for_a_hidden_complaint_is_hidden_and_counts(self):
        complaint = self._create_ticket(
            type_id=self.complaint.id,
            complaint_about="person",
            complained_user_id=self.technician.id,
            asset_id=self.unit.id,
        )
        hidden = self._read(100, 1, self.agent, ticket_id=complaint.id)
        shown = self._as(self.technician)["service.asset.reading"]
        self.assertFalse(shown.search([("id", "=", hidden.id)]))
        with self.assertRaises(ValidationError):
            self._read(90, 2)

    def test_the_button_of_a_ticket_reads_for_the_ticket(self):
        ticket = self._create_ticket(asset_id=self.unit.id)
        context = ticket.with_user(self.agent).action_add_reading()["context"]
        self.assertEqual(
            (context["default_ticket_id"], context["default_asset_id"]),
            (ticket.id, self.unit.id),
        )
