# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Prices that follow a published index.

The formula is the price adjustment clause in common use, with one index (FIDIC,
Conditions of Contract for Construction, 1999, sub-clause 13.8, "Adjustments for
Changes in Cost": Pn = a + b · Ln / Lo):

    P = P0 × (1 − s + s × I / I0)

P0 is the price agreed at first, s the share of it that follows the index, I0 the
index when the price was agreed and I the index when it is adjusted. With s = 1 the
price moves as the index does; with s = 0.7 three tenths of it stay as they are. A cap
limits by how much the price may rise or fall at once.
"""

from decimal import Decimal


def get_factor(base, value, share=Decimal(1), cap=None):
    """Return by what a price is multiplied.

    :param base: the index when the price was agreed, more than zero
    :param value: the index when it is adjusted
    :param share: the share of the price that follows it, 0 to 1
    :param cap: the most by which the price may change, such as 0.05; None: no limit
    :raises ValueError: the base is not more than zero

    >>> get_factor(Decimal(100), Decimal(104))
    Decimal('1.04')
    >>> get_factor(Decimal(100), Decimal(104), Decimal("0.5"))
    Decimal('1.020')
    >>> get_factor(Decimal(100), Decimal(112), cap=Decimal("0.05"))
    Decimal('1.05')
    >>> get_factor(Decimal(100), Decimal(80), cap=Decimal("0.05"))
    Decimal('0.95')
    >>> get_factor(Decimal(0), Decimal(104))
    Traceback (most recent call last):
        ...
    ValueError: an index must be more than zero
    """
    if base <= 0 or value <= 0:
        raise ValueError("an index must be more than zero")
    change = Decimal(share) * (Decimal(value) / Decimal(base) - 1)
    if cap is not None:
        change = max(min(change, Decimal(cap)), -Decimal(cap))
    return 1 + change


def pick_value(values, month):
    """Return the newest (month, value) that was published for `month` or before.

    :param values: {first day of a month: value}
    :param month: any day of the month that is asked for

    >>> from datetime import date
    >>> known = {date(2026, 1, 1): 100, date(2026, 4, 1): 102}
    >>> pick_value(known, date(2026, 3, 17))
    (datetime.date(2026, 1, 1), 100)
    >>> pick_value(known, date(2026, 4, 1))
    (datetime.date(2026, 4, 1), 102)
    >>> pick_value(known, date(2025, 12, 31))
    """
    months = [known for known in values if known <= month]
    return (max(months), values[max(months)]) if months else None
