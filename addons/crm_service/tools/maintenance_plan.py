# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""On which days a unit is due for maintenance. No ORM.

There are three ways to count:

================  =============================================================
by the calendar   first day + k × interval, whatever happens in between; months
                  are counted from the first day, so that the 31st stays the
                  31st where a month has one
after the last    the day on which the last one was done + k × interval; while
                  one is under way, from the day it is due
by use            the day on which the meter will have gone on by so much since
                  the last one, at the average use of a day; at the latest after
                  so many days, if there is such a limit
================  =============================================================

A day outside the season waits for the season's first day; several that would fall on
one day are one. A day that was decided (a ticket was made, it was skipped or moved) is
not planned again.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7}
# Nothing is due more often than this many times in one look ahead.
MAX_DATES = 400


@dataclass(frozen=True)
class Rhythm:
    """How often something is due.

    :param str unit: `day`, `week`, `month`, `year`, or `usage` of a meter
    :param float every: how many of them
    :param date first_on: the first day, from which days of the calendar are counted;
        for use the day from which on it counts
    :param bool after_last: counted from when the last one was done
    :param tuple season: first and last month, 1 to 12; the first may be the later one
    :param int latest_days: by use: at the latest after so many days, 0 for no limit
    """

    unit: str
    every: float
    first_on: date
    after_last: bool = False
    season: tuple | None = None
    latest_days: int = 0


@dataclass(frozen=True)
class Facts:
    """What is known of a unit.

    :param frozenset taken: days that were decided
    :param date last_on: when the last one was done, or is due while it is under way
    :param date waiting_on: the earliest day that was planned and not decided
    :param date last_day: nothing is due after it, such as the end of a contract
    :param Usage usage: of its meter, see `meter_usage`
    """

    taken: frozenset = frozenset()
    last_on: date | None = None
    waiting_on: date | None = None
    last_day: date | None = None
    usage: object = None


NOTHING = Facts()


def add_months(day, months):
    """Return the same day so many months later, or the last one of a short month.

    >>> str(add_months(date(2026, 1, 31), 1)), str(add_months(date(2026, 1, 31), 2))
    ('2026-02-28', '2026-03-31')
    """
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - timedelta(days=1)).day))


def step(day, rhythm, times=1):
    """Return the day so many intervals of the calendar after `day`.

    >>> quarter = Rhythm("month", 3, date(2026, 1, 31))
    >>> [str(step(quarter.first_on, quarter, times)) for times in (1, 2)]
    ['2026-04-30', '2026-07-31']
    """
    number = int(rhythm.every) * times
    if rhythm.unit in MONTHS:
        return add_months(day, MONTHS[rhythm.unit] * number)
    return day + timedelta(days=DAYS[rhythm.unit] * number)


def to_season(day, season):
    """Return `day`, or the first day of the season if it lies outside.

    >>> str(to_season(date(2026, 1, 20), (4, 9)))
    '2026-04-01'
    >>> str(to_season(date(2026, 10, 20), (4, 9)))
    '2027-04-01'
    >>> day = date(2026, 1, 20)
    >>> str(to_season(day, (11, 2))), str(to_season(day, None))
    ('2026-01-20', '2026-01-20')
    """
    if not season:
        return day
    first, last = season
    if first <= last:
        inside = first <= day.month <= last
    else:
        inside = day.month >= first or day.month <= last
    if inside:
        return day
    return date(day.year + (day.month > first), first, 1)


