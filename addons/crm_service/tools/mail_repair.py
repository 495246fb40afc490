# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Mends messages that Python's parser, or Odoo, would choke on or read wrongly.

A message that is well is handed on byte for byte.

>>> repair(b"From: a@example.com\\r\\nMessage-ID: <1@x>\\r\\n\\r\\nHello")
b'From: a@example.com\\r\\nMessage-ID: <1@x>\\r\\n\\r\\nHello'
>>> raw = "Subject: 冰箱不制冷\\r\\nMessage-ID: <1@x>\\r\\n\\r\\n".encode("gb18030")
>>> repair(raw)
b'Subject: =?utf-8?b?5Yaw566x5LiN5Yi25Ya3?=\\r\\nMessage-ID: <1@x>\\r\\n\\r\\n'
"""

import base64
import binascii
import email
import hashlib
import io
import quopri
import re
from email.generator import BytesGenerator
from email.policy import compat32

from .mail_charset import decode, get_codec

POLICY = compat32.clone(max_line_length=0, linesep="\r\n")
MAX_HEADER = 20_000
MAX_TEXT = 2_000_000
MAX_PARTS = 500

WORD = r"=\?([^?\s]*)\?([bBqQ])\?([^?]*)\?="
WORDS = re.compile(rf"{WORD}(?:\s*{WORD})*")
SINGLE = re.compile(WORD)
STRANGE = re.compile(r"[^\x00-\x7f]+(?: +[^\x00-\x7f]+)*")
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.I)
# Parameters that hold the name of a file, and where.
NAMES = (("filename", "Content-Disposition"), ("name", "Content-Type"))
# What needs no second look when it says so and can be read so.
SAFE = re.compile(r"utf-8|us-ascii|iso-8859-\d+|windows-125\d|koi8-r", re.I)
ENCODINGS = {"7bit", "8bit", "binary", "base64", "quoted-printable", ""}


def repair(raw):
    """Return the message `raw` (bytes) as one that can be read."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    message = email.message_from_bytes(raw, policy=POLICY)
    hint = _get_hint(message)
    changed = [
        mend(part, hint)
        for part in _walk(message)
        for mend in (_mend_headers, _mend_structure, _mend_names, _mend_text)
    ]
    if any(changed):
        result = io.BytesIO()
        BytesGenerator(result, mangle_from_=False, policy=POLICY).flatten(message)
        raw = result.getvalue()
    if not (message["Message-ID"] or "").strip():
        raw = b"Message-ID: " + get_digest_id(raw).encode() + b"\r\n" + raw
    return raw


def get_digest_id(raw):
    """Return the Message-ID for a message without one: the same for the same bytes."""
    return f"<{hashlib.sha256(raw).hexdigest()[:40]}@without-id.invalid>"


def replace_id(raw):
    """Return the message `raw` with an id made from its content."""
    message = email.message_from_bytes(raw, policy=POLICY)
    del message["Message-ID"]
    message["Message-ID"] = get_digest_id(raw)
    result = io.BytesIO()
    BytesGenerator(result, mangle_from_=False, policy=POLICY).flatten(message)
    return result.getvalue()


