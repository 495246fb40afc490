# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Which days of a contract are to be invoiced, and when. No ORM.

Periods begin on the day on which the contract begins, see
`crm_service.tools.contract_period`, or with the calendar: then the first one is the
rest of its month, quarter, half-year or year, and costs its share of the days.
"""

from datetime import date, timedelta

from odoo.addons.crm_service.tools.contract_period import Period, add_months

DAY = timedelta(days=1)


def get_block_start(day, months):
    """Return the first day of the month, quarter, half-year or year of a day.

    >>> [str(get_block_start(date(2026, 11, 22), months)) for months in (1, 3, 6, 12)]
    ['2026-11-01', '2026-10-01', '2026-07-01', '2026-01-01']
    """
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def cut_calendar(start, stop, months, until=None):
    """Return the periods of the calendar that a term is cut into.

    :param int months: the length of a period: 1, 3, 6 or 12
    :param date until: leave out periods that begin later

    >>> for period in cut_calendar(date(2026, 2, 15), date(2026, 8, 31), 3):
    ...     print(period.start, period.stop, period.days, period.full_days)
    2026-02-15 2026-03-31 45 90
    2026-04-01 2026-06-30 91 91
    2026-07-01 2026-08-31 62 92
    """
    periods, last = [], min(stop, until or stop)
    block = get_block_start(start, months)
    while max(block, start) <= last:
        following = add_months(block, months)
        end = min(following - DAY, stop)
        periods.append(Period(max(block, start), end, (following - block).days))
        block = following
    return periods


def get_open_parts(periods, invoiced):
    """Return the parts of periods that no invoice covers yet.

    :param periods: list of Period
    :param invoiced: (first day, last day) of what is invoiced, in any order

    >>> year = cut_calendar(date(2026, 1, 1), date(2026, 12, 31), 12)
    >>> march = date(2026, 3, 1), date(2026, 3, 31)
    >>> for part in get_open_parts(year, [march]):
    ...     print(part.start, part.stop, part.full_days)
    2026-01-01 2026-02-28 365
    2026-04-01 2026-12-31 365
    >>> get_open_parts(year, [(date(2026, 1, 1), date(2026, 12, 31))])
    []
    """
    parts = []
    for period in periods:
        start = period.start
        for first, last in sorted(invoiced):
            if last < start or first > period.stop:
                continue
            if first > start:
                parts.append(Period(start, first - DAY, period.full_days))
            start = max(start, last + DAY)
        if start <= period.stop:
            parts.append(Period(start, period.stop, period.full_days))
    return parts


def get_invoice_day(period, in_advance):
    """Return the day from which on a period is invoiced.

    In arrears that is the day after its last one.

    >>> quarter = cut_calendar(date(2026, 4, 1), date(2026, 6, 30), 3)[0]
    >>> str(get_invoice_day(quarter, True)), str(get_invoice_day(quarter, False))
    ('2026-04-01', '2026-07-01')
    """
    return period.start if in_advance else period.stop + DAY


def get_unused_share(start, stop, last_day):
    """Return (days after `last_day`, all days) of an invoiced period.

    >>> get_unused_share(date(2026, 4, 1), date(2026, 6, 30), date(2026, 5, 31))
    (30, 91)
    >>> get_unused_share(date(2026, 4, 1), date(2026, 6, 30), date(2026, 3, 1))
    (91, 91)
    >>> get_unused_share(date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 5))
    (0, 91)
    """
    days = (stop - start).days + 1
    unused = (stop - max(last_day, start - DAY)).days
    return max(unused, 0), days
