"""Races between real server processes: nothing twice, nothing below zero.

The short version is part of every run; ``bin/test tests/test_concurrency.py -m slow``
plays 200 rounds of each.
"""

import itertools
import json
import time
from functools import partial

import pytest

from support import group as group_of_companies
from support import invariants
from support.group import Client, call
from support.race import race, send_and_hang_up

ROUNDS = pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(2, id="short"),
        pytest.param(200, id="long", marks=[pytest.mark.slow, pytest.mark.timeout(0)]),
    ],
)
COUNTER = itertools.count(1)
PROTOCOLS = itertools.cycle(["xmlrpc", "json2"])


@pytest.fixture(scope="module")
def servers(group, make_server):
    """A server with three processes and one with threads, on the same database."""
    started = [make_server(group, workers=3), make_server(group)]
    yield started
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def api(servers):
    """``api(login)`` for what happens one after the other."""
    return Client(servers[1], "xmlrpc")


@pytest.fixture(autouse=True)
def invariants_hold(group):
    """After each race nothing may be amiss."""
    yield
    invariants.assert_hold(group)


@pytest.fixture(scope="module")
def at_once(servers):
    """Make calls of ``service.api`` at once, over both servers and protocols."""

    def run(*calls):
        found = race(
            *(
                partial(call, server, next(PROTOCOLS), *one[:3], **one[3])
                for server, one in zip(itertools.cycle(servers), calls, strict=False)
            )
        )
        crashes = [answer for answer in found if answer.kind == "crash"]
        assert not crashes, crashes
        return found

    return run


def service(login, method, **values):
    """A call of ``service.api`` for :func:`at_once`."""
    return (login, "service.api", method, values)


def submitted(api, part="SEAL", quantity=5, login="keeper", **values):
    """A requisition that waits for its first decision."""
    answer = api(login).submit_requisition(
        values={
            "warehouse": "SVC",
            "source_warehouse": "FRI",
            "lines": [{"product": part, "quantity": quantity}],
            **values,
        }
    )
    return answer["name"]


def decide(api, name, *logins):
    """Pass steps of a requisition, one after the other."""
    for login in logins:
        api(login).decide_requisition(name=name, decision="approve")
    return name


def kinds(answers):
    """How many calls ended how."""
    return sorted(answer.kind for answer in answers)


def one_of(group, statement, *values):
    """The single value of a query."""
    (row,) = group.sql(statement, *values)
    (value,) = row.values()
    return value


def new_parts(group, title, rounds, code="FRI", quantity=1):
    """Make one part a round, of which there is one unit."""
    batch = next(COUNTER)
    names = [f"{title}-{batch}-{number}" for number in range(rounds)]
    group_of_companies.make_parts(group, names, quantity=quantity, code=code)
    return names


# Counting ----------------------------------------------------------------------------


@ROUNDS
def test_delivery_is_counted_once(rounds, api, at_once, group):
    """Of four people who count the same delivery at once, one succeeds."""
    for _round in range(rounds):
        name = decide(api, submitted(api), "supervisor", "factory")
        api("factory").ship_requisition(name=name)
        lines = [{"product": "SEAL", "accepted": 4, "damaged": 1}]
        answers = at_once(
            *(
                service(login, "confirm_receipt", name=name, lines=lines)
                for login in ("keeper", "keeper2", "integration", "zhang")
            )
        )
        assert kinds(answers) == ["ok", "refused", "refused", "refused"]
        status = api("keeper").requisition_status(name=name)
        assert status["lines"][0]["qty_accepted"] == 4
        assert len(status["discrepancies"]) == 1
        assert len(status["postings"]) == 1


@ROUNDS
def test_delivery_is_shipped_once(rounds, api, at_once, group):
    """Of two clerks who ship the same requisition at once, one succeeds."""
    for _round in range(rounds):
        name = decide(api, submitted(api), "supervisor", "factory")
        answers = at_once(
            service("factory", "ship_requisition", name=name),
            service("factory2", "ship_requisition", name=name),
        )
        assert kinds(answers) == ["ok", "refused"]
        status = api("keeper").requisition_status(name=name)
        assert status["lines"][0]["qty_shipped"] == 5
        assert len(status["receipts"]) == 1


