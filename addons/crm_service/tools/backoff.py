# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""How long to wait before something that failed is tried again.

>>> [get_wait(tries).total_seconds() / 60 for tries in range(1, 8)]
[1.0, 5.0, 15.0, 60.0, 180.0, 180.0, 180.0]
"""

from datetime import timedelta

_WAITS = (1, 5, 15, 60, 180)


def get_wait(tries):
    """Return the time to wait after so many failures, at least one."""
    return timedelta(minutes=_WAITS[min(tries, len(_WAITS)) - 1])
