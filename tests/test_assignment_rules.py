"""Whatever the people and the tickets: who gets one is able, there and not full.

Nothing of Odoo is needed: the rules are plain Python.
"""

import importlib.util
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

ADDON = Path(__file__).parents[1] / "addons" / "crm_service"


def load(name):
    """Load a module of the add-on's tools, without Odoo."""
    path = ADDON / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


rules = load("assignment")

SKILLS = ("compressors", "electronics", "italian")
LEVELS = st.integers(0, 100)
PERSON = st.fixed_dictionaries(
    {
        "load": st.integers(0, 6),
        "capacity": st.integers(0, 6),
        "present": st.booleans(),
        "skills": st.dictionaries(st.sampled_from(SKILLS), LEVELS),
        "turn": st.floats(0, 1000),
    }
)
DEMAND = st.builds(rules.Demand, st.sampled_from(SKILLS), LEVELS)
TICKET = st.tuples(
    st.lists(DEMAND, max_size=2), st.frozensets(st.integers(0, 5), max_size=2)
)
TICKETS = st.lists(TICKET, min_size=1, max_size=30)
METHODS = st.sampled_from([rules.ROUND_ROBIN, rules.LEAST_LOADED, rules.SKILL])
QUICK = settings(max_examples=200, deadline=None)


def make_people(values):
    """The same people again, each time as new."""
    return [
        rules.Person(key, **{**value, "skills": dict(value["skills"])})
        for key, value in enumerate(values)
    ]


def is_eligible(person, method, demands, returned_by):
    """Whether somebody may get a ticket: written down as plainly as it can be."""
    if person.key in returned_by or not person.present:
        return False
    if person.capacity > 0 and person.load >= person.capacity:
        return False
    return method != rules.SKILL or all(
        demand.skill in person.skills and person.skills[demand.skill] >= demand.level
        for demand in demands
    )


@QUICK
@given(METHODS, st.lists(PERSON, max_size=5), TICKETS)
def test_who_gets_a_ticket_may_have_it_and_nobody_is_overlooked(
    method, values, tickets
):
    people = make_people(values)
    deal = rules.Distribution(method, people)
    for demands, returned_by in tickets:
        eligible = {
            person.key
            for person in people
            if is_eligible(person, method, demands, returned_by)
        }
        outcome = deal.give(demands, returned_by)
        assert (outcome.key in eligible) if eligible else outcome.key is None
        assert bool(outcome.problem) == (outcome.key is None)
    for person in people:
        given_now = person.load - values[person.key]["load"]
        assert not given_now or not person.capacity or person.load <= person.capacity


@QUICK
@given(METHODS, st.lists(PERSON, max_size=5), TICKETS)
def test_nobody_with_fewer_open_is_passed_over(method, values, tickets):
    people = make_people(values)
    deal = rules.Distribution(method, people)
    for demands, returned_by in tickets:
        loads = [
            person.load
            for person in people
            if is_eligible(person, method, demands, returned_by)
        ]
        outcome = deal.give(demands, returned_by)
        if outcome.key is not None and method != rules.ROUND_ROBIN:
            assert outcome.load == min(loads)
            assert outcome.tied == (loads.count(min(loads)) > 1)
        if outcome.key is not None:
            assert outcome.only == (len(loads) == 1)


@QUICK
@given(st.lists(st.floats(0, 1000), min_size=1, max_size=8), st.integers(0, 60))
def test_in_turn_nobody_gets_two_more_than_another(turns, count):
    people = [rules.Person(key, turn=turn) for key, turn in enumerate(turns)]
    deal = rules.Distribution(rules.ROUND_ROBIN, people, now=500.0)
    given_to = Counter(deal.give().key for _ticket in range(count))
    shares = [given_to[person.key] for person in people]
    assert max(shares) - min(shares) <= 1


@QUICK
@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(60, 90))
def test_fewest_open_levels_what_people_have(loads, count):
    people = [rules.Person(key, load=load) for key, load in enumerate(loads)]
    deal = rules.Distribution(rules.LEAST_LOADED, people)
    for _ticket in range(count):
        deal.give()
    after = [person.load for person in people]
    assert max(after) - min(after) <= 1


@QUICK
@given(METHODS, st.lists(PERSON, max_size=5), st.lists(DEMAND, max_size=3))
def test_the_problem_is_the_true_one(method, values, demands):
    people = make_people(values)
    outcome = rules.Distribution(method, people).give(demands)
    able = [
        person
        for person in people
        if method != rules.SKILL or all(person.meets(demand) for demand in demands)
    ]
    if outcome.problem == rules.NO_MEMBER:
        assert not people
    elif outcome.problem == rules.NO_SKILL:
        assert not able
        assert set(outcome.missing) <= {demand.skill for demand in demands}
    elif outcome.problem == rules.ABSENT:
        assert able and not any(person.present for person in able)
    elif outcome.problem == rules.FULL:
        assert all(not person.has_room for person in able if person.present)
    if outcome.able:
        assert set(outcome.able) == {person.key for person in able}