@ROUNDS
def test_discrepancy_is_settled_once(rounds, api, at_once, group):
    """A damaged part is not shipped again twice."""
    for _round in range(rounds):
        name = decide(api, submitted(api), "supervisor", "factory")
        api("factory").ship_requisition(name=name)
        lines = [{"product": "SEAL", "accepted": 4, "damaged": 1}]
        answer = api("keeper").confirm_receipt(name=name, lines=lines)
        model = api("factory", "parts.discrepancy")
        ids = model.search(domain=[("name", "=", answer["discrepancies"][0]["name"])])
        model.write(ids, {"resolution": "ship_again"})
        settle = ("parts.discrepancy", "action_settle", {"ids": ids})
        answers = at_once(("factory", *settle), ("factory2", *settle))
        assert kinds(answers) == ["ok", "refused"]
        status = api("keeper").requisition_status(name=name)
        assert len(status["deliveries"]) == 2


# Deciding ----------------------------------------------------------------------------


@ROUNDS
def test_step_is_decided_once(rounds, api, at_once, group):
    """Two approvers at once on the same step: one decides, the other is told."""
    for number in range(rounds):
        name = submitted(api)
        decision = {"name": name, "decision": "approve"}
        answers = at_once(
            service("supervisor", "decide_requisition", **decision),
            service("servicemanager", "decide_requisition", **decision),
        )
        assert kinds(answers) in (["denied", "ok"], ["ok", "refused"])
        other = {"name": name, "decision": ("approve", "reject")[number % 2]}
        answers = at_once(
            service("factory", "decide_requisition", **decision),
            service("factory2", "decide_requisition", **other, comment="No room"),
        )
        assert kinds(answers) == ["ok", "refused"]
        status = api("keeper").requisition_status(name=name)
        decided = [step["state"] for step in status["approvals"]]
        winner = next(answer for answer in answers if answer.kind == "ok")
        assert status["state"] == winner.value["state"]
        assert decided == ["approved", winner.value["state"]]
        wanted = 1 if status["state"] == "approved" else 0
        assert len(status["deliveries"]) == wanted


@ROUNDS
def test_steps_are_decided_in_order(rounds, api, at_once, group):
    """Approvers of two steps at once: none is passed over, none decided twice."""
    for _round in range(rounds):
        name = submitted(api, quantity=20)
        decision = {"name": name, "decision": "approve"}
        people = ("supervisor", "factory", "finance")
        answers = at_once(
            *(service(login, "decide_requisition", **decision) for login in people)
        )
        assert answers[0].kind == "ok"
        status = api("keeper").requisition_status(name=name)
        for step, login, answer in zip(
            status["approvals"], people, answers, strict=True
        ):
            if answer.kind == "ok":
                assert (step["user"], step["state"]) == (login, "approved")
            else:
                assert (step["user"], answer.kind) == (False, "denied")


@ROUNDS
def test_withdrawal_and_approval_leave_one_outcome(rounds, api, at_once, group):
    """A requisition that is withdrawn while it is approved ships nothing."""
    for _round in range(rounds):
        name = decide(api, submitted(api), "supervisor")
        ids = api("keeper", "parts.requisition").search(domain=[("name", "=", name)])
        answers = at_once(
            service("factory", "decide_requisition", name=name, decision="approve"),
            ("keeper", "parts.requisition", "action_withdraw", {"ids": ids}),
        )
        assert answers[1].kind == "ok"
        status = api("keeper").requisition_status(name=name)
        assert status["state"] == "cancelled"
        assert {row["state"] for row in status["deliveries"]} <= {"cancel"}


# The last unit -----------------------------------------------------------------------


def on_hand(group, part):
    """What lies in warehouses of a part."""
    return one_of(
        group,
        "SELECT COALESCE(sum(quant.quantity), 0) FROM stock_quant quant "
        "JOIN stock_location location ON location.id = quant.location_id "
        "JOIN product_product product ON product.id = quant.product_id "
        "WHERE location.usage = 'internal' AND product.default_code = %s",
        part,
    )


@ROUNDS
def test_last_unit_goes_to_one_requisition(rounds, api, at_once, group):
    """Two requisitions are approved, then shipped, at once for the last unit."""
    for part in new_parts(group, "LAST", rounds):
        names = [decide(api, submitted(api, part, 1), "supervisor") for _ in range(2)]
        clerks = ("factory", "factory2")
        answers = at_once(
            *(
                service(clerk, "decide_requisition", name=name, decision="approve")
                for clerk, name in zip(clerks, names, strict=True)
            )
        )
        assert kinds(answers) == ["ok", "ok"]
        answers = at_once(
            *(
                service(clerk, "ship_requisition", name=name)
                for clerk, name in zip(clerks, names, strict=True)
            )
        )
        assert kinds(answers) == ["ok", "refused"]
        assert on_hand(group, part) == 0


