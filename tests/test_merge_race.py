"""A ticket is merged while others write to it, on real servers with real processes.

However they interleave, no message is lost, none is there twice, and each is on the
ticket in which the work goes on. ``bin/test tests/test_merge_race.py -m slow`` plays
200 rounds of each.
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
COUNTER = itertools.count(1)
PHONE = "+390255507777"
MAIL = """From: carla@example.com
To: repairs@example.com
Subject: Re: [{number}]
Message-ID: <{body}@example.com>

{body}
"""


@pytest.fixture(scope="module")
def servers(group, make_server):
    """A server with three processes and one with threads, on the same database."""
    started = [make_server(group, workers=3), make_server(group)]
    yield started
    for server in started:
        server.stop()


@pytest.fixture
def new_ticket(servers, group):
    """Make a ticket of the same customer; returns its id and number."""

    def make(phone=PHONE, email="carla@example.com"):
        answer = Client(servers[1], "xmlrpc")("integration").submit_ticket(
            values={
                "type": "repair",
                "name": f"Race {next(COUNTER)}",
                "phone": phone,
                "email": email,
            }
        )
        (row,) = group.sql(
            "SELECT id, number FROM service_ticket WHERE number = %s", answer["number"]
        )
        return row

    return make


@pytest.fixture
def merging(servers):
    """Fill in the window that merges a ticket; returns the call that does it."""

    def prepare(source, target, server=0, login="agent"):
        answer = call(
            *(servers[server], "xmlrpc", login, "service.ticket.merge", "create"),
            vals_list={
                "ticket_ids": [[6, 0, [source["id"]]]],
                "target_id": target["id"],
            },
        )
        assert answer.kind == "ok", answer
        return partial(
            *(call, servers[server], "xmlrpc", login),
            *("service.ticket.merge", "action_apply"),
            ids=[answer.value],
        )

    return prepare


@pytest.fixture
def writers(servers):
    """Calls that write to a ticket in every way, each a text of its own."""

    def prepare(ticket):
        workers, threads = servers
        bodies = [f"race-{next(COUNTER)}" for _way in range(5)]
        post = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "ids": [ticket["id"]],
        }
        way = ("service.ticket", "message_post")
        mail = MAIL.format(number=ticket["number"], body=bodies[4])
        api = {"number": ticket["number"]}
        calls = [
            partial(call, workers, "xmlrpc", "agent", *way, body=bodies[0], **post),
            partial(call, threads, "json2", "workshop", *way, body=bodies[1], **post),
            partial(
                *(call, workers, "json2", "integration", "service.api", "add_message"),
                **{**api, "body": bodies[2]},
            ),
            partial(
                *(call, threads, "xmlrpc", "integration", "service.api"),
                *("add_message",),
                **{**api, "body": bodies[3]},
            ),
            partial(
                *(call, workers, "xmlrpc", "integration", "mail.thread"),
                *("message_process",),
                # the first argument, which goes by position
                **{"ids": "service.ticket", "message": mail},
            ),
        ]
        return bodies, calls

    return prepare


def places(group, bodies):
    """Return [id of the ticket] that each of the texts is on, in their order."""
    return [
        [
            row["res_id"]
            for row in group.sql(
                "SELECT res_id FROM mail_message WHERE model = 'service.ticket' "
                "AND message_type IN ('comment', 'email') AND body ~ %s",
                f"{body}([^0-9]|$)",
            )
        ]
        for body in bodies
    ]


def merged_into(group, ticket):
    """Return the id of the ticket that a ticket was merged into, or None."""
    (row,) = group.sql(
        "SELECT merged_into_id FROM service_ticket WHERE id = %s", ticket["id"]
    )
    return row["merged_into_id"]


@ROUNDS
def test_no_reply_is_lost_while_a_ticket_is_merged(
    rounds, new_ticket, merging, writers, group
):
    for number in range(rounds):
        source, target = new_ticket(), new_ticket()
        bodies, calls = writers(source)
        calls.insert(number % 6, merging(source, target, number % 2))
        answers = race(*calls)
        assert [answer.kind for answer in answers] == ["ok"] * 6, answers
        assert merged_into(group, source) == target["id"]
        assert places(group, bodies) == [[target["id"]]] * 5


@ROUNDS
def test_no_reply_is_lost_while_both_tickets_move_on(
    rounds, new_ticket, merging, writers, group
):
    """A goes into B while B goes into C: all that was written ends up on C."""
    for number in range(rounds):
        first, second, third = new_ticket(), new_ticket(), new_ticket()
        bodies, calls = writers(first)
        others, more = writers(second)
        calls[number % 5 : number % 5] = [
            merging(first, second, 0),
            merging(second, third, 1, "workshop"),
        ]
        answers = race(*calls, *more[:2])
        assert {answer.kind for answer in answers} == {"ok"}, answers
        assert merged_into(group, second) == third["id"]
        # who came second with the first merge was told that B had gone on
        end = third["id"] if merged_into(group, first) else first["id"]
        assert places(group, bodies) == [[end]] * 5
        assert places(group, others[:2]) == [[third["id"]]] * 2


@ROUNDS
def test_two_who_merge_crosswise_make_no_circle(rounds, new_ticket, merging, group):
    for _round in range(rounds):
        first, second = new_ticket(), new_ticket()
        answers = race(merging(first, second, 0), merging(second, first, 1, "workshop"))
        assert [answer.kind for answer in answers] == ["ok", "ok"], answers
        ends = [merged_into(group, ticket) for ticket in (first, second)]
        assert sorted(end is None for end in ends) == [False, True], ends
        (logs,) = group.sql(
            "SELECT count(*) AS open FROM service_stage_log "
            "WHERE ticket_id IN (%s, %s) AND left_at IS NULL",
            *(first["id"], second["id"]),
        )
        assert logs["open"] == 2


@ROUNDS
def test_a_reply_stays_with_its_customer_however_they_interleave(
    rounds, new_ticket, merging, writers, group
):
    """Tickets of two customers: the merged one keeps what is written to it."""
    for number in range(rounds):
        source = new_ticket(f"+3902555{number:05}", f"dan{number}@example.com")
        target = new_ticket()
        bodies, calls = writers(source)
        answers = race(*calls[:4], merging(source, target))
        assert {answer.kind for answer in answers} == {"ok"}, answers
        assert merged_into(group, source) == target["id"]
        assert places(group, bodies[:4]) == [[source["id"]]] * 4
