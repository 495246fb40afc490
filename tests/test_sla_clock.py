"""The clock of promises, against a slow and obviously correct one.

The reference walks minute by minute. HYPOTHESIS_EXAMPLES=5000 makes it try more.
"""

import importlib
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ADDON = Path(__file__).parents[1] / "addons" / "crm_service"
START = datetime(2024, 3, 29)
DAYS = 2
MINUTE = timedelta(minutes=1)
LENGTH = DAYS * 24 * 60
LONGEST = 300
EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "120"))
TIMES = settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 1000)


@pytest.fixture(scope="module")
def tools():
    """The two modules, imported without Odoo: they must not need it."""
    sys.path.insert(0, str(ADDON))
    try:
        yield importlib.import_module("tools.sla_clock")
    finally:
        sys.path.remove(str(ADDON))


def at(minute):
    return START + minute * MINUTE


def quarters(longest):
    """Minutes, mostly full quarters of an hour, so that moments often coincide."""
    full = st.integers(0, longest // 15).map(lambda quarter: quarter * 15)
    return st.one_of(full, full, st.integers(0, longest))


minutes = quarters(LENGTH)
spans = st.lists(
    st.tuples(minutes, quarters(LONGEST)).map(lambda span: (span[0], sum(span))),
    max_size=9,
)
open_hold = st.one_of(st.none(), st.none(), minutes)
target_minutes = quarters(600).filter(bool)
targets = st.lists(target_minutes, min_size=1, max_size=3)


class SlowClock:
    """Looks at each minute by itself."""

    def __init__(self, work, start, target, holds):
        self.target = target
        self.used, self.held = [], []
        for minute in range(LENGTH + LONGEST):
            works = any(a <= minute < b for a, b in work)
            on_hold = any(a <= minute and (b is None or minute < b) for a, b in holds)
            self.used.append(works and minute >= start and not on_hold)
            self.held.append(works and minute >= start and on_hold)

    def moment_of(self, wanted):
        used = 0
        for minute, counts in enumerate(self.used):
            used += counts
            if used == wanted:
                return minute + 1
        return None


def both(tools, work, start, target, holds):
    """Return the clock and the slow one for the same history."""
    intervals = [(at(a), at(b)) for a, b in work if b > a]
    time = tools.WorkingTime(list(tools.join(intervals)))
    spans = [(at(a), None if b is None else at(b)) for a, b in holds]
    return (
        tools.SlaClock(time, at(start), target * 60, spans),
        SlowClock(work, start, target, holds),
    )


@pytest.fixture(scope="module")
def clocks(tools):
    tools.WorkingTime = sys.modules["tools.working_time"].WorkingTime
    return lambda *history: both(tools, *history)


@TIMES
@given(work=spans, start=minutes, targets=targets, holds=spans, held=open_hold)
def test_the_clock_agrees_with_counting_minute_by_minute(
    clocks, work, start, targets, holds, held
):
    if held is not None:
        holds = [*holds, (held, None)]
    for target in targets:  # a promise that is changed is counted anew
        clock, slow = clocks(work, start, target, holds)
        moment = slow.moment_of(target)
        assert clock.deadline == (None if moment is None else at(moment))
        for minute in range(start, LENGTH, 37):
            assert clock.elapsed(at(minute)) == 60 * sum(slow.used[:minute])
            assert clock.held(at(minute)) == 60 * sum(slow.held[:minute])
            late = max(0, sum(slow.used[:minute]) - target)
            assert clock.overdue(at(minute)) == 60 * late


@TIMES
@given(work=spans, start=minutes, target=target_minutes, holds=spans)
def test_any_share_of_the_target_comes_when_it_is_used(
    clocks, work, start, target, holds
):
    clock, slow = clocks(work, start, target, holds)
    for wanted in {1, target // 2 + 1, target, target + 60}:
        moment = slow.moment_of(wanted)
        expected = None if moment is None else at(moment)
        assert clock.moment_of(wanted * 60) == expected


@TIMES
@given(work=spans, start=minutes, target=target_minutes, holds=spans, at_=minutes)
def test_a_hold_never_brings_the_deadline_forward(
    clocks, work, start, target, holds, at_
):
    before, _slow = clocks(work, start, target, holds)
    after, _slow = clocks(work, start, target, [*holds, (at_, at_ + 30)])
    if before.deadline and after.deadline:
        assert after.deadline >= before.deadline
    for minute in range(0, LENGTH, 97):
        assert after.elapsed(at(minute)) <= before.elapsed(at(minute))


@TIMES
@given(start=minutes, target=target_minutes, held=minutes, length=minutes)
def test_round_the_clock_every_second_counts(tools, start, target, held, length):
    working_time = sys.modules["tools.working_time"].WorkingTime(None)
    hold = (at(held), at(held + length))
    clock = tools.SlaClock(working_time, at(start), target * 60, [hold])
    counted = start + target
    if max(held, start) < counted and held + length > start:
        counted += held + length - max(held, start)
    assert clock.deadline == at(counted)


def test_the_clock_needs_no_orm(tools):
    source = (ADDON / "tools" / "sla_clock.py").read_text()
    source += (ADDON / "tools" / "working_time.py").read_text()
    assert "odoo" not in source
