# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestAssetComponent(ServiceCommon):
    """What is in a unit: as sold, as it is now, and what was exchanged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        products = cls.env["product.product"]
        cls.pump = products.create({"name": "Pump"})
        cls.ann = cls._create_partner(name="Ann")
        owned = {"partner_id": cls.ann.id, "site_id": cls.ann.id}
        cls.unit = cls._create_asset(serial_number="U-1", **owned)
        cls.old = cls._create_asset(
            serial_number="P-1", product_id=cls.pump.id, parent_id=cls.unit.id, **owned
        )
        cls.ticket = cls._create_ticket(asset_id=cls.unit.id, user_id=cls.technician.id)

    def _exchange(self, **values):
        """Exchange the pump by the technician's window; return what is kept of it."""
        unit = self.unit.with_env(self._as(self.technician))
        ticket = self.ticket.with_env(unit.env)
        action = ticket.action_exchange_component()
        windows = unit.env[action["res_model"]].with_context(**action["context"])
        with Form(windows) as form:
            for name, value in values.items():
                setattr(form, name, value)
        form.record.action_confirm()
        return self.unit.exchange_ids[:1]

    def test_two_clicks_and_a_number_exchange_a_component(self):
        exchange = self._exchange(serial_number=" P-2 ")
        new = exchange.installed_id
        self.assertRecordValues(
            exchange,
            [
                {
                    "asset_id": self.unit.id,
                    "removed_id": self.old.id,
                    "removed_state": "returned",
                    "product_id": self.pump.id,
                    "ticket_id": self.ticket.id,
                    "user_id": self.technician.id,
                    "date": fields.Date.today(),
                }
            ],
        )
        self.assertRecordValues(
            new | self.old,
            [
                {
                    "serial_number": "P-2",
                    "parent_id": self.unit.id,
                    "partner_id": self.ann.id,
                    "state": "installed",
                },
                {
                    "serial_number": "P-1",
                    "parent_id": False,
                    "partner_id": self.ann.id,
                    "state": "returned",
                },
            ],
        )

    def test_components_as_sold_are_told_after_many_exchanges(self):
        second = self._exchange(serial_number="P-2").installed_id
        third = self._exchange(removed_id=second, serial_number="P-3").installed_id
        self.assertEqual(self.unit.child_ids, third)
        self.assertEqual(self.unit.sold_component_ids, self.old)

    def test_what_has_no_number_is_exchanged_too(self):
        exchange = self._exchange()
        self.assertFalse(exchange.installed_id)
        self.assertEqual(exchange.product_id, self.pump)
        self.assertFalse(self.unit.child_ids)

    def test_something_is_put_in_or_taken_out_alone(self):
        put_in = self._exchange(
            removed_id=self.env["service.asset"],
            product_id=self.pump,
            serial_number="P-9",
        )
        self.assertFalse(put_in.removed_id)
        self.assertFalse(put_in.removed_state)
        self.assertEqual(self.unit.child_ids, self.old | put_in.installed_id)
        out = self._exchange(
            removed_id=self.old, product_id=self.env["product.product"]
        )
        self.assertFalse(out.installed_id)
        self.assertEqual(self.unit.child_ids, put_in.installed_id)

    def test_a_spare_that_is_registered_is_put_in(self):
        spare = self._create_asset(serial_number="P-2", product_id=self.pump.id)
        self.assertEqual(self._exchange(serial_number="P-2").installed_id, spare)

    def test_what_is_in_another_unit_is_not_put_in(self):
        other = self._create_asset(serial_number="U-2")
        self._create_asset(
            serial_number="P-2", product_id=self.pump.id, parent_id=other.id
        )
        with self.assertRaisesRegex(UserError, "is in unit U-2"):
            self._exchange(serial_number="P-2")
        with self.assertRaisesRegex(UserError, "Take it out there first"):
            self._exchange(serial_number="P-1")

    def test_what_was_scrapped_is_not_put_in(self):
        self._create_asset(
            serial_number="P-2", product_id=self.pump.id, state="scrapped"
        )
        with self.assertRaisesRegex(UserError, "was scrapped"):
            self._exchange(serial_number="P-2")

    def test_a_component_is_taken_out_once(self):
        self._exchange(serial_number="P-2")
        with self.assertRaisesRegex(UserError, "is not in unit U-1 any more"):
            self.unit._exchange(self.old)

    def test_an_exchange_is_not_yet_to_come(self):
        with self.assertRaisesRegex(ValidationError, "yet to come"):
            self._exchange(date=fields.Date.today() + timedelta(days=2))

    def test_a_mistake_is_undone_the_latest_first(self):
        first = self._exchange(serial_number="P-2")
        second = self._exchange(serial_number="P-3")
        with self.assertRaisesRegex(UserError, "Undo the latest exchange"):
            first.with_user(self.technician).action_undo()
        for exchange in (second, first):
            exchange.with_user(self.technician).action_undo()
        self.assertEqual(self.unit.child_ids, self.old)
        self.assertEqual(self.old.state, "installed")
        self.assertFalse(self.unit.exchange_ids)

    def test_nobody_rewrites_what_was_exchanged(self):
        exchange = self._exchange(serial_number="P-2").with_user(self.technician)
        exchange.note = "It leaked"
        with self.assertRaisesRegex(UserError, "stays as it was"):
            exchange.removed_id = exchange.installed_id
        for method in (exchange.unlink, lambda: exchange.copy()):
            with self.assertRaises(AccessError):
                method()

    def test_a_component_that_contains_itself_is_refused(self):
        for inner in (self.unit, self.old):
            with (
                self.subTest(inner=inner.serial_number),
                self.assertRaisesRegex(ValidationError, "part of itself"),
                self.env.cr.savepoint(),
            ):
                self.unit.parent_id = inner

    def test_a_component_of_a_component_is_exchanged_in_its_place(self):
        inner = self._create_asset(serial_number="V-1", parent_id=self.old.id)
        exchange = self._exchange(
            removed_id=inner, product_id=self.pump, serial_number="V-2"
        )
        self.assertFalse(exchange)
        self.assertEqual(self.old.exchange_ids.installed_id.parent_id, self.old)

    def test_no_window_opens_on_a_unit_of_another_company(self):
        windows = self._as(self.stranger)["service.asset.exchange.record"]
        with self.assertRaises(AccessError):
            windows.create({"asset_id": self.unit.id})

    def test_the_exchange_for_a_hidden_complaint_is_hidden(self):
        complaint = self._create_ticket(
            type_id=self.complaint.id,
            complaint_about="person",
            complained_user_id=self.technician.id,
            asset_id=self.unit.id,
        )
        exchange = self.unit._exchange(self.old, ticket_id=complaint.id)
        shown = self._as(self.technician)["service.asset.exchange"]
        self.assertFalse(shown.search([("id", "=", exchange.id)]))
        seen = self._as(self.agent)["service.asset.exchange"]
        self.assertTrue(seen.search([("id", "=", exchange.id)]))
