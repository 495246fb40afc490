"""Several people reach for the same call at the same moment, on real servers.

The short version is part of every run; ``bin/test tests/test_call_race.py -m slow``
plays 200 rounds of each.
"""

import itertools
from functools import partial

import pytest

from support.group import Client, call
from support.race import race

ROUNDS = pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(3, id="short"),
        pytest.param(200, id="long", marks=[pytest.mark.slow, pytest.mark.timeout(0)]),
    ],
)
AGENTS = ("agent", "workshop", "dispatcher", "supervisor")
CALLER = "+49 30 901820"
COUNTER = itertools.count(1)
CALL = """
    SELECT c.id, c.state, login, answered_at, ended_at FROM service_call c
 LEFT JOIN res_users u ON u.id = c.user_id WHERE external_ref = %s
"""


@pytest.fixture(scope="module")
def servers(group, make_server):
    """A server with three processes and one with threads, on the same database."""
    started = [make_server(group, workers=3), make_server(group)]
    yield started
    for server in started:
        server.stop()


@pytest.fixture
def ring(servers):
    """Let a call come in; returns its reference and its id."""

    def come_in():
        reference = f"RACE-{next(COUNTER)}"
        answer = Client(servers[1], "xmlrpc")("integration").incoming_call(
            phone=CALLER, line="1", external_ref=reference
        )
        return reference, int(answer["url"].rsplit("/", 1)[1])

    return come_in


@pytest.fixture
def at_once(servers):
    """``at_once((login, model, method, values), …)``: make calls at once."""

    def run(*wanted):
        answers = race(
            *(
                partial(call, server, "xmlrpc", login, model, method, **values)
                for server, (login, model, method, values) in zip(
                    itertools.cycle(servers), wanted, strict=False
                )
            )
        )
        crashes = [answer for answer in answers if answer.kind == "crash"]
        assert not crashes, crashes
        return answers

    return run


def answers_of(person, number):
    """That a person answers a call."""
    return (person, "service.call", "action_answer", {"ids": [number]})


@ROUNDS
def test_one_of_four_agents_answers(rounds, ring, at_once, group):
    """One has the call; the others read who was faster."""
    for place in range(rounds):
        reference, number = ring()
        people = AGENTS[place % 4 :] + AGENTS[: place % 4]
        answers = dict(
            zip(people, at_once(*(answers_of(p, number) for p in people)), strict=True)
        )
        kinds = sorted(answer.kind for answer in answers.values())
        assert kinds == ["ok", "refused", "refused", "refused"], answers
        (row,) = group.sql(CALL, reference)
        assert row["state"] == "answered"
        assert answers[row["login"]].kind == "ok"
        for person, answer in answers.items():
            if person != row["login"]:
                assert "has answered this call already" in answer.value


@ROUNDS
def test_answering_and_hanging_up_at_once_leave_no_half_call(
    rounds, ring, at_once, group
):
    """Either somebody answered and it has ended, or it was missed by all."""
    for _place in range(rounds):
        reference, number = ring()
        ended = {"external_ref": reference}
        answered, _ended = at_once(
            answers_of("agent", number),
            ("integration", "service.api", "call_ended", ended),
        )
        (row,) = group.sql(CALL, reference)
        if answered.kind == "ok":
            assert (row["state"], row["login"]) == ("ended", "agent")
            assert row["answered_at"] <= row["ended_at"]
        else:
            assert (row["state"], row["login"]) == ("missed", None)
            assert "hung up" in answered.value


@ROUNDS
def test_the_same_call_reported_four_times_at_once_is_one(rounds, at_once, group):
    """A telephone system that repeats itself makes one call."""
    for _place in range(rounds):
        reference = f"AGAIN-{next(COUNTER)}"
        report = {"phone": CALLER, "line": "1", "external_ref": reference}
        answers = at_once(
            *[("integration", "service.api", "incoming_call", report)] * 4
        )
        assert [answer.kind for answer in answers] == ["ok"] * 4, answers
        assert len({answer.value["url"] for answer in answers}) == 1
        assert len(group.sql(CALL, reference)) == 1


@ROUNDS
def test_two_agents_do_not_call_the_same_customer_back(rounds, at_once, group):
    """One calls; the other reads who does."""
    for _place in range(rounds):
        # somebody's already: calling changes nothing else of it
        (request,) = group.sql(
            "INSERT INTO service_callback (name, company_id, user_id, state, phone, "
            "phone_sanitized, wanted_from, due_at) SELECT 'Race', company_id, id, "
            "'open', %s, %s, now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc' "
            "FROM res_users WHERE login = 'agent' RETURNING id",
            CALLER,
            CALLER.replace(" ", ""),
        )
        back = {"ids": [request["id"]]}
        answers = at_once(
            ("agent", "service.callback", "action_call", back),
            ("workshop", "service.callback", "action_call", back),
        )
        assert sorted(answer.kind for answer in answers) == ["ok", "refused"], answers
        calls = group.sql(
            "SELECT id FROM service_call WHERE callback_id = %s", request["id"]
        )
        assert len(calls) == 1
