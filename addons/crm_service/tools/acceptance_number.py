# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Acceptance numbers: random, short, safe to say over the phone.

A number is a prefix of letters, eight random characters and a check character, all
from Crockford's base 32 (no I, L, O, U). The check character makes the weighted sum of
all characters zero in the field of 32 elements, with another weight at each place, so
that every wrong character and every swap of two characters is found.

>>> number = make("SR")
>>> len(number), number.startswith("SR"), check(number)
(11, True, True)
>>> normalise(" sr-7k3m 9qxa ")
'SR7K3M9QXA'
>>> normalise("SROIl")
'SR011'
>>> check("SR")
False
"""

import re
import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 8
MAX_LENGTH = 24

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans("OIL", "011")
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive: x has 31 different powers


def make(prefix, pick=secrets.choice):
    """Return a new number that starts with `prefix`.

    :param str prefix: one to four letters of `ALPHABET`
    :param pick: gives one character of a string; for tests
    """
    body = prefix + "".join(pick(ALPHABET) for _i in range(RANDOM_LENGTH))
    return body + check_character(body)


def normalise(text):
    """Return `text` as it would be stored, however it was typed.

    Blanks and hyphens go, full-width and small letters become plain capitals, and
    the letters that are not used become the digits they look like.
    """
    plain = unicodedata.normalize("NFKC", text or "").upper()
    return "".join(filter(str.isalnum, plain)).translate(_LOOKALIKES)


def check(number):
    """Tell whether `number` (normalised) has the right check character.

    >>> check("SR" + "7K3M9QXA" + check_character("SR7K3M9QXA"))
    True
    >>> check("SR7K3M9QXAU"), check("")
    (False, False)
    """
    if not RANDOM_LENGTH + 1 < len(number) <= MAX_LENGTH:
        return False
    if not set(number) <= set(ALPHABET):
        return False
    return check_character(number[:-1]) == number[-1]


def check_character(body):
    """Return the character that makes the weighted sum of `body` zero.

    >>> check_character("SR00000000") == check_character("RS00000000")
    False
    """
    total = 0
    for character in body:
        total = _double(total ^ _VALUES[character])
    return ALPHABET[total]


def is_prefix(text):
    """Tell whether `text` can start an acceptance number.

    >>> is_prefix("SR"), is_prefix("LO"), is_prefix("S1"), is_prefix("")
    (True, False, False, False)
    """
    return 1 <= len(text or "") <= 4 and set(text) <= set(ALPHABET[10:])


def _double(value):
    """Multiply by x in the field of 32 elements."""
    value <<= 1
    return value ^ _POLYNOMIAL if value & 32 else value


def find(text, limit=10):
    """Return the numbers in `text` that have the right check character.

    >>> number = make("SR", lambda alphabet: "7")
    >>> number, find(f"Re: [SR-7777 7777{number[-1]}] 受理号{number}，谢谢")
    ('SR77777777Z', ['SR77777777Z'])
    >>> find("Order SR77777777A of 2026")
    []
    """
    plain = unicodedata.normalize("NFKC", text or "").upper()
    found = []
    for start in re.finditer(r"(?<![0-9A-Z])[A-Z]", plain):
        piece = re.match(r"[0-9A-Z]+(?:[ -][0-9A-Z]+)*", plain[start.start() :][:40])
        number = normalise(piece[0])
        for length in range(RANDOM_LENGTH + 2, RANDOM_LENGTH + 6):
            candidate = number[:length]
            if len(candidate) == length and _is_number(candidate, found):
                found.append(candidate)
        if len(found) >= limit:
            break
    return found[:limit]


def _is_number(candidate, found):
    """Tell whether `candidate` is a number with a prefix that is not `found` yet."""
    prefix = candidate[: -RANDOM_LENGTH - 1]
    return is_prefix(prefix) and check(candidate) and candidate not in found
