# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""How sure one may be that a known customer is the one who calls or writes."""

# What speaks for a customer, and how much.
WEIGHTS = {
    "phone": 6,
    "email": 6,
    "known_phone": 5,
    "known_email": 5,
    "unit": 4,
    "former_phone": 3,
    "former_email": 3,
    "same_name": 2,
    "similar_name": 1,
    "same_place": 2,
}
# What speaks against.
DOUBTS = {"other_phone": 1, "other_email": 1, "other_name": 1}
# A similar name alone is no reason to show anybody.
LEAST = 2
# From here on two names are alike, as PostgreSQL's `similarity` counts.
ALIKE = 0.45


def weigh(reasons, doubts=()):
    """Return how much speaks for a customer, 0 if it is not worth telling.

    >>> weigh(["phone"])
    6
    >>> weigh(["phone"], ["other_email", "other_name"])
    4
    >>> weigh(["similar_name"])
    0
    >>> weigh(["similar_name", "same_place"])
    3
    >>> weigh(["former_phone"], ["other_phone", "other_email", "other_name"])
    1

    :param reasons: keys of `WEIGHTS`
    :param doubts: keys of `DOUBTS`
    """
    total = sum(WEIGHTS[reason] for reason in reasons)
    if total < LEAST:
        return 0
    return max(1, total - sum(DOUBTS[doubt] for doubt in doubts))


def same_place(one, other):
    """Tell whether two addresses are in one street, or in one town if no more is said.

    >>> same_place(("Via Roma 1", "20121", "Milano"), ("via roma 1", "", "MILANO"))
    True
    >>> same_place(("Via Roma 1", "20121", "Milano"), ("Via Po 3", "20121", "Milano"))
    False
    >>> same_place(("", "", "Milano"), ("Via Po 3", "20121", "Milano"))
    True
    >>> same_place(("", "", ""), ("", "", ""))
    False

    :param one: street, post code and town
    :param other: the same of another address
    """
    pairs = [
        (mine.strip().lower(), theirs.strip().lower())
        for mine, theirs in zip(one, other, strict=True)
        if mine and theirs
    ]
    return bool(pairs) and all(mine == theirs for mine, theirs in pairs)
