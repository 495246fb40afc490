# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date
from fractions import Fraction

from odoo import Command
from odoo.tests import tagged

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
