# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Which tickets a promise is made for.

Records are their ids. What belongs to something above it (a contact to a company, a
category to another) is given with its line: its own id and all those above.

>>> urgent = Criteria(priority_min=2)
>>> pumps = Criteria(priority_min=3, product_categories={7: frozenset({7, 2})})
>>> urgent.fits(Facts(company=1, priority=3)), urgent.fits(Facts(company=1))
(True, False)
>>> pumps.fits(Facts(company=1, priority=3, product_categories=frozenset({9, 7})))
True
>>> urgent.covers(pumps), pumps.covers(urgent)
(True, False)
"""

from typing import NamedTuple

NOTHING = frozenset()
LINES = (
    "types",
    "teams",
    "partners",
    "partner_categories",
    "product_categories",
    "segments",
)


class Facts(NamedTuple):
    """What is known of a ticket; each set holds the lines of its records."""

    company: int
    priority: int = 0
    types: frozenset = NOTHING
    teams: frozenset = NOTHING
    partners: frozenset = NOTHING
    partner_categories: frozenset = NOTHING
    product_categories: frozenset = NOTHING
    segments: frozenset = NOTHING


class Criteria(NamedTuple):
    """What a ticket must be like. An empty criterion lets everything through.

    The six last are dicts: id of a record that fits → its line.
    """

    company: int = 0
    priority_min: int = 0
    priority_max: int = 9
    domain: str = ""
    types: dict = {}
    teams: dict = {}
    partners: dict = {}
    partner_categories: dict = {}
    product_categories: dict = {}
    segments: dict = {}

    def fits(self, facts):
        """Tell whether a ticket with these `Facts` fits, the domain aside."""
        return (
            self.company in (0, facts.company)
            and self.priority_min <= facts.priority <= self.priority_max
            and all(
                not wanted or not getattr(facts, name).isdisjoint(wanted)
                for name, wanted in self._get_lines()
            )
        )

    def covers(self, other):
        """Tell whether every ticket that fits `other` is sure to fit this too."""
        return (
            self.company in (0, other.company)
            and self.priority_min <= other.priority_min
            and self.priority_max >= other.priority_max
            and self.domain in ("", other.domain)
            and all(
                not wanted or self._covers_line(wanted, getattr(other, name))
                for name, wanted in self._get_lines()
            )
        )

    def _get_lines(self):
        return [(name, getattr(self, name)) for name in LINES if getattr(self, name)]

    @staticmethod
    def _covers_line(wanted, others):
        """Tell whether all of `others` are among `wanted`, or below one of them."""
        return bool(others) and all(
            not line.isdisjoint(wanted) for line in others.values()
        )
