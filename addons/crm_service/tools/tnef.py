# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Reads winmail.dat, the envelope in which Outlook puts files (MS-OXTNEF).

Only what a message needs is taken out of it: the files and the text.
"""

import struct
from typing import NamedTuple

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_FILES = 100

# attributes, by the low half of their id
ATTACH_TITLE = 0x8010
ATTACH_DATA = 0x800F
ATTACH_START = 0x9002
ATTACH_PROPERTIES = 0x9005
MESSAGE_PROPERTIES = 0x9003
BODY = 0x800C
# properties
LONG_NAME = 0x3707
SHORT_NAME = 0x3704
CONTENT = 0x3701
TEXT = 0x1000
HTML = 0x1013
# the size of one value of each type of property; others have a length of their own
SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
TEXT_TYPES = (30, 31)
COUNTED_TYPES = (13, 30, 31, 258)
MULTIPLE = 0x1000


class TnefError(Exception):
    """It is no such envelope, or it is damaged."""


class Tnef(NamedTuple):
    """What was in the envelope; `files` are pairs of name and content."""

    files: list
    text: str
    html: str


def is_tnef(data):
    """Tell whether `data` is such an envelope.

    >>> is_tnef(b"\\x78\\x9f\\x3e\\x22"), is_tnef(b"PK")
    (True, False)
    """
    return data.startswith(SIGNATURE)


def read(data):
    """Return the `Tnef` in `data`.

    :raises TnefError: it cannot be read

    >>> read(b"PK")
    Traceback (most recent call last):
    ...
    odoo.addons.crm_service.tools.tnef.TnefError
    """
    if not is_tnef(data):
        raise TnefError
    try:
        return _collect(_attributes(data))
    except (struct.error, IndexError, ValueError, KeyError) as error:
        raise TnefError from error


def _attributes(data):
    """Yield id and content of each attribute, checked by their sums."""
    place = 6
    while place + 9 <= len(data):
        _level, key, length = struct.unpack_from("<BII", data, place)
        content = data[place + 9 : place + 9 + length]
        (total,) = struct.unpack_from("<H", data, place + 9 + length)
        if sum(content) & 0xFFFF != total:
            raise TnefError
        yield key & 0xFFFF, content
        place += 11 + length


def _collect(attributes):
    """Return the `Tnef` that `attributes` describe."""
    files, text, html = [], "", ""
    for key, content in attributes:
        if key == ATTACH_START:
            if len(files) == MAX_FILES:
                raise TnefError
            files.append({"name": "", "data": b""})
        elif key == ATTACH_TITLE and files:
            files[-1]["name"] = files[-1]["name"] or _text(content)
        elif key == ATTACH_DATA and files:
            files[-1]["data"] = content
        elif key == ATTACH_PROPERTIES and files:
            _take_properties(files[-1], _properties(content))
        elif key == BODY:
            text = _text(content)
        elif key == MESSAGE_PROPERTIES:
            found = _properties(content)
            text = text or _text(found.get(TEXT, b""))
            html = _text(found.get(HTML, b""))
    pairs = [(f["name"] or "file", f["data"]) for f in files if f["data"]]
    return Tnef(pairs, text, html)


def _take_properties(file, found):
    """Put the names and content that properties give into `file`."""
    name = found.get(LONG_NAME) or found.get(SHORT_NAME)
    if name:
        file["name"] = _text(name)
    if not file["data"] and CONTENT in found:
        file["data"] = found[CONTENT]


def _properties(data):
    """Return {id: content} of the properties in `data`; texts as UTF-8."""
    (count,) = struct.unpack_from("<I", data)
    place, found = 4, {}
    for _i in range(min(count, 10_000)):
        kind, key = struct.unpack_from("<HH", data, place)
        place += 4
        if key >= 0x8000:  # it has a name of its own
            place = _skip_name(data, place)
        many, kind = kind & MULTIPLE, kind & ~MULTIPLE
        values = 1
        if many or kind in COUNTED_TYPES:
            (values,) = struct.unpack_from("<I", data, place)
            place += 4
        for _j in range(min(values, 10_000)):
            value, place = _value(data, place, kind)
            found.setdefault(key, value)
    return found


def _skip_name(data, place):
    """Return the place after the name of a property."""
    (kind,) = struct.unpack_from("<I", data, place + 16)
    place += 20
    if kind == 0:
        return place + 4
    (length,) = struct.unpack_from("<I", data, place)
    return place + 4 + length + -length % 4


def _value(data, place, kind):
    """Return a value of the type `kind` and the place after it."""
    if kind not in COUNTED_TYPES:
        return b"", place + SIZES[kind]
    (length,) = struct.unpack_from("<I", data, place)
    value = data[place + 4 : place + 4 + length]
    if len(value) < length:
        raise TnefError
    if kind == 31:
        value = value.decode("utf-16-le", "replace").encode()
    return value, place + 4 + length + -length % 4


def _text(content):
    """Return a text without the zero at its end."""
    content = content.split(b"\0", 1)[0]
    for charset in ("utf-8", "gb18030"):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
