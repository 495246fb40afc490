"""Medians of alternating rounds, with the queries counted."""

import gc
import statistics
import time
from typing import NamedTuple

SIDES = ("ours", "theirs")


class Work(NamedTuple):
    """Something that both sides do.

    :param str name: what it is, for people
    :param str method: the method of a side that does it
    :param float budget: our share of their time, at most
    :param int rounds: how often it is measured, of 1 to 15
    :param int per: by how many tickets the figures are divided
    :param float queries: our queries, at most (for one of `per`)
    :param bool at_every_size: whether the budget holds for few tickets, too
    """

    name: str
    method: str
    budget: float
    rounds: int = 15
    per: int = 1
    queries: float | None = None
    at_every_size: bool = False


WORKS = (
    Work(
        "create 500 tickets in one call, per ticket",
        *("create_many", 1 / 4, 3, 500, 1.5, True),
    ),
    Work("create one ticket", "create_one", 1, 9, at_every_size=True),
    Work("list of 80", "list_first", 1 / 3),
    Work("find by number", "find_number", 1 / 5),
    Work("find by phone", "find_phone", 1 / 5),
    Work("find by part of the subject", "find_part", 1 / 5),
    Work("team dashboard", "show_dashboard", 1 / 20, 9),
    Work("counters on 80 customers", "count_for_customers", 1 / 50, 5),
    Work("portal list", "portal", 1 / 3),
)


def compare(calls, rounds):
    """Measure what both sides do, in turn.

    :param dict calls: {side: callable that gives (milliseconds, queries)}
    :param int rounds: how often each side's turn comes
    :return: {side: (median of milliseconds, median of queries)}
    """
    figures = {side: [] for side in SIDES}
    for side in SIDES:
        calls[side]()  # warms its caches
    for turn in range(rounds):
        for side in SIDES if turn % 2 else reversed(SIDES):
            figures[side].append(calls[side]())
    return {
        side: tuple(statistics.median(column) for column in zip(*taken, strict=True))
        for side, taken in figures.items()
    }


def timed(call):
    """Call something and return (milliseconds, what it answered).

    Garbage is collected before and not meanwhile.
    """
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        answer = call()
        return (time.perf_counter() - started) * 1000, answer
    finally:
        gc.enable()


def make_row(work, size, figures, last):
    """Return the figures of a work as the JSON has them.

    :param Work work: what was measured
    :param int size: how many tickets there are
    :param dict figures: what `compare` returned
    :param bool last: whether this is the largest size
    """
    (ours_ms, ours_queries), (theirs_ms, theirs_queries) = (
        [value / work.per for value in figures[side]] for side in SIDES
    )
    return {
        "work": work.name,
        "size": size,
        "ours_ms": round(ours_ms, 3),
        "theirs_ms": round(theirs_ms, 3),
        "ratio": round(ours_ms / theirs_ms, 4),
        "ours_queries": round(ours_queries, 2),
        "theirs_queries": round(theirs_queries, 2),
        "budget": round(work.budget, 4) if last or work.at_every_size else None,
    }
