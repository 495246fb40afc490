# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""What a timeline of a customer or unit is made of, and how its pages are turned."""

from datetime import datetime
from typing import NamedTuple

from odoo.fields import Domain


class Source(NamedTuple):
    """One kind of rows that a customer or a unit leaves behind: tickets, orders…

    Add-ons hand them out, see `_get_service_sources` of `res.partner` and of
    `service.asset`.
    """

    kind: str  # a word of its own, also in `_prepare_service_entry_<kind>`
    label: str  # in the reader's language, in the plural
    model: str  # whose rows; its record rules say which of them the reader sees
    icon: str  # a class of Font Awesome, such as "fa-ticket"
    dates: tuple  # when it happened: the first of these fields that is filled
    fields: tuple  # read at once for all rows of a page
    # fields that name whose rows they are: the customer, or the unit
    subjects: tuple = ("partner_id",)
    domain: Domain = Domain.TRUE  # which rows of the model
    sequence: int = 50  # place among the counters, and between rows of one moment
    # (field with an id, its model): rows are for those who may read that record
    about: tuple = ()
    counted: bool = True  # whether it has a counter, and can be chosen alone


class Place(NamedTuple):
    """Where a page of the timeline ended: after this row, the next one begins."""

    at: datetime
    kind: str
    id: int

    def to_text(self):
        """Return the place as a text that a browser can send back.

        >>> Place(datetime(2026, 5, 1, 8, 30), "ticket", 7).to_text()
        '2026-05-01T08:30:00|ticket|7'
        """
        return f"{self.at.isoformat()}|{self.kind}|{self.id}"


def read_place(text, kinds):
    """Return the place that `text` speaks of.

    >>> read_place("2026-05-01T08:30:00|ticket|7", ["ticket"]).id
    7
    >>> read_place("2026-05-01|order|7", ["ticket"])
    Traceback (most recent call last):
    ...
    ValueError: order

    :param str text: as `Place.to_text` made it
    :param kinds: the kinds that there are
    :raises ValueError: the text is no such place
    """
    at, kind, number = str(text).split("|")
    if kind not in kinds:
        raise ValueError(kind)
    moment = datetime.fromisoformat(at)
    if moment.tzinfo:
        raise ValueError(at)
    return Place(moment, kind, int(number))
