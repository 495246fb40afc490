"""Reading the tables of ``data/world``, and the days that they speak of."""

import csv
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path

# The day on which the books begin: opening stock and costs, before all documents.
OPENING_DAY = 190
FOLDER = Path(__file__).resolve().parents[3] / "data" / "world"


@cache
def read(name):
    """Return the rows of a table as dicts of text.

    :param str name: file name without ``.csv``
    """
    with open(FOLDER / f"{name}.csv", newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def days_ago(days):
    """Return the date that was so many days before today."""
    return (datetime.now() - timedelta(days=float(days))).date()


def moment(days, hour):
    """Return a moment on the day that was so many days before today."""
    return datetime.combine(days_ago(days), time()) + timedelta(hours=hour)


def translations(row):
    """Return the Chinese names that a row has, by language."""
    return {code: row[code] for code in ("zh_CN", "zh_TW") if row.get(code)}
