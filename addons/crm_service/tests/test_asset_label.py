# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestAssetLabel(ServiceCommon):
    """Labels of units, and what customers say who have scanned them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner(phone="+39 02 1234 5678")
        cls.unit = cls._create_asset(partner_id=cls.ann.id)
        cls.units = cls.env["service.asset"]

    def _window(self, units, user=None, **values):
        windows = self.env["service.asset.label"].with_env(
            self._as(user or self.technician)
        )
        return windows.create({"asset_ids": units.ids, **values})

    # -- labels -----------------------------------------------------------------------

    def test_each_unit_has_an_address_of_its_own_that_nobody_guesses(self):
        other = self._create_asset(serial_number="S-2")
        url = self.unit._get_label_url()
        self.assertEqual(url, self.unit._get_label_url())
        self.assertNotEqual(url, other._get_label_url())
        token = url.rpartition("/")[2]
        self.assertGreaterEqual(len(token) * 6, 128)
        self.assertEqual(self.units._find_by_label(token), self.unit)
        for wrong in (token[:-1], token + "x", "", None, "\x00", "é" * 24, "%" * 24):
            self.assertFalse(self.units._find_by_label(wrong), wrong)

    def test_nobody_reads_or_sends_a_code(self):
        self.unit._get_label_url()
        unit = self.unit.with_env(self._as(self.manager))
        with self.assertRaises(AccessError):
            unit.read(["label_token"])
        with self.assertRaises(AccessError):
            unit.write({"label_token": "mine"})
        self.assertNotIn("label_token", unit.fields_get())
        self.assertFalse(self.unit.copy({"serial_number": "S-3"}).sudo().label_token)

    def test_a_new_label_makes_the_old_one_worthless(self):
        token = self.unit._get_label_url().rpartition("/")[2]
        with self.assertRaises(AccessError):
            self.unit.with_env(self._as(self.technician)).action_renew_label()
        self.unit.with_env(self._as(self.agent)).action_renew_label()
        self.assertFalse(self.units._find_by_label(token))

    def test_a_sheet_begins_where_the_last_one_ended(self):
        units = self.unit | self._create_asset(serial_number="S-2")
        window = self._window(units, start=24, copies=2)
        self.assertEqual((window.label_count, window.page_count), (4, 2))
        labels = window._get_labels()
        self.assertEqual(labels[:23], [None] * 23)
        serials = [label.lines[-1] for label in labels[23:]]
        self.assertEqual(serials, ["S-1", "S-1", "S-2", "S-2"])
        answer = window.action_print()
        self.assertIn(f"/{window.id}/file/", answer["url"])
        self.assertTrue(base64.b64decode(window.file).startswith(b"%PDF"))
        self.assertTrue(units[0].label_printed_on)
        for values in ({"start": 0}, {"start": 25}, {"copies": 0}, {"copies": 1001}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._window(units, **values)

    def test_labels_are_for_units_that_one_sees(self):
        with self.assertRaises(AccessError):
            self._window(self.unit, self.stranger)

    def test_the_label_names_what_anybody_may_read(self):
        window = self._window(self.unit)
        label = window._get_labels()[0]
        self.assertEqual(label.url, self.unit._get_label_url())
        self.assertEqual(label.heads, ["Scan for service"])
        self.assertNotIn("Ann", str(label))

    # -- registrations ----------------------------------------------------------------

    def _submit(self, unit=None, **values):
        registrations = self.env["service.asset.registration"]
        values = {"name": "Eve", "email": "eve@example.com", **values}
        return registrations._submit((unit or self.unit).sudo(), values)

    def _by(self, record, user=None):
        return record.with_env(self._as(user or self.agent))

    def test_the_owner_is_found_and_stays(self):
        record = self._submit(name="Anna", phone="02 1234 5678", email=False)
        self.assertEqual(record.match_id, self.ann)
        self.assertFalse(record.is_other_owner)
        self._by(record).action_accept()
        self.assertEqual(self.unit.partner_id, self.ann)
        self.assertTrue(self.unit.registered_on)
        self.assertFalse(self.unit.transfer_ids)

    def test_another_owner_gets_the_unit_with_its_history(self):
        record = self._submit(city="Roma")
        self.assertTrue(record.is_other_owner)
        self._by(record).action_accept()
        eve = record.partner_id
        self.assertEqual((eve.name, eve.city), ("Eve", "Roma"))
        self.assertEqual(self.unit.partner_id, eve)
        self.assertEqual(self.unit.transfer_ids.from_partner_id, self.ann)
        self.assertEqual(record.decided_by_id, self.agent)

    def test_what_is_decided_stays(self):
        record = self._submit()
        self._by(record).action_refuse("A joke")
        self.assertEqual((record.state, record.refusal), ("refused", "A joke"))
        for method in ("action_accept", "action_refuse"):
            with self.subTest(method), self.assertRaisesRegex(UserError, "decided"):
                getattr(self._by(record), method)()
        self.assertEqual(self.unit.partner_id, self.ann)

    def test_nobody_writes_what_customers_said_or_what_was_decided(self):
        record = self._by(self._submit(), self.manager)
        for values in ({"state": "accepted"}, {"name": "Other"}, {"asset_id": False}):
            with self.subTest(values), self.assertRaises(UserError):
                record.write(values)
        with self.assertRaises(AccessError):
            record.create({"asset_id": self.unit.id, "name": "Eve"})

    def test_technicians_and_strangers_decide_nothing(self):
        record = self._submit()
        for user in (self.technician, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._by(record, user).action_accept()

    def test_a_unit_has_few_registrations_at_a_time(self):
        made = [self._submit(name=f"Eve {turn}") for turn in range(8)]
        self.assertEqual(len([record for record in made if record]), 5)
        self.assertEqual(self._submit(name="Eve 1"), made[1])

    def test_a_refusal_needs_its_window_of_ones_own(self):
        record = self._submit()
        windows = self.env["service.asset.registration.refuse"]
        window = windows.with_env(self._as(self.agent)).create(
            {"registration_ids": record.ids, "reason": "Not theirs"}
        )
        window.action_refuse()
        self.assertEqual(record.refusal, "Not theirs")
