# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Periods of a contract: how its term is cut for invoices, and what days are worth."""

import calendar
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple


class Period(NamedTuple):
    """Days from `start` to `stop`, both of them included, within a full period."""

    start: date
    stop: date
    # how many days the full period has that this one is a part of
    full_days: int

    @property
    def days(self):
        """How many days there are."""
        return (self.stop - self.start).days + 1

    @property
    def share(self):
        """The part of the full period, between 0 and 1."""
        return Decimal(self.days) / Decimal(self.full_days)


def add_months(day, months):
    """Return the same day so many months later, or the last one of a shorter month.

    >>> str(add_months(date(2026, 1, 31), 1))
    '2026-02-28'
    >>> str(add_months(date(2026, 11, 15), 3))
    '2027-02-15'
    >>> str(add_months(date(2026, 3, 31), -1))
    '2026-02-28'
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def get_last_day(start, months):
    """Return the last day of a term of so many months.

    >>> str(get_last_day(date(2026, 1, 1), 12))
    '2026-12-31'
    >>> str(get_last_day(date(2026, 1, 31), 1))
    '2026-02-27'
    """
    return add_months(start, months) - timedelta(days=1)


def count_months(start, stop):
    """Return how many whole months a term has, or None if it is not made of any.

    >>> count_months(date(2026, 1, 1), date(2026, 12, 31))
    12
    >>> count_months(date(2026, 1, 31), date(2026, 2, 27))
    1
    >>> count_months(date(2026, 1, 1), date(2026, 12, 30))
    """
    after = stop + timedelta(days=1)
    months = (after.year - start.year) * 12 + after.month - start.month
    near = (count for count in (months, months + 1) if count > 0)
    return next((count for count in near if add_months(start, count) == after), None)


def get_next_term(start, stop):
    """Return (start, stop) of the term of the same length right after this one.

    >>> [str(day) for day in get_next_term(date(2026, 2, 1), date(2027, 1, 31))]
    ['2027-02-01', '2028-01-31']
    >>> [str(day) for day in get_next_term(date(2026, 1, 1), date(2026, 1, 10))]
    ['2026-01-11', '2026-01-20']
    """
    after = stop + timedelta(days=1)
    months = count_months(start, stop)
    if months:
        return after, get_last_day(after, months)
    return after, after + (stop - start)


def cut_term(start, stop, months, until=None):
    """Return the periods of so many months that a term is cut into.

    They begin on the day of the month on which the term begins. The last one is
    shorter if the term ends before it does.

    :param int months: the length of a period
    :param date until: leave out periods that begin later

    >>> for period in cut_term(date(2026, 1, 15), date(2026, 8, 31), 3):
    ...     print(period.start, period.stop, period.days, period.full_days)
    2026-01-15 2026-04-14 90 90
    2026-04-15 2026-07-14 91 91
    2026-07-15 2026-08-31 48 92
    >>> len(cut_term(date(2026, 1, 1), date(2026, 12, 31), 1, date(2026, 3, 1)))
    3
    >>> cut_term(date(2026, 1, 1), date(2025, 12, 31), 1)
    []
    """
    periods, count = [], 0
    last = min(stop, until or stop)
    while (begin := add_months(start, count * months)) <= last:
        end = get_last_day(start, (count + 1) * months)
        full_days = (end - begin).days + 1
        periods.append(Period(begin, min(end, stop), full_days))
        count += 1
    return periods


def get_part(period, first, last):
    """Return the part of a period that lies between two days, or None.

    >>> year = cut_term(date(2026, 1, 1), date(2026, 12, 31), 12)[0]
    >>> part = get_part(year, date(2026, 10, 1), date(2027, 5, 5))
    >>> part.days, part.full_days
    (92, 365)
    >>> get_part(year, date(2027, 1, 1), date(2027, 5, 5))
    """
    start, stop = max(period.start, first), min(period.stop, last)
    return Period(start, stop, period.full_days) if start <= stop else None


def prorate(amount, share, digits=2):
    """Return the share of an amount, rounded half up.

    >>> prorate(Decimal("365.00"), Decimal(92) / Decimal(365))
    Decimal('92.00')
    >>> prorate(Decimal("100"), Decimal(1) / Decimal(3))
    Decimal('33.33')
    """
    step = Decimal(1).scaleb(-digits)
    return (Decimal(amount) * share).quantize(step, rounding=ROUND_HALF_UP)
