# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Few causes make most of the trouble: which ones, and how much."""

from typing import NamedTuple

# The vital few make so much of the whole.
VITAL_SHARE = 0.8


class Bar(NamedTuple):
    """A cause, how often it came, its share and that of all up to it."""

    name: str
    count: int
    share: float
    cumulated: float


def rank(counts, most, others):
    """Return a `Bar` for each of `counts`, the most frequent first.

    :param counts: {name: how often}
    :param int most: so many are named; what is left goes into one bar, the last
    :param str others: the name of that bar, formatted with their `count`

    >>> for bar in rank({"a": 1, "b": 6, "c": 2, "d": 1}, 2, "{count} others"):
    ...     print(bar.name, bar.count, bar.share, bar.cumulated)
    b 6 0.6 0.6
    c 2 0.2 0.8
    2 others 2 0.2 1.0
    >>> rank({}, 2, "others")
    []
    >>> [bar.name for bar in rank({"a": 1, "b": 1, "c": 1}, 2, "{count} others")]
    ['a', 'b', 'c']
    """
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    if len(rows) > most + 1:  # one left alone has a name of its own
        rest = rows[most:]
        left = (others.format(count=len(rest)), sum(count for _name, count in rest))
        rows = [*rows[:most], left]
    total = sum(counts.values())
    bars, sum_up_to = [], 0
    for name, count in rows:
        sum_up_to += count
        bars.append(Bar(name, count, count / total, sum_up_to / total))
    return bars


def count_vital(bars):
    """Return how many of `bars`, from the first, make most of the whole.

    >>> count_vital(rank({"a": 5, "b": 3, "c": 1, "d": 1}, 9, ""))
    2
    >>> count_vital([])
    0
    """
    for place, bar in enumerate(bars, 1):
        if bar.cumulated >= VITAL_SHARE - 1e-9:
            return place
    return 0
