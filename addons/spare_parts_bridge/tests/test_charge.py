from datetime import datetime
from fractions import Fraction
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .charge_common import ChargeCommon

MONDAY = datetime(2026, 3, 2)


@tagged("post_install", "-at_install")
class TestCharge(ChargeCommon):
    # -- parts ----------------------------------------------------------------

    def create_job_sheet(self, quantity=2.0):
        self.set_stock(self.part, 10.0, self.warehouse)
        return self.create_repair({self.part: quantity}, ticket_id=self.ticket.id)

    def test_parts_of_a_job_sheet_are_charged_when_it_is_done(self):
        repair = self.create_job_sheet()
        self.assertFalse(self.ticket.charge_ids)
        self.finish(self.as_user(repair, self.technician))
        charge = self.ticket.charge_ids
        self.assertRecordValues(
            charge,
            [
                {
                    "kind": "part",
                    "product_id": self.part.id,
                    "quantity": 2.0,
                    "unit_price": 100.0,
                    "amount": 200.0,
                    "unit_cost": 40.0,
                    "cost": 80.0,
                    "repair_move_id": repair.move_ids.id,
                    "is_estimate": False,
                    "customer_amount": 200.0,
                }
            ],
        )

    def test_a_part_is_charged_once(self):
        repair = self.finish(self.create_job_sheet())
        self.ticket.action_update_charges()
        repair._charge_parts()
        self.assertEqual(len(self.ticket.charge_ids), 1)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["service.charge"].create(
                repair.move_ids._prepare_charge_vals()
            ).flush_recordset()

    def test_parts_taken_out_are_not_charged(self):
        repair = self.create_job_sheet()
        repair.move_ids.repair_line_type = "recycle"
        self.finish(repair)
        self.assertFalse(self.ticket.charge_ids)

    # -- time -----------------------------------------------------------------

    def test_time_is_charged_at_its_rates(self):
        self.create_rate(
            name="Night", sequence=1, hour_from=20, hour_to=6, price_percent=150
        )
        entry = self.create_entry("2026-03-02 18:00:00", "2026-03-02 21:30:00")
        self.assertRecordValues(
            entry.charge_ids.sorted("name"),
            [
                {"name": "Day", "quantity": 2.0, "amount": 120.0, "cost": 50.0},
                {"name": "Night", "quantity": 1.5, "amount": 135.0, "cost": 0.0},
            ],
        )
        self.assertEqual(set(entry.charge_ids.mapped("kind")), {"labour"})

    def test_a_skill_has_its_own_rate(self):
        level = {"name": "Good", "level_progress": 100}
        kind = self.env["hr.skill.type"].create(
            {
                "name": "Craft",
                "skill_ids": [(0, 0, {"name": "Cooling"})],
                "skill_level_ids": [(0, 0, level)],
            }
        )
        special = self.create_rate(
            name="Cooling", sequence=1, skill_id=kind.skill_ids.id, price_percent=200
        )
        entry = self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:00:00")
        self.assertEqual(entry.charge_ids.rate_id, self.rate)
        self.env["hr.employee.skill"].create(
            {
                "employee_id": self.employee.id,
                "skill_id": kind.skill_ids.id,
                "skill_type_id": kind.id,
                "skill_level_id": kind.skill_level_ids.id,
                "valid_from": "2026-03-03",
            }
        )
        entry = self.create_entry("2026-03-04 08:00:00", "2026-03-04 09:00:00")
        self.assertEqual(entry.charge_ids.rate_id, special)
        self.assertEqual(entry.charge_ids.amount, 120.0)

    def test_a_public_holiday_has_its_own_rate(self):
        self.create_rate(name="Feast", sequence=1, holidays="only", price_percent=200)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Feast",
                "calendar_id": self.service.resource_calendar_id.id,
                "company_id": self.service.id,
                "date_from": "2026-03-05 00:00:00",
                "date_to": "2026-03-05 23:59:59",
            }
        )
        entry = self.create_entry("2026-03-05 09:00:00", "2026-03-05 10:00:00")
        self.assertEqual(entry.charge_ids.amount, 120.0)

    def test_travel_is_charged_by_distance_or_by_zone(self):
        by_km = self.create_rate(
            name="Kilometres", kind="travel", basis="km", product_id=self.travel.id
        )
        entry = self.create_entry(
            "2026-03-02 07:00:00",
            "2026-03-02 08:00:00",
            kind="travel",
            distance_km=30,
        )
        self.assertEqual(entry.charge_ids.rate_id, by_km)
        self.assertEqual(entry.charge_ids.amount, 15.0)
        self.assertEqual(entry.charge_ids.kind, "travel")
        near = self.create_rate(
            name="Zone 1",
            kind="travel",
            basis="flat",
            distance_to=40,
            sequence=2,
        )
        entry.note = "Not a reason to charge again"
        self.assertEqual(entry.charge_ids.rate_id, by_km)
        entry.distance_km = 31
        self.assertEqual(entry.charge_ids.rate_id, near)
        self.assertEqual(entry.charge_ids.quantity, 1.0)
        entry.distance_km = 40
        self.assertEqual(entry.charge_ids.rate_id, by_km)

    def test_a_zone_is_told_by_postcode(self):
        zone = self.create_rate(
            kind="travel", basis="flat", zip_prefixes="101, 10115", sequence=1
        )
        for postcode, fits in (("10117", True), ("20095", False), (False, False)):
            self.assertEqual(zone._fits_place(0, postcode), fits)

    def test_time_is_rounded_up_in_steps(self):
        self.rate.write({"round_minutes": 15, "minimum_hours": 0.5})
        entry = self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:01:00")
        self.assertEqual(entry.charge_ids.quantity, 1.25)
        entry.stop = "2026-03-02 08:05:00"
        self.assertEqual(entry.charge_ids.quantity, 0.5)

    def test_a_correction_keeps_what_was_changed_by_hand(self):
        entry = self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:00:00")
        charge = self.as_user(entry.charge_ids, self.agent)
        charge.write({"unit_price": 50.0, "name": "As agreed"})
        entry.hours = 2
        self.assertEqual(entry.charge_ids, charge)
        self.assertRecordValues(
            charge.sudo(),
            [{"quantity": 2.0, "amount": 100.0, "customer_amount": 100.0}],
        )
        charge.action_use_pricelist()
        self.assertEqual(charge.amount, 120.0)

    def test_deleted_time_takes_its_charges_with_it(self):
        entry = self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:00:00")
        self.as_user(entry, self.technician).unlink()
        self.assertFalse(self.ticket.charge_ids)

    def test_a_running_timer_is_charged_when_it_is_stopped(self):
        ticket = self.as_user(self.ticket, self.technician)
        ticket.action_start_work()
        self.assertFalse(self.ticket.charge_ids)
        entry = self.ticket.time_entry_ids
        entry.start = "2026-03-02 08:00:00"
        entry.stop = "2026-03-02 09:00:00"
        self.assertEqual(self.ticket.charge_ids.quantity, 1.0)

    # -- prices ---------------------------------------------------------------

    def test_the_customers_pricelist_counts(self):
        self.customer.with_company(self.service).property_product_pricelist = self.env[
            "product.pricelist"
        ].create(
            {
                "name": "Friends",
                "item_ids": [
                    (0, 0, {"compute_price": "percentage", "percent_price": 10})
                ],
            }
        )
        self.assertEqual(self.create_charge().unit_price, 54.0)

    def test_a_currency_without_a_rate_is_refused_and_told(self):
        foreign = self.env["res.currency"].create({"name": "XQZ", "symbol": "Q"})
        self.customer.with_company(self.service).property_product_pricelist = self.env[
            "product.pricelist"
        ].create({"name": "Abroad", "currency_id": foreign.id})
        with self.assertRaisesRegex(UserError, "XQZ.*03/02/2026"):
            self.create_charge(date="2026-03-02")
        entry = self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:00:00")
        self.assertFalse(entry.charge_ids)
        self.assertIn("XQZ", self.ticket.message_ids[:1].body)
        with self.assertRaisesRegex(UserError, "XQZ"):
            self.ticket.action_update_charges()
        foreign.rate_ids = [(0, 0, {"name": "2026-03-01", "rate": 2.0})]
        self.ticket.action_update_charges()
        self.assertEqual(entry.charge_ids.amount, 60.0)

    def test_a_price_by_hand_stays_when_charges_are_updated(self):
        charge = self.create_charge(unit_price=10.0, quantity=3)
        self.assertTrue(charge.is_price_manual)
        other = self.create_charge()
        self.assertFalse(other.is_price_manual)
        self.labour.list_price = 70.0
        self.ticket.action_update_charges()
        self.assertEqual(charge.amount, 30.0)
        self.assertEqual(other.amount, 70.0)

    # -- shares ---------------------------------------------------------------

    def test_shares_add_up_exactly(self):
        third = Fraction(1, 3)
        self.set_shares(warranty=third, contract=third, customer=third)
        charge = self.create_charge(unit_price=100.0)
        self.assertEqual(
            sorted(charge.share_ids.mapped("amount")), [33.33, 33.33, 33.34]
        )
        self.assertEqual(sum(charge.share_ids.mapped("share")), 1.0)
        self.assertEqual(set(charge.share_ids.mapped("reason")), {"Because"})

    def test_covers_that_change_split_again_but_not_what_is_billed(self):
        charge = self.create_charge()
        billed = self.create_charge()
        billed.share_ids._set_billed(True)
        self.set_shares(warranty=1)
        self.ticket._resplit_charges()
        self.assertEqual(charge.share_ids.payer, "warranty")
        self.assertEqual(charge.customer_amount, 0.0)
        self.assertEqual(billed.share_ids.payer, "customer")

    def test_a_decision_splits_open_charges_until_it_is_revoked(self):
        charge = self.create_charge()
        self.assertEqual(charge.customer_amount, 60.0)
        override = self.as_user(
            self.env["service.entitlement.override"], self.supervisor
        ).create(
            {
                "ticket_id": self.ticket.id,
                "goodwill_share": 75.0,
                "customer_share": 25.0,
                "reason": "Loyal for years",
            }
        )
        self.assertEqual(charge.customer_amount, 15.0)
        self.assertIn("Loyal for years", charge.share_ids[:1].reason)
        self.assertEqual(self.create_charge().customer_amount, 15.0)
        override.action_revoke()
        self.assertEqual(charge.share_ids.payer, "customer")

    # -- what is billed -------------------------------------------------------

    def test_what_is_billed_stays_as_it_is(self):
        entry = self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:00:00")
        charge = entry.charge_ids
        charge.share_ids._set_billed(True)
        self.assertTrue(charge.is_billed)
        for user in (self.agent, self.env.user):
            with self.assertRaisesRegex(UserError, "billed already"):
                self.as_user(charge, user).unit_price = 1.0
        with self.assertRaisesRegex(UserError, "billed already"):
            self.as_user(charge, self.agent).unlink()
        with self.assertRaisesRegex(UserError, "billed already"):
            self.as_user(entry, self.technician).hours = 5
        with self.assertRaisesRegex(UserError, "billed already"):
            self.as_user(entry, self.technician).unlink()
        self.ticket.action_update_charges()
        self.assertEqual(charge.amount, 60.0)
        charge.share_ids._set_billed(False)
        self.as_user(charge, self.agent).unit_price = 1.0
        self.assertEqual(charge.amount, 1.0)

    def test_what_a_source_tells_is_corrected_there(self):
        self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:00:00")
        charge = self.as_user(self.ticket.charge_ids, self.agent)
        with self.assertRaisesRegex(UserError, "Correct it there"):
            charge.quantity = 9
        charge.name = "Work on Monday"

    # -- fees -----------------------------------------------------------------

    def test_the_first_charge_brings_the_fees_of_the_type_once(self):
        callout = self.create_service(name="Call-out", list_price=35.0)
        fee = self.env["service.fee"].create(
            {
                "name": "Call-out",
                "product_id": callout.id,
                "type_ids": self.ticket.type_id.ids,
                "company_id": self.service.id,
            }
        )
        self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:00:00")
        self.create_entry("2026-03-03 08:00:00", "2026-03-03 09:00:00")
        charge = self.ticket.charge_ids.filtered(lambda c: c.fee_id == fee)
        self.assertEqual(len(charge), 1)
        self.assertEqual(charge.amount, 35.0)

    def test_two_first_charges_at_once_come_one_after_the_other(self):
        with patch.object(type(self.ticket), "_lock_billing") as lock:
            self.ticket.sudo()._prepare_fees()
        lock.assert_called_once()

    # -- who ------------------------------------------------------------------

    def test_a_technician_sees_charges_but_neither_writes_them_nor_sees_costs(self):
        charge = self.create_charge()
        mine = self.as_user(charge, self.technician)
        self.assertEqual(mine.amount, 60.0)
        self.assertTrue(mine.share_ids.mapped("payer"))
        for name in ("unit_cost", "cost"):
            with self.assertRaises(AccessError):
                mine.read([name])
        with self.assertRaises(AccessError):
            mine.share_ids.read(["cost"])
        with self.assertRaises(AccessError):
            mine.name = "Free"
        other = self.create_ticket()
        hidden = self.create_charge(ticket_id=other.id)
        with self.assertRaises(AccessError):
            self.as_user(hidden, self.technician).read(["amount"])

    def test_nobody_writes_shares_or_sources(self):
        charge = self.create_charge()
        for user in (self.agent, self.supervisor):
            with self.assertRaises(AccessError):
                self.as_user(charge.share_ids, user).amount = 0.0
            with self.assertRaises(AccessError):
                self.as_user(charge, user).write({"is_billed": True})
            with self.assertRaises(AccessError):
                self.as_user(charge, user).write(
                    {"share_ids": [(0, 0, {"payer": "goodwill", "share": 1})]}
                )
        entry = self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:00:00")
        with self.assertRaises(AccessError):
            self.create_charge(time_entry_id=entry.id, time_part="x")

    def test_another_company_sees_nothing(self):
        charge = self.create_charge()
        stranger = self.create_user(
            "crm_service.group_service_manager", self.factory, login="stranger_charge"
        )
        self.assertFalse(self.as_user(charge, stranger).search([]))
        with self.assertRaises(AccessError):
            self.as_user(charge.share_ids, stranger).read(["amount"])

    # -- merge ----------------------------------------------------------------

    def test_charges_and_time_follow_the_ticket_that_it_becomes(self):
        entry = self.create_entry("2026-03-02 08:00:00", "2026-03-02 09:00:00")
        charge = entry.charge_ids
        charge.share_ids._set_billed(True)
        target = self.create_ticket()
        self.ticket._merge_into(target)
        self.assertEqual((entry.ticket_id, charge.ticket_id), (target, target))
        self.assertEqual(charge.share_ids.ticket_id, target)

    # -- screens --------------------------------------------------------------

    def test_an_agent_adds_a_charge_in_the_form(self):
        with Form(self.as_user(self.env["service.charge"], self.agent)) as form:
            form.ticket_id = self.ticket
            form.product_id = self.labour
            form.quantity = 2.0
            self.assertEqual(form.unit_price, 60.0)
        self.assertEqual(form.record.amount, 120.0)
        self.assertFalse(form.record.is_price_manual)
