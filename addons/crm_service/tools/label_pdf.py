# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Draws labels to the tenth of a millimetre.

The program that prints Odoo's pages shrinks them, each build by another share, which
no sheet of labels forgives.

>>> label = Label("https://example.com/u/1", ["Scan"], ["Fridge", "冰箱"], [])
>>> draw_labels(SHEETS["a4_3x8"], [None, label])[:5]
b'%PDF-'
"""

import io
from typing import NamedTuple

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from .label_sheet import SHEETS  # noqa: F401  (for the example above)

MARGIN = 3 * mm
GAP = 2 * mm
SIZE = 7.5
LEADING = 1.2
# For what Helvetica has no letters for; viewers bring the font along.
WIDE_FONT = "STSong-Light"


class Label(NamedTuple):
    """What stands on a label."""

    url: str  # in the code
    heads: list  # lines in bold, above
    lines: list  # below them
    feet: list  # at the bottom


def draw_labels(sheet, labels):
    """Return a PDF file with `labels`, None where one is left empty.

    :param sheet: see `tools.label_sheet`
    """
    pdfmetrics.registerFont(UnicodeCIDFont(WIDE_FONT))
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=[length * mm for length in sheet.page])
    for index, label in enumerate(labels):
        if index and not index % sheet.per_page:
            canvas.showPage()
        if label:
            left, top = sheet.get_place(index)
            bottom = sheet.page[1] - top - sheet.label[1]
            canvas.saveState()
            canvas.translate(left * mm, bottom * mm)
            _draw_label(canvas, label, *(length * mm for length in sheet.label))
            canvas.restoreState()
    canvas.save()
    return output.getvalue()


def _draw_label(canvas, label, width, height):
    """Draw a label whose lower left corner is the origin."""
    frame = canvas.beginPath()
    frame.rect(0, 0, width, height)
    canvas.clipPath(frame, stroke=0, fill=0)
    side = min(height - 2 * MARGIN, width / 2)
    _draw_code(canvas, label.url, side, MARGIN, height - MARGIN - side)
    left, room = MARGIN + side + GAP, width - side - 2 * MARGIN - GAP
    top = height - MARGIN
    for texts, bold in ((label.heads, True), (label.lines, False)):
        for text in texts:
            top = _draw_text(canvas, text, left, top, room, bold)
    foot = MARGIN + len(label.feet) * SIZE * LEADING
    for text in label.feet:
        foot = _draw_text(canvas, text, left, foot, room, False, most=1)


def _draw_code(canvas, url, side, left, bottom):
    """Draw a QR code."""
    code = QrCodeWidget(url, barLevel="M", barBorder=0)
    x1, y1, x2, y2 = code.getBounds()
    scale = (side / (x2 - x1), 0, 0, side / (y2 - y1), 0, 0)
    drawing = Drawing(side, side, transform=scale)
    drawing.add(code)
    renderPDF.draw(drawing, canvas, left, bottom)


def _draw_text(canvas, text, left, top, room, bold, most=3):
    """Draw a text in at most `most` lines and return where the next one begins."""
    try:
        text.encode("cp1252")
        font = "Helvetica-Bold" if bold else "Helvetica"
    except UnicodeEncodeError:
        font = WIDE_FONT
    canvas.setFont(font, SIZE)
    for line in _split(text, font, room)[:most]:
        top -= SIZE * LEADING
        canvas.drawString(left, top + SIZE * (LEADING - 1), line)
    return top


def _split(text, font, room):
    """Return the lines of a text; what has no spaces is broken anywhere."""
    lines = []
    for line in simpleSplit(text, font, SIZE, room):
        while pdfmetrics.stringWidth(line, font, SIZE) > room and len(line) > 1:
            cut = len(line)
            while cut > 1 and pdfmetrics.stringWidth(line[:cut], font, SIZE) > room:
                cut -= 1
            lines.append(line[:cut])
            line = line[cut:]
        lines.append(line)
    return lines
