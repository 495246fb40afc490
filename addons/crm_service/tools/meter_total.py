# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""How much a unit was used, told from what its meters showed."""

from datetime import timedelta

SECONDS_A_DAY = 86400


def find_drop(values):
    """Return the place of the first value that is lower than the one before.

    :param values: list of (value, whether a new meter begins with it), in order
    :return: a place in the list, or None

    >>> find_drop([(10, False), (20, False)])
    >>> find_drop([(10, False), (5, False)])
    1
    >>> find_drop([(10, False), (5, True), (4, False)])
    2
    """
    for place in range(1, len(values)):
        value, is_new = values[place]
        if value < values[place - 1][0] and not is_new:
            return place
    return None


def get_totals(values):
    """Return the total use at each value, whatever meters there were.

    :param values: list of (value, whether a new meter begins with it), in order

    A new meter goes on from the total of the old one, wherever it begins.

    >>> get_totals([(100, False), (150, False), (0, True), (30, False)])
    [100, 150, 150, 180]
    >>> get_totals([(7, True)])
    [7]
    """
    totals = []
    before = 0
    for value, is_new in values:
        if not totals:
            totals.append(value)
        elif is_new:
            totals.append(totals[-1])
        else:
            totals.append(round(totals[-1] + value - before, 6))
        before = value
    return totals


def get_per_day(pairs, days):
    """Return the use per day, on average over the last `days`.

    :param pairs: list of (moment, total), in order
    :param days: how far back from the last reading; further if nothing else is known

    >>> from datetime import datetime
    >>> first, last = datetime(2026, 1, 1), datetime(2026, 1, 11)
    >>> get_per_day([(first, 0), (last, 50)], 365)
    5.0
    >>> get_per_day([(last, 50)], 365)
    0.0
    >>> get_per_day([(datetime(2020, 1, 1), 0), (first, 10), (last, 30)], 30)
    2.0
    """
    if len(pairs) < 2:
        return 0.0
    last_at, last = pairs[-1]
    recent = [pair for pair in pairs[:-1] if pair[0] >= last_at - timedelta(days=days)]
    first_at, first = recent[0] if recent else pairs[-2]
    seconds = (last_at - first_at).total_seconds()
    if seconds < 1:
        return 0.0
    return (last - first) * SECONDS_A_DAY / seconds
