# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Turns the bytes of messages into text, whatever charset they claim to be in.

Much Chinese mail says GB2312 and holds characters of GB18030, says Big5 and holds
those of Hong Kong, says nothing at all, or says something that is not true.

>>> decode("龍馬".encode("gb18030"), "gb2312")
'龍馬'
>>> decode("冰箱不制冷".encode("gb18030"), "us-ascii")
'冰箱不制冷'
>>> decode("冰箱壞了，不會冷".encode("big5"), None)
'冰箱壞了，不會冷'
>>> decode("冰箱".encode(), "x-unknown"), decode("Kühl".encode("latin-1"), "utf-8")
('冰箱', 'Kühl')
"""

import codecs

# what senders write: what it is read as, which holds all of its characters
ALIASES = {
    **dict.fromkeys(
        ("gb2312", "gb_2312-80", "gb2312-80", "gbk", "x-gbk", "cp936", "ms936")
        + ("windows-936", "euc-cn", "csgb2312", "chinese", "gb18030", "gb18030-2000")
        + ("gb18030-2022", "gb-2312", "x-euc-cn"),
        "gb18030",
    ),
    **dict.fromkeys(
        ("big5", "big-5", "x-big5", "cn-big5", "csbig5", "big5-tw", "big5-hkscs")
        + ("big5hkscs", "cp950", "ms950", "x-x-big5", "chinesebig5"),
        "big5hkscs",
    ),
    **dict.fromkeys(("utf8", "utf-8", "utf8mb4", "utf-8mb4"), "utf-8"),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601", "euc-kr", "cp949"), "cp949"),
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis", "sjis", "cp932"), "cp932"),
}
# As good as no label at all.
SILENT = {
    "",
    "us-ascii",
    "ascii",
    "7bit",
    "8bit",
    "binary",
    "unknown-8bit",
    "x-unknown",
}
SILENT |= {"default", "default_charset", "unknown", "x-user-defined", "none", "utf-16"}
# Every byte is a character of these, so that they never fail, also when they should.
ONE_BYTE = ("iso8859", "cp125", "latin", "koi8", "mac")


def get_codec(label):
    """Return the name of the Python codec for what a sender calls `label`, or None.

    >>> get_codec("GB2312"), get_codec('"x-gbk"'), get_codec("nonsense")
    ('gb18030', 'gb18030', None)
    """
    label = str(label or "").strip("\"' \t").lower()
    if label in SILENT:
        return None
    try:
        return codecs.lookup(ALIASES.get(label, label)).name
    except (LookupError, ValueError):
        return None


def decode(data, label=None, hint=None):
    """Return `data` as text; it never fails.

    :param bytes data:
    :param label: the charset that it says it has
    :param hint: the charset of the rest of the message, tried when there is no label
    """
    named, hinted = get_codec(label), get_codec(hint)
    likely = [c for c in (named, "utf-8", hinted) if c and not _is_doubtful(data, c)]
    for codec in (*likely, *_guess(data)):
        text = _try(data, codec)
        if text is not None:
            return text
    return data.decode("utf-8", "replace").replace("\0", "")


def _try(data, codec):
    """Return `data` read by `codec`, or None if it is not in it."""
    try:
        text = data.decode(codec)
        text.encode()  # some codecs give characters that no database takes
    except (UnicodeError, LookupError):
        return None
    return text.replace("\0", "")


def _is_doubtful(data, codec):
    """Tell whether text that claims an alphabet of single bytes looks like Chinese."""
    if not codec.startswith(ONE_BYTE):
        return False
    high = sum(byte > 0x7F for byte in data)
    return high > 3 and high * 2 > len(data.replace(b" ", b""))


def _guess(data):
    """Return the codecs in which `data` may be, the likeliest first.

    Both Chinese codecs take almost any bytes; common characters tell them apart.
    """
    if not any(byte > 0x7F for byte in data):
        return ("ascii",)
    scores = {codec: _score(data, codec) for codec in ("gb18030", "big5hkscs")}
    least = 0 if _is_doubtful(data, "latin") else 0.5
    fits = sorted(
        (c for c in scores if scores[c] > least), key=scores.get, reverse=True
    )
    return (*fits, "cp1252", "latin-1")


def _score(data, codec):
    """Return which share of the other than ASCII characters is common Chinese."""
    text = _try(data, codec)
    if text is None:
        return 0
    strange = [character for character in text if character > "\x7f"]
    common = sum(_is_common(character, codec) for character in strange)
    return common / len(strange) if strange else 0


def _is_common(character, codec):
    """Tell whether a character is among the common ones of its codec."""
    if character in "，。！？：；（）《》、“”‘’—…·　":
        return True
    first, *_rest = character.encode(codec, "replace")
    if codec == "gb18030":
        return 0xB0 <= first <= 0xD7 and _rest and _rest[0] >= 0xA1
    return 0xA4 <= first <= 0xC6