def get_dates(rhythm, today, horizon, facts=NOTHING):
    """Return the days on which something is due up to `horizon`, in their order.

    Days that were planned and have passed without a decision stay; other days before
    `today` are left alone.

    >>> half_year = Rhythm("month", 6, date(2026, 3, 31))
    >>> today, horizon = date(2026, 6, 1), date(2027, 6, 1)
    >>> [str(day) for day in get_dates(half_year, today, horizon)]
    ['2026-09-30', '2027-03-31']
    >>> facts = Facts(taken=frozenset([date(2026, 9, 30)]))
    >>> [str(day) for day in get_dates(half_year, today, horizon, facts)]
    ['2027-03-31']

    What was planned and forgotten is still due, and a contract's end is the end:

    >>> facts = Facts(waiting_on=date(2026, 3, 31), last_day=date(2026, 12, 31))
    >>> [str(day) for day in get_dates(half_year, today, horizon, facts)]
    ['2026-03-31', '2026-09-30']

    Counted from when the last one was done:

    >>> after = Rhythm("month", 6, date(2026, 3, 31), after_last=True)
    >>> facts = Facts(last_on=date(2026, 5, 12))
    >>> [str(day) for day in get_dates(after, today, horizon, facts)]
    ['2026-11-12', '2027-05-12']

    In summer only; two days that wait for spring are one:

    >>> summer = Rhythm("month", 3, date(2026, 7, 1), season=(4, 9))
    >>> [str(day) for day in get_dates(summer, today, horizon)]
    ['2026-07-01', '2027-04-01']

    By use, of a unit that runs 10 hours a day and has missed its first one:

    >>> from .meter_usage import count_usage
    >>> usage = count_usage([(date(2026, 1, 1), 0), (date(2026, 4, 11), 1000)])
    >>> hours = Rhythm("usage", 1000, date(2026, 2, 1))
    >>> [str(day) for day in get_dates(hours, today, horizon, Facts(usage=usage))]
    ['2026-06-01', '2026-09-09', '2026-12-18', '2027-03-28']
    >>> get_dates(hours, today, horizon)
    []
    """
    last = min(facts.last_day or horizon, horizon)
    if rhythm.unit == "usage":
        days = _by_use(rhythm, today, facts)
    elif rhythm.after_last and facts.last_on:
        days = _after_last(rhythm, today, facts)
    else:
        days = _by_calendar(rhythm, today, facts)
    found = []
    for day, _number in zip(days, range(MAX_DATES), strict=False):
        day = to_season(day, rhythm.season)
        if day > last:
            break
        if day not in facts.taken and day not in found[-1:]:
            found.append(day)
    return found


def _by_calendar(rhythm, today, facts):
    """Yield the days of the calendar from today on, or from the one that waits."""
    first, start = rhythm.first_on, min(today, facts.waiting_on or today)
    span = MONTHS.get(rhythm.unit, 0) * 31 or DAYS[rhythm.unit]
    # not far before the first one wanted: plans may have begun long ago
    skipped = max(0, (start - first).days // int(rhythm.every * span) - 1)
    for times in count(skipped):
        day = step(first, rhythm, times)
        # one that waits for its season is not over yet
        if to_season(day, rhythm.season) >= start:
            yield day


def _after_last(rhythm, today, facts):
    """Yield the days after the last one; the first is due today if it has passed."""
    following = step(facts.last_on, rhythm)
    missed = today - following if following < today else timedelta()
    for times in count(1):
        yield step(facts.last_on, rhythm, times) + missed


def _by_use(rhythm, today, facts):
    """Yield the days on which the meter will have gone on by enough."""
    usage = facts.usage
    day = facts.last_on or rhythm.first_on
    every, per_day = rhythm.every, usage.per_day if usage else 0.0
    total = usage.total_on(day) if usage else 0.0
    if usage and not facts.last_on:
        total -= total % every  # as on the dial: every full thousand
    while True:
        due = _reach(usage, total + every, per_day)
        if rhythm.latest_days:
            latest = day + timedelta(days=rhythm.latest_days)
            due = min(due, latest) if due else latest
        if not due:
            return
        due = max(due, today)
        yield due
        day, today = due, due + timedelta(days=1)
        total = usage.total_on(due) if usage else 0.0


def _reach(usage, total, per_day):
    """Return the day on which `total` is reached; none if it never is."""
    if not usage:
        return None
    last, now = usage.days[-1], usage.totals[-1]
    if now >= total:
        return next(
            day
            for day, known in zip(usage.days, usage.totals, strict=True)
            if known >= total
        )
    if per_day <= 0:
        return None
    days = math.ceil((total - now) / per_day)
    return last + timedelta(days=days) if days < 36500 else None
