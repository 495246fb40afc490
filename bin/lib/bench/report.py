"""The tables of a benchmark, and what is not as it should be."""

from .measure import WORKS

FLAT_FACTOR = 2
FLAT_SLACK_MS = 5
FLAT_SLACK_QUERIES = 2
HEAD = ("work", "tickets", "ours", "theirs", "ratio", "budget", "queries", "theirs", "")


def find_problems(figures):
    """Return a sentence for each budget that is not met.

    :param list figures: rows as `measure.make_row` gives them
    """
    problems = [problem for row in figures for problem in _check_row(row)]
    return problems + [problem for pair in pairs(figures) for problem in _check(*pair)]


def _check_row(row):
    """Compare a row with its own budget."""
    work = next(work for work in WORKS if work.name == row["work"])
    if row["budget"] is not None and row["ratio"] > row["budget"]:
        yield (
            f"{row['work']}, {row['size']:,} tickets: {row['ratio']:.3f} of their "
            f"time, the budget is {row['budget']:.3f}"
        )
    if work.queries is not None and row["ours_queries"] > work.queries:
        yield (
            f"{row['work']}, {row['size']:,} tickets: {row['ours_queries']:g} queries, "
            f"the budget is {work.queries}"
        )


def pairs(figures):
    """Yield (row with the fewest tickets, row with the most) of each work."""
    for work in WORKS:
        rows = [row for row in figures if row["work"] == work.name]
        rows.sort(key=lambda row: row["size"])
        if len(rows) > 1:
            yield rows[0], rows[-1]


def _check(small, large):
    """Compare our own figures of two sizes: they must stay flat."""
    limit = FLAT_FACTOR * small["ours_ms"] + FLAT_SLACK_MS
    if large["ours_ms"] > limit:
        yield (
            f"{large['work']}: {small['ours_ms']:.1f} ms grow to "
            f"{large['ours_ms']:.1f} ms from {small['size']:,} to {large['size']:,} "
            "tickets"
        )
    if large["ours_queries"] > small["ours_queries"] + FLAT_SLACK_QUERIES:
        yield (
            f"{large['work']}: {small['ours_queries']:g} queries grow to "
            f"{large['ours_queries']:g}"
        )


def table(figures):
    """Return the rows of the table, as texts: a head and a row for each figure."""
    bad = {problem.split(":")[0] for problem in find_problems(figures)}
    lines = [HEAD]
    for row in figures:
        budget = "" if row["budget"] is None else _share(row["budget"])
        missed = f"{row['work']}, {row['size']:,} tickets" in bad
        lines.append(
            (
                *(row["work"], f"{row['size']:,}", _ms(row["ours_ms"])),
                *(_ms(row["theirs_ms"]), _share(row["ratio"]), budget),
                *(f"{row['ours_queries']:g}", f"{row['theirs_queries']:g}"),
                "" if not budget else "missed" if missed else "met",
            )
        )
    return lines


def _ms(value):
    return f"{value:,.1f} ms" if value < 100 else f"{value:,.0f} ms"


def _share(ratio):
    return f"1/{1 / ratio:.0f}" if ratio < 0.3 else f"{ratio:.2f}"


def as_text(lines):
    """Return a table as text with columns."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_markdown(lines):
    """Return a table as Markdown."""
    ruler = ("---", *("---:" for _cell in lines[0][1:]))
    return "\n".join(
        f"| {' | '.join(line)} |" for line in (lines[0], ruler, *lines[1:])
    )


def flat_table(figures):
    """Return our own figures of the fewest and the most tickets, side by side."""
    found = list(pairs(figures))
    if not found:
        return []
    small, large = (row["size"] for row in found[0])
    head = ("work", *(f"ours, {size:,}" for size in (small, large)), "queries")
    return [head] + [
        (
            few["work"],
            _ms(few["ours_ms"]),
            _ms(many["ours_ms"]),
            f"{few['ours_queries']:g} → {many['ours_queries']:g}",
        )
        for few, many in found
    ]
