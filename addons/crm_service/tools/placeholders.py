# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Placeholders of texts: words in double braces, and nothing that is executed."""

import re

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def find_placeholders(text):
    """Return the names in the placeholders of `text`, each once, in their order.

    >>> find_placeholders("Dear {{ customer }}, about {{number}} of {{ customer }}")
    ['customer', 'number']
    >>> find_placeholders("Price {net} of {{ object.company_id.name }}")
    ['object.company_id.name']
    """
    return list(dict.fromkeys(PLACEHOLDER.findall(text or "")))


def fill_placeholders(text, values):
    """Return `text` with its placeholders filled in, once.

    A value is never looked through again, so that nobody can smuggle in a placeholder
    by their name. What has no value is shown as a gap, for people to fill.

    :param dict values: text or nothing for each name

    >>> fill_placeholders("Dear {{customer}}", {"customer": "{{number}}"})
    'Dear {{number}}'
    >>> fill_placeholders("Unit {{ serial_number }}", {"serial_number": False})
    'Unit [serial_number?]'
    >>> fill_placeholders("{{ nobody knows }}", {})
    '{{ nobody knows }}'
    """

    def fill(match):
        name = match.group(1)
        if name not in values:
            return match.group(0)
        return str(values[name] or f"[{name}?]")

    return PLACEHOLDER.sub(fill, text or "")
