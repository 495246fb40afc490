# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Texts of messages with placeholders like {{number}}: checked and filled.

A placeholder is a name from a fixed list and nothing else: no expression, no field
path. What is filled in is never read again, and in HTML it becomes text of the tree,
so nothing that a customer typed can become a placeholder or a tag.

>>> fill_text("Your request {{number}} ({{ subject }})",
...           {"number": "SR1", "subject": "{{number}}"})
'Your request SR1 ({{number}})'
>>> find_unknown("{{number}} {{7*7}} {{object.x}}", {"number"})
['{{7*7}}', '{{object.x}}']
>>> find_unknown("{{number} and {{ number", {"number"})
['{{', '{{']
>>> fill_html("<p>Dear {{customer}},</p>", {"customer": "<b>Ann</b> & {{x}}"})
Markup('<p>Dear &lt;b&gt;Ann&lt;/b&gt; &amp; {{x}},</p>')
"""

import re

from lxml import html
from markupsafe import Markup

from .placeholders import PLACEHOLDER

_BRACES = re.compile(r"\{\{.*?\}\}|\{\{|\}\}", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def clean(value):
    """Return a value as one line without control characters.

    >>> clean("Ann\\r\\nBcc: x@example.com")
    'Ann Bcc: x@example.com'
    """
    return " ".join(_CONTROL.sub(" ", str(value or "")).split())


def find_unknown(text, known):
    """Return what stands in double braces in `text` and is none of `known`.

    :param str text: plain text, or the text of a document
    :param known: names of placeholders
    """
    unknown = []
    for match in _BRACES.finditer(text or ""):
        found = PLACEHOLDER.fullmatch(match[0])
        if not found or found[1] not in known:
            unknown.append(match[0] if match[0].endswith("}}") else match[0][:2])
    return unknown


def fill_text(text, values):
    """Return `text` with `values` in their places; unknown names leave nothing.

    :param str text: plain text
    :param dict values: name → text
    """
    return PLACEHOLDER.sub(lambda m: str(values.get(m[1], "")), text or "")


def find_unknown_in_html(body, known):
    """Return the unknown placeholders of an HTML text; see `find_unknown`.

    Of attributes only a link's address may be a placeholder, as a whole.

    >>> find_unknown_in_html('<a href="{{link}}">{{numbr}}</a>', {"link"})
    ['{{numbr}}']
    >>> find_unknown_in_html('<p title="{{link}}">x</p>', {"link"})
    ['{{link}}']
    """
    unknown = []
    for node in _parse(body).iter():
        for text in (node.text if _is_tag(node) else None, node.tail):
            unknown += find_unknown(text, known)
        for name, value in node.attrib.items() if _is_tag(node) else ():
            if not (name == "href" and _get_name(value) in known):
                unknown += find_unknown(value, ())
    return unknown


def fill_html(body, values, elements=None):
    """Return an HTML text with `values` as text in their places.

    :param str body: sanitised HTML
    :param dict values: name → text
    :param dict elements: name → a function that returns an element or None, for what
        is more than text

    >>> link = lambda: html.Element("a", href="https://example.com")
    >>> fill_html("<p>See {{button}} now</p>", {}, {"button": link})
    Markup('<p>See <a href="https://example.com"></a> now</p>')
    >>> fill_html('<a href="{{link}}">x</a>', {"link": "https://example.com/?a=1&b"})
    Markup('<a href="https://example.com/?a=1&amp;b">x</a>')
    """
    root = _parse(body)
    for node in list(root.iter()):
        if _is_tag(node):
            _fill_attributes(node, values)
            pieces = _split(node.text, values, elements)
            node.text = pieces.pop(0)
            _insert(node, 0, pieces)
        parent = node.getparent()
        if parent is not None and node.tail:
            pieces = _split(node.tail, values, elements)
            node.tail = pieces.pop(0)
            _insert(parent, parent.index(node) + 1, pieces)
    return Markup(_inner_html(root))


def _parse(body):
    """Return the root of an HTML text."""
    return html.fragment_fromstring(str(body or ""), create_parent="div")


def _is_tag(node):
    """Tell whether a node is an element, not a comment."""
    return isinstance(node.tag, str)


def _get_name(value):
    """Return the name when a whole attribute is a placeholder, or None.

    Editors put a protocol before what they take for an address.
    """
    match = PLACEHOLDER.fullmatch(re.sub(r"^(https?://|/)", "", value.strip()))
    return match and match[1]


def _fill_attributes(node, values):
    """Fill the address of a link; drop any other attribute with a placeholder."""
    for name, value in list(node.attrib.items()):
        if "{{" not in value:
            continue
        address = values.get(_get_name(value)) if name == "href" else None
        if address:
            node.set(name, address)
        else:
            del node.attrib[name]


def _split(text, values, elements):
    """Return `text` filled, as a list that begins with text: text, element, text."""
    pieces, place = [""], 0
    for match in PLACEHOLDER.finditer(text or ""):
        pieces[-1] += text[place : match.start()]
        place = match.end()
        make = (elements or {}).get(match[1])
        element = make() if make else None
        if element is not None:
            pieces += [element, ""]
        elif not make:
            pieces[-1] += clean(values.get(match[1], ""))
    pieces[-1] += (text or "")[place:]
    return pieces


def _insert(parent, place, pieces):
    """Put elements, each with the text behind it, into `parent` from `place` on."""
    for offset, (element, tail) in enumerate(
        zip(pieces[::2], pieces[1::2], strict=True)
    ):
        element.tail = tail
        parent.insert(place + offset, element)


def _inner_html(root):
    """Return what is inside an element, as text."""
    parts = [html.tostring(child, encoding="unicode") for child in root]
    return str(Markup.escape(root.text or "")) + "".join(parts)
