# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""How much a unit was used by a day, and will have been by another.

What counts is the total use, whatever meters a unit had: it never falls.
"""

from dataclasses import dataclass
from datetime import timedelta

# The average is of the last so many days: how a unit is used changes.
AVERAGE_DAYS = 365


@dataclass(frozen=True)
class Usage:
    """The total use of a unit on some days, in the unit of its meter.

    :param tuple days: the days on which the meter was read, in their order
    :param tuple totals: what had been used in all by each of them
    """

    days: tuple
    totals: tuple

    @property
    def per_day(self):
        """What is used on an average day, 0 if it is not known."""
        last = self.days[-1]
        since = last - timedelta(days=AVERAGE_DAYS)
        # the reading just before counts too, so that a year has two ends
        first = max(
            (place for place, day in enumerate(self.days) if day <= since), default=0
        )
        span = (last - self.days[first]).days
        return (self.totals[-1] - self.totals[first]) / span if span else 0.0

    def total_on(self, day):
        """Return the total on `day`, as it was or as the average foretells it.

        Before the first reading it is what that reading showed.

        >>> from datetime import date
        >>> usage = count_usage([(date(2026, 1, 1), 100), (date(2026, 1, 11), 200)])
        >>> [usage.total_on(date(2026, 1, number)) for number in (6, 11, 21)]
        [150.0, 200.0, 300.0]
        >>> usage.total_on(date(2025, 1, 1))
        100.0
        """
        last, total = self.days[-1], self.totals[-1]
        if day >= last:
            return total + self.per_day * (day - last).days
        if day <= self.days[0]:
            return self.totals[0]
        after = next(place for place, known in enumerate(self.days) if known > day)
        start, stop = self.days[after - 1], self.days[after]
        share = (day - start).days / (stop - start).days
        low, high = self.totals[after - 1], self.totals[after]
        return low + (high - low) * share


def count_usage(points):
    """Return the `Usage` that readings of a meter tell of, none without readings.

    :param points: (day, total use by then) in the order in which they were taken; of
        several on a day the last one counts

    >>> from datetime import date
    >>> usage = count_usage([(date(2026, 1, 1), 900), (date(2026, 1, 3), 920)])
    >>> usage.totals, usage.per_day
    ((900.0, 920.0), 10.0)
    >>> count_usage([(date(2026, 1, 1), 900)]).per_day
    0.0
    >>> count_usage([])
    """
    known = {day: float(total) for day, total in points}
    return Usage(tuple(known), tuple(known.values())) if known else None
