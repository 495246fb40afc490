"""Two people reach for the same ticket at the same moment, on real servers.

The short version is part of every run; ``bin/test tests/test_worklist_race.py -m slow``
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
AGENTS = ("agent", "workshop")
COUNTER = itertools.count(1)


@pytest.fixture(scope="module")
def servers(group, make_server):
    """A server with three processes and one with threads, on the same database."""
    started = [make_server(group, workers=3), make_server(group)]
    yield started
    for server in started:
        server.stop()


@pytest.fixture
def new_ticket(servers, group):
    """Make a ticket that nobody has; returns its id."""

    def make():
        answer = Client(servers[1], "xmlrpc")("integration").submit_ticket(
            values={"type": "repair", "name": f"Race {next(COUNTER)}"}
        )
        (row,) = group.sql(
            "SELECT id FROM service_ticket WHERE number = %s", answer["number"]
        )
        return row["id"]

    return make


@pytest.fixture
def at_once(servers):
    """Call a method of a ticket by several people at once, over both servers."""

    def run(ticket, method, *people, **values):
        calls = (
            partial(
                *(call, server, "xmlrpc", login, "service.ticket", method),
                ids=[ticket],
                **values,
            )
            for server, login in zip(itertools.cycle(servers), people, strict=False)
        )
        answers = race(*calls)
        crashes = [answer for answer in answers if answer.kind == "crash"]
        assert not crashes, crashes
        return answers

    return run


def open_row(group, ticket):
    """The open row of the ticket's history; there is exactly one."""
    (row,) = group.sql(
        "SELECT login, name.name, taken_at FROM service_stage_log log "
        "JOIN res_users users ON users.id = log.user_id "
        "JOIN res_partner name ON name.id = users.partner_id "
        "WHERE ticket_id = %s AND left_at IS NULL",
        ticket,
    )
    return row


@ROUNDS
def test_one_of_two_agents_gets_the_ticket(rounds, new_ticket, at_once, group):
    """One takes it; the other reads who was faster and what to do."""
    for number in range(rounds):
        ticket = new_ticket()
        people = AGENTS if number % 2 else AGENTS[::-1]
        answers = dict(
            zip(people, at_once(ticket, "action_take", *people), strict=True)
        )
        assert sorted(answer.kind for answer in answers.values()) == ["ok", "refused"]
        row = open_row(group, ticket)
        assert answers[row["login"]].kind == "ok"
        (loser,) = set(AGENTS) - {row["login"]}
        assert row["name"] in answers[loser].value
        assert "hand it over" in answers[loser].value
        (holder,) = group.sql(
            "SELECT login, taken_at FROM service_ticket t JOIN res_users u "
            "ON u.id = t.user_id WHERE t.id = %s",
            ticket,
        )
        assert holder["login"] == row["login"]
        assert holder["taken_at"] == row["taken_at"] is not None
        handovers = group.sql(
            "SELECT id FROM service_stage_log WHERE ticket_id = %s AND is_handover",
            ticket,
        )
        assert not handovers, "the loser left a trace"


@ROUNDS
def test_who_takes_twice_at_once_has_taken_once(rounds, new_ticket, at_once, group):
    """A double click is one take, and no error."""
    for _round in range(rounds):
        ticket = new_ticket()
        answers = at_once(ticket, "action_take", *["agent"] * 4)
        assert [answer.kind for answer in answers] == ["ok"] * 4, answers
        rows = group.sql(
            "SELECT stage_id, taken_at FROM service_stage_log WHERE ticket_id = %s",
            ticket,
        )
        assert len({row["stage_id"] for row in rows}) == len(rows) == 2


@ROUNDS
def test_urges_at_once_are_all_counted(rounds, new_ticket, at_once, group):
    """No reminder is lost when four people urge at the same moment."""
    for _round in range(rounds):
        ticket = new_ticket()
        assert at_once(ticket, "action_take", "agent")[0].kind == "ok"
        people = [*AGENTS, *AGENTS]
        answers = at_once(ticket, "action_urge", *people, reason="Now")
        assert [answer.kind for answer in answers] == ["ok"] * 4
        (row,) = group.sql(
            "SELECT urge_count, (SELECT count(*) FROM service_urge "
            "WHERE ticket_id = t.id) AS urges FROM service_ticket t WHERE id = %s",
            ticket,
        )
        assert row["urge_count"] == row["urges"] == 4