@pytest.mark.parametrize(
    "rounds",
    [1, pytest.param(25, marks=[pytest.mark.slow, pytest.mark.timeout(0)])],
)
def test_last_unit_goes_to_one_of_eight_clerks(rounds, api, at_once, group):
    """Eight people ship the last unit at once for eight requisitions."""
    for part in new_parts(group, "EIGHT", rounds):
        names = [
            decide(api, submitted(api, part, 1), "supervisor", "factory")
            for _ in range(8)
        ]
        answers = at_once(
            *(service("factory", "ship_requisition", name=name) for name in names)
        )
        assert kinds(answers) == ["ok", *["refused"] * 7]
        assert on_hand(group, part) == 0


@ROUNDS
def test_last_unit_goes_to_the_job_or_the_van(rounds, api, at_once, group):
    """A job sheet uses the last unit up while it is shipped to the van."""
    for part in new_parts(group, "JOB", rounds, code="SVC"):
        van = decide(
            api,
            submitted(api, part, 1, warehouse="VAN", source_warehouse="SVC"),
            "supervisor",
        )
        repair = make_job_sheet(api, group, part)
        at_once(
            service("vanclerk", "decide_requisition", name=van, decision="approve"),
            ("workshop", "repair.order", "action_validate", {"ids": repair}),
        )
        api("workshop", "repair.order").action_repair_start(repair)
        use_parts(api, repair)
        answers = at_once(
            service("vanclerk", "ship_requisition", name=van),
            ("workshop", "repair.order", "action_repair_end", {"ids": repair}),
        )
        used = one_of(
            group,
            "SELECT count(*) FROM stock_move move JOIN product_product product "
            "ON product.id = move.product_id WHERE product.default_code = %s "
            "AND move.repair_id IS NOT NULL AND move.state = 'done' "
            "AND move.quantity > 0",
            part,
        )
        shipped = api("keeper").requisition_status(name=van)["lines"][0]["qty_shipped"]
        assert (used, shipped) in [(1, 0), (0, 1)], answers
        if shipped:
            api("keeper").confirm_receipt(
                name=van, lines=[{"product": part, "accepted": 1}]
            )
        assert on_hand(group, part) == shipped


def make_job_sheet(api, group, part):
    """A job sheet of a ticket that needs one unit; returns its ids."""
    values = {"type": "repair", "name": "Broken", "phone": "+49 30 901820"}
    number = api("agent").submit_ticket(values=values)["number"]
    ticket = one_of(group, "SELECT id FROM service_ticket WHERE number = %s", number)
    product = one_of(
        group, "SELECT id FROM product_product WHERE default_code = %s", part
    )
    picking_type = one_of(
        group,
        "SELECT repair_type_id FROM stock_warehouse WHERE code = 'SVC'",
    )
    line = {"repair_line_type": "add", "product_id": product, "product_uom_qty": 1}
    repair = api("workshop", "repair.order").create(
        {
            "ticket_id": ticket,
            "picking_type_id": picking_type,
            "move_ids": [(0, 0, line)],
        }
    )
    return [repair]


def use_parts(api, repair):
    """Say that all parts of a job sheet were used, as the technician does."""
    moves = api("workshop", "stock.move")
    ids = moves.search(domain=[("repair_id", "in", repair)])
    moves.write(ids, {"quantity": 1, "picked": True})


# Submitting --------------------------------------------------------------------------


@ROUNDS
def test_reference_makes_one_ticket(rounds, at_once, group):
    """The same submission eight times at once is one ticket with one number."""
    for _round in range(rounds):
        reference = f"T-{next(COUNTER)}"
        values = {
            "type": "repair",
            "name": "Does not cool",
            "phone": "+49 30 901820",
            "external_ref": reference,
        }
        answers = at_once(*[service("agent", "submit_ticket", values=values)] * 8)
        assert kinds(answers) == ["ok"] * 8
        assert len({answer.value["number"] for answer in answers}) == 1
        assert (
            one_of(
                group,
                "SELECT count(*) FROM service_ticket WHERE external_ref = %s",
                reference,
            )
            == 1
        )


