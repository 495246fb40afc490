"""Tickets are given out by many real server processes at once.

Nobody ever gets more than they may have, no ticket is given twice, and creating a
ticket neither fails nor waits because somebody else gives tickets out.
"""

import itertools
import time
from functools import partial

import pytest

from support.group import call
from support.race import race

CREATORS = 8
CAPACITY = 4
BATCH = 3 * CAPACITY  # tickets in each call: one fills three people
COUNTER = itertools.count(1)

PEOPLE_SCRIPT = """
from odoo import Command
company = env.ref("base.main_company")
# round the clock, whenever the test runs
calendar = env["resource.calendar"].create({
    "name": "Always",
    "company_id": company.id,
    "tz": "UTC",
    "attendance_ids": [Command.clear()] + [
        Command.create({
            "name": "Day", "dayofweek": str(day), "hour_from": 0, "hour_to": 24,
            "day_period": "morning",
        })
        for day in range(7)
    ],
})
company.resource_calendar_id = calendar
groups = {"chief": "supervisor"}
users = env["res.users"].with_context(no_reset_password=True).create([
    {
        "name": login, "login": login, "password": login,
        "company_id": company.id, "company_ids": [Command.set(company.ids)],
        "group_ids": [Command.link(
            env.ref("crm_service.group_service_" + groups.get(login, "agent")).id
        )],
    }
    for login in ("ann", "bob", "eve", "caller", "chief")
])
answer = dict(zip(users.mapped("login"), users.ids))
env.cr.commit()
"""


@pytest.fixture(scope="module")
def data(make_database):
    """A database with three people who get tickets."""
    copy = make_database("addons")
    copy.people = copy.shell(PEOPLE_SCRIPT)
    copy.api_keys("caller", "chief")
    yield copy
    copy.drop()


@pytest.fixture(scope="module")
def servers(data, make_server):
    """A server with four processes and one with threads, on the same database."""
    started = [make_server(data, workers=4), make_server(data)]
    yield started
    for server in started:
        server.stop()


@pytest.fixture
def make_team(data, servers):
    """Make a team of people who may have so many tickets, and have none yet."""

    def make(people=("ann", "bob", "eve"), method="least_loaded"):
        data.sql("UPDATE res_users SET service_capacity = %s", CAPACITY)
        members = [data.people[login] for login in people]
        values = {
            "name": f"Team {next(COUNTER)}",
            "company_id": 1,
            "assignment_method": method,
            "member_ids": [[6, 0, members]],
        }
        return ask(servers, "chief", "service.team", "create", vals_list=[values])[0]

    data.sql("UPDATE service_ticket SET active = FALSE WHERE active")
    return make


def ask(servers, login, model, method, **values):
    """Make one call that must succeed; return its answer."""
    answer = call(servers[0], "json2", login, model, method, **values)
    assert answer.kind == "ok", answer
    return answer.value


def creation(team, count=BATCH):
    """A call that creates tickets of a team."""
    values = {"name": f"Race {next(COUNTER)}", "team_id": team}
    return ("caller", "service.ticket", "create", {"vals_list": [values] * count})


def button(team):
    """A call of the button that gives what waits."""
    return ("chief", "service.team", "action_distribute", {"ids": [team]})


def run_at_once(servers, *calls):
    """Make calls at once over both servers; none of them may crash or be refused."""
    answers = race(
        *(
            partial(call, server, "json2", *one[:3], **one[3])
            for server, one in zip(itertools.cycle(servers), calls, strict=False)
        )
    )
    assert [answer for answer in answers if answer.kind != "ok"] == []


def run_job(data):
    """Run the scheduled job to its end."""
    data.shell(
        "env.ref('crm_service.ir_cron_service_assignment').method_direct_trigger()"
        "\nanswer = env.ref('crm_service.ir_cron_service_assignment').failure_count"
    )


def get_tickets(data, *teams):
    """The tickets of teams, with how often each was given."""
    return data.sql(
        "SELECT ticket.id, users.login, ticket.assignment_problem_code AS problem, "
        "(SELECT count(*) FROM service_assignment AS given "
        "WHERE given.ticket_id = ticket.id) AS times "
        "FROM service_ticket AS ticket "
        "LEFT JOIN res_users AS users ON users.id = ticket.user_id "
        "WHERE ticket.team_id IN %s AND ticket.active",
        teams,
    )


def count_given(tickets):
    """How many tickets each person has; nobody more than allowed, none twice."""
    counts = {}
    for ticket in tickets:
        assert ticket["times"] == bool(ticket["login"]), ticket
        if ticket["login"]:
            counts[ticket["login"]] = counts.get(ticket["login"], 0) + 1
        else:
            assert ticket["problem"] in ("busy", "full"), ticket
    assert max(counts.values(), default=0) <= CAPACITY, counts
    return counts


@pytest.mark.parametrize("method", ["least_loaded", "round_robin", "skill"])
def test_people_never_get_more_than_they_may_have(data, servers, make_team, method):
    """Eight callers at once bring more than three people may have."""
    team = make_team(method=method)
    run_at_once(servers, *[creation(team) for _caller in range(CREATORS)])
    tickets = get_tickets(data, team)
    assert len(tickets) == CREATORS * BATCH
    count_given(tickets)

    run_job(data)
    tickets = get_tickets(data, team)
    full = dict.fromkeys(("ann", "bob", "eve"), CAPACITY)
    assert count_given(tickets) == full
    assert {ticket["problem"] for ticket in tickets if not ticket["login"]} == {"full"}

    done = [ticket["id"] for ticket in tickets if ticket["login"] == "ann"][:2]
    ask(servers, "chief", "service.ticket", "action_close", ids=done)
    run_job(data)
    given = [ticket for ticket in get_tickets(data, team) if ticket["id"] not in done]
    assert count_given(given) == full


def test_buttons_jobs_and_callers_at_once_give_nothing_twice(data, servers, make_team):
    """New tickets come in while three people press the button."""
    team = make_team(method="manual")
    ask(servers, *creation(team, 4)[:3], **creation(team, 4)[3])
    change = {"ids": [team], "vals": {"assignment_method": "round_robin"}}
    ask(servers, "chief", "service.team", "write", **change)
    for _round in range(2):
        run_at_once(
            servers,
            *[button(team)] * 3,
            *[creation(team, 4) for _caller in range(5)],
        )
        count_given(get_tickets(data, team))
    run_job(data)
    assert sum(count_given(get_tickets(data, team)).values()) == 3 * CAPACITY


def test_who_is_in_two_teams_does_not_get_too_many_from_both(data, servers, make_team):
    """The capacity counts over all teams, also when both give at the same moment."""
    first = make_team(people=["eve"])
    second = make_team(people=["eve"])
    run_at_once(
        servers,
        *(
            creation(team, CAPACITY)
            for team in (first, second)
            for _caller in range(CREATORS // 2)
        ),
    )
    count_given(get_tickets(data, first, second))
    run_job(data)
    assert count_given(get_tickets(data, first, second)) == {"eve": CAPACITY}


def test_creating_a_ticket_waits_for_nobody(data, servers, make_team):
    """Somebody holds the lock for long: tickets are made, and given later."""
    team = make_team()
    holder = data.connect()
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT 1 FROM service_assignment_turn FOR UPDATE")
        started = time.monotonic()
        run_at_once(servers, *[creation(team, 1) for _caller in range(3)])
        assert time.monotonic() - started < 20
        assert {row["problem"] for row in get_tickets(data, team)} == {"busy"}
    finally:
        holder.rollback()
        holder.close()
    run_job(data)
    assert sum(count_given(get_tickets(data, team)).values()) == 3
