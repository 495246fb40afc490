"""What a customer may still earn us: the margins of the past, carried on.

The method is that of S. Gupta and D. R. Lehmann, "Customers as Assets", Journal of
Interactive Marketing 17 (1), 2003, pages 9-24: a customer who earns us the margin *m*
a year, who stays with us from one year to the next with the chance *r* (retention),
and where money of the next year is worth 1 / (1 + *i*) of this year's (discount), is
worth from next year on

    m × (r / (1+i) + r² / (1+i)² + …)  =  m × r / (1 + i - r)

The second factor is called the margin multiple. What goes in comes from the books:

* *m* is the average margin of the complete years that are looked at, from the first
  one in which the customer bought; of a customer who is new, what this year brought.
* *r* is the share of a company's customers who, having bought in a year, bought in
  the next one too. It is estimated by Laplace's rule of succession, (stayed + 1) /
  (cases + 2), which is never 0 or 1, however few customers there are.
* A customer who has bought nothing in complete years is counted with the chance that
  he comes back: the share of silent customers who bought in the next year, estimated
  in the same way, to the power of the silent years.

>>> round(margin_multiple(0.8, 0.1), 2)
2.67
>>> forecast(Years({2024: 900.0, 2025: 1100.0}), 2026, Rates(0.8, 0.2, 0.1)).value
2666.67
"""

from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple


class Rates(NamedTuple):
    """What holds for all customers of a company.

    :param retention: chance that who bought in a year buys in the next one too
    :param comeback: chance that who bought nothing in a year buys in the next one
    :param discount: by how much money of next year is worth less, 0.1 for 10 %
    """

    retention: float
    comeback: float
    discount: float


@dataclass(frozen=True)
class Years:
    """What a customer earned us: ``{year: margin}``, and in which years he bought.

    Without `active`, he bought in every year that has a margin.
    """

    margins: dict
    active: frozenset = field(default=None)

    def __post_init__(self):
        """Take the years with a margin for those in which he bought."""
        if self.active is None:
            object.__setattr__(self, "active", frozenset(self.margins))


class Forecast(NamedTuple):
    """An expected value and all that it was made of."""

    margin: float
    chance: float
    retention: float
    discount: float
    multiple: float
    value: float
    year_from: int
    year_to: int


def margin_multiple(retention, discount):
    """Return how many margins of a year an active customer is worth.

    :raises ValueError: a chance is not between 0 and 1, or the multiple is endless

    The margin multiples of Gupta and Lehmann, for discounts of 10 to 16 %:

    >>> for r in (0.6, 0.7, 0.8, 0.9):
    ...     print([f"{margin_multiple(r, i):.2f}" for i in (0.10, 0.12, 0.14, 0.16)])
    ['1.20', '1.15', '1.11', '1.07']
    ['1.75', '1.67', '1.59', '1.52']
    ['2.67', '2.50', '2.35', '2.22']
    ['4.50', '4.09', '3.75', '3.46']
    """
    if not 0 <= retention <= 1:
        raise ValueError("The retention must be between 0 and 1.")
    if discount < 0 or 1 + discount - retention <= 0:
        raise ValueError("The discount must be above 0 when every customer stays.")
    return retention / (1 + discount - retention)


def estimate_share(hits, cases):
    """Return the chance of what came `hits` times in so many `cases` (Laplace).

    >>> estimate_share(8, 8), estimate_share(0, 0)
    (0.9, 0.5)
    """
    if not 0 <= hits <= cases:
        raise ValueError("There are more hits than cases.")
    return (hits + 1) / (cases + 2)


def average_margin(years, this_year, window):
    """Return a customer's margin a year, with the first and last year it is of.

    :param Years years: what the customer earned us
    :param int this_year: the year that is not complete yet
    :param int window: how many complete years are looked at

    A year without business counts, once the first is made:

    >>> average_margin(Years({2022: 600.0, 2025: 300.0}), 2026, 3)
    (100.0, 2023, 2025)
    >>> average_margin(Years({2025: 300.0, 2026: 80.0}), 2026, 3)
    (300.0, 2025, 2025)
    >>> average_margin(Years({2026: 80.0}), 2026, 3)
    (80.0, 2026, 2026)
    """
    first = min(years.margins, default=this_year)
    if first >= this_year:
        return years.margins.get(this_year, 0.0), this_year, this_year
    start = max(first, this_year - window)
    total = sum(years.margins.get(year, 0.0) for year in range(start, this_year))
    return total / (this_year - start), start, this_year - 1


def count_silent_years(years, this_year):
    """Return for how many complete years a customer has bought nothing.

    >>> count_silent_years(Years({2023: 1.0}), 2026)
    2
    >>> count_silent_years(Years({2023: 1.0, 2026: 1.0}), 2026)
    0
    >>> count_silent_years(Years({}), 2026)
    0
    """
    past = [year for year in years.active if year <= this_year]
    if not past:
        return 0
    return max(0, this_year - 1 - max(past))


def forecast(years, this_year, rates, window=3):
    """Return the `Forecast` of a customer.

    :param Years years: what the customer earned us
    :param int this_year: the year that is not complete yet
    :param Rates rates: what holds for all customers of the company
    :param int window: how many complete years are looked at

    >>> made = forecast(Years({2023: 400.0}), 2026, Rates(0.8, 0.5, 0.1), window=1)
    >>> made.margin, made.chance, made.value
    (0.0, 0.25, 0.0)
    >>> forecast(Years({2024: 400.0}), 2026, Rates(0.8, 0.5, 0.1)).value
    266.67
    """
    margin, start, end = average_margin(years, this_year, window)
    chance = rates.comeback ** count_silent_years(years, this_year)
    multiple = margin_multiple(rates.retention, rates.discount)
    value = round(chance * margin * multiple, 2)
    return Forecast(
        *(margin, chance, rates.retention, rates.discount, multiple),
        *(value, start, end),
    )


def place(values, steps, by_share):
    """Return ``{key: segment}``: which segment each customer belongs to.

    :param dict values: ``{key: what the customer is worth}``
    :param steps: list of (segment, step), the best first. A step is the share of all
        customers that the segment takes (the best ones first), or from which amount
        on customers are in it. The last segment takes all that are left.
    :param bool by_share: which of both a step is

    Who is worth the same is in the same segment, the better one of both:

    >>> steps = [("A", 0.25), ("B", 0.25), ("C", 0)]
    >>> place({1: 50, 2: 40, 3: 40, 4: 10}, steps, by_share=True)
    {1: 'A', 2: 'B', 3: 'B', 4: 'C'}
    >>> place({1: 50, 2: -1}, [("A", 50), ("B", 0), ("C", 0)], by_share=False)
    {1: 'A', 2: 'C'}
    >>> place({1: 50}, [], by_share=True)
    {}
    """
    if not steps:
        return {}
    floors = _get_floors(values, steps) if by_share else steps[:-1]
    return {
        key: next((name for name, floor in floors if value >= floor), steps[-1][0])
        for key, value in values.items()
    }


def _get_floors(values, steps):
    """Return the steps as amounts: the least value that is in each segment.

    >>> _get_floors({1: 9, 2: 7, 3: 5, 4: 1}, [("A", 0.3), ("B", 0.3), ("C", 0)])
    [('A', 7), ('B', 5)]
    """
    ranked = sorted(values.values(), reverse=True)
    floors, share = [], 0.0
    for name, step in steps[:-1]:
        share += step
        taken = min(ceil(round(share * len(ranked), 6)), len(ranked))
        if taken and ranked:
            floors.append((name, ranked[taken - 1]))
    return floors
