# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Who pays, without a database: a table of cases, and what is always true."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..const import COST_KINDS
from ..tools.entitlement import (
    ORDER,
    Case,
    Cover,
    Step,
    decide,
    find_problem,
    make_flat_cover,
)
from ..tools.warranty_terms import (
    Extension,
    Terms,
    Unit,
    add_months,
    cover_unit,
    get_ends,
)

KINDS = list(dict(COST_KINDS))
FIRST = date(2024, 1, 1)
DAYS = st.integers(0, 2000).map(lambda days: FIRST + timedelta(days=days))
SHARES = st.integers(1, 100).map(lambda percent: Fraction(percent, 100))
FAULTS = st.frozensets(st.integers(1, 3), max_size=2)
FEW = settings(max_examples=50, deadline=None)


def _make_step(start, days, share):
    return Step(start, start + timedelta(days=days), share)


STEPS = st.builds(_make_step, DAYS, st.integers(0, 900), SHARES)
COVERS = st.builds(
    Cover,
    st.sampled_from(list(ORDER)),
    st.none(),
    st.dictionaries(
        st.sampled_from(KINDS[:3]), st.tuples(STEPS), min_size=1, max_size=3
    ),
    FAULTS,
    st.sampled_from([(), ((1, 500),)]),
    st.one_of(st.none(), DAYS),
)
CASES = st.builds(
    Case,
    DAYS,
    st.sampled_from(KINDS[:3]),
    FAULTS,
    st.sampled_from([{}, {1: 400}, {1: 600}]),
)


@st.composite
def falling_steps(draw):
    """Draw the lines of terms that are no problem: shares that never rise."""
    count = draw(st.integers(1, 3))
    shares = sorted(draw(st.lists(SHARES, min_size=count, max_size=count)))[::-1]
    return tuple((draw(st.integers(1, 24)), share) for share in shares)


# a function, so that Hypothesis invents nothing for the other fields
TERMS = st.builds(
    lambda latest, steps: Terms(1, latest_months=latest, steps=steps),
    st.integers(0, 12),
    st.dictionaries(st.sampled_from(KINDS[:2]), falling_steps(), min_size=1),
)
UNITS = st.builds(
    lambda made, days: Unit(
        {"manufacture": made, "delivery": made + timedelta(days=days)}
    ),
    DAYS,
    st.integers(0, 700),
)


