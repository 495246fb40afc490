"""What we know of the person in front of the browser."""

import pytz

from odoo.http import request


def get_reader_tz(company):
    """Return the reader's time zone: theirs, the browser's, or the company's.

    :param company: the company whose page it is, readable by superuser
    :rtype: str
    """
    user = request.env.user
    candidates = (
        False if user._is_public() else user.tz,
        request.cookies.get("tz"),
        company.partner_id.tz,
        company.resource_calendar_id.tz,
    )
    return next((tz for tz in candidates if tz in pytz.all_timezones_set), "UTC")
