"""The picture of a benchmark: an SVG that is readable on light and dark pages."""

import pygal
from pygal.style import Style

OURS, THEIRS = "#1f8a70", "#c2703d"
INK, PAPER, LINES = "#24292f", "#ffffff", "#d0d7de"
SMALLEST, LARGEST = 0.5, 20_000
# values stand after their bars, and guides behind them
VALUES_CSS = (
    "{{ id }}.text-overlay text.value "
    "{ text-anchor: start; transform: translate(4px); }"
    "{{ id }}.graph .guides .line, {{ id }}.axis .guide.line "
    f"{{{{ stroke: {LINES}; stroke-dasharray: none; }}}}"
)


def draw(figures, path):
    """Draw both sides' times at the largest size, on a logarithmic scale.

    :param list figures: rows as `measure.make_row` gives them
    :param pathlib.Path path: the file to write
    """
    size = max(row["size"] for row in figures)
    rows = [row for row in figures if row["size"] == size][::-1]
    chart = pygal.HorizontalBar(
        **_layout(len(rows)), title=f"Milliseconds with {size:,} tickets (logarithmic)"
    )
    chart.x_labels = [row["work"] for row in rows]
    chart.add("after-sales service", [_bar(row, "ours") for row in rows])
    chart.add("OCA helpdesk_mgmt", [_bar(row, "theirs") for row in rows])
    path.write_bytes(chart.render())


def _bar(row, side):
    return {"value": row[f"{side}_ms"], "label": row["work"]}


def _in_words(value):
    """Milliseconds, with a decimal where it matters."""
    return (
        f"{value:,.0f} ms"
        if value >= 100
        else f"{value:.1f}".removesuffix(".0") + " ms"
    )


def _layout(count):
    """How the chart looks; it brings its own paper, so the page's does not matter."""
    style = Style(
        background=PAPER,
        plot_background=PAPER,
        foreground=INK,
        foreground_strong=INK,
        foreground_subtle=LINES,
        colors=(OURS, THEIRS),
        value_colors=(INK, INK),
        opacity="1",
        opacity_hover="1",
        guide_stroke_color=LINES,
        major_guide_stroke_color=LINES,
        guide_stroke_dasharray="none",
        major_guide_stroke_dasharray="none",
        font_family="sans-serif",
        title_font_size=18,
        label_font_size=14,
        major_label_font_size=14,
        legend_font_size=15,
        value_font_size=12,
    )
    return {
        "style": style,
        "width": 960,
        "height": 90 + 62 * count,
        "logarithmic": True,
        "legend_at_bottom": True,
        "print_values": True,
        "print_values_position": "top",
        "value_formatter": _in_words,
        "show_y_guides": True,
        "js": [],
        "disable_xml_declaration": False,
        "spacing": 18,
        "range": (SMALLEST, LARGEST),
        "zero": SMALLEST,
        "y_labels": (1, 10, 100, 1_000, 10_000),
        "css": ["file://style.css", "file://graph.css", f"inline:{VALUES_CSS}"],
    }
