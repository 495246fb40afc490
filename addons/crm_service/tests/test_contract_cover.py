# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import time
from datetime import date
from fractions import Fraction

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .contract_common import ContractCommon

DAY = date(2026, 5, 4)


@tagged("post_install", "-at_install")
class TestContractCover(ContractCommon):
    def _ask(self, ticket=None, kind="labour", day=DAY, asset=None, **values):
        case = {
            "asset_id": (asset or self.asset).id,
            "date": day,
            "kind": kind,
            "ticket_id": ticket.id if ticket else False,
            **values,
        }
        return self.env["service.entitlement"]._get_entitlements([case])[0]

    def _shares(self, *args, **values):
        return self._ask(*args, **values).shares

    def _create_half(self, **values):
        """Create a contract that bears half of the parts and all labour."""
        line = {"asset_id": self.asset.id, "part_share": 50.0, "labour_share": 100.0}
        return self._create_contract(line_ids=[Command.create(line)], **values)

    # -- who pays ---------------------------------------------------------------

    def test_a_contract_pays_its_share_of_each_kind(self):
        contract = self._create_half()
        ticket = self._create_covered_ticket()
        for known in (ticket, None):
            self.assertEqual(self._shares(known), {"contract": Fraction(1)})
            half = Fraction(1, 2)
            self.assertEqual(
                self._shares(known, "part"), {"contract": half, "customer": half}
            )
        answer = self._ask(ticket, "fee")
        self.assertEqual(answer.shares, {"customer": Fraction(1)})
        self.assertIn(contract.name, " ".join(answer.reasons))
        self.assertIn("does not cover", " ".join(answer.reasons))

    def test_a_contract_pays_nothing_out_of_its_term(self):
        contract = self._create_half()
        self.assertEqual(self._shares(day=date(2027, 1, 1)), {"customer": Fraction(1)})
        ticket = self._create_covered_ticket()
        answer = self._ask(ticket, day=date(2027, 1, 1))
        self.assertEqual(answer.shares, {"customer": Fraction(1)})
        self.assertIn("ended on", " ".join(answer.reasons))
        contract._terminate(date(2026, 3, 31), "Sold")
        self.assertEqual(self._shares(ticket), {"customer": Fraction(1)})

    def test_the_contract_that_somebody_chose_counts(self):
        self._create_half()
        ticket = self._create_covered_ticket()
        ticket.with_user(self.agent).contract_id = False
        self.assertEqual(self._shares(ticket), {"customer": Fraction(1)})
        other = self._create_asset(serial_number="F-2", partner_id=self.customer.id)
        elsewhere = self._create_contract(asset=other)
        ticket.with_user(self.agent).contract_id = elsewhere
        answer = self._ask(ticket)
        self.assertEqual(answer.shares, {"customer": Fraction(1)})
        self.assertIn(elsewhere.name, " ".join(answer.reasons))

    def test_a_balance_that_is_used_up_pays_nothing_until_it_is_granted(self):
        self._create_half(balances=[{"granted": 1.0}])
        first, second = self._create_covered_ticket(), self._create_covered_ticket()
        self.assertEqual(self._shares(first), {"contract": Fraction(1)})
        answer = self._ask(second)
        self.assertEqual(answer.shares, {"customer": Fraction(1)})
        self.assertIn("used up", " ".join(answer.reasons))
        self.assertEqual(self._shares(), {"customer": Fraction(1)})
        usage = second.contract_usage_ids.with_user(self.supervisor)
        usage._decide(True, "A good customer")
        self.assertEqual(self._shares(second), {"contract": Fraction(1)})

    def test_hours_that_do_not_suffice_pay_their_part_of_the_labour(self):
        self._create_half(balances=[{"kind": "hours", "granted": 3.0}])
        employee = self.env["hr.employee"].create(
            {"name": "Ann", "company_id": self.company.id}
        )
        ticket = self._create_covered_ticket()
        self.env["service.time.entry"].create(
            {
                "ticket_id": ticket.id,
                "employee_id": employee.id,
                "start": "2026-05-04 09:00:00",
                "stop": "2026-05-04 13:00:00",
            }
        )
        ticket._move_to_phase("resolved")
        self.assertEqual(
            self._shares(ticket),
            {"contract": Fraction(3, 4), "customer": Fraction(1, 4)},
        )
        self.assertEqual(self._shares(ticket, "part")["contract"], Fraction(1, 2))

    def test_a_thousand_cases_are_answered_in_half_a_second(self):
        assets = self.env["service.asset"].create(
            [
                {
                    "serial_number": f"X-{place}",
                    "product_id": self.fridge.id,
                    "partner_id": self.customer.id,
                    "site_id": self.site.id,
                }
                for place in range(500)
            ]
        )
        lines = [Command.create({"asset_id": asset.id}) for asset in assets]
        self._create_contract(line_ids=lines)
        cases = [
            {"asset_id": asset.id, "date": DAY, "kind": kind}
            for asset in assets
            for kind in ("labour", "part")
        ]
        model = self.env["service.entitlement"]
        model._get_entitlements(cases[:1])
        self.env.flush_all()
        self.env.invalidate_all()
        queries, began = self.env.cr.sql_log_count, time.perf_counter()
        answers = model._get_entitlements(cases)
        taken = time.perf_counter() - began
        self.assertLess(self.env.cr.sql_log_count - queries, 40)
        self.assertLess(taken, 1.5)  # 0.5 s on a machine that does nothing else
        paid = [answer for answer in answers if "contract" in answer.shares]
        self.assertEqual(len(paid), 500)

    # -- promises ---------------------------------------------------------------

    def _create_promise(self):
        return self.env["service.sla.policy"].create(
            {
                "name": "Gold",
                "is_for_contracts": True,
                "has_resolution": True,
                "resolution_hours": 2.0,
                "company_id": self.company.id,
                "sequence": -1,
            }
        )

    def test_a_ticket_of_a_contract_has_its_promise_and_others_have_not(self):
        promise = self._create_promise()
        contract = self._create_contract(sla_policy_id=promise.id)
        ticket = self._create_covered_ticket()
        self.assertEqual(ticket.sla_policy_id, promise)
        self.assertIn(contract.name, ticket.sla_policy_reason)
        self.assertIn("resolution", ticket.sla_ids.mapped("kind"))
        self.assertNotEqual(self._create_ticket().sla_policy_id, promise)
        ticket.with_user(self.agent).contract_id = False
        self.assertNotEqual(ticket.sla_policy_id, promise)
        ticket.with_user(self.agent).contract_id = contract
        self.assertEqual(ticket.sla_policy_id, promise)

    def test_another_promise_of_the_contract_reaches_its_open_tickets(self):
        contract = self._create_contract()
        ticket = self._create_covered_ticket()
        promise = self._create_promise()
        self.assertNotEqual(ticket.sla_policy_id, promise)
        contract.with_user(self.supervisor).sla_policy_id = promise
        self.assertEqual(ticket.sla_policy_id, promise)

    def test_a_promise_for_contracts_leaves_the_other_ones_their_tickets(self):
        self._create_promise()
        every = self.env["service.sla.policy"].create(
            {
                "name": "Everybody",
                "sequence": 0,
                "type_ids": self.repair.ids,
                "company_id": self.company.id,
                "has_resolution": True,
                "resolution_hours": 8.0,
            }
        )
        self.assertFalse(every.problem)
        self.assertEqual(self._create_ticket().sla_policy_id, every)

    # -- who is told --------------------------------------------------------------

    def test_a_unit_tells_which_contract_covers_it_today(self):
        today = date.today()
        contract = self._create_contract(
            date_start=today, date_end=False, remind_days=0
        )
        asset = self.asset.with_user(self.technician)
        self.assertEqual(asset.contract_id, contract)
        self.assertIn(
            {
                "kind": "contract",
                "label": "Contract",
                "until": contract.date_end,
                "tone": "success",
            },
            asset._get_coverage_summary(),
        )
        action = asset.action_open_contracts()
        found = self.env["service.contract"].search(action["domain"])
        self.assertEqual(found, contract)

    def test_a_customer_counts_the_contracts_of_his_contacts_too(self):
        today = date.today()
        self._create_contract(date_start=today, date_end=False, partner_id=self.site.id)
        partner = self.customer.with_user(self.technician)
        self.assertEqual(partner.service_contract_count, 1)
        action = partner.action_open_service_contracts()
        self.assertEqual(action["domain"], [("partner_id", "child_of", partner.id)])

    def test_the_call_form_shows_contracts_and_what_is_left(self):
        today = date.today()
        contract = self._create_contract(
            date_start=today, date_end=False, balances=[{"granted": 4.0}]
        )
        call = self.env["service.call"].create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        data = call.with_user(self.agent).get_form_data()
        row = data["contracts"][0]
        self.assertEqual((row["id"], row["model"]), (contract.id, "service.contract"))
        self.assertEqual(row["name"], contract.name)
        self.assertIn("4 of 4 visits left", row["detail"])

    def test_other_systems_learn_the_status_of_a_contract(self):
        contract = self._create_contract(balances=[{"granted": 2.0}])
        self._create_covered_ticket()
        answer = self._api().contract_status(contract.name.lower())
        self.assertEqual(answer["name"], contract.name)
        self.assertEqual(answer["state"], "active")
        self.assertEqual(answer["date_end"], "2026-12-31")
        self.assertEqual(answer["lines"][0]["serial_number"], "F-1")
        self.assertEqual(answer["balances"][0]["left"], 1.0)
        with self.assertRaisesRegex(UserError, "There is no contract"):
            self._api(self.stranger).contract_status(contract.name)
        with self.assertRaisesRegex(UserError, "There is no contract"):
            self._api().contract_status("%")

    def test_the_contract_is_printed(self):
        contract = self._create_contract(
            price=99.0, balances=[{"granted": 2.0}], note="<p>Our terms</p>"
        )
        report = self.env["ir.actions.report"].with_user(self.agent)
        html, _kind = report._render_qweb_html(
            "crm_service.service_contract_report", contract.ids
        )
        for text in (contract.name, "Alpine Hotels", "F-1", "99.00", "Our terms"):
            self.assertIn(text, html.decode())

    def test_a_contract_is_made_in_the_form(self):
        form = Form(self.env["service.contract"].with_user(self.agent))
        form.partner_id = self.customer
        with form.line_ids.new() as line:
            line.asset_id = self.asset
        with form.balance_ids.new() as balance:
            balance.granted = 3.0
        contract = form.save()
        self.assertEqual(contract.line_ids.labour_share, 100.0)
        self.assertEqual(contract.balance_ids.left, 3.0)
