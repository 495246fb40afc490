"""Races between real servers over processes: one version, one way on."""

import itertools
from functools import partial

import pytest

from support.group import Client, call
from support.race import race

COUNTER = itertools.count(1)
MANAGER = "servicemanager"


@pytest.fixture(scope="module")
def servers(group, make_server):
    """A server with worker processes and one with threads, on the same database."""
    started = [make_server(group, workers=2), make_server(group)]
    yield started
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def api(servers):
    """``api(login, model)`` for what happens one after the other."""
    return Client(servers[1], "json2")


def create(api, model, **values):
    """Create a record as the manager."""
    return api(MANAGER, model).create(vals_list=[values])[0]


@pytest.fixture
def versions(api):
    """Two drafts of one process, each from an entry to an end."""
    code = f"race{next(COUNTER)}"
    return [create_version(api, code, number) for number in (1, 2)]


def create_version(api, code, number):
    """A draft of two stages and the button between them."""
    process = create(api, "service.process", name="Race", code=code, version=number)
    stages = [
        create(
            api,
            "service.stage",
            process_id=process,
            name=phase,
            phase=phase,
            sequence=place,
        )
        for place, phase in enumerate(("received", "closed"))
    ]
    create(
        api,
        "service.route",
        process_id=process,
        from_stage_id=stages[0],
        to_stage_id=stages[1],
        name="Go",
    )
    return process


def publish_at_once(servers, *processes):
    """Publish processes at the same moment, on both servers in turn."""
    return race(
        *(
            partial(
                *(call, server, "json2", MANAGER, "service.process"),
                "action_publish",
                ids=[process],
            )
            for server, process in zip(
                itertools.cycle(servers), processes, strict=False
            )
        )
    )


def states_of(api, processes):
    """Return the states of processes."""
    rows = api(MANAGER, "service.process").read(ids=processes, fields=["state"])
    return [row["state"] for row in rows]


def test_a_version_is_published_once(servers, api, versions):
    one = versions[0]
    answers = publish_at_once(servers, one, one, one)
    assert sorted(answer.kind for answer in answers) == ["ok", "refused", "refused"]
    assert states_of(api, versions) == ["published", "draft"]


def test_two_versions_are_never_published_together(servers, api, versions):
    answers = publish_at_once(servers, *versions, *versions)
    assert "ok" in [answer.kind for answer in answers]
    assert "crash" not in [answer.kind for answer in answers], answers
    assert states_of(api, versions).count("published") == 1


def test_the_last_two_sub_tickets_end_at_once(servers, api, group):
    parent, children = group.shell(PARENT_AND_CHILDREN)
    answers = race(
        *(
            partial(
                *(call, server, "json2", "supervisor", "service.ticket"),
                "action_close",
                ids=[child],
            )
            for server, child in zip(servers, children, strict=True)
        )
    )
    assert [answer.kind for answer in answers] == ["ok", "ok"], answers
    rows = api("supervisor", "service.ticket").search_read(
        domain=[("id", "=", parent)], fields=["stage_id"]
    )
    assert rows[0]["stage_id"][1] == "Maintenance under way"


PARENT_AND_CHILDREN = """
company = env["res.company"].search([("name", "=", "Nordlicht Service")])
tickets = env["service.ticket"].with_company(company)
values = {"company_id": company.id, "name": "Race", "partner_phone": "+49 30 901820"}
maintenance = env.ref("crm_service.ticket_type_maintenance").id
parent = tickets.create({**values, "type_id": maintenance})
parent._enter_stage(env.ref("crm_service.stage_maintenance_repair"))
children = tickets.create([{**values, "parent_id": parent.id} for _i in range(2)])
env.cr.commit()
answer = parent.id, children.ids
"""