@ROUNDS
def test_reference_makes_one_requisition(rounds, at_once, group):
    """The same requisition eight times at once is one, with one set of steps."""
    for _round in range(rounds):
        reference = f"R-{next(COUNTER)}"
        values = {
            "warehouse": "SVC",
            "source_warehouse": "FRI",
            "lines": [{"product": "SEAL", "quantity": 1}],
            "external_ref": reference,
        }
        people = ("keeper", "keeper2", "integration", "zhang") * 2
        answers = at_once(
            *(service(who, "submit_requisition", values=values) for who in people)
        )
        assert kinds(answers) == ["ok"] * 8
        assert len({answer.value["name"] for answer in answers}) == 1
        assert {answer.value["state"] for answer in answers} == {"submitted"}


@ROUNDS
def test_reference_with_two_contents_is_used_for_one(rounds, at_once, group):
    """Two different requests under one reference: one is made, one is refused."""
    for _round in range(rounds):
        values = {"type": "repair", "name": "A", "external_ref": f"D-{next(COUNTER)}"}
        answers = at_once(
            service("agent", "submit_ticket", values=values),
            service("agent", "submit_ticket", values={**values, "name": "B"}),
        )
        assert kinds(answers) == ["ok", "refused"]


@ROUNDS
def test_new_phone_makes_one_customer(rounds, at_once, group):
    """Eight first calls of a customer at once make eight tickets and one customer."""
    for _round in range(rounds):
        tail = f"{next(COUNTER) + 100:04}"
        phones = [f"+49 30 5550{tail}", f"030 5550{tail}", f"0049305550{tail}"]
        answers = at_once(
            *(
                service(
                    "agent",
                    "submit_ticket",
                    values={
                        "type": "repair",
                        "name": f"Call {number}",
                        "phone": phones[number % 3],
                    },
                )
                for number in range(8)
            )
        )
        assert kinds(answers) == ["ok"] * 8
        assert len({answer.value["number"] for answer in answers}) == 8
        assert (
            one_of(
                group,
                "SELECT count(*) FROM res_partner WHERE phone_sanitized = %s",
                f"+49305550{tail}",
            )
            == 1
        )


# Cut connections ---------------------------------------------------------------------


def json2_request(server, login, method, body):
    """A JSON-2 request as bytes."""
    text = json.dumps(body).encode()
    key = server.data.api_keys(login)[login]
    head = (
        f"POST /json/2/service.api/{method} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: bearer {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + text


@ROUNDS
def test_retry_after_a_cut_connection_makes_nothing_twice(
    rounds, api, servers, at_once, group
):
    """Who hears no answer asks again: one ticket, one count, posted once."""
    for number in range(rounds):
        reference = f"C-{next(COUNTER)}"
        values = {"type": "repair", "name": "Cut", "external_ref": reference}
        server = servers[number % 2]
        address = group_of_companies.address(server)
        body = {"values": values}
        request = json2_request(server, "agent", "submit_ticket", body)
        for _again in range(3):
            send_and_hang_up(*address, request)
        answers = at_once(*[service("agent", "submit_ticket", values=values)] * 3)
        assert kinds(answers) == ["ok"] * 3
        assert len({answer.value["number"] for answer in answers}) == 1

        name = decide(api, submitted(api), "supervisor", "factory")
        api("factory").ship_requisition(name=name)
        count = {"name": name, "lines": [{"product": "SEAL", "accepted": 5}]}
        request = json2_request(server, "keeper", "confirm_receipt", count)
        send_and_hang_up(*address, request)
        (answer,) = at_once(service("keeper", "confirm_receipt", **count))
        assert answer.kind in ("ok", "refused")
        status = api("keeper").requisition_status(name=name)
        assert (status["state"], len(status["postings"])) == ("done", 1)


def test_killed_server_leaves_all_or_nothing(group_template, make_server):
    """A server that dies in the middle of a count has counted, or has not."""
    database = group_template.copy(f"{group_template.name}_kill")
    server = make_server(database, workers=2)
    api = Client(server, "xmlrpc")
    for delay in (0.05, 0.4):
        name = decide(api, submitted(api), "supervisor", "factory")
        api("factory").ship_requisition(name=name)
        count = {"name": name, "lines": [{"product": "SEAL", "accepted": 5}]}
        request = json2_request(server, "keeper", "confirm_receipt", count)
        send_and_hang_up(*group_of_companies.address(server), request)
        time.sleep(delay)
        server.kill()
        invariants.assert_hold(database)
        server.start()
        answer = call(
            server, "json2", "keeper", "service.api", "confirm_receipt", **count
        )
        assert answer.kind in ("ok", "refused")
        assert api("keeper").requisition_status(name=name)["state"] == "done"
    server.stop()
    invariants.assert_hold(database)
    database.drop()
