# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Which line of which contract is meant: the nearest to the unit.

A unit of its own goes before its whole, that before the site, that before the sites
around it, and all of them before what covers everything of a customer. At the same
distance a line for a narrower product category goes first, then the newer contract.
"""

from datetime import date
from typing import NamedTuple

UNIT, SITE, CUSTOMER = "unit", "site", "customer"
RANKS = {UNIT: 0, SITE: 1, CUSTOMER: 2}


class Line(NamedTuple):
    """What a line of a contract covers, and from when to when."""

    id: int
    contract_id: int
    company_id: int
    scope: str
    # the unit, the site or the customer
    target_id: int
    category_id: int
    start: date
    stop: date


class Facts(NamedTuple):
    """What is known of a case: each chain begins with the nearest."""

    company_id: int
    day: date
    units: tuple
    sites: tuple
    customers: tuple
    # product categories of the unit, the narrowest first
    categories: tuple


def find_line(facts, lines):
    """Return the line that covers the case, or None.

    :param facts: Facts of the case
    :param lines: iterable of Line

    >>> day = date(2026, 5, 1)
    >>> since, until = date(2026, 1, 1), date(2026, 12, 31)
    >>> site = Line(1, 10, 1, SITE, 7, 0, since, until)
    >>> unit = Line(2, 11, 1, UNIT, 5, 0, since, until)
    >>> whole = Line(3, 12, 1, UNIT, 4, 0, since, until)
    >>> facts = Facts(1, day, units=(5, 4), sites=(7,), customers=(9,), categories=())
    >>> find_line(facts, [site, whole, unit]).id
    2
    >>> find_line(facts._replace(day=date(2027, 1, 1)), [site, unit])
    >>> find_line(facts._replace(units=()), [site, unit]).id
    1
    >>> fridges = site._replace(id=4, category_id=3)
    >>> find_line(facts._replace(units=()), [fridges, site]).id
    1
    >>> find_line(facts._replace(units=(), categories=(3, 2)), [fridges, site]).id
    4
    """
    ranked = ((_get_rank(facts, line), line) for line in lines)
    found = [(rank, line) for rank, line in ranked if rank is not None]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _get_rank(facts, line):
    """Return how near a line is to the case (less is nearer), or None if not at all."""
    if line.company_id != facts.company_id or not line.start <= facts.day <= line.stop:
        return None
    chain = {UNIT: facts.units, SITE: facts.sites, CUSTOMER: facts.customers}
    if line.target_id not in chain[line.scope]:
        return None
    if line.category_id and line.category_id not in facts.categories:
        return None
    place = chain[line.scope].index(line.target_id)
    narrow = len(facts.categories)
    if line.category_id:
        narrow = facts.categories.index(line.category_id)
    return RANKS[line.scope], place, narrow, -line.start.toordinal(), -line.id
