# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""How many messages an SMS costs: 160 characters each, or 70 once one is not Latin.

>>> count("Your request SR1 is in progress.")
SmsLength(characters=32, segments=1, left=128, is_unicode=False)
>>> count("您的服务单 SR1 已受理。")
SmsLength(characters=14, segments=1, left=56, is_unicode=True)
>>> count("a" * 161).segments, count("受" * 70).segments, count("受" * 71).segments
(2, 1, 2)
>>> count("€" * 80).segments, count("€" * 81).segments, count("😀" * 36).segments
(1, 2, 2)
>>> count("").segments
0
"""

from typing import NamedTuple

# The alphabet of GSM 03.38; what follows counts twice.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
# Characters of a single message, and of each part of a longer one.
_LATIN = (160, 153)
_UNICODE = (70, 67)


class SmsLength(NamedTuple):
    """What a text costs: `left` is what still fits into the last message."""

    characters: int
    segments: int
    left: int
    is_unicode: bool


def count(text):
    """Return the length of an SMS as the networks count it.

    :param str text: the message
    """
    is_unicode = not set(text) <= _BASIC | _EXTENDED
    if is_unicode:
        units = len(text.encode("utf-16-be")) // 2
    else:
        units = len(text) + sum(char in _EXTENDED for char in text)
    single, part = _UNICODE if is_unicode else _LATIN
    if units <= single:
        return SmsLength(units, int(bool(units)), single - units, is_unicode)
    segments = -(-units // part)
    return SmsLength(units, segments, segments * part - units, is_unicode)
