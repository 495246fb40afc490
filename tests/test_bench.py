"""bin/bench: what it measures is there, and its figures are measured."""

import itertools
import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from bench import measure, report, rows
from bringup.paths import PROJECT

KEYS = [
    "work",
    "size",
    "ours_ms",
    "theirs_ms",
    "ratio",
    "ours_queries",
    "theirs_queries",
    "budget",
]


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A quick benchmark: what it printed and wrote."""
    folder = tmp_path_factory.mktemp("bench")
    done = subprocess.run(
        [PROJECT / "bin" / "bench", "--quick"]
        + ["--json", folder / "figures.json", "--docs", folder],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHON": sys.executable},
        timeout=500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return SimpleNamespace(
        text=done.stdout,
        figures=json.loads((folder / "figures.json").read_text()),
        picture=(folder / "benchmark.svg").read_text(),
        page=(folder / "benchmark.md").read_text(),
    )


# What it does ------------------------------------------------------------------


def test_the_file_has_a_row_for_each_work(quick):
    assert [row["work"] for row in quick.figures] == [w.name for w in measure.WORKS]
    for row in quick.figures:
        assert list(row) == KEYS
        assert row["size"] == 1_000


def test_both_sides_are_measured_and_their_queries_counted(quick):
    for row in quick.figures:
        assert row["ours_ms"] > 0 and row["theirs_ms"] > 0
        assert row["ours_queries"] > 0 and row["theirs_queries"] > 0
        assert row["ratio"] == pytest.approx(row["ours_ms"] / row["theirs_ms"], 0.01)


def test_both_sides_have_the_same_number_of_tickets(quick):
    assert "1,000 service.ticket, 1,000 helpdesk.ticket" in quick.text


def test_the_table_the_picture_and_the_page_name_each_work(quick):
    for work in measure.WORKS:
        assert f"\n{work.name} " in quick.text
        assert work.name in quick.picture
        assert f"| {work.name} |" in quick.page


# How it measures ---------------------------------------------------------------


def make_call(pause, queries):
    """Work that takes `pause` seconds."""

    def call():
        milliseconds, _answer = measure.timed(lambda: time.sleep(pause))
        return milliseconds, queries

    return call


def test_time_lost_on_one_side_shows_on_that_side_only():
    figures = measure.compare(
        {"ours": make_call(0.05, 7), "theirs": make_call(0, 3)}, 3
    )
    assert figures["ours"][0] > 45
    assert figures["theirs"][0] < 25
    assert (figures["ours"][1], figures["theirs"][1]) == (7, 3)


def test_the_sides_take_turns_and_the_first_time_does_not_count():
    turns, figure = [], itertools.count()
    calls = {
        side: lambda side=side: (turns.append(side), (next(figure), 1))[1]
        for side in measure.SIDES
    }
    measure.compare(calls, 4)
    first, rounds = turns[:2], turns[2:]
    assert first == ["ours", "theirs"]
    for one, other in zip(rounds[::2], rounds[1::2], strict=True):
        assert {one, other} == set(measure.SIDES)
    assert rounds[:2] != rounds[2:4]


# What it says of the figures -----------------------------------------------------


def make_figures(ours_ms, size=100_000, name="list of 80", theirs_ms=100, queries=9):
    """A row of figures."""
    work = next(work for work in measure.WORKS if work.name == name)
    taken = {"ours": (ours_ms, queries), "theirs": (theirs_ms, 9)}
    return measure.make_row(work, size, taken, size == 100_000)


def test_a_budget_that_is_met_is_no_problem():
    assert not report.find_problems([make_figures(30)])


def test_a_budget_that_is_not_met_is_named():
    (problem,) = report.find_problems([make_figures(40)])
    assert problem.startswith("list of 80, 100,000 tickets: 0.400 of their time")


def test_too_many_queries_are_named():
    name = "create 500 tickets in one call, per ticket"
    row = make_figures(500, name=name, theirs_ms=5_000, queries=800)
    (problem,) = report.find_problems([row])
    assert "1.6 queries, the budget is 1.5" in problem


def test_our_own_growth_is_named():
    small, large = make_figures(5, 1_000), make_figures(20, theirs_ms=1_000)
    (problem,) = report.find_problems([large, small])
    assert "5.0 ms grow to 20.0 ms" in problem
    more = make_figures(5, queries=12)
    (problem,) = report.find_problems([make_figures(5, 1_000), more])
    assert "9 queries grow to 12" in problem


# What there is -------------------------------------------------------------------


def test_rows_are_the_same_each_time_and_numbered_without_gaps():
    assert rows.make_rows(0, 500) == rows.make_rows(0, 500)
    assert [row.n for row in rows.make_rows(500, 900)] == list(range(500, 900))


def test_what_a_search_finds_does_not_grow_with_the_tickets():
    few, many = rows.make_rows(0, 1_000), rows.make_rows(0, 20_000)
    name = rows.model_name(42)
    hits = [sum(name in row.subject for row in found) for found in (few, many)]
    assert hits == [rows.CUSTOMER_TICKETS] * 2


def test_rows_spread_over_two_years_and_few_are_open():
    found = rows.make_rows(0, 20_000)
    assert {row.weeks for row in found if not row.is_open} == set(range(rows.WEEKS))
    share = sum(row.is_open for row in found) / len(found)
    assert share == pytest.approx(rows.OPEN_SHARE, abs=0.01)
