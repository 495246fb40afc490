# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Working time between two moments, counted over fixed intervals.

>>> from datetime import datetime as dt
>>> week = WorkingTime([(dt(2024, 1, 1, 8), dt(2024, 1, 1, 12)),
...                     (dt(2024, 1, 1, 13), dt(2024, 1, 1, 17))])
>>> week.hours(dt(2024, 1, 1, 11), dt(2024, 1, 1, 14))
2.0
>>> week.hours(dt(2023, 1, 1), dt(2025, 1, 1))
8.0
>>> week.hours(dt(2024, 1, 1, 14), dt(2024, 1, 1, 11))
0.0
>>> WorkingTime(None).hours(dt(2024, 1, 1), dt(2024, 1, 2))
24.0
>>> week.add(dt(2024, 1, 1, 11), 2 * 3600)
datetime.datetime(2024, 1, 1, 14, 0)
>>> week.add(dt(2024, 1, 1, 11), 100 * 3600) is None
True
>>> [stop.hour for _start, stop in join([(dt(2024, 1, 1, 8), dt(2024, 1, 1, 12)),
...                                      (dt(2024, 1, 1, 12), dt(2024, 1, 1, 17))])]
[17]
"""

from bisect import bisect_left, bisect_right
from datetime import timedelta


def join(intervals):
    """Yield (start, stop) pairs in order, with those that touch made one.

    :param intervals: (start, stop) pairs of datetimes in any order
    """
    last = None
    for start, stop in sorted(intervals):
        if last and start <= last[1]:
            last = (last[0], max(last[1], stop))
        else:
            if last:
                yield last
            last = (start, stop)
    if last:
        yield last


class WorkingTime:
    """Counts time inside sorted, disjoint intervals; all of it when there are none.

    :param intervals: (start, stop) pairs of datetimes in order, or None for
        round the clock
    """

    def __init__(self, intervals):
        self._round_the_clock = intervals is None
        self._starts, self._stops, self._before = [], [], []
        total = 0.0
        for start, stop in intervals or ():
            self._starts.append(start)
            self._stops.append(stop)
            self._before.append(total)
            total += (stop - start).total_seconds()

    def seconds(self, start, stop):
        """Return the working seconds from `start` to `stop`, never negative."""
        if not start or not stop or stop <= start:
            return 0.0
        if self._round_the_clock:
            return (stop - start).total_seconds()
        return self._until(stop) - self._until(start)

    def hours(self, start, stop):
        """Return the working hours from `start` to `stop`, never negative."""
        return self.seconds(start, stop) / 3600

    def before(self, stop, seconds):
        """Return the moment from which `seconds` of work remain until `stop`.

        None when the intervals hold fewer.

        >>> from datetime import datetime as dt
        >>> day = WorkingTime([(dt(2024, 1, 1, 8), dt(2024, 1, 1, 12)),
        ...                    (dt(2024, 1, 1, 13), dt(2024, 1, 1, 17))])
        >>> day.before(dt(2024, 1, 1, 14), 2 * 3600)
        datetime.datetime(2024, 1, 1, 11, 0)
        >>> day.before(dt(2024, 1, 1, 14), 9 * 3600)
        """
        if self._round_the_clock:
            return stop - timedelta(seconds=seconds)
        wanted = self._until(stop) - seconds
        if wanted < 0:
            return None
        index = bisect_right(self._before, wanted) - 1
        return self._starts[index] + timedelta(seconds=wanted - self._before[index])

    def add(self, start, seconds):
        """Return the first moment by which `seconds` were worked since `start`.

        :param float seconds: working seconds, not negative
        :return: datetime, or None if the known intervals end before
        """
        if self._round_the_clock:
            return start + timedelta(seconds=seconds)
        if seconds <= 0:
            return start
        wanted = self._until(start) + seconds
        index = bisect_left(self._before, wanted) - 1
        if index < 0:
            return None
        moment = self._starts[index] + timedelta(seconds=wanted - self._before[index])
        return moment if moment <= self._stops[index] else None

    @property
    def is_empty(self):
        """Whether there is no working time at all."""
        return not self._round_the_clock and not self._starts

    def _until(self, moment):
        """Return the working seconds from the first interval to `moment`."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0.0
        inside = min(moment, self._stops[index]) - self._starts[index]
        return self._before[index] + inside.total_seconds()