def read_headers(raw):
    """Return the headers of the message `raw`, mended; its body is not looked at."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    head = re.split(rb"\r?\n\r?\n", raw[: 50 * MAX_HEADER], maxsplit=1)[0]
    message = email.message_from_bytes(head + b"\r\n\r\n", policy=POLICY)
    _mend_headers(message, _get_hint(message))
    return message


def read_text(header):
    """Return a header as text for people.

    >>> read_text("=?gb2312?B?uL2x4w==?= <a@example.com>")
    '附便 <a@example.com>'
    """
    return WORDS.sub(lambda found: _decode_words(found[0]), str(header or "")).strip()


def _walk(message):
    """Return the parts of `message`, not more than anybody means to send."""
    parts = []
    for part in message.walk():
        parts.append(part)
        if len(parts) == MAX_PARTS:
            break
    return parts


def _get_hint(message):
    """Return the first charset that `message` names, for what names none."""
    for part in _walk(message):
        charset = part.get_param("charset")
        if isinstance(charset, str) and get_codec(charset):
            return charset
    found = SINGLE.search(" ".join(str(value) for _name, value in message.raw_items()))
    return found and found[1]


# -- headers ------------------------------------------------------------------


def _mend_headers(part, hint):
    """Make the headers of `part` plain ASCII; tell whether that changed one."""
    headers = part._headers  # pylint: disable=protected-access
    mended = [(name, _mend_header(str(value), hint)) for name, value in headers]
    changed = any(
        value != str(old)
        for (_n, value), (_m, old) in zip(mended, headers, strict=True)
    )
    part._headers = mended if changed else headers  # pylint: disable=protected-access
    return changed


def _mend_header(value, hint):
    """Return a header as ASCII with encoded words in UTF-8 where it was wrong."""
    text = value
    if len(text) > MAX_HEADER:
        text = text[:MAX_HEADER].rpartition(",")[0] or text[:MAX_HEADER]
    if not text.isascii():
        text = decode(text.encode("utf-8", "surrogateescape"), None, hint)
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    text = WORDS.sub(lambda found: _mend_words(found[0]), text)
    return STRANGE.sub(lambda found: _encode_word(found[0]), text)


def _mend_words(words):
    """Return encoded words anew in UTF-8 unless each can be read as it is."""
    for charset, kind, text in SINGLE.findall(words):
        if not SAFE.fullmatch(charset) or not text.isascii():
            return _encode_word(_decode_words(words))
        try:
            _get_bytes(kind, text).decode(charset)
        except (ValueError, LookupError):
            return _encode_word(_decode_words(words))
    return words


def _decode_words(words):
    """Return the text of encoded words; a character may be split over two."""
    text, previous, data = "", None, b""
    for charset, kind, content in SINGLE.findall(words):
        if previous is not None and charset != previous:
            text, data = text + decode(data, previous), b""
        previous, data = charset, data + _get_bytes(kind, content)
    return text + decode(data, previous)


def _get_bytes(kind, text):
    """Return the bytes of an encoded word, as far as they can be told."""
    if kind in "qQ":
        return quopri.decodestring(text.encode("ascii", "replace"), header=True)
    plain = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error:
        return base64.b64decode(plain[: len(plain) // 4 * 4])


def _encode_word(text):
    """Return `text` as one encoded word in UTF-8."""
    if text.isascii():
        return re.sub(r"\s+", " ", text)
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


# -- parts ----------------------------------------------------------------------


def _mend_structure(part, _hint):
    """Make plain text of a container without parts, and of an unknown encoding."""
    changed = False
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in ENCODINGS:
        del part["Content-Transfer-Encoding"]
        known = re.search(r"base64|quoted-printable", encoding)
        part["Content-Transfer-Encoding"] = known[0] if known else "8bit"
        changed = True
    hollow = not part.is_multipart() or not part.get_payload()
    if part.get_content_maintype() == "multipart" and hollow:
        payload = "" if part.is_multipart() else part.get_payload()
        del part["Content-Type"]
        part["Content-Type"] = "text/plain"
        part.set_payload(payload)
        changed = True
    return changed


def _mend_names(part, hint):
    """Write the names of files in UTF-8 where they are not plain."""
    changed = False
    for parameter, header in NAMES:
        value = part.get_param(parameter, header=header)
        if value is None:
            continue
        if isinstance(value, tuple):
            charset, _language, text = value
            plain = decode((text or "").encode("latin-1", "replace"), charset, hint)
            wrong = not SAFE.fullmatch(charset or "utf-8")
        else:
            plain = read_text(value)
            wrong = plain != value
        if wrong:
            part.set_param(parameter, plain, header=header, charset="utf-8")
            changed = True
    return changed


def _mend_text(part, hint):
    """Write a text in UTF-8 unless it can be read as it is."""
    if part.is_multipart() or part.get_content_maintype() != "text":
        return False
    data = part.get_payload(decode=True) or b""
    charset = part.get_param("charset")
    charset = charset[2] if isinstance(charset, tuple) else charset
    if len(data) > MAX_TEXT:
        return _make_file(part, data)
    if _is_well(data, charset):
        return False
    if part.get_filename():
        return _make_file(part, data)
    text = decode(data, charset, hint)
    if part.get_content_subtype() == "html":
        text = DECLARATION.sub("", text)
    del part["Content-Transfer-Encoding"]
    part.set_payload(text, "utf-8")
    return True


def _is_well(data, charset):
    """Tell whether a text says what it is in, and is that."""
    if b"\0" in data:
        return False
    if not charset:
        return data.isascii()
    if not SAFE.fullmatch(charset) or not _can_read(data, charset):
        return False
    return data.isascii() or decode(data, charset) == data.decode(charset)


def _can_read(data, charset):
    try:
        data.decode(charset)
    except (UnicodeError, LookupError):
        return False
    return True


def _make_file(part, data):
    """Make a file of a text that is too long for a message, or is one already."""
    name = part.get_filename() or f"message.{part.get_content_subtype()}"
    for header in ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition"):
        del part[header]
    part["Content-Type"] = "application/octet-stream"
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header("Content-Disposition", "attachment")
    part.set_param("filename", name, header="Content-Disposition", charset="utf-8")
    part.set_payload(base64.encodebytes(data).decode("ascii"))
    return True
