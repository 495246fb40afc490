# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestAsset(ServiceCommon):
    """A unit's status, number, place and owners."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        products = cls.env["product.product"]
        cls.fridge = products.create({"name": "Fridge", "default_code": "F"})
        cls.oven = products.create({"name": "Oven", "default_code": "O"})
        cls.ann = cls._create_partner(name="Ann")
        cls.bob = cls._create_partner(name="Bob")
        cls.today = fields.Date.today()
        cls.unit = cls._create_asset(
            product_id=cls.fridge.id, partner_id=cls.ann.id, site_id=cls.ann.id
        )

    def _as_agent(self, record):
        return record.with_env(self._as(self.agent))

    # -- status ---------------------------------------------------------------

    def test_a_unit_is_sold_until_it_is_installed(self):
        self.assertEqual(self.unit.state, "sold")
        self.unit.installed_on = self.today
        self.assertEqual(self.unit.state, "installed")
        self.unit.state = "out_of_service"
        self.unit.installed_on = self.today - timedelta(days=1)
        self.assertEqual(self.unit.state, "out_of_service")

    def test_a_unit_imported_as_scrapped_stays_so(self):
        unit = self._create_asset(
            serial_number="S-2", state="scrapped", installed_on=self.today
        )
        self.assertEqual(unit.state, "scrapped")

    def test_what_becomes_of_a_unit_becomes_of_its_components(self):
        part = self._create_asset(serial_number="C-1", parent_id=self.unit.id)
        inner = self._create_asset(serial_number="C-2", parent_id=part.id)
        self.unit.state = "out_of_service"
        self.assertEqual(inner.state, "sold")
        self.unit.state = "scrapped"
        self.assertEqual((part | inner).mapped("state"), ["scrapped", "scrapped"])

    def test_nothing_is_sold_before_it_is_made(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.unit.write({"manufactured_on": "2026-02-01", "sold_on": "2026-01-01"})
            self.env.flush_all()

    # -- serial numbers -------------------------------------------------------

    def test_a_number_of_another_product_is_refused(self):
        with (
            self.assertRaisesRegex(ValidationError, "is a unit of “.+ Fridge”"),
            self.env.cr.savepoint(),
        ):
            self._create_asset(product_id=self.oven.id)
        other = self._create_asset(serial_number="S-2", product_id=self.oven.id)
        with self.assertRaisesRegex(ValidationError, "is a unit of “.+ Fridge”"):
            other.serial_number = "S-1"

    def test_a_number_of_another_product_is_taken_if_somebody_says_so(self):
        other = self._create_asset(product_id=self.oven.id, is_serial_shared=True)
        self.assertEqual(other.serial_number, self.unit.serial_number)
        # what was there before may be changed all the same
        self.unit.is_serial_shared = True
        self.unit.serial_number = "S-1"

    def test_a_number_of_an_archived_unit_is_refused_with_that_reason(self):
        self.unit.active = False
        with self.assertRaisesRegex(ValidationError, "archived unit"):
            self._create_asset(product_id=self.oven.id)

    def test_numbers_of_another_company_do_not_count(self):
        unit = self._create_asset(company_id=self.other_company.id)
        self.assertEqual(unit.serial_number, "S-1")

    def test_two_rows_of_one_call_are_compared_too(self):
        values = {"serial_number": "S-3", "product_id": self.oven.id}
        with self.assertRaises(ValidationError):
            self.env["service.asset"].create(
                [values, {**values, "product_id": self.fridge.id}]
            )

    def test_blanks_around_a_number_are_left_out(self):
        unit = self._create_asset(serial_number="  S 7\t")
        self.assertEqual(unit.serial_number, "S 7")
        unit.serial_number = " S-8 "
        self.assertEqual(unit.serial_number, "S-8")

    def test_the_form_warns_before_it_is_saved(self):
        form = Form(self._as_agent(self.env["service.asset"]))
        form.serial_number = "S-1"
        form.product_id = self.oven
        self.assertIn("Fridge", form.serial_twin_text)
        form.serial_number = "S-2"
        self.assertFalse(form.serial_twin_text)

    def test_many_units_are_checked_in_few_queries(self):
        def create(letter, count):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["service.asset"].create(
                [
                    {
                        "serial_number": f"{letter}-{n}",
                        "product_id": self.fridge.id,
                        "partner_id": self.ann.id,
                    }
                    for n in range(count)
                ]
            ).flush_recordset()
            return self.env.cr.sql_log_count - before

        create("X", 2)
        few = create("A", 2)
        # two queries more are new pages of rows, not queries of each unit
        self.assertLessEqual(create("B", 60), few + 60 * 0.1)

    # -- place ----------------------------------------------------------------

    def test_a_unit_stands_where_its_site_is_unless_somebody_says_more(self):
        self.bob.write({"partner_latitude": 45.5, "partner_longitude": 9.25})
        self.unit.site_id = self.bob
        self.assertEqual((self.unit.latitude, self.unit.longitude), (45.5, 9.25))
        self.assertIn("mlat=45.500000&mlon=9.250000", self.unit.map_url)
        self.unit.latitude = 45.6
        self.assertIn("mlat=45.6", self.unit.map_url)

    def test_without_coordinates_the_map_looks_for_the_address(self):
        self.assertFalse(self.unit.map_url)
        self.ann.write({"street": "Via Dante 12", "city": "Milano"})
        self.assertIn("search?query=Via+Dante+12", self.unit.map_url)

    def test_there_is_no_place_beyond_the_poles(self):
        for values in ({"latitude": 91}, {"longitude": -181}):
            with (
                self.subTest(values),
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.unit.write(values)
                self.env.flush_all()
            self.unit.invalidate_recordset()

    # -- owners ---------------------------------------------------------------

    def test_a_transfer_keeps_both_parties_and_the_day(self):
        day = self.today - timedelta(days=3)
        transfer = self._as_agent(self.unit)._transfer(
            self._as_agent(self.bob), date=day, note="Sold"
        )
        self.assertEqual(
            (self.unit.partner_id, self.unit.site_id), (self.bob, self.bob)
        )
        self.assertRecordValues(
            transfer,
            [
                {
                    "from_partner_id": self.ann.id,
                    "to_partner_id": self.bob.id,
                    "to_site_id": self.bob.id,
                    "date": day,
                    "note": "Sold",
                    "is_owner_changed": True,
                    "user_id": self.agent.id,
                }
            ],
        )

    def test_a_change_by_any_way_is_written_down_once(self):
        self._as_agent(self.unit).write({"partner_id": self.bob.id})
        self.assertEqual(self.unit.transfer_ids.from_partner_id, self.ann)
        self.unit.write({"partner_id": self.bob.id})
        self.assertEqual(len(self.unit.transfer_ids), 1)

    def test_the_first_owner_is_no_transfer(self):
        unit = self._create_asset(serial_number="S-2")
        unit.write({"partner_id": self.ann.id, "site_id": self.ann.id})
        self.assertFalse(unit.transfer_ids)

    def test_components_go_with_their_unit(self):
        part = self._create_asset(
            serial_number="C-1", parent_id=self.unit.id, partner_id=self.ann.id
        )
        inner = self._create_asset(serial_number="C-2", parent_id=part.id)
        self.unit._transfer(self.bob)
        self.assertEqual((part | inner).partner_id, self.bob)
        self.assertFalse((part | inner).transfer_ids)
        self.assertEqual(len(self.unit.transfer_ids), 1)

    def test_a_transfer_is_neither_to_come_nor_before_the_last_one(self):
        self.unit._transfer(self.bob, date=self.today)
        with self.assertRaisesRegex(ValidationError, "transferred on"):
            self.unit._transfer(self.ann, date=self.today - timedelta(days=1))
        with self.assertRaisesRegex(ValidationError, "yet to come"):
            self.unit._transfer(self.ann, date=self.today + timedelta(days=1))

    def test_nobody_rewrites_who_had_a_unit(self):
        transfer = self._as_agent(self.unit._transfer(self.bob))
        transfer.note = "Sold with the flat"
        with self.assertRaisesRegex(UserError, "stays as it was"):
            transfer.from_partner_id = self.bob
        with self.assertRaises(AccessError):
            transfer.unlink()
        with self.assertRaises(AccessError):
            transfer.create({"asset_id": self.unit.id})
        with self.assertRaises(AccessError):
            transfer.with_user(self.technician).write({"note": "x"})

    def test_a_context_key_from_outside_hides_no_transfer(self):
        unit = self._as_agent(self.unit).with_context(service_asset_transfer=True)
        unit.partner_id = self.bob
        self.assertEqual(len(self.unit.transfer_ids), 1)

    def test_the_window_transfers_several_units(self):
        second = self._create_asset(serial_number="S-2", partner_id=self.ann.id)
        units = self._as_agent(self.unit | second)
        action = units.action_transfer()
        windows = units.env[action["res_model"]].with_context(**action["context"])
        with Form(windows) as form:
            form.partner_id = self.bob
            form.note = "Inherited"
        form.record.action_confirm()
        self.assertEqual((self.unit | second).partner_id, self.bob)
        self.assertEqual(
            (self.unit | second).transfer_ids.mapped("note"), ["Inherited"] * 2
        )

    def test_the_window_refuses_what_changes_nothing(self):
        windows = self._as(self.agent)["service.asset.transfer.record"]
        window = windows.create(
            {"asset_ids": [Command.set(self.unit.ids)], "partner_id": self.ann.id}
        )
        with self.assertRaisesRegex(UserError, "at this site of Ann already"):
            window.action_confirm()

    def test_no_window_opens_on_a_unit_of_another_company(self):
        windows = self._as(self.stranger)["service.asset.transfer.record"]
        with self.assertRaises(AccessError):
            windows.create(
                {"asset_ids": [Command.set(self.unit.ids)], "partner_id": self.bob.id}
            )
