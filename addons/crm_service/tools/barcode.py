# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Bar codes as drawings that stand in a page itself."""

import base64

from reportlab.graphics.barcode import createBarcodeDrawing


def get_barcode_uri(kind, value, width, height):
    """Return `value` as a drawing, for the `src` of a picture.

    Odoo's own bar codes are fetched from the server, which fails where the printing
    program cannot reach it by its own name, and are drawn by a library that reportlab
    does not bring along. This needs neither.

    :param str kind: as reportlab names it: `QR`, `Code128` …
    :param int width: in points
    :param int height: in points

    >>> get_barcode_uri("QR", "SR12345678", 100, 100)[:30]
    'data:image/svg+xml;base64,PD94'
    """
    options = {"barBorder": 0} if kind == "QR" else {"humanReadable": 0, "quiet": 0}
    drawing = createBarcodeDrawing(
        kind, value=value, width=width, height=height, **options
    )
    picture = base64.b64encode(drawing.asString("svg").encode())
    return f"data:image/svg+xml;base64,{picture.decode()}"
