# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Charts as SVG, drawn without a browser: what prints on paper looks the same.

Only what old print engines know is used: rectangles, lines and plain text. Texts are
escaped. A page shows a chart as a picture, see `as_image`, which takes the width of
the page, whatever the engine thinks a pixel is.
"""

import base64
import math

from markupsafe import Markup

from .pareto import VITAL_SHARE

WIDTH, HEIGHT = 690, 200
LEFT, RIGHT, TOP, BOTTOM = 40, 40, 18, 34
GRID, INK, MUTED = "#d9dde3", "#2b3440", "#6b7685"
FONT = "Helvetica, Arial, 'Noto Sans CJK SC', sans-serif"
# A column that is lower has its number above it.
LOW = 16
# A label that is longer is cut, and so many fit beside each other.
MAX_LABEL = 14
MAX_LABELS = 16


def columns(rows, color, line_color=None):
    """Return columns, and a line above them, as SVG.

    :param rows: list of (label, value of the column, value of the line or None)
    :param str color: of the columns
    :param str line_color: of the line

    >>> svg = columns([("<Jan>", 3, 1), ("Feb", 5, 2)], "#123456", "#654321")
    >>> svg.count("<rect"), svg.count("<circle"), "&lt;Jan&gt;" in svg
    (2, 2, True)
    >>> columns([], "#123456")
    Markup('')
    """
    if not rows:
        return Markup("")
    values = [value for _label, *pair in rows for value in pair if value is not None]
    scale = _Scale(len(rows), max(values))
    drawn = [scale.grid()]
    every = math.ceil(len(rows) / MAX_LABELS)
    for place, (label, value, _line) in enumerate(rows):
        drawn.append(scale.column(place, value, color))
        drawn.append(scale.value(place, value))
        if place % every == 0:
            drawn.append(scale.label(place, label))
    points = [(i, row[2]) for i, row in enumerate(rows) if row[2] is not None]
    if line_color and points:
        drawn.append(scale.line(points, line_color))
    return _svg(drawn)


def pareto(bars, color, vital_color, line_color):
    """Return a Pareto diagram as SVG: columns by rank and the cumulated share.

    :param bars: list of `tools.pareto.Bar`; they are numbered from 1
    :param str color: of the columns
    :param str vital_color: of the few columns that make most of the whole
    :param str line_color: of the cumulated share

    >>> from odoo.addons.crm_service.tools.pareto import rank
    >>> svg = pareto(rank({"a": 8, "b": 2}, 9, ""), "#111111", "#222222", "#333333")
    >>> svg.count("#111111"), svg.count("#222222"), "80 %" in svg
    (1, 1, True)
    """
    if not bars:
        return Markup("")
    total = sum(bar.count for bar in bars)
    scale = _Scale(len(bars), bars[0].count)
    drawn = [scale.grid()]
    share_before = 0
    for place, bar in enumerate(bars):
        is_vital = share_before < VITAL_SHARE - 1e-9
        drawn.append(scale.column(place, bar.count, vital_color if is_vital else color))
        drawn.append(scale.value(place, bar.count))
        drawn.append(scale.label(place, str(place + 1)))
        share_before = bar.cumulated
    shares = _Scale(len(bars), 1.0)
    drawn.append(shares.share_axis())
    drawn.append(
        shares.line([(i, b.cumulated) for i, b in enumerate(bars)], line_color)
    )
    return _svg(drawn) if total else Markup("")


def share_bar(share, color, width=110):
    """Return a bar for a share of the whole, for the cell of a table.

    >>> 'width="55.0"' in share_bar(0.5, "#123456")
    True
    """
    full = _tag("rect", x=0, y=2, width=width, height=8, fill=GRID)
    part = _tag(
        "rect",
        x=0,
        y=2,
        width=_round(width * min(max(share, 0), 1)),
        height=8,
        fill=color,
    )
    return _tag("svg", full + part, xmlns=XMLNS, width=width, height=12)


def as_image(svg):
    """Return the address of a picture that shows `svg`, or nothing.

    >>> as_image(share_bar(1, "#123456"))[:30]
    'data:image/svg+xml;base64,PHN2'
    >>> as_image("")
    ''
    """
    if not svg:
        return ""
    data = base64.b64encode(str(svg).encode()).decode()
    return f"data:image/svg+xml;base64,{data}"


def get_step(top, steps=5):
    """Return a round distance of grid lines, so that a few of them reach `top`.

    >>> [get_step(top) for top in (0, 1, 4, 7, 48, 1300)]
    [1, 1, 1, 2, 10, 500]
    """
    if top <= steps:
        return 1
    rough = top / steps
    power = 10 ** math.floor(math.log10(rough))
    return next(int(n * power) for n in (1, 2, 5, 10) if n * power >= rough)


XMLNS = "http://www.w3.org/2000/svg"


class _Scale:
    """Where the columns of a chart stand, and how high they are."""

    def __init__(self, count, top):
        self.slot = (WIDTH - LEFT - RIGHT) / count
        self.base = HEIGHT - BOTTOM
        self.step = get_step(top) if top > 1 else 1
        self.top = math.ceil(top / self.step) * self.step or 1

    def x(self, place):
        return LEFT + self.slot * (place + 0.5)

    def y(self, value):
        return self.base - (self.base - TOP) * value / self.top

    def grid(self):
        """Return the horizontal lines with their values."""
        drawn = []
        for number in range(round(self.top / self.step) + 1):
            value = number * self.step
            y = self.y(value)
            drawn.append(_line(LEFT, y, WIDTH - RIGHT, y, GRID))
            drawn.append(_text(LEFT - 6, y + 3, value, "end", MUTED))
        return Markup("").join(drawn)

    def share_axis(self):
        """Return the axis of shares on the right, with a line at 80 percent."""
        drawn = [
            _text(WIDTH - RIGHT + 6, self.y(n / 5) + 3, f"{n * 20} %", "start", MUTED)
            for n in range(6)
        ]
        y = self.y(VITAL_SHARE)
        dashed = _line(LEFT, y, WIDTH - RIGHT, y, MUTED, dash="4 3")
        return Markup("").join([*drawn, dashed])

    def column(self, place, value, color):
        width = min(self.slot * 0.64, 46)
        y = self.y(value)
        return _tag(
            "rect",
            x=_round(self.x(place) - width / 2),
            y=_round(y),
            width=_round(width),
            height=_round(self.base - y),
            fill=color,
        )

    def value(self, place, value):
        """Return the number at the foot of a column, above it if it is too low."""
        if not value:
            return Markup("")
        y = self.y(value)
        if self.base - y < LOW:
            return _text(self.x(place), y - 4, value, "middle", INK)
        return _text(self.x(place), self.base - 5, value, "middle", "#ffffff")

    def label(self, place, label):
        short = label if len(label) <= MAX_LABEL else f"{label[: MAX_LABEL - 1]}…"
        return _text(self.x(place), self.base + 15, short, "middle", INK)

    def line(self, points, color):
        """Return a line with dots through (place, value)."""
        spots = [(_round(self.x(i)), _round(self.y(value))) for i, value in points]
        path = " ".join(f"{x},{y}" for x, y in spots)
        drawn = [
            _tag("polyline", points=path, fill="none", stroke=color, stroke_width=2)
        ]
        drawn += [_tag("circle", cx=x, cy=y, r=3, fill=color) for x, y in spots]
        return Markup("").join(drawn)


def _svg(drawn):
    box = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "width": WIDTH, "height": HEIGHT}
    return _tag("svg", Markup("").join(drawn), xmlns=XMLNS, **box)


def _line(x1, y1, x2, y2, color, dash=None):
    more = {"stroke_dasharray": dash} if dash else {}
    return _tag(
        "polyline",
        points=f"{_round(x1)},{_round(y1)} {_round(x2)},{_round(y2)}",
        fill="none",
        stroke=color,
        stroke_width=1,
        **more,
    )


def _text(x, y, text, anchor, color):
    return _tag(
        "text",
        Markup.escape(text),
        x=_round(x),
        y=_round(y),
        text_anchor=anchor,
        fill=color,
        font_size=10,
        font_family=FONT,
    )


def _tag(name, inside="", **attributes):
    """Return an element; underscores in names of attributes become dashes."""
    words = Markup("").join(
        Markup(' {}="{}"').format(key.replace("_", "-"), value)
        for key, value in attributes.items()
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), words, inside)


def _round(number):
    return round(float(number), 1)
