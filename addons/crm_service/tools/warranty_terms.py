# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""From terms and the dates of a unit to the days on which somebody pays.

Months are counted as Regulation (EEC, Euratom) No 1182/71, article 3, counts them: the
day of the event does not count, so that 24 months from 10 May 2024 last until the end
of 10 May 2026; a month without such a day ends with its last day.

>>> terms = Terms(1, basis="sale", steps={"part": ((12, WHOLE), (12, HALF))})
>>> unit = Unit(dates={"sale": date(2024, 5, 10)})
>>> for cover in cover_unit(unit, terms):
...     for step in cover.steps["part"]:
...         print(cover.payer, step.start, step.until, step.share)
warranty 2024-05-10 2025-05-10 1
warranty 2025-05-11 2026-05-10 1/2
"""

import calendar
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from .entitlement import NOTHING, Cover, Step

POLICY = "service.warranty.policy"
EXTENSION = "service.warranty.extension"
NONE, HALF, WHOLE = Fraction(0), Fraction(1, 2), Fraction(1)
DAY = timedelta(days=1)


class Terms(NamedTuple):
    """What a policy says.

    `steps` is {kind of cost: ((months, share), …)}, one after the other; `basis` names
    the date that it counts from.
    """

    id: int
    basis: str = "delivery"
    latest_months: int = 0
    steps: dict = {}
    excluded: frozenset = NOTHING
    limits: tuple = ()
    is_transferable: bool = True
    goodwill_months: int = 0
    goodwill_share: Fraction = NONE
    exchange_months: int = 0


class Unit(NamedTuple):
    """What is known of a unit: its dates by name, and when it changed hands."""

    dates: dict = {}
    transferred_on: date | None = None


class Extension(NamedTuple):
    """An extension that was sold: the terms, from which day, and until when.

    Without `until`, the months of the terms count from the end of the warranty.
    """

    id: int
    terms: Terms
    since: date
    until: date | None = None


def to_share(percent):
    """Return a percentage as a fraction, exact to the hundredth of a percent.

    >>> to_share(33.33)
    Fraction(3333, 10000)
    """
    return Fraction(round(percent * 100), 10000)


def add_months(day, months):
    """Return the day so many months later, the last of a month that is too short.

    No calendar goes beyond the year 9999: what lasts longer ends with it.

    >>> add_months(date(2024, 1, 31), 1), add_months(date(2023, 12, 5), -13)
    (datetime.date(2024, 2, 29), datetime.date(2022, 11, 5))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def get_next_day(day):
    """Return the day after, as far as the calendar goes."""
    return day if day == date.max else day + DAY


def find_start(unit, terms):
    """Return the day on which a warranty begins, or None if it is not known.

    It begins at the latest so many months after the unit was made; then also if the
    day itself is not known.

    >>> late = Unit(dates={"sale": date(2025, 6, 1), "manufacture": date(2024, 1, 1)})
    >>> find_start(late, Terms(1, basis="sale", latest_months=6))
    datetime.date(2024, 7, 1)
    >>> find_start(Unit(), Terms(1, basis="sale")) is None
    True
    """
    day = unit.dates.get(terms.basis)
    made = unit.dates.get("manufacture")
    if terms.latest_months and made:
        latest = add_months(made, terms.latest_months)
        return min(day, latest) if day else latest
    return day or None


def plan_steps(anchor, steps, since=None):
    """Return the Steps of ((months, share), …), counted from the day `anchor`.

    :param since: the first day of the first step, if it is another than `anchor`

    >>> [str(step.until) for step in plan_steps(date(2024, 1, 31), ((1, 1), (1, 1)))]
    ['2024-02-29', '2024-03-31']
    """
    planned, start, months = [], since or anchor, 0
    for length, share in steps:
        months += length
        until = add_months(anchor, months)
        planned.append(Step(start, until, share))
        start = get_next_day(until)
    return tuple(planned)


