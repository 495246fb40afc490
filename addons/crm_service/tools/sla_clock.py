# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""The clock of a promise: working time used, time on hold, and the deadline.

A clock is a plain function of its history: the moment it started, the spans on hold,
its target and the working time that counts now. Whatever changes, it is counted anew
from that history, so nothing drifts and nothing is lost.

>>> from datetime import datetime as dt
>>> from .working_time import WorkingTime
>>> day = WorkingTime([(dt(2024, 1, 1, 8), dt(2024, 1, 1, 12)),
...                    (dt(2024, 1, 1, 13), dt(2024, 1, 1, 17))])
>>> clock = SlaClock(day, dt(2024, 1, 1, 9), 4 * 3600)
>>> clock.deadline
datetime.datetime(2024, 1, 1, 14, 0)
>>> held = SlaClock(day, dt(2024, 1, 1, 9), 4 * 3600,
...                 [(dt(2024, 1, 1, 10), dt(2024, 1, 1, 14))])
>>> held.deadline
datetime.datetime(2024, 1, 1, 17, 0)
>>> held.held(dt(2024, 1, 1, 20)) / 3600, held.elapsed(dt(2024, 1, 1, 15)) / 3600
(3.0, 2.0)
>>> SlaClock(day, dt(2024, 1, 1, 9), 4 * 3600,
...          [(dt(2024, 1, 1, 10), None)]).deadline is None
True
"""

from datetime import datetime

from .working_time import join

FOREVER = datetime.max


class SlaClock:
    """Counts working seconds from a start, except while on hold.

    :param time: a `WorkingTime`
    :param datetime started_at: when the clock starts; naive UTC like all moments
    :param int target: working seconds that were promised
    :param holds: (start, stop) pairs in any order; stop None is still on hold
    """

    def __init__(self, time, started_at, target, holds=()):
        self._time = time
        self._started_at = started_at
        self.target = target
        spans = ((start, stop or FOREVER) for start, stop in holds)
        self._holds = list(join((a, b) for a, b in spans if b > a and b > started_at))

    def elapsed(self, moment):
        """Return the working seconds used from the start until `moment`."""
        return sum(
            self._time.seconds(start, min(stop, moment)) for start, stop in self._runs()
        )

    def held(self, moment):
        """Return the working seconds on hold from the start until `moment`."""
        return sum(
            self._time.seconds(max(start, self._started_at), min(stop, moment))
            for start, stop in self._holds
        )

    def moment_of(self, seconds):
        """Return the first moment by which `seconds` were used.

        :return: datetime, or None if the clock is held before, or if the known
            working time ends before
        """
        for start, stop in self._runs():
            moment = self._time.add(start, seconds)
            if moment and moment <= stop:
                return moment
            seconds -= self._time.seconds(start, stop)
        return None

    @property
    def is_held(self):
        """Whether the clock is on hold with no end in sight."""
        return bool(self._holds and self._holds[-1][1] == FOREVER)

    @property
    def deadline(self):
        """The moment by which the whole target is used; None if not known yet."""
        return self.moment_of(self.target)

    def overdue(self, moment):
        """Return the working seconds used beyond the target until `moment`."""
        return max(0, self.elapsed(moment) - self.target)

    def _runs(self):
        """Yield the (start, stop) spans in which the clock runs; the last is open."""
        start = self._started_at
        for held_from, held_until in self._holds:
            if held_from > start:
                yield start, held_from
            start = max(start, held_until)
        if start < FOREVER:
            yield start, FOREVER
