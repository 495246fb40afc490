# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date

from psycopg2.errors import ExclusionViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.service_contract_flow import FLOW_FIELDS, FLOW_KEY
from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestContract(ContractCommon):
    # -- values ---------------------------------------------------------------

    def test_a_contract_gets_a_number_and_lasts_a_year(self):
        contract = self._create_contract(is_active=False, date_end=False)
        self.assertRegex(contract.name, r"^SC/\d{4}/\d{4}$")
        self.assertEqual(contract.date_end, self.stop)
        self.assertEqual(contract.state, "draft")
        self.assertEqual(contract.currency_id, self.company.currency_id)

    def test_a_template_brings_terms_shares_and_balances(self):
        template = self._create_template()
        contract = self._create_contract(
            is_active=False, template_id=template.id, price=150.0, date_end=False
        )
        self.assertEqual(contract.date_end, date(2027, 12, 31))
        self.assertEqual(contract.invoicing_period, "quarter")
        self.assertEqual(contract.price, 150.0)
        self.assertEqual(contract.line_ids._get_shares()["part"], 0.5)
        self.assertRecordValues(
            contract.balance_ids, [{"kind": "visits", "granted": 4.0, "left": 4.0}]
        )
        self.assertIn("Terms", contract.note)

    def _create_template(self):
        return self.env["service.contract.template"].create(
            {
                "name": "Gold",
                "months": 24,
                "price": 120.0,
                "invoicing_period": "quarter",
                "part_share": 50.0,
                "note": "<p>Terms</p>",
                "balance_ids": [Command.create({"kind": "visits", "granted": 4.0})],
            }
        )

    def test_a_contract_that_ends_before_it_begins_is_refused(self):
        with self.assertRaisesRegex(Exception, "date|ends before"):
            with mute_logger("odoo.sql_db"), self.cr.savepoint():
                self._create_contract(is_active=False, date_end=date(2025, 1, 1))
        contract = self._create_contract()
        with self.assertRaisesRegex(ValidationError, "ends before it begins"):
            with mute_logger("odoo.sql_db"), self.cr.savepoint():
                contract.date_end = date(2025, 1, 1)

    def test_shares_over_a_hundred_percent_are_refused(self):
        contract = self._create_contract(is_active=False)
        for share in (101.0, -1.0):
            with self.assertRaisesRegex(ValidationError, "more than all of a cost"):
                contract.line_ids.labour_share = share

    # -- who may --------------------------------------------------------------

    def test_supervisors_bring_a_contract_into_force_and_nobody_else(self):
        contract = self._create_contract(is_active=False)
        with self.assertRaisesRegex(AccessError, "Only supervisors"):
            contract.with_user(self.agent).action_activate()
        contract.with_user(self.supervisor).action_activate()
        self.assertEqual(contract.state, "active")
        with self.assertRaisesRegex(UserError, "status “In Force” already"):
            contract.with_user(self.supervisor).action_activate()

    def test_a_contract_that_covers_nothing_does_not_come_into_force(self):
        contract = self._create_contract(is_active=False, line_ids=[])
        with self.assertRaisesRegex(UserError, "covers nothing yet"):
            contract.action_activate()

    def test_terms_in_force_are_changed_by_supervisors_alone(self):
        contract = self._create_contract()
        with self.assertRaisesRegex(AccessError, "is in force"):
            contract.with_user(self.agent).price = 1.0
        with self.assertRaisesRegex(AccessError, "is in force"):
            contract.line_ids.with_user(self.agent).labour_share = 1.0
        with self.assertRaisesRegex(AccessError, "is in force"):
            contract.line_ids.with_user(self.agent).unlink()
        contract.with_user(self.agent).reference = "PO 7"
        contract.with_user(self.supervisor).price = 1.0
        self.assertEqual(contract.price, 1.0)

    def test_a_template_does_not_change_what_is_in_force_for_an_agent(self):
        template = self.env["service.contract.template"].create(
            {"name": "Cheap", "price": 1.0, "part_share": 100.0}
        )
        contract = self._create_contract(price=500.0)
        with self.assertRaises(AccessError):
            contract.with_user(self.agent).template_id = template
        self.assertEqual(contract.price, 500.0)

    def test_what_is_granted_is_not_moved_into_a_contract_in_force(self):
        contract = self._create_contract()
        other = self.env["service.asset"].create({"serial_number": "MOVED-1"})
        draft = self._create_contract(
            other, balances=[{"kind": "visits", "granted": 999}], is_active=False
        )
        for rows in (draft.line_ids, draft.balance_ids):
            with self.assertRaises(UserError):
                rows.with_user(self.agent).write({"contract_id": contract.id})
        self.assertEqual(len(contract.line_ids), 1)

    def test_what_the_buttons_write_is_not_written_otherwise(self):
        contract = self._create_contract()
        forged = contract.with_user(self.manager).with_context(**{FLOW_KEY: True})
        for values in ({"state": "cancelled"}, {"terminated_on": self.start}):
            with self.assertRaisesRegex(UserError, "by its buttons"):
                forged.write(values)
        self.assertLess({"state", "name"}, FLOW_FIELDS)
        with self.assertRaisesRegex(UserError, "by its buttons"):
            self._create_contract(is_active=False, state="active")
        sneaky = self.env["service.contract"].with_context(default_state="active")
        made = sneaky.create({"partner_id": self.customer.id})
        self.assertEqual(made.state, "draft")

    def test_a_technician_reads_contracts_without_their_price(self):
        contract = self._create_contract().with_user(self.technician)
        self.assertTrue(contract.read(["name", "date_end"]))
        with self.assertRaises(AccessError):
            contract.read(["price"])
        with self.assertRaises(AccessError):
            contract.write({"reference": "X"})

    def test_another_company_sees_nothing(self):
        contract = self._create_contract(balances=[{"granted": 1.0}])
        for record in (contract, contract.line_ids, contract.balance_ids):
            theirs = record.with_env(self._as(self.stranger))
            with self.assertRaises(AccessError):
                theirs.read(["display_name"])

    # -- overlap --------------------------------------------------------------

    def test_contracts_of_one_unit_that_overlap_are_refused_by_name(self):
        first = self._create_contract()
        second = self._create_contract(is_active=False, date_start=date(2026, 12, 31))
        self.assertIn(first.name, second.overlap_text)
        with self.assertRaisesRegex(ValidationError, first.name), self.cr.savepoint():
            second.action_activate()
        self.assertEqual(second.state, "draft")

    def test_a_contract_may_begin_when_another_has_ended(self):
        self._create_contract()
        after = self._create_contract(
            date_start=date(2027, 1, 1), date_end=date(2027, 12, 31)
        )
        self.assertEqual(after.state, "active")
        with self.assertRaisesRegex(ValidationError, "is covered by contract"):
            after.date_start = date(2026, 6, 1)

    def test_a_line_that_is_added_later_is_checked_too(self):
        first = self._create_contract()
        other = self._create_asset(serial_number="F-2", partner_id=self.customer.id)
        second = self._create_contract(asset=other)
        with self.assertRaisesRegex(ValidationError, first.name):
            second.line_ids = [Command.create({"asset_id": self.asset.id})]

    def test_the_database_refuses_an_overlap_that_nobody_saw(self):
        self._create_contract()
        second = self._create_contract(is_active=False)
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(ExclusionViolation):
            with self.cr.savepoint():
                self.cr.execute(
                    "UPDATE service_contract_line SET is_covering = true WHERE id = %s",
                    [second.line_ids.id],
                )

    def test_a_unit_is_in_a_contract_once(self):
        contract = self._create_contract(is_active=False)
        with self.assertRaisesRegex(Exception, "twice|one_unit"):
            with mute_logger("odoo.sql_db"), self.cr.savepoint():
                contract.line_ids = [Command.create({"asset_id": self.asset.id})]

    def test_sites_and_customers_overlap_as_units_do(self):
        for values in (
            {"scope": "site", "site_id": self.site.id},
            {"scope": "customer"},
        ):
            lines = [Command.create(values)]
            first = self._create_contract(line_ids=lines)
            second = self._create_contract(is_active=False, line_ids=lines)
            with (
                self.subTest(**values),
                self.assertRaisesRegex(ValidationError, first.name),
            ):
                second.action_activate()

    def test_a_line_needs_what_it_speaks_of(self):
        with self.assertRaisesRegex(ValidationError, "Choose the unit or the site"):
            self._create_contract(
                is_active=False, line_ids=[Command.create({"scope": "site"})]
            )

    # -- found by tickets -------------------------------------------------------

    def test_a_ticket_finds_the_contract_of_its_unit_on_its_day(self):
        contract = self._create_contract()
        self.assertEqual(self._create_covered_ticket().contract_id, contract)
        late = self._create_covered_ticket(opened_at="2025-12-01 09:00:00")
        self.assertFalse(late.contract_id)

    def test_the_nearest_contract_counts(self):
        whole = self._create_contract(line_ids=[Command.create({"scope": "customer"})])
        site = self._create_contract(
            line_ids=[Command.create({"scope": "site", "site_id": self.site.id})]
        )
        unit = self._create_contract()
        other = self._create_asset(
            serial_number="F-2", partner_id=self.customer.id, site_id=self.site.id
        )
        far = self._create_asset(serial_number="F-3", partner_id=self.customer.id)
        part = self._create_asset(serial_number="C-1", parent_id=self.asset.id)
        for asset, contract in (
            (self.asset, unit),
            (part, unit),
            (other, site),
            (far, whole),
        ):
            with self.subTest(asset=asset.serial_number):
                ticket = self._create_covered_ticket(asset_id=asset.id)
                self.assertEqual(ticket.contract_id, contract)
        plain = self._create_covered_ticket(asset_id=False, partner_id=self.site.id)
        self.assertEqual(plain.contract_id, site)

    def test_the_contract_follows_the_unit_and_agents_choose_another(self):
        contract = self._create_contract()
        ticket = self._create_covered_ticket(asset_id=False)
        self.assertFalse(ticket.contract_id)
        ticket.asset_id = self.asset
        self.assertEqual(ticket.contract_id, contract)
        ticket.user_id = self.technician
        with self.assertRaisesRegex(AccessError, "decides who pays"):
            ticket.with_user(self.technician).contract_id = False
        ticket.with_user(self.agent).contract_id = False
        self.assertFalse(ticket.contract_id)

    def test_a_draft_covers_nothing(self):
        self._create_contract(is_active=False)
        self.assertFalse(self._create_covered_ticket().contract_id)

    def test_contracts_of_many_tickets_are_found_without_a_query_each(self):
        self._create_contract(balances=[{"granted": 1000.0}])
        vals_list = [
            self._prepare_ticket(
                asset_id=self.asset.id, opened_at="2026-05-04 09:00:00"
            )
            for _place in range(100)
        ]
        self._create_covered_ticket()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        tickets = self.tickets.create(vals_list)
        self.env.flush_all()
        count = self.env.cr.sql_log_count - before
        self.assertTrue(all(ticket.contract_id for ticket in tickets))
        self.assertLess(count / 100, 1.0, f"{count} queries for 100 tickets")
