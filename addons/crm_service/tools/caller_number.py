# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""What telephone systems send as the number of a caller or the name of a line."""

import re

# What they send when the caller hides the number, or the network does not know it.
WITHHELD = {
    "anonymous",
    "asserted id restricted",
    "blocked",
    "hidden",
    "no number",
    "none",
    "not available",
    "number withheld",
    "private",
    "private number",
    "restricted",
    "unavailable",
    "unknown",
    "unknown caller",
    "withheld",
    "匿名",
    "未知",
    "无号码",
    "無號碼",
    "私人号码",
    "私人號碼",
}
ADDRESS = re.compile(r"^(?:.*<)?\s*(?:sips?|tel):([^@;>?]+)", re.IGNORECASE)
NUMBER = re.compile(r"^[+\d][\d\s().\-/]*$")
# A whole number abroad has more digits than any extension.
SHORTEST_ABROAD = 9


def clean_caller(text):
    """Return what was dialled or called from, out of an address of a telephone system.

    >>> clean_caller("sip:+390255501234@pbx.example.com;user=phone")
    '+390255501234'
    >>> clean_caller('"Ann" <sip:0255501234@10.0.0.1>')
    '0255501234'
    >>> clean_caller("tel:+39-02-5550-1234")
    '+39-02-5550-1234'
    >>> clean_caller(" 02 5550 1234 ")
    '02 5550 1234'
    """
    found = ADDRESS.match(text.strip())
    return (found[1] if found else text).strip()


def is_withheld(text):
    """Tell whether a cleaned caller says that there is no number to be shown.

    >>> [is_withheld(text) for text in ("Anonymous", "no-number", "未知", "02 5550")]
    [True, True, True, False]
    >>> is_withheld("")
    False
    """
    return " ".join(re.split(r"[\s_\-]+", text.casefold())).strip() in WITHHELD


def spell_abroad(text):
    """Return a number without its plus as one with it, or nothing.

    Some networks leave the plus out of a number of another country.

    >>> spell_abroad("44 20 7946 0958")
    '+442079460958'
    >>> [spell_abroad(text) for text in ("0255501234", "201", "+442079460958", "")]
    ['', '', '', '']
    """
    digits = re.sub(r"\D", "", text)
    if not NUMBER.match(text or "") or text[0] in "+0" or len(digits) < SHORTEST_ABROAD:
        return ""
    return f"+{digits}"


def line_key(text, number=""):
    """Return what a line is known by, however it is written.

    :param str text: as the telephone system or a person wrote it
    :param str number: the same in E.164, if it is a phone number

    >>> line_key("02 5550 1234", "+390255501234"), line_key(" Hotline  Milan ")
    ('+390255501234', 'hotline milan')
    """
    return number or " ".join(text.casefold().split())
