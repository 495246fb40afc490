# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Stretches of days: how they are cut for a chart, and what came before them."""

from datetime import date, timedelta

# Up to so many days a chart shows days, up to so many weeks; beyond, months.
MAX_DAYS = 16
MAX_WEEK_DAYS = 120


def before(start, stop):
    """Return (start, stop) of the period of the same length just before.

    Whole months are followed by as many months, whatever their length.

    >>> [str(day) for day in before(date(2026, 4, 1), date(2026, 6, 30))]
    ['2026-01-01', '2026-03-31']
    >>> [str(day) for day in before(date(2026, 3, 1), date(2026, 3, 31))]
    ['2026-02-01', '2026-02-28']
    >>> [str(day) for day in before(date(2026, 1, 5), date(2026, 1, 11))]
    ['2025-12-29', '2026-01-04']
    """
    last = start - timedelta(days=1)
    if start.day == 1 and (stop + timedelta(days=1)).day == 1:
        months = (stop.year - start.year) * 12 + stop.month - start.month + 1
        return add_months(start, -months), last
    return last - (stop - start), last


def add_months(day, months):
    """Return the first day of the month so many months after that of `day`.

    >>> str(add_months(date(2026, 1, 31), -2))
    '2025-11-01'
    """
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def cut(start, stop):
    """Return what a chart of the days from `start` to `stop` shows side by side.

    :return: (“day”, “week” or “month”, list of (first day, last day))

    >>> unit, spans = cut(date(2026, 1, 15), date(2026, 6, 14))
    >>> unit, len(spans), [str(day) for day in spans[0]], str(spans[-1][1])
    ('month', 6, ['2026-01-15', '2026-01-31'], '2026-06-14')
    >>> unit, spans = cut(date(2026, 1, 1), date(2026, 1, 31))
    >>> unit, len(spans), [str(day) for day in spans[0]]
    ('week', 5, ['2026-01-01', '2026-01-04'])
    >>> cut(date(2026, 1, 1), date(2026, 1, 2))[0]
    'day'
    """
    days = (stop - start).days + 1
    unit = "month"
    if days <= MAX_WEEK_DAYS:
        unit = "week" if days > MAX_DAYS else "day"
    spans, first = [], start
    while first <= stop:
        last = min(_last_day(unit, first), stop)
        spans.append((first, last))
        first = last + timedelta(days=1)
    return unit, spans


def _last_day(unit, day):
    if unit == "day":
        return day
    if unit == "week":  # to Sunday
        return day + timedelta(days=6 - day.weekday())
    return add_months(day, 1) - timedelta(days=1)
