# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestRecurrence(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Fridge"})
        batches = cls.env["service.asset.batch"]
        cls.batch = batches.create({"name": "W14", "product_id": cls.product.id})
        cls.unit, cls.twin = (
            cls._create_asset(
                serial_number=serial,
                product_id=cls.product.id,
                batch_id=cls.batch.id,
            )
            for serial in ("S-1", "S-2")
        )
        cls.blamed = cls._create_user("agent", login="blamed")

    @classmethod
    def _create_complaint(cls, **values):
        return cls._create_ticket(type_id=cls.complaint.id, **values)

    def _get_hints(self, user=None, **values):
        """Return {kind: hint} of a complaint that `user` is writing."""
        model = self._as(user or self.agent)["service.ticket"]
        ticket = model.new({"type_id": self.complaint.id, **values})
        return {hint["kind"]: hint for hint in ticket.recurrence_hints or []}

    def test_the_third_complaint_on_a_unit_is_seen_while_it_is_written(self):
        old = [self._create_complaint(asset_id=self.unit.id) for _x in range(2)]
        model = self._as(self.agent)["service.ticket"]
        with Form(model.with_context(service_category="complaint")) as form:
            form.name = "Again"
            self.assertFalse(form.recurrence_hints)
            form.asset_id = self.unit
            hints = {hint["kind"]: hint for hint in form.recurrence_hints}
        hint = hints["asset"]
        self.assertEqual(hint["text"], "Third complaint on unit S-1 within a year")
        self.assertTrue(hint["is_grave"])
        numbers = [row["number"] for row in hint["tickets"]]
        self.assertCountEqual(numbers, [ticket.number for ticket in old])
        # and afterwards the same, without counting itself
        hints = {hint["kind"]: hint for hint in form.record.recurrence_hints}
        self.assertEqual(hints["asset"]["count"], 2)

    def test_batch_model_and_customer_are_told_apart(self):
        partner = self._create_partner(is_company=True)
        contact = self._create_partner(parent_id=partner.id)
        self._create_complaint(asset_id=self.twin.id, partner_id=contact.id)
        self._create_complaint(product_id=self.product.id, partner_id=partner.id)
        hints = self._get_hints(asset_id=self.unit.id, partner_id=partner.id)
        self.assertEqual(set(hints), {"batch", "product", "partner"})
        self.assertEqual(hints["batch"]["count"], 1)
        self.assertEqual(
            hints["product"]["text"],
            "Third complaint on the model Fridge within a year",
        )
        self.assertEqual(hints["partner"]["count"], 2)

    def test_old_cancelled_and_other_requests_do_not_count(self):
        before = fields.Datetime.now() - timedelta(days=400)
        self._create_complaint(asset_id=self.unit.id, opened_at=before)
        dropped = self._create_complaint(asset_id=self.unit.id)
        dropped._move_to_phase("cancelled")
        self._create_ticket(asset_id=self.unit.id)
        self.assertNotIn("asset", self._get_hints(asset_id=self.unit.id))
        request = self.tickets.new(
            {"asset_id": self.unit.id, "type_id": self.repair.id}
        )
        self.assertFalse(request.recurrence_hints)

    def test_who_is_complained_about_again_is_known_to_few(self):
        team = self._create_team(user_id=self.supervisor.id)
        values = {"complained_user_id": self.blamed.id, "complained_team_id": team.id}
        self._create_complaint(complained_user_id=self.blamed.id)
        self.assertFalse(self._get_hints(**values))
        self.assertFalse(self._get_hints(self.supervisor, **values))
        self.assertFalse(self._get_hints(self.blamed, **values))
        self.assertEqual(self._get_hints(self.manager, **values)["user"]["count"], 1)
        member = self._create_user("agent", login="independent")
        self.company.service_complaint_team_id = self._create_team(
            name="Complaints", member_ids=[Command.set(member.ids)]
        )
        self.assertEqual(self._get_hints(member, **values)["user"]["count"], 1)

    def test_complaints_that_the_user_may_not_see_are_not_counted(self):
        ticket = self._create_complaint(asset_id=self.unit.id)
        self.assertIn("asset", self._get_hints(asset_id=self.unit.id))
        ticket._with_flow().write(
            {
                "is_confidential": True,
                "excluded_user_ids": [Command.set(self.agent.ids)],
            }
        )
        self.assertNotIn("asset", self._get_hints(asset_id=self.unit.id))
        self.assertIn("asset", self._get_hints(self.manager, asset_id=self.unit.id))
        hints = self._get_hints(self.technician, asset_id=self.unit.id)
        self.assertNotIn("asset", hints)

    def test_beyond_a_limit_nobody_counts_on(self):
        get = self.tickets._get_ordinal
        self.assertEqual(get(10), "Tenth")
        self.assertEqual(get(11), "11th")
        self.assertEqual(get(101), "At least the 101st")
        self.assertEqual(get(22), "22nd")
        self.assertEqual(get(13), "13th")

    def test_a_batch_counts_its_units_and_complaints(self):
        self._create_complaint(asset_id=self.unit.id)
        batch = self.batch.with_user(self.agent)
        self.assertEqual((batch.asset_count, batch.complaint_count), (2, 1))
        self.assertEqual(batch.action_open_assets()["domain"][0][0], "batch_id")
        found = self.tickets.search(batch.action_open_complaints()["domain"])
        self.assertEqual(found.asset_id, self.unit)

    def test_a_unit_is_not_in_the_batch_of_another_product(self):
        other = self.env["product.product"].create({"name": "Washer"})
        with self.assertRaisesRegex(ValidationError, "type plate"):
            self.unit.product_id = other
