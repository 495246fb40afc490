# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Who pays for a service, what share of it, and why. No database, no Odoo.

A *cover* says who pays which share of which kind of cost on which days. For a case (a
day, a kind of cost, a fault, what the meters of the unit show) each cover is judged by
the first row of this table that fits:

| # | what is so                                                | it pays | reason     |
|---|-----------------------------------------------------------|---------|------------|
| 1 | it does not cover this kind of cost                       | nothing | kind       |
| 2 | the day that it counts from is not known                  | nothing | no_start   |
| 3 | the case is before its first day                          | nothing | not_begun  |
| 4 | the case is after its last day                            | nothing | ended      |
| 5 | the unit has changed hands, and the cover does not follow | nothing | transferred|
| 6 | the fault, or one above it, is excluded                   | nothing | excluded   |
| 7 | a meter shows more than the limit                         | nothing | usage      |
| 8 | no step of it has this day                                | nothing | gap        |
| 9 | none of these                                             | share   | pays       |

The covers then pay in the order warranty, extension, contract, goodwill. Each pays its
share *of the whole cost*, but never more than what is left (`paid` if nothing is):
half by the warranty and half by the contract leave nothing to the customer. The
customer pays the rest, so that the shares are always exactly one. It follows that more
cover never costs the customer more: another cover, a larger share, a longer time, an
exclusion or a limit less.

What the supplier owes us is judged by the same table, on the supplier's terms. We may
claim the share that results, but never what the customer pays: nobody is paid twice.

