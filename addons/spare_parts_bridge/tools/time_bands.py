"""Split time over bands of the day, the week and public holidays.

Hours are elapsed time: an hour that the clock repeats in autumn counts twice, one that
it skips in spring not at all. Bands are of the local clock, as a price list says it.
"""

import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from itertools import pairwise

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class Band:
    """When a rate counts.

    A band whose end is not after its beginning goes over midnight: from 22 to 6 is
    late in the evening and early in the morning. Its days are those on which the
    moment itself lies.

    :param key: anything that names the rate
    :param weekdays: numbers of days, Monday is 0
    :param holidays: ``any``, ``except`` or ``only``
    :param start: hour of the day, 0 to 24; 6.5 is half past six
    :param stop: hour of the day, 0 to 24

    >>> night = Band("night", start=22, stop=6)
    >>> [night.covers(datetime(2026, 3, 2, hour), False) for hour in (21, 22, 5, 6)]
    [False, True, True, False]
    >>> Band("day", holidays="except").covers(datetime(2026, 3, 2, 12), True)
    False
    >>> Band("all").covers(datetime(2026, 3, 2, 0), True)
    True
    """

    key: object
    weekdays: frozenset = EVERY_DAY
    holidays: str = "any"
    start: float = 0.0
    stop: float = 24.0

    def covers(self, moment, is_holiday):
        """Tell whether a local moment lies in this band."""
        if moment.weekday() not in self.weekdays:
            return False
        if self.holidays != "any" and is_holiday != (self.holidays == "only"):
            return False
        hour = moment.hour + moment.minute / 60 + moment.second / 3600
        if self.start < self.stop:
            return self.start <= hour < self.stop
        return hour >= self.start or hour < self.stop

    def cuts(self, day):
        """Yield the naive local moments of `day` at which the band begins or ends."""
        for hour in (self.start, self.stop):
            yield datetime.combine(day, time()) + timedelta(hours=hour)


def split_interval(start, stop, bands, zone, holidays=()):
    """Split the time between two moments over bands; the first that covers counts.

    :param start: aware datetime
    :param stop: aware datetime
    :param bands: sequence of `Band`, the most particular first
    :param zone: tzinfo of the local clock
    :param holidays: pairs of aware datetimes, between which it is holiday
    :return: ``{key: hours}`` in the order of time; what no band covers has the key
        None

    >>> from zoneinfo import ZoneInfo
    >>> rome = ZoneInfo("Europe/Rome")
    >>> def at(*parts):
    ...     return datetime(*parts, tzinfo=rome)
    >>> bands = [
    ...     Band("night", start=20, stop=6),
    ...     Band("weekend", frozenset({5, 6})),
    ...     Band("day"),
    ... ]
    >>> split_interval(at(2026, 3, 6, 18), at(2026, 3, 6, 21, 30), bands, rome)
    {'day': 2.0, 'night': 1.5}
    >>> split_interval(at(2026, 3, 6, 23), at(2026, 3, 7, 7), bands, rome)
    {'night': 7.0, 'weekend': 1.0}

    The night of 29 March 2026 has one hour less, that of 25 October one more:

    >>> split_interval(at(2026, 3, 28, 20), at(2026, 3, 29, 6), bands, rome)
    {'night': 9.0}
    >>> split_interval(at(2026, 10, 24, 20), at(2026, 10, 25, 6), bands, rome)
    {'night': 11.0}

    >>> feast = [(at(2026, 3, 6, 0), at(2026, 3, 7, 0))]
    >>> bands.insert(0, Band("feast", holidays="only"))
    >>> split_interval(at(2026, 3, 6, 18), at(2026, 3, 7, 1), bands, rome, feast)
    {'feast': 6.0, 'night': 1.0}
    >>> split_interval(at(2026, 3, 6, 8), at(2026, 3, 6, 9), [], rome)
    {None: 1.0}
    >>> split_interval(at(2026, 3, 6, 9), at(2026, 3, 6, 9), bands, rome)
    {}
    """
    hours = {}
    for left, right in pairwise(_find_cuts(start, stop, bands, zone, holidays)):
        middle = left + (right - left) / 2
        is_holiday = any(begin <= middle < end for begin, end in holidays)
        local = middle.astimezone(zone)
        key = next((b.key for b in bands if b.covers(local, is_holiday)), None)
        spent = (right - left).total_seconds() / 3600
        hours[key] = hours.get(key, 0.0) + spent
    return hours


def _find_cuts(start, stop, bands, zone, holidays):
    """Return the sorted moments in UTC between which one band counts throughout."""
    start, stop = (moment.astimezone(timezone.utc) for moment in (start, stop))
    cuts = {start, stop}
    day = start.astimezone(zone).date()
    while day <= stop.astimezone(zone).date():
        naive = {datetime.combine(day, time())}
        naive.update(cut for band in bands for cut in band.cuts(day))
        for moment in naive:
            # both times that the clock shows it, when it is put back
            for fold in (0, 1):
                local = moment.replace(tzinfo=zone, fold=fold)
                cuts.add(local.astimezone(timezone.utc))
        day += timedelta(days=1)
    for begin, end in holidays:
        cuts |= {begin.astimezone(timezone.utc), end.astimezone(timezone.utc)}
    return sorted(cut for cut in cuts if start <= cut <= stop)


def round_up(hours, minutes=0, minimum=0.0):
    """Return the hours to charge: in steps of so many minutes, and at least so many.

    >>> round_up(1.1, 15), round_up(1.25, 15), round_up(0.0, 15)
    (1.25, 1.25, 0.0)
    >>> round_up(0.2, 0, 0.5), round_up(0.2)
    (0.5, 0.2)

    What a float adds is no step:

    >>> round_up(0.1 + 0.2, 6)
    0.3
    """
    if hours <= 0:
        return 0.0
    if minutes:
        steps = math.ceil(round(hours * 60 / minutes, 6))
        hours = round(steps * minutes / 60, 9)
    return max(hours, minimum)
