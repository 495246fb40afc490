# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Hours of the day in which nobody is to be disturbed.

>>> from datetime import datetime as dt
>>> end_of_quiet(dt(2024, 1, 1, 20, 30), "Europe/Rome", 20.0, 7.5)
datetime.datetime(2024, 1, 2, 6, 30)
>>> end_of_quiet(dt(2024, 1, 1, 5, 0), "Europe/Rome", 20.0, 7.5)
datetime.datetime(2024, 1, 1, 6, 30)
>>> end_of_quiet(dt(2024, 1, 1, 12, 0), "Europe/Rome", 20.0, 7.5) is None
True
>>> end_of_quiet(dt(2024, 1, 1, 12, 0), "Europe/Rome", 12.5, 14.0)
datetime.datetime(2024, 1, 1, 13, 0)
"""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo


def end_of_quiet(moment, zone_name, start_hour, stop_hour):
    """Return when the quiet hours end that `moment` is in, or None.

    :param datetime moment: naive UTC
    :param str zone_name: time zone in which the hours are meant
    :param float start_hour: local time of day; later than `stop_hour` means overnight
    :param float stop_hour: local time of day
    :return: naive UTC
    """
    zone = ZoneInfo(zone_name)
    local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
    hour = local.hour + local.minute / 60 + local.second / 3600
    if start_hour < stop_hour:
        is_quiet = start_hour <= hour < stop_hour
    else:
        is_quiet = hour >= start_hour or hour < stop_hour
    if not is_quiet:
        return None
    day = local.date() if hour < stop_hour else local.date() + timedelta(days=1)
    end = datetime.combine(day, time()) + timedelta(hours=stop_hour)
    return end.replace(tzinfo=zone).astimezone(timezone.utc).replace(tzinfo=None)
