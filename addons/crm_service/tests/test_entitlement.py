# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import time
from datetime import date, timedelta
from fractions import Fraction

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..const import COST_KINDS, PAYERS
from ..tools.entitlement import make_flat_cover
from .warranty_common import WarrantyCommon

HALF = Fraction(1, 2)


@tagged("post_install", "-at_install")
class TestEntitlement(WarrantyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._create_policy(
            ("part", 12, 100),
            ("part", 12, 50),
            ("labour", 12, 100),
            name="Two years",
            category_ids=[Command.set(cls.appliances.ids)],
        )
        cls.asset = cls._create_unit()

    # -- through the adapter ----------------------------------------------------

    def test_shares_follow_the_years_and_the_kind_of_cost(self):
        table = [
            (date(2024, 5, 9), "part", {"customer": 1}),
            (date(2024, 5, 10), "part", {"warranty": 1}),
            (date(2025, 5, 10), "part", {"warranty": 1}),
            (date(2025, 5, 11), "part", {"warranty": HALF, "customer": HALF}),
            (date(2025, 5, 11), "labour", {"customer": 1}),
            (date(2026, 5, 10), "part", {"warranty": HALF, "customer": HALF}),
            (date(2026, 5, 11), "part", {"customer": 1}),
            (date(2024, 6, 1), "travel", {"customer": 1}),
        ]
        for day, kind, shares in table:
            with self.subTest(day=day, kind=kind):
                self.assertEqual(self._ask(self.asset, day, kind).shares, shares)

    def test_it_says_why_in_sentences_and_names_what_pays(self):
        answer = self._ask(self.asset, date(2025, 6, 1))
        self.assertEqual(
            answer.reasons,
            [
                "Warranty “Two years” pays 50 % until 05/10/2026.",
                "The customer pays 50 %.",
            ],
        )
        self.assertEqual(
            answer.sources, [("warranty", "service.warranty.policy", self.policy.id)]
        )
        late = self._ask(self.asset, date(2027, 1, 1))
        self.assertIn("ended on 05/10/2026", late.reasons[0])
        self.assertFalse(late.sources)

    def test_without_a_unit_the_customer_pays(self):
        case = {"kind": "part", "date": date(2024, 6, 1)}
        [answer] = self.entitlements._get_entitlements([case])
        self.assertEqual(answer.shares, {"customer": 1})
        self.assertIn("No unit is named", answer.reasons[0])

    def test_what_contracts_pay_comes_through_the_hook(self):
        year = (date(2026, 1, 1), date(2026, 12, 31))
        cover = make_flat_cover(
            "contract", ("res.partner", self.owner.id), *year, {"part": 0.25}
        )
        model = type(self.entitlements)
        self.patch(model, "_get_contract_covers", lambda _self, cases: {1: [cover]})
        day = date(2026, 2, 1)
        case = {"asset_id": self.asset.id, "kind": "part", "date": day}
        first, second = self.entitlements._get_entitlements([case, case])
        self.assertEqual(first.shares, {"warranty": HALF, "customer": HALF})
        self.assertEqual(
            second.shares,
            {
                "warranty": HALF,
                "contract": Fraction(1, 4),
                "customer": Fraction(1, 4),
            },
        )
        self.assertIn(("contract", "res.partner", self.owner.id), second.sources)

    def test_a_fault_below_an_excluded_one_is_not_paid_for(self):
        fault = self._create_fault()
        finer = self._create_fault(parent_id=fault.id, code="FALL")
        other = self._create_fault(code="SEAL")
        self.policy.excluded_fault_ids = fault
        day = date(2024, 6, 1)
        for cause, payer in ((fault, 0), (finer, 0), (other, 1)):
            answer = self._ask(self.asset, day, fault_id=cause.id)
            self.assertEqual(answer.shares.get("warranty", 0), payer)
        answer = self._ask(self.asset, day, fault_id=fault.id)
        self.assertIn(f"does not pay for “{fault.display_name}”", answer.reasons[0])

    def test_a_meter_ends_the_warranty_when_it_shows_more(self):
        meter = self.env["service.asset.meter"].create({"name": "Cycles", "uom": "x"})
        self.policy.limit_ids = [Command.create({"meter_id": meter.id, "most": 1000})]
        readings = self.env["service.asset.reading"]
        for day, value in (("2024-06-01", 900), ("2024-08-01", 1200)):
            readings.create(
                {
                    "asset_id": self.asset.id,
                    "meter_id": meter.id,
                    "value": value,
                    "read_at": f"{day} 10:00:00",
                }
            )
        self.assertEqual(self._ask(self.asset, date(2024, 7, 1)).shares["warranty"], 1)
        answer = self._ask(self.asset, date(2024, 9, 1))
        self.assertEqual(answer.shares, {"customer": 1})
        self.assertIn("ended at 1000: “Cycles (x)” shows 1200", answer.reasons[0])

    def test_the_warranty_is_lost_with_the_owner_unless_it_goes_with_the_unit(self):
        self.asset._transfer(self._create_partner(name="Eve"), date="2024-07-01")
        self.assertEqual(self._ask(self.asset, date(2024, 8, 1)).shares["warranty"], 1)
        self.policy.is_transferable = False
        self.assertEqual(self._ask(self.asset, date(2024, 6, 30)).shares["warranty"], 1)
        answer = self._ask(self.asset, date(2024, 7, 1))
        self.assertEqual(answer.shares, {"customer": 1})
        self.assertIn("changed hands", answer.reasons[0])
        self.assertEqual(self.asset.warranty_parts_until, date(2024, 6, 30))

    def test_what_a_dealer_hands_on_is_a_sale(self):
        self.policy.is_transferable = False
        dealer = self._create_partner(name="Dealer")
        unit = self._create_unit(
            serial_number="S-2", partner_id=dealer.id, dealer_id=dealer.id
        )
        unit._transfer(self.owner, date="2024-07-01")
        self.assertEqual(self._ask(unit, date(2024, 8, 1)).shares["warranty"], 1)

    def test_a_component_is_covered_with_its_unit_and_anew_when_exchanged(self):
        self.policy.exchange_months = 6
        part = self._create_asset(serial_number="P-1", parent_id=self.asset.id)
        self.assertEqual(part.warranty_until, self.asset.warranty_until)
        self.assertEqual(self._ask(part, date(2024, 8, 1)).shares["warranty"], 1)
        new = self._create_asset(serial_number="P-2")
        self.asset._exchange(removed=part, installed=new, date="2026-03-01")
        self.assertEqual(self._ask(new, date(2026, 8, 1)).shares["warranty"], 1)
        self.assertEqual(self._ask(self.asset, date(2026, 8, 1)).shares["customer"], 1)
        self.assertEqual(new.warranty_parts_until, date(2026, 9, 1))

    def test_the_supplier_owes_what_the_customer_does_not_pay(self):
        supplier = self._create_partner(name="Factory")
        theirs = self._create_policy(
            (False, 36, 80),
            name="Factory",
            provider="supplier",
            partner_id=supplier.id,
            start_basis="manufacture",
            category_ids=[Command.set(self.washers.ids)],
        )
        self.asset.manufactured_on = date(2024, 1, 1)
        table = [
            (date(2024, 6, 1), Fraction(4, 5)),
            (date(2025, 6, 1), HALF),
            (date(2026, 6, 1), 0),
        ]
        for day, claim in table:
            with self.subTest(day=day):
                self.assertEqual(self._ask(self.asset, day).claim, claim)
        answer = self._ask(self.asset, date(2024, 6, 1))
        source = ("service.warranty.policy", theirs.id)
        self.assertEqual(answer.claim_sources, [source])
        self.assertIn("The supplier's warranty “Factory” pays", answer.claim_reasons[0])
        self.assertEqual(self.asset.supplier_until, date(2027, 1, 1))

    def test_a_thousand_pairs_take_less_than_half_a_second(self):
        fault = self._create_fault()
        self.policy.excluded_fault_ids = fault
        units = self.env["service.asset"].create(
            [
                {
                    "serial_number": f"T-{place}",
                    "product_id": self.washer.id,
                    "partner_id": self.owner.id,
                    "delivered_on": date(2024, 1, 1) + timedelta(days=place),
                }
                for place in range(1000)
            ]
        )
        self.env.flush_all()
        kinds = list(dict(COST_KINDS))
        cases = [
            {
                "asset_id": unit.id,
                "date": date(2026, 1, 1),
                "kind": kinds[place % len(kinds)],
                "fault_id": place % 2 and fault.id,
                "partner_id": self.owner.id,
            }
            for place, unit in enumerate(units)
        ]
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        started, queries = time.perf_counter(), self.cr.sql_log_count
        answers = self.entitlements._get_entitlements(cases)
        taken = time.perf_counter() - started
        self.assertEqual(len(answers), 1000)
        self.assertTrue(all(sum(a.shares.values()) == 1 for a in answers))
        self.assertLess(taken, 0.5)
        self.assertLess(self.cr.sql_log_count - queries, 40)

    # -- on a ticket --------------------------------------------------------------

    def test_a_ticket_counts_the_day_of_the_failure_or_of_the_request(self):
        ticket = self._create_ticket(
            asset_id=self.asset.id, opened_at="2026-05-10 23:30:00"
        )
        self.company.resource_calendar_id.tz = "UTC"
        self.assertIn("warranty", ticket._get_entitlement("part").shares)
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.assertEqual(ticket._get_entitlement("part").shares, {"customer": 1})
        ticket.failed_on = date(2024, 6, 1)
        self.assertEqual(ticket._get_entitlement("part").shares, {"warranty": 1})

    def test_the_page_of_a_ticket_tells_who_pays_and_why(self):
        ticket = self._create_ticket(
            asset_id=self.asset.id, failed_on=date(2025, 6, 1), user_id=self.agent.id
        )
        html = ticket.with_user(self.agent).entitlement_html
        self.assertIn("pays 50 % until 05/10/2026", html)
        self.assertIn("does not cover “Travel”", html)
        for kind, _label in COST_KINDS:
            label = dict(COST_KINDS)[kind]
            self.assertIn(f">{label}</div>", html)

    def test_a_failure_has_happened_already(self):
        tomorrow = date.today() + timedelta(days=2)
        with self.assertRaisesRegex(ValidationError, "yet to come"):
            self._create_ticket(failed_on=tomorrow)

    def test_a_fault_is_chosen_where_its_kind_belongs(self):
        symptom = self._create_fault(kind="symptom", name="Noise", code="NSE")
        with self.assertRaisesRegex(ValidationError, "another kind"):
            self._create_ticket(fault_id=symptom.id)
        foreign = self._create_fault(company_id=self.other_company.id, code="X")
        with self.assertRaisesRegex(ValidationError, "another kind or company"):
            self._create_ticket(fault_id=foreign.id)

    # -- decisions ----------------------------------------------------------------

    def _decide(self, ticket, user=None, **values):
        shares = {f"{payer}_share": 0 for payer, _label in PAYERS}
        values = {"ticket_id": ticket.id, "reason": "Third failure", **shares, **values}
        env = self._as(user or self.supervisor)
        return env["service.entitlement.override"].create(values)

    def test_a_supervisor_decides_otherwise_with_a_reason(self):
        ticket = self._create_ticket(asset_id=self.asset.id)
        self._decide(ticket, goodwill_share=70, customer_share=30)
        answer = ticket._get_entitlement("travel")
        self.assertEqual(
            answer.shares, {"goodwill": Fraction(7, 10), "customer": Fraction(3, 10)}
        )
        self.assertEqual(answer.advised, {"customer": 1})
        self.assertIn("decided so on", answer.reasons[0])
        self.assertIn("Third failure", answer.reasons[0])
        self.assertEqual(answer.reasons[1], "Without this decision:")
        self.assertIn("Third failure", ticket.message_ids[0].body)

    def test_a_decision_for_a_kind_goes_before_one_for_all(self):
        ticket = self._create_ticket(asset_id=self.asset.id)
        first = self._decide(ticket, goodwill_share=100)
        self._decide(ticket, kind="part", customer_share=100)
        self.assertEqual(ticket._get_entitlement("part").shares, {"customer": 1})
        self.assertEqual(ticket._get_entitlement("fee").shares, {"goodwill": 1})
        second = self._decide(ticket, contract_share=100)
        self.assertTrue(first.revoked_at and not second.revoked_at)
        self.assertEqual(ticket._get_entitlement("fee").shares, {"contract": 1})
        self.assertEqual(ticket._get_entitlement("part").shares, {"customer": 1})

    def test_a_decision_is_revoked_and_warranty_counts_again(self):
        ticket = self._create_ticket(asset_id=self.asset.id, failed_on=date(2024, 6, 1))
        override = self._decide(ticket, customer_share=100)
        override.with_user(self.supervisor).action_revoke()
        self.assertEqual(ticket._get_entitlement("part").shares, {"warranty": 1})
        self.assertEqual(override.revoked_by_id, self.supervisor)
        with self.assertRaisesRegex(UserError, "revoked already"):
            override.with_user(self.supervisor).action_revoke()

    def test_shares_over_the_whole_and_decisions_without_reason_are_refused(self):
        ticket = self._create_ticket(asset_id=self.asset.id)
        for shares in (
            {"goodwill_share": 60, "customer_share": 60},
            {"goodwill_share": 40},
            {"goodwill_share": 120, "customer_share": -20},
        ):
            with self.assertRaisesRegex(ValidationError, "100 percent"):
                self._decide(ticket, **shares)
        with self.assertRaisesRegex(ValidationError, "Say why"):
            self._decide(ticket, goodwill_share=100, reason="  ")

    def test_only_a_supervisor_decides_and_nobody_changes_it(self):
        ticket = self._create_ticket(asset_id=self.asset.id, user_id=self.agent.id)
        with self.assertRaises(AccessError):
            self._decide(ticket, user=self.agent, goodwill_share=100)
        override = self._decide(
            ticket, goodwill_share=100, user_id=self.agent.id, revoked_at="2020-01-01"
        )
        self.assertEqual(override.user_id, self.supervisor)
        self.assertFalse(override.revoked_at)
        mine = override.with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "What was decided stays"):
            mine.write({"goodwill_share": 50, "customer_share": 50})
        with self.assertRaises(AccessError):
            mine.unlink()
        with self.assertRaisesRegex(UserError, "Revoke it instead"):
            override.sudo().unlink()
        with self.assertRaises(AccessError):
            override.with_user(self.agent).action_revoke()
        with self.assertRaises(AccessError):
            override.with_user(self.stranger).read(["reason"])

    def test_the_window_begins_with_what_counts_and_the_customer_pays_the_rest(self):
        ticket = self._create_ticket(asset_id=self.asset.id, failed_on=date(2025, 6, 1))
        windows = self._as(self.supervisor)["service.entitlement.decide"]
        window = windows.create(
            {"ticket_id": ticket.id, "kind": "part", "reason": "Loyal"}
        )
        self.assertEqual((window.warranty_share, window.customer_share), (50, 50))
        window.goodwill_share = 60
        with self.assertRaisesRegex(UserError, "more than 100 percent"):
            window.action_confirm()
        window.goodwill_share = 33.33
        window.action_confirm()
        shares = ticket._get_entitlement("part").shares
        self.assertEqual(sum(shares.values()), 1)
        self.assertEqual(shares["customer"], Fraction(1667, 10000))

    # -- for other systems ------------------------------------------------------------

    def test_other_systems_ask_by_serial_number_and_codes(self):
        fault = self._create_fault(company_id=self.company.id, code="ABUSE")
        self.policy.excluded_fault_ids = fault
        ask = self._api().check_entitlement
        values = {"serial_number": "S-1", "kind": "part", "date": "2025-06-01"}
        answer = ask(values)
        self.assertEqual(answer["shares"], {"warranty": 0.5, "customer": 0.5})
        self.assertEqual(
            (answer["product"], answer["date"], answer["claim"]),
            ("W-1", "2025-06-01", 0.0),
        )
        self.assertTrue(answer["reasons"])
        self.assertEqual(ask({**values, "fault": "ABUSE"})["shares"], {"customer": 1.0})
        for wrong, sentence in (
            ({"serial_number": "S-9"}, "no unit “S-9”"),
            ({"kind": "wages"}, "no kind of cost"),
            ({"date": "tomorrow"}, "no date"),
            ({"fault": "NIX"}, "no fault “NIX”"),
            ({"color": "red"}, "Unknown values"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                ask({**values, **wrong})
        with self.assertRaisesRegex(UserError, "no unit"):
            self._api(self.stranger).check_entitlement(values)
