# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarranty(WarrantyCommon):
    # -- which terms --------------------------------------------------------------

    def test_the_nearest_terms_count(self):
        everything = self._create_policy((False, 6, 100), name="All")
        unit = self._create_unit()
        self.assertEqual(unit.warranty_policy_id, everything)
        wide = self._create_policy(
            (False, 12, 100), category_ids=[Command.set(self.appliances.ids)]
        )
        self.assertEqual(unit.warranty_policy_id, wide)
        near = self._create_policy(
            (False, 18, 100), category_ids=[Command.set(self.washers.ids)]
        )
        self.assertEqual(unit.warranty_policy_id, near)
        product = self._create_policy(
            (False, 24, 100),
            product_tmpl_ids=[Command.set(self.washer.product_tmpl_id.ids)],
        )
        self.assertEqual(unit.warranty_policy_id, product)
        own = self._create_policy((False, 30, 100), sequence=99, active=False)
        unit.chosen_policy_id = own
        self.assertEqual(unit.warranty_policy_id, own)
        self.assertEqual(unit.warranty_until, date(2026, 11, 10))
        unit.chosen_policy_id = False
        product.active = False
        self.assertEqual(unit.warranty_policy_id, near)
        near.company_id = self.other_company
        self.assertEqual(unit.warranty_policy_id, wide)

    def test_of_equals_the_first_counts(self):
        second = self._create_policy((False, 12, 100), sequence=20)
        first = self._create_policy((False, 24, 100), sequence=5)
        unit = self._create_unit()
        self.assertEqual(unit.warranty_policy_id, first)
        first.sequence = 30
        self.assertEqual(unit.warranty_policy_id, second)

    def test_new_terms_leave_the_units_of_before_as_they_were(self):
        old = self._create_policy((False, 24, 100))
        unit = self._create_unit()
        today = fields.Date.context_today(unit)
        action = old.with_user(self.manager).action_new_version()
        new = self.policies.browse(action["res_id"])
        new.term_ids.months = 12
        fresh = self._create_unit(serial_number="S-2", delivered_on=today)
        self.assertEqual(unit.warranty_policy_id, old)
        self.assertEqual(unit.warranty_until, date(2026, 5, 10))
        self.assertEqual(fresh.warranty_policy_id, new)
        with self.assertRaisesRegex(UserError, "of yesterday"):
            new.action_new_version()

    def test_the_category_of_a_product_and_the_lines_of_terms_are_followed(self):
        policy = self._create_policy(
            ("part", 12, 100), category_ids=[Command.set(self.washers.ids)]
        )
        unit = self._create_unit()
        self.assertEqual(unit.warranty_parts_until, date(2025, 5, 10))
        policy.term_ids.months = 36
        self.assertEqual(unit.warranty_parts_until, date(2027, 5, 10))
        self.assertFalse(unit.warranty_labour_until)
        policy.term_ids = [Command.create({"kind": "labour", "months": 6})]
        self.assertEqual(unit.warranty_labour_until, date(2024, 11, 10))
        policy.term_ids.filtered(lambda t: t.kind == "labour").unlink()
        self.assertFalse(unit.warranty_labour_until)
        self.washer.categ_id = self.appliances
        self.assertFalse(unit.warranty_policy_id)

    # -- from when ----------------------------------------------------------------

    def test_each_basis_counts_from_its_date(self):
        policy = self._create_policy((False, 12, 100))
        unit = self._create_unit(
            manufactured_on=date(2024, 1, 1),
            sold_on=date(2024, 2, 1),
            delivered_on=date(2024, 3, 1),
            installed_on=date(2024, 4, 1),
            registered_on=date(2024, 5, 1),
        )
        table = {
            "manufacture": 1,
            "sale": 2,
            "delivery": 3,
            "installation": 4,
            "registration": 5,
        }
        for basis, month in table.items():
            policy.start_basis = basis
            with self.subTest(basis=basis):
                self.assertEqual(unit.warranty_start, date(2024, month, 1))
                self.assertEqual(unit.warranty_until, date(2025, month, 1))

    def test_a_warranty_begins_at_the_latest_some_months_after_manufacture(self):
        self._create_policy((False, 12, 100), latest_months=6)
        unit = self._create_unit(manufactured_on=date(2023, 1, 31))
        self.assertEqual(unit.warranty_start, date(2023, 7, 31))
        unit.delivered_on = False
        self.assertEqual(unit.warranty_start, date(2023, 7, 31))
        unit.write({"manufactured_on": "2024-04-01", "delivered_on": "2024-05-10"})
        self.assertEqual(unit.warranty_start, date(2024, 5, 10))

    def test_a_unit_without_the_date_is_to_be_clarified(self):
        self._create_policy((False, 12, 100), start_basis="installation")
        unit = self._create_unit()
        self.assertEqual(unit.warranty_state, "unknown")
        [row] = unit._summarize_warranty()
        self.assertIn("is missing", row["label"])
        answer = self._ask(unit, date(2024, 6, 1))
        self.assertIn("which is not known. Enter it", answer.reasons[0])

    def test_units_are_found_by_the_state_of_their_warranty(self):
        policy = self._create_policy((False, 12, 100))
        today = fields.Date.context_today(policy)
        days = {
            "covered": today,
            "ended": today - timedelta(days=500),
            "future": today + timedelta(days=9),
            "unknown": False,
        }
        units = {
            state: self._create_unit(serial_number=state, delivered_on=day)
            for state, day in days.items()
        }
        policy.category_ids = self.washers
        other = self.env["product.product"].create({"name": "Other"})
        units["none"] = self._create_unit(serial_number="none", product_id=other.id)
        ids = [unit.id for unit in units.values()]
        for state, unit in units.items():
            domain = [("id", "in", ids), ("warranty_state", "=", state)]
            with self.subTest(state=state):
                self.assertEqual(unit.warranty_state, state)
                self.assertEqual(unit.search(domain), unit)
        self.assertEqual(
            units["ended"].search(
                [("id", "in", ids), ("warranty_state", "not in", ["ended", "none"])]
            ),
            units["covered"] | units["future"] | units["unknown"],
        )

    # -- what cannot be meant -----------------------------------------------------

    def test_terms_that_nobody_can_mean_are_refused(self):
        cases = [
            ([("part", 12, 50), ("part", 12, 100)], {}, "the older the unit gets"),
            (
                [("part", 12, 50)],
                {"goodwill_months": 6, "goodwill_share": 80},
                "the older the unit gets",
            ),
        ]
        for lines, values, sentence in cases:
            with self.assertRaisesRegex(ValidationError, sentence):
                self._create_policy(*lines, **values)
        policy = self._create_policy(("part", 12, 100), ("part", 12, 50))
        with self.assertRaisesRegex(ValidationError, "the older the unit gets"):
            policy.term_ids[0].share = 40
        # both lines together are as they should be in the end
        policy.write(
            {
                "term_ids": [
                    Command.update(policy.term_ids[0].id, {"share": 40}),
                    Command.update(policy.term_ids[1].id, {"share": 30}),
                ]
            }
        )
        self.assertEqual(policy.term_ids.mapped("share"), [40, 30])

    @mute_logger("odoo.sql_db")
    def test_what_ends_before_it_begins_or_pays_too_much_is_refused(self):
        cases = [
            ([("part", 0, 100)], {}),
            ([("part", -12, 100)], {}),
            ([("part", 12, 120)], {}),
            ([("part", 12, 0)], {}),
            ([("part", 12, 100)], {"goodwill_share": 101}),
            (
                [("part", 12, 100)],
                {"valid_from": "2025-2-1", "valid_until": "2025-1-1"},
            ),
        ]
        for lines, values in cases:
            with (
                self.subTest(lines=lines, values=values),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._create_policy(*lines, **values)

    def test_a_unit_gets_no_terms_of_the_wrong_side(self):
        theirs = self._create_policy((False, 12, 100), provider="supplier")
        longer = self._create_policy((False, 12, 100), is_extension=True)
        unit = self._create_unit()
        self.assertFalse(unit.warranty_policy_id)
        for values in (
            {"chosen_policy_id": theirs.id},
            {"chosen_policy_id": longer.id},
            {"chosen_supplier_policy_id": longer.id},
        ):
            with self.assertRaisesRegex(ValidationError, "cannot be chosen here"):
                unit.write(values)

    def test_technicians_choose_no_terms_of_a_unit(self):
        policy = self._create_policy((False, 120, 100))
        unit = self._create_unit()
        theirs = unit.with_env(self._as(self.technician))
        values = {"chosen_policy_id": policy.id}
        with self.assertRaisesRegex(AccessError, "decide who pays"):
            theirs.write(values)
        with self.assertRaisesRegex(AccessError, "decide who pays"):
            theirs.create({"serial_number": "MINE-1", **values})
        theirs.write({"note": "Behind the bar", "chosen_policy_id": False})
        unit.with_env(self._as(self.agent)).write(values)
        self.assertEqual(unit.chosen_policy_id, policy)

    def test_terms_that_units_have_stay(self):
        policy = self._create_policy((False, 12, 100))
        self._create_unit()
        with self.assertRaisesRegex(UserError, "Archive them"):
            policy.unlink()
        unused = self._create_policy((False, 12, 100), is_extension=True)
        unused.unlink()

    # -- extensions -----------------------------------------------------------------

    def test_an_extension_counts_from_where_the_warranty_ends(self):
        policy = self._create_policy(("part", 24, 100), ("labour", 12, 100))
        longer = self._create_policy((False, 12, 100), is_extension=True)
        unit = self._create_unit()
        extension = self._create_extension(unit, longer, sold_on=date(2024, 6, 1))
        self.assertEqual(extension.date_start, date(2024, 6, 1))
        self.assertEqual(extension.partner_id, self.owner)
        self.assertEqual(unit.warranty_parts_until, date(2027, 5, 10))
        self.assertEqual(unit.warranty_labour_until, date(2026, 5, 10))
        self.assertEqual(extension.valid_until, date(2027, 5, 10))
        second = self._create_extension(unit, longer, sold_on=date(2024, 7, 1))
        self.assertEqual(unit.warranty_parts_until, date(2028, 5, 10))
        answer = self._ask(unit, date(2027, 6, 1))
        self.assertEqual(answer.shares, {"extension": 1})
        source = ("extension", "service.warranty.extension", second.id)
        self.assertIn(source, answer.sources)
        self.assertEqual(self._ask(unit, date(2025, 1, 1)).shares, {"warranty": 1})
        extension.active = False
        self.assertEqual(unit.warranty_parts_until, date(2027, 5, 10))
        policy.term_ids.filtered(lambda t: t.kind == "part").months = 12
        self.assertEqual(unit.warranty_parts_until, date(2026, 5, 10))
        self.assertEqual(second.valid_until, date(2026, 5, 10))

    def test_an_extension_sold_after_the_warranty_begins_on_that_day(self):
        self._create_policy((False, 12, 100))
        longer = self._create_policy((False, 12, 100), is_extension=True)
        unit = self._create_unit()
        extension = self._create_extension(unit, longer, sold_on=date(2025, 9, 1))
        self.assertEqual(extension.valid_until, date(2026, 9, 1))
        self.assertEqual(self._ask(unit, date(2025, 8, 1)).shares, {"customer": 1})
        self.assertEqual(self._ask(unit, date(2025, 9, 1)).shares, {"extension": 1})

    def test_a_gap_before_an_extension_is_refused(self):
        self._create_policy((False, 12, 100))
        longer = self._create_policy((False, 12, 100), is_extension=True)
        unit = self._create_unit()
        values = {"sold_on": date(2024, 6, 1), "date_start": date(2025, 8, 1)}
        with self.assertRaisesRegex(
            ValidationError, "no cover from 2025-05-11 to 2025-07-31"
        ):
            self._create_extension(unit, longer, **values)
        values["date_start"] = date(2025, 5, 11)
        extension = self._create_extension(unit, longer, **values)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            extension.date_end = date(2025, 1, 1)
            extension.flush_recordset()

    def test_an_extension_has_terms_of_an_extension(self):
        policy = self._create_policy((False, 12, 100))
        with self.assertRaisesRegex(ValidationError, "not sold as an extension"):
            self._create_extension(self._create_unit(), policy)

    def test_an_extension_may_end_on_a_day_of_its_own(self):
        self._create_policy((False, 12, 100))
        longer = self._create_policy((False, 12, 100), is_extension=True)
        unit = self._create_unit()
        self._create_extension(
            unit, longer, sold_on=date(2024, 6, 1), date_end=date(2025, 12, 31)
        )
        self.assertEqual(unit.warranty_until, date(2025, 12, 31))

    # -- speed, rights, catalogue ---------------------------------------------------

    def test_units_are_covered_without_a_query_for_each(self):
        self._create_policy((False, 24, 100))

        def create(count):
            units = self.env["service.asset"].create(
                [
                    {
                        "serial_number": f"Q-{count}-{place}",
                        "product_id": self.washer.id,
                        "delivered_on": date(2024, 1, 1),
                    }
                    for place in range(count)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            started = self.cr.sql_log_count
            units._recount_warranty()
            self.env.flush_all()
            return self.cr.sql_log_count - started

        create(1)
        self.assertLess(create(300) - create(10), 12)

    def test_managers_write_terms_and_agents_sell_extensions(self):
        policy = self._create_policy((False, 12, 100))
        with self.assertRaises(AccessError):
            policy.with_user(self.agent).name = "Mine"
        with self.assertRaises(AccessError):
            policy.with_user(self.stranger).read(["name"])
        longer = self._create_policy((False, 12, 100), is_extension=True)
        unit = self._create_unit()
        extensions = self._as(self.agent)["service.warranty.extension"]
        values = {"asset_id": unit.id, "policy_id": longer.id}
        self.assertTrue(extensions.create(values).valid_until)
        with self.assertRaises(AccessError):
            self._as(self.technician)["service.warranty.extension"].create(values)

    def test_the_catalogue_of_faults_is_a_tree_of_one_kind(self):
        fault = self._create_fault(code="A")
        below = self._create_fault(code="B", parent_id=fault.id)
        self.assertEqual(below.full_code, "A.B")
        with self.assertRaisesRegex(ValidationError, "under itself"):
            fault.parent_id = below
        with self.assertRaisesRegex(ValidationError, "another kind"):
            self._create_fault(kind="symptom", code="C", parent_id=fault.id)
        with self.assertRaisesRegex(ValidationError, "no code"):
            self._create_fault(code="D.E")
        ticket = self._create_ticket(fault_id=below.id)
        self.assertEqual(fault.ticket_count, 1)
        self.assertIn(
            ticket, self.tickets.search(fault.action_open_tickets()["domain"])
        )
        with self.assertRaisesRegex(UserError, "Archive it"):
            below.unlink()