def end_with(steps, until):
    """Return the steps with another last day.

    >>> end_with((Step(date(2024, 1, 1), date(2024, 12, 31), 1),), date(2024, 6, 30))
    (Step(start=datetime.date(2024, 1, 1), until=datetime.date(2024, 6, 30), share=1),)
    """
    kept = [step for step in steps if step.start <= until]
    return (*kept[:-1], kept[-1]._replace(until=until)) if kept else ()


def cover_unit(unit, terms, extensions=()):
    """Return the Covers of a unit: warranty, goodwill, extensions.

    :param terms: the Terms that apply to the unit, or None
    :param extensions: Extension of the unit, in the order in which they were sold
    """
    warranty = _cover_warranty(unit, terms) if terms else []
    ends = get_ends(warranty)
    covers = list(warranty)
    if terms and not warranty[0].missing:
        covers += _cover_goodwill(warranty[0], terms)
    for extension in extensions:
        cover = _cover_extension(unit, extension, ends)
        ends |= get_ends([cover])
        covers.append(cover)
    return covers


def cover_exchange(exchanged_on, terms):
    """Return the Covers of a component that was put in by a repair on that day.

    :param terms: Terms of the unit that it was put into

    >>> terms = Terms(1, steps={"part": ((24, HALF),)}, exchange_months=6)
    >>> [cover] = cover_exchange(date(2024, 1, 1), terms)
    >>> cover.steps["part"][0].until, cover.steps["part"][0].share
    (datetime.date(2024, 7, 1), Fraction(1, 1))
    """
    if not (terms.exchange_months and exchanged_on):
        return []
    row = plan_steps(exchanged_on, ((terms.exchange_months, WHOLE),))
    steps = dict.fromkeys(terms.steps, row)
    source = (POLICY, terms.id)
    return [Cover("warranty", source, steps, terms.excluded, terms.limits)]


def get_ends(covers):
    """Return {kind of cost: the last day on which one of `covers` pays}."""
    ends = {}
    for cover in covers:
        for kind, steps in cover.steps.items():
            if steps:
                until = steps[-1].until
                if cover.lost_on:
                    until = min(until, cover.lost_on - DAY)
                ends[kind] = max(ends.get(kind, until), until)
    return ends


def _cover_warranty(unit, terms):
    start = find_start(unit, terms)
    steps = {
        kind: plan_steps(start, rows) if start else ()
        for kind, rows in terms.steps.items()
    }
    missing = "" if start else terms.basis
    return [_make_cover("warranty", (POLICY, terms.id), unit, terms, steps, missing)]


def _cover_goodwill(warranty, terms):
    """Return the cover out of goodwill: some months more, for a smaller share."""
    if not (terms.goodwill_months and terms.goodwill_share):
        return []
    steps = {}
    for kind, rows in warranty.steps.items():
        end = rows[-1].until
        until = add_months(end, terms.goodwill_months)
        steps[kind] = (Step(get_next_day(end), until, terms.goodwill_share),)
    return [warranty._replace(payer="goodwill", steps=steps)]


def _cover_extension(unit, extension, ends):
    """Return the cover of an extension.

    It pays from its first day on, beside the warranty; its months count from where
    the cover before it ends. So there is never a gap, and a longer warranty never
    makes it shorter.
    """
    since, terms = extension.since, extension.terms
    steps = {
        kind: plan_steps(max(ends.get(kind, since), since), rows, since)
        for kind, rows in terms.steps.items()
    }
    if extension.until:
        steps = {kind: end_with(rows, extension.until) for kind, rows in steps.items()}
        steps = {kind: rows for kind, rows in steps.items() if rows}
    return _make_cover("extension", (EXTENSION, extension.id), unit, terms, steps)


def _make_cover(payer, source, unit, terms, steps, missing=""):
    lost_on = None if terms.is_transferable else unit.transferred_on
    return Cover(
        payer, source, steps, terms.excluded, terms.limits, lost_on, missing=missing
    )
