"""Show a customer which phone we mean without telling anybody the number."""

SHOWN_DIGITS = 3
HIDDEN = "•••• ••• "


def mask_phone(phone):
    """Keep only the last digits of a phone number.

    The hidden part has a fixed length, so that it does not tell the country.

    >>> mask_phone("+33 6 12 34 56 78")
    '•••• ••• 678'
    >>> mask_phone("12")
    '•••• ••• '
    >>> mask_phone(False)
    ''
    """
    if not phone:
        return ""
    digits = "".join(char for char in phone if char.isdigit())
    return HIDDEN + (digits[-SHOWN_DIGITS:] if len(digits) > SHOWN_DIGITS else "")


def mask_serial(serial):
    """Keep only the end of a serial number: enough to compare it with the plate.

    >>> mask_serial("AR-2026-00412")
    '•••• 0412'
    >>> mask_serial("S-1")
    '•••• 1'
    >>> mask_serial(False)
    ''
    """
    if not serial:
        return ""
    shown = min(4, len(serial) // 3)
    return f"•••• {serial[-shown:] if shown else ''}"