>>> year = (date(2024, 1, 1), date(2024, 12, 31))
>>> half = Cover("warranty", "W", {"part": (Step(*year, Fraction(1, 2)),)})
>>> answer = decide(Case(date(2024, 7, 1), "part"), [half])
>>> answer.shares
{'warranty': Fraction(1, 2), 'customer': Fraction(1, 2)}
>>> [reason.code for reason in answer.reasons]
['pays', 'rest']
>>> decide(Case(date(2025, 1, 1), "part"), [half]).shares
{'customer': Fraction(1, 1)}
"""

from datetime import date
from fractions import Fraction
from typing import NamedTuple

NOTHING = frozenset()
NONE, WHOLE = Fraction(0), Fraction(1)
CUSTOMER = "customer"
# Who pays before whom.
ORDER = {"warranty": 0, "extension": 1, "contract": 2, "goodwill": 3}


class Step(NamedTuple):
    """From the day `start` to the day `until`, both included, a share is paid."""

    start: date
    until: date
    share: Fraction


class Cover(NamedTuple):
    """Who pays which share of which cost when.

    :param str payer: one of `ORDER`
    :param source: what it comes from, such as (model, id); given back as it is
    :param dict steps: {kind of cost: (Step, …) in the order of time}
    :param frozenset excluded: faults that it does not pay for
    :param tuple limits: (meter, the most that it may show) of each limit
    :param lost_on: the first day on which it is lost, because the unit changed hands
    :param missing: the name of the date that it counts from and that nobody knows
    """

    payer: str
    source: object = None
    steps: dict = {}
    excluded: frozenset = NOTHING
    limits: tuple = ()
    lost_on: date | None = None
    missing: str = ""


class Case(NamedTuple):
    """What happened: the day, the kind of cost, the fault, and what the meters show.

    :param frozenset faults: the fault and those above it in the catalogue
    :param dict usage: {meter: what it shows}; what is not known exceeds no limit
    """

    on: date
    kind: str
    faults: frozenset = NOTHING
    usage: dict = {}


class Reason(NamedTuple):
    """Why a cover pays what it pays: a code of the table, and the facts for it."""

    code: str
    payer: str = CUSTOMER
    source: object = None
    share: Fraction = NONE
    on: date | None = None
    detail: object = None


class Answer(NamedTuple):
    """Who pays.

    :param dict shares: {payer: Fraction above zero}; together they are exactly one
    :param Fraction claim: the share that we may claim from the supplier
    :param tuple reasons: a Reason for each cover, and for what the customer pays
    :param tuple claim_reasons: a Reason for each cover of the supplier
    """

    shares: dict
    claim: Fraction = NONE
    reasons: tuple = ()
    claim_reasons: tuple = ()

    @property
    def sources(self):
        """What pays: [(payer, source)], without the customer."""
        return [(r.payer, r.source) for r in self.reasons if r.share and r.source]


def judge(cover, case):
    """Return the Reason of the first row of the table that fits.

    >>> step = Step(date(2024, 1, 1), date(2024, 12, 31), WHOLE)
    >>> cover = Cover("warranty", steps={"part": (step,)}, excluded=frozenset({7}))
    >>> judge(cover, Case(date(2024, 5, 1), "travel")).code
    'kind'
    >>> judge(cover, Case(date(2024, 5, 1), "part", faults=frozenset({7, 1}))).code
    'excluded'
    >>> judge(cover, Case(date(2025, 5, 1), "part")).on
    datetime.date(2024, 12, 31)
    """
    steps = cover.steps.get(case.kind)
    if steps is None:
        return _refuse(cover, "kind", detail=case.kind)
    if cover.missing or not steps:
        return _refuse(cover, "no_start", detail=cover.missing)
    if case.on < steps[0].start:
        return _refuse(cover, "not_begun", steps[0].start)
    if case.on > steps[-1].until:
        return _refuse(cover, "ended", steps[-1].until)
    return _judge_limits(cover, case) or _judge_steps(cover, case, steps)


def _judge_limits(cover, case):
    """Return the Reason of the rows 5 to 7, or None."""
    if cover.lost_on and case.on >= cover.lost_on:
        return _refuse(cover, "transferred", cover.lost_on)
    excluded = case.faults & cover.excluded
    if excluded:
        return _refuse(cover, "excluded", detail=min(excluded))
    for meter, most in cover.limits:
        shown = case.usage.get(meter)
        if shown is not None and shown > most:
            return _refuse(cover, "usage", detail=(meter, most, shown))
    return None


def _judge_steps(cover, case, steps):
    """Return the Reason of the rows 8 and 9."""
    for step in steps:
        if step.start <= case.on <= step.until:
            return Reason("pays", cover.payer, cover.source, step.share, step.until)
    return _refuse(cover, "gap")


def _refuse(cover, code, on=None, detail=None):
    return Reason(code, cover.payer, cover.source, NONE, on, detail)


def decide(case, covers, supplier=()):
    """Return the Answer for a case.

    :param covers: Cover of any payer, in any order
    :param supplier: Cover of the supplier towards us

    >>> step = Step(date(2024, 1, 1), date(2024, 12, 31), Fraction(2, 3))
    >>> covers = [Cover(payer, steps={"fee": (step,)}) for payer in reversed(ORDER)]
    >>> answer = decide(Case(date(2024, 2, 29), "fee"), covers)
    >>> answer.shares
    {'warranty': Fraction(2, 3), 'extension': Fraction(1, 3)}
    >>> [reason.code for reason in answer.reasons]
    ['pays', 'pays', 'paid', 'paid']
    """
    left, shares, reasons = WHOLE, {}, []
    for cover in sorted(covers, key=_get_rank):
        reason = judge(cover, case)
        share = min(reason.share, left)
        if reason.share and not share:
            reason = reason._replace(code="paid")
        reasons.append(reason._replace(share=share))
        if share:
            shares[cover.payer] = shares.get(cover.payer, NONE) + share
            left -= share
    if left:
        shares[CUSTOMER] = left
        code = "rest" if reasons else "no_cover"
        reasons.append(Reason(code, share=left))
    claimed = [judge(cover, case) for cover in supplier]
    claim = limit_claim(sum((r.share for r in claimed), NONE), shares)
    return Answer(shares, claim, tuple(reasons), tuple(claimed))


def _get_rank(cover):
    return ORDER[cover.payer]


def limit_claim(share, shares):
    """Return what may be claimed of `share`: never what the customer pays.

    >>> limit_claim(WHOLE, {"customer": Fraction(1, 4), "warranty": Fraction(3, 4)})
    Fraction(3, 4)
    """
    return min(share, WHOLE - shares.get(CUSTOMER, NONE))


def make_flat_cover(payer, source, start, until, shares, **values):
    """Return a Cover that pays the same all the time, as contracts do.

    :param dict shares: {kind of cost: Fraction from 0 to 1, or a float, which counts
        to the hundredth of a percent}; 0 covers nothing

    >>> cover = make_flat_cover(
    ...     "contract", ("service.contract", 7), date(2024, 1, 1), date(2024, 12, 31),
    ...     {"labour": WHOLE, "part": NONE},
    ... )
    >>> list(cover.steps)
    ['labour']
    """
    steps = {
        kind: (Step(start, until, Fraction(share).limit_denominator(10000)),)
        for kind, share in shares.items()
        if share
    }
    return Cover(payer, source, steps, **values)


def find_problem(steps):
    """Return the code of what cannot be meant by ((months, share), …), or "".

    >>> find_problem(((12, WHOLE), (12, Fraction(1, 2))))
    ''
    >>> find_problem(((12, Fraction(1, 2)), (12, WHOLE)))
    'rising'
    >>> find_problem(((12, WHOLE), (6, NONE))), find_problem(((0, WHOLE),))
    ('empty', 'months')
    >>> find_problem(((12, Fraction(3, 2)),))
    'over'
    """
    last = None
    for months, share in steps:
        if months <= 0:
            return "months"
        if share <= 0:
            return "empty"
        if share > 1:
            return "over"
        if last is not None and share > last:
            return "rising"
        last = share
    return ""
