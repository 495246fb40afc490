import doctest
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import charge_split, time_bands
from ..tools.charge_split import split_amount

PARTS = st.dictionaries(
    st.sampled_from(["customer", "warranty", "extension", "contract", "goodwill"]),
    st.fractions(0, 1, max_denominator=1000),
    min_size=1,
).filter(lambda shares: sum(shares.values()) > 0)


@tagged("post_install", "-at_install")
class TestChargeTools(BaseCase):
    def test_examples_of_the_tools_are_true(self):
        for tool in (charge_split, time_bands):
            result = doctest.testmod(tool)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    @settings(
        max_examples=100,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    @given(st.integers(-(10**9), 10**9), PARTS, st.sampled_from(["0.01", "0.05", "1"]))
    def test_parts_add_up_to_the_amount_and_are_fair(self, cents, shares, coin):
        amount, step = Decimal(cents) / 100, Decimal(coin)
        parts = split_amount(amount, shares, coin)
        total = sum(parts.values())
        self.assertLessEqual(abs(total - amount), step / 2)
        whole = sum(shares.values())
        for payer, part in parts.items():
            self.assertEqual(part % step, 0)
            exact = Fraction(total) * shares[payer] / whole
            self.assertLess(abs(Fraction(part) - exact), Fraction(step))