@tagged("post_install", "-at_install")
class TestEntitlementRules(BaseCase):
    # -- the table ------------------------------------------------------------------

    def test_each_row_of_the_table_gives_its_reason(self):
        year = Step(date(2024, 1, 1), date(2024, 12, 31), Fraction(1, 2))
        later = Step(date(2025, 2, 1), date(2025, 12, 31), Fraction(1, 4))
        cover = Cover(
            "warranty",
            steps={"part": (year, later), "labour": ()},
            excluded=frozenset({7}),
            limits=((1, 1000),),
            lost_on=date(2025, 6, 1),
        )
        inside = date(2024, 6, 1)
        table = [
            (Case(inside, "travel"), "kind"),
            (Case(inside, "labour"), "no_start"),
            (Case(date(2023, 12, 31), "part"), "not_begun"),
            (Case(date(2026, 1, 1), "part"), "ended"),
            (Case(date(2025, 6, 1), "part"), "transferred"),
            (Case(date(2025, 5, 31), "part"), "pays"),
            (Case(inside, "part", faults=frozenset({7, 2})), "excluded"),
            (Case(inside, "part", usage={1: 1001}), "usage"),
            (Case(inside, "part", usage={1: 1000}), "pays"),
            (Case(date(2025, 1, 15), "part"), "gap"),
            (Case(date(2024, 1, 1), "part"), "pays"),
            (Case(date(2024, 12, 31), "part"), "pays"),
        ]
        for case, code in table:
            with self.subTest(case=case):
                answer = decide(case, [cover])
                self.assertEqual(answer.reasons[0].code, code)
                self.assertEqual(answer.shares["customer"] < 1, code == "pays")

    def test_covers_pay_in_their_order_and_never_more_than_is_left(self):
        def flat(payer, percent):
            return make_flat_cover(
                payer, payer, FIRST, date(2024, 12, 31), {"part": percent / 100}
            )

        table = [
            ([("contract", 50), ("warranty", 50)], {"warranty": 50, "contract": 50}),
            ([("goodwill", 80), ("contract", 70)], {"contract": 70, "goodwill": 30}),
            ([("extension", 100), ("warranty", 100)], {"warranty": 100}),
            ([("extension", 30), ("extension", 30)], {"extension": 60, "customer": 40}),
            ([], {"customer": 100}),
        ]
        for covers, shares in table:
            with self.subTest(covers=covers):
                answer = decide(Case(FIRST, "part"), [flat(*cover) for cover in covers])
                expected = {p: Fraction(s, 100) for p, s in shares.items()}
                self.assertEqual(answer.shares, expected)

    def test_what_cannot_be_meant_has_a_name(self):
        one, half = Fraction(1), Fraction(1, 2)
        table = [
            (((0, one),), "months"),
            (((-3, one),), "months"),
            (((12, one), (6, Fraction(0))), "empty"),
            (((12, Fraction(101, 100)),), "over"),
            (((12, half), (12, one)), "rising"),
            (((12, one), (12, one), (12, half)), ""),
        ]
        for steps, problem in table:
            self.assertEqual(find_problem(steps), problem)

    def test_goodwill_helps_after_the_warranty(self):
        terms = Terms(
            1,
            steps={"part": ((12, Fraction(1)),)},
            goodwill_months=6,
            goodwill_share=Fraction(1, 2),
        )
        covers = cover_unit(Unit({"delivery": FIRST}), terms)
        table = [
            (date(2025, 1, 1), {"warranty": 1}),
            (
                date(2025, 1, 2),
                {"goodwill": Fraction(1, 2), "customer": Fraction(1, 2)},
            ),
            (date(2025, 7, 2), {"customer": 1}),
        ]
        for day, shares in table:
            self.assertEqual(decide(Case(day, "part"), covers).shares, shares)

    # -- what is always true ----------------------------------------------------------

    @FEW
    @given(CASES, st.lists(COVERS, max_size=5), st.lists(COVERS, max_size=3))
    def test_shares_are_exactly_one_and_nobody_pays_less_than_nothing(
        self, case, covers, supplier
    ):
        answer = decide(case, covers, supplier)
        self.assertEqual(sum(answer.shares.values()), 1)
        self.assertTrue(all(share > 0 for share in answer.shares.values()))
        self.assertTrue(0 <= answer.claim <= 1 - answer.shares.get("customer", 0))
        self.assertEqual(sum(reason.share for reason in answer.reasons), 1)

    @FEW
    @given(CASES, st.lists(COVERS, max_size=4), COVERS)
    def test_another_cover_never_costs_the_customer_more(self, case, covers, another):
        before = decide(case, covers).shares.get("customer", 0)
        after = decide(case, [*covers, another]).shares.get("customer", 0)
        self.assertLessEqual(after, before)

    @FEW
    @given(CASES, st.lists(COVERS, min_size=1, max_size=4), st.data())
    def test_a_better_cover_never_costs_the_customer_more(self, case, covers, data):
        worse = covers[0]
        better = data.draw(
            st.sampled_from(
                [
                    worse._replace(excluded=frozenset()),
                    worse._replace(limits=()),
                    worse._replace(lost_on=None),
                    worse._replace(
                        steps={
                            kind: tuple(s._replace(share=Fraction(1)) for s in steps)
                            for kind, steps in worse.steps.items()
                        }
                    ),
                    worse._replace(
                        steps={
                            kind: (steps[0]._replace(start=date(2000, 1, 1)),)
                            for kind, steps in worse.steps.items()
                        }
                    ),
                ]
            )
        )
        before = decide(case, covers).shares.get("customer", 0)
        after = decide(case, [better, *covers[1:]]).shares.get("customer", 0)
        self.assertLessEqual(after, before)

    @FEW
    @given(COVERS, st.sampled_from(KINDS[:3]))
    def test_before_its_first_and_after_its_last_day_a_cover_pays_nothing(
        self, cover, kind
    ):
        steps = cover.steps.get(kind)
        if steps:
            before = Case(steps[0].start - timedelta(days=1), kind)
            after = Case(steps[-1].until + timedelta(days=1), kind)
            for case in (before, after):
                self.assertEqual(decide(case, [cover]).shares, {"customer": 1})

    @FEW
    @given(CASES, st.lists(COVERS, max_size=4), st.randoms())
    def test_the_order_in_which_covers_are_told_does_not_matter(
        self, case, covers, random
    ):
        shuffled = list(covers)
        random.shuffle(shuffled)
        self.assertEqual(decide(case, covers).shares, decide(case, shuffled).shares)

    @FEW
    @given(UNITS, TERMS, DAYS, st.sampled_from(KINDS[:2]), st.integers(1, 12), DAYS)
    def test_a_longer_warranty_never_costs_the_customer_more(
        self, unit, terms, day, kind, months, sold_on
    ):
        """Neither alone nor with an extension, which begins later then."""
        longer = terms._replace(
            steps={k: (*s, (months, s[-1][1])) for k, s in terms.steps.items()}
        )
        extended = [Extension(1, terms, sold_on)]
        for extensions in ((), extended):
            shares = [
                decide(Case(day, kind), cover_unit(unit, t, extensions)).shares
                for t in (terms, longer)
            ]
            before, after = (share.get("customer", 0) for share in shares)
            self.assertLessEqual(after, before)

    @FEW
    @given(UNITS, TERMS, TERMS, DAYS)
    def test_an_extension_sold_in_time_leaves_no_gap(self, unit, terms, more, sold_on):
        ends = get_ends(cover_unit(unit, terms))
        [*_others, cover] = cover_unit(unit, terms, [Extension(1, more, sold_on)])
        for kind, steps in cover.steps.items():
            self.assertEqual(steps[0].start, sold_on)
            self.assertGreaterEqual(steps[-1].until, sold_on)
            anchor = max(ends.get(kind, sold_on), sold_on)
            months = sum(length for length, _share in more.steps[kind])
            self.assertEqual(steps[-1].until, add_months(anchor, months))

    @FEW
    @given(DAYS, st.integers(0, 60), st.integers(0, 60))
    def test_more_months_never_end_earlier(self, day, months, more):
        self.assertLessEqual(add_months(day, months), add_months(day, months + more))
