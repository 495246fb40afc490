"""Split an amount by shares so that the parts add up to it exactly.

The method of the largest remainder (Hamilton's method of apportionment): every part
is rounded down to the smallest coin, and the coins that are left go to the parts that
lost most by it; the first of equal ones first.
"""

from decimal import Decimal
from fractions import Fraction


def as_fraction(share):
    """Return a share as a fraction, free of what binary floats add.

    >>> as_fraction(0.1)
    Fraction(1, 10)
    >>> as_fraction(Fraction(1, 3))
    Fraction(1, 3)
    """
    if isinstance(share, float):
        return Fraction(repr(share))
    return Fraction(share)


def split_amount(amount, shares, rounding="0.01"):
    """Split an amount by shares.

    :param amount: number; may be less than zero
    :param shares: ``{key: share}``; they need not add up to one, only to more than zero
    :param rounding: the smallest coin
    :return: ``{key: Decimal}``, which add up to `amount` rounded to the coin

    >>> split_amount(100, {"warranty": Fraction(1, 3), "customer": Fraction(2, 3)})
    {'warranty': Decimal('33.33'), 'customer': Decimal('66.67')}
    >>> split_amount("0.01", {"a": 0.5, "b": 0.5})
    {'a': Decimal('0.01'), 'b': Decimal('0.00')}
    >>> split_amount(-10, {"a": 1, "b": 2}, "0.05")
    {'a': Decimal('-3.35'), 'b': Decimal('-6.65')}
    >>> split_amount(100, {"a": 1, "b": 1, "c": 1}, 1)
    {'a': Decimal('34'), 'b': Decimal('33'), 'c': Decimal('33')}
    >>> split_amount(5, {"a": 0})
    Traceback (most recent call last):
        ...
    ValueError: shares must add up to more than zero
    """
    coin = Decimal(str(rounding))
    shares = {key: as_fraction(share) for key, share in shares.items()}
    total = sum(shares.values())
    if total <= 0 or min(shares.values()) < 0:
        raise ValueError("shares must add up to more than zero")
    coins = _round_half_away(as_fraction(_plain(amount)) / Fraction(coin))
    exact = {key: coins * share / total for key, share in shares.items()}
    parts = {key: value.__floor__() for key, value in exact.items()}
    left = coins - sum(parts.values())
    by_loss = sorted(exact, key=lambda key: parts[key] - exact[key])
    for key in by_loss[:left]:
        parts[key] += 1
    return {key: count * coin for key, count in parts.items()}


def _plain(amount):
    return Decimal(amount) if isinstance(amount, str) else amount


def _round_half_away(value):
    """Return the nearest whole number, halves away from zero.

    >>> [_round_half_away(Fraction(n, 2)) for n in (1, 3, -1, -3)]
    [1, 2, -1, -2]
    """
    whole = (abs(value) + Fraction(1, 2)).__floor__()
    return whole if value >= 0 else -whole
