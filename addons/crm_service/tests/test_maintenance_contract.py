# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form, tagged

from .contract_common import ContractCommon

TODAY = "2026-05-04"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMaintenanceContract(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.plans = cls.env["service.maintenance.plan"]

    def _create_plan(self, contract, **values):
        return self.plans.create(
            {
                "name": "Inspection",
                "contract_id": contract.id,
                "every": 3,
                "first_on": "2026-05-10",
                **values,
            }
        )

    def _get_days(self, plan):
        return [str(due.due_on) for due in plan.due_ids]

    def test_what_a_contract_covers_is_maintained_as_long_as_it_lasts(self):
        plan = self._create_plan(self._create_contract())
        self.assertEqual(plan.due_ids.asset_id, self.asset)
        self.assertEqual(
            self._get_days(plan), ["2026-05-10", "2026-08-10", "2026-11-10"]
        )
        self.assertEqual(plan.date_start, self.start)
        self.assertEqual(plan.preview, "05/10/2026 · 08/10/2026 · 11/10/2026")
        self.assertEqual(plan.due_ids.contract_id, plan.contract_id)
        self.assertEqual(plan.due_ids.partner_id, self.customer)

    def test_tickets_are_made_only_while_it_is_in_force(self):
        contract = self._create_contract(is_active=False)
        plan = self._create_plan(contract)
        self.assertTrue(plan.due_ids, "what it would mean is shown")
        self.plans._cron_plan()
        self.assertFalse(plan.due_ids.ticket_id)
        contract.action_activate()
        self.plans._cron_plan()
        ticket = plan.due_ids.ticket_id
        self.assertEqual(ticket.contract_id, contract)
        self.assertEqual(ticket.partner_id, self.customer)

    def test_a_site_means_its_units_or_the_site_itself(self):
        contract = self._create_contract(is_active=False)
        contract.line_ids = [
            Command.clear(),
            Command.create({"scope": "site", "site_id": self.site.id}),
        ]
        plan = self._create_plan(contract)
        self.assertEqual(plan.due_ids.asset_id, self.asset)
        self.asset.site_id = self.asset.partner_id = self._create_partner(name="Other")
        plan._plan()
        self.assertFalse(plan.due_ids.asset_id)
        self.assertEqual(plan.due_ids.site_id, self.site)
        contract.action_activate()
        self.plans._cron_plan()
        ticket = plan.due_ids.ticket_id
        self.assertEqual(ticket.site_id, self.site)
        self.assertEqual(ticket.partner_id, self.customer)

    def test_all_of_a_customer_of_a_category(self):
        other = self.env["product.product"].create({"name": "Oven"})
        oven = self._create_asset(
            serial_number="O-1", product_id=other.id, partner_id=self.customer.id
        )
        contract = self._create_contract(is_active=False)
        contract.line_ids = [Command.clear(), Command.create({"scope": "customer"})]
        plan = self._create_plan(contract)
        self.assertEqual(plan.due_ids.asset_id, self.asset | oven)
        contract.line_ids.product_category_id = self.category
        plan._plan()
        self.assertEqual(plan.due_ids.asset_id, self.asset)
        plan.asset_ids = oven
        self.assertEqual(plan.due_ids.asset_id, oven)

    def test_a_contract_that_ends_earlier_ends_its_maintenance(self):
        contract = self._create_contract()
        plan = self._create_plan(contract)
        contract.date_end = "2026-06-30"
        self.assertEqual(self._get_days(plan), ["2026-05-10"])

    def test_a_cancelled_contract_plans_nothing(self):
        contract = self._create_contract()
        plan = self._create_plan(contract)
        contract.action_cancel()
        self.assertFalse(plan.due_ids)

    def test_plans_go_on_with_the_renewal(self):
        contract = self._create_contract()
        plan = self._create_plan(contract)
        renewal = contract.copy({"date_start": "2027-01-01", "date_end": "2027-12-31"})
        renewal.line_ids = [Command.create({"asset_id": self.asset.id})]
        renewal._with_flow().renewal_of_id = contract
        renewal.action_activate()
        self.assertEqual(plan.contract_id, renewal)
        self.assertEqual(self._get_days(plan)[2:], ["2026-11-10", "2027-02-10"])
        renewal.action_cancel()
        self.assertEqual(plan.contract_id, contract)
        self.assertEqual(self._get_days(plan)[2:], ["2026-11-10"])

    def test_a_plan_is_written_from_its_contract(self):
        contract = self._create_contract()
        action = contract.with_user(self.dispatcher).action_plan_maintenance()
        model = self.plans.with_user(self.dispatcher).with_context(**action["context"])
        with Form(model) as form:
            form.name = "Inspection"
            form.every = 3
        self.assertEqual(form.record.contract_id, contract)
        self.assertEqual(form.record.company_id, contract.company_id)
        self.assertEqual(contract.maintenance_count, len(form.record.due_ids))
        domain = contract.action_open_maintenance()["domain"]
        found = self.env["service.maintenance.due"].search(domain)
        self.assertEqual(found, form.record.due_ids)
        self.assertEqual(form.record.action_open_contract()["res_id"], contract.id)
