# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""When to remind somebody, from what they choose."""

from datetime import datetime, time, timedelta

import pytz

# Hours of the person's own day.
MORNING = 9
AFTERNOON = 14


def get_reminder_moment(choice, now, tz):
    """Return the moment that `choice` means for somebody in the zone `tz`.

    :param str choice: `hour`, `afternoon`, `tomorrow`, `days` (in three days) or
        `week` (next Monday); `afternoon` means tomorrow's when it has begun
    :param datetime now: in UTC, without a zone
    :param str tz: name of a time zone
    :rtype: datetime in UTC, without a zone

    >>> now = datetime(2026, 3, 6, 8, 30)  # a Friday
    >>> get_reminder_moment("hour", now, "Europe/Rome")
    datetime.datetime(2026, 3, 6, 9, 30)
    >>> get_reminder_moment("afternoon", now, "Europe/Rome")
    datetime.datetime(2026, 3, 6, 13, 0)
    >>> get_reminder_moment("afternoon", now, "Asia/Shanghai")
    datetime.datetime(2026, 3, 7, 6, 0)
    >>> get_reminder_moment("tomorrow", now, "Asia/Shanghai")
    datetime.datetime(2026, 3, 7, 1, 0)
    >>> get_reminder_moment("days", now, "UTC")
    datetime.datetime(2026, 3, 9, 9, 0)
    >>> get_reminder_moment("week", now, "UTC")
    datetime.datetime(2026, 3, 9, 9, 0)
    """
    if choice == "hour":
        return now + timedelta(hours=1)
    zone = pytz.timezone(tz)
    today = pytz.utc.localize(now).astimezone(zone)
    if choice == "afternoon":
        days, hour = int(today.hour >= AFTERNOON), AFTERNOON
    else:
        week = 7 - today.weekday()
        days, hour = {"tomorrow": 1, "days": 3, "week": week}[choice], MORNING
    day = today.date() + timedelta(days=days)
    moment = zone.localize(datetime.combine(day, time(hour)))
    return moment.astimezone(pytz.utc).replace(tzinfo=None)
