# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestServiceApiUnit(ServiceCommon):
    """Other systems register units and ask for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        products = cls.env["product.product"]
        cls.fridge = products.create({"name": "Fridge", "default_code": "F-API"})
        cls.oven = products.create({"name": "Oven", "default_code": "O-API"})
        cls.values = {
            "serial_number": "S-1",
            "product": "F-API",
            "partner_name": "Ann",
            "phone": "+39 02 5550 1234",
            "installed_on": "2026-01-02",
            "latitude": 45.5,
        }

    def _register(self, **values):
        return self._api().register_unit({**self.values, **values})

    def _units(self):
        return self.env["service.asset"].search([("serial_number", "=", "S-1")])

    def test_a_unit_sent_twice_is_registered_once(self):
        first = self._register()
        self.assertEqual(self._register(), first)
        self.assertRecordValues(
            self._units(),
            [
                {
                    "product_id": self.fridge.id,
                    "state": "installed",
                    "latitude": 45.5,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(first["owner"]["name"], "Ann")
        self.assertEqual(first["state"], "installed")
        self.assertEqual(first["installed_on"], "2026-01-02")

    def test_what_is_sent_later_completes_and_corrects(self):
        self._register()
        answer = self._register(sold_on="2025-12-24", installed_on="2026-01-03")
        self.assertEqual(
            (answer["sold_on"], answer["installed_on"]), ("2025-12-24", "2026-01-03")
        )
        self.assertFalse(self._units().transfer_ids)

    def test_an_owner_is_not_changed_by_the_way(self):
        self._register()
        with self.assertRaisesRegex(UserError, "Transfer it to its new owner"):
            self._register(partner_name="Bob", phone="+39 02 5550 9999")
        self.assertEqual(self._units().partner_id.name, "Ann")

    def test_a_number_of_another_product_is_refused(self):
        self._register()
        with self.assertRaisesRegex(ValidationError, "is a unit of “.+ Fridge”"):
            self._register(product="O-API")

    def test_a_component_names_the_unit_that_it_is_in(self):
        self._register()
        self._register(serial_number="C-1", product="O-API", parent_serial_number="S-1")
        answer = self._api().unit_status("S-1")
        self.assertEqual(
            answer["components"], [{"serial_number": "C-1", "product": "O-API"}]
        )

    def test_status_tells_tickets_readings_and_covers(self):
        self._register()
        unit = self._units()
        ticket = self._create_ticket(asset_id=unit.id)
        meter = self.env["service.asset.meter"].create({"name": "Hours", "uom": "h"})
        self.env["service.asset.reading"].create(
            {
                "asset_id": unit.id,
                "meter_id": meter.id,
                "value": 5,
                "read_at": "2026-02-01 10:00:00",
            }
        )
        answer = self._api().unit_status(" S-1 ", "F-API")
        self.assertEqual(
            answer["open_tickets"],
            [{"number": ticket.number, "name": "It is broken", "phase": "received"}],
        )
        self.assertEqual(
            answer["readings"],
            [
                {
                    "meter": "Hours",
                    "uom": "h",
                    "value": 5,
                    "total": 5,
                    "read_at": "2026-02-01 10:00:00",
                }
            ],
        )
        for cover in answer["covers"]:
            self.assertEqual({*cover}, {"kind", "label", "until", "tone"})

    def test_what_is_wrong_is_said_in_a_sentence(self):
        for values, sentence in (
            ({"serial_number": ""}, "Values are missing: serial_number"),
            ({"product": "NONE"}, "There is no product “NONE”"),
            ({"state": "lost"}, "“lost” is no status of a unit"),
            ({"sold_on": "yesterday"}, "is no date"),
            ({"latitude": "north"}, "wrong type"),
            ({"phone": "x"}, "is not a phone number"),
            ({"colour": "red"}, "Unknown values: colour"),
            ({"parent_serial_number": "U-0"}, "There is no unit “U-0”"),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, sentence):
                self._register(**values)
        self.assertFalse(self._units())

    def test_the_company_and_rights_of_the_caller_count(self):
        self._register()
        with self.assertRaisesRegex(UserError, "There is no unit"):
            self._api(self.stranger).unit_status("S-1")
        with self.assertRaises(AccessError):
            self._api(self.technician).register_unit(self.values)
