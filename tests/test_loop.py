"""The loop over real XML-RPC and JSON-2, from a customer's call to both books."""

import pytest
import requests

from support import invariants, track_page
from support.group import Client
from support.group_facts import CNY_PER_EUR, FACTORY, SERVICE

TAX = 0.15


@pytest.fixture(scope="module", params=["xmlrpc", "json2"])
def api(request, group_server):
    """``api(login)``: ``service.api`` as one of the people, by the official client."""
    return Client(group_server, request.param)


@pytest.fixture(autouse=True)
def invariants_hold(group):
    """After each loop nothing may be amiss."""
    yield
    invariants.assert_hold(group)


def submit_ticket(api, reference, **values):
    """Open a ticket of the customer who calls."""
    return api("agent").submit_ticket(
        values={
            "type": "repair",
            "name": "The refrigerator does not cool",
            "phone": "030 / 90 18 20",
            "partner_name": "A. Berg",
            "serial_number": "NL-200-77",
            "channel": "phone",
            "external_ref": f"{api.protocol}-{reference}",
            **values,
        }
    )


def submit(api, lines, login="keeper", **values):
    """Ask the factory for parts, ``{reference: quantity}``; returns the number."""
    answer = api(login).submit_requisition(
        values={
            "warehouse": "SVC",
            "source_warehouse": "FRI",
            "lines": [{"product": p, "quantity": q} for p, q in lines.items()],
            **values,
        }
    )
    assert answer["state"] == "submitted"
    return answer["name"]


def approve(api, name, logins=("supervisor", "factory"), **cuts):
    """Pass the steps of a requisition; the last decider may cut quantities."""
    for login in logins:
        lines = [{"product": p, "quantity": q} for p, q in cuts.items()]
        last = login == logins[-1]
        answer = api(login).decide_requisition(
            name=name, decision="approve", lines=lines if last else []
        )
        assert answer["state"] == ("approved" if last else "submitted")


def status(api, name, login="keeper"):
    """What the keeper sees of a requisition."""
    return api(login).requisition_status(name=name)


def levels(api, warehouse, login="keeper"):
    """``{reference: on hand}`` of a warehouse."""
    rows = api(login).stock_levels(warehouse=warehouse)
    return {row["product"]: row["on_hand"] for row in rows}


def free_serials(group, count):
    """Serial numbers that lie in the factory and are not promised."""
    rows = group.sql(
        "SELECT lot.name FROM stock_quant quant JOIN stock_lot lot ON lot.id = lot_id "
        "JOIN stock_location location ON location.id = quant.location_id "
        "WHERE location.usage = 'internal' AND lot.name LIKE 'C-%%' "
        "AND location.complete_name LIKE 'FRI/%%' "
        "AND quant.quantity > 0 AND quant.reserved_quantity = 0 "
        "ORDER BY lot.name LIMIT %s",
        count,
    )
    return [row["name"] for row in rows]


def balances(group, company):
    """``{account type: balance}`` of a company's posted entries."""
    rows = group.sql(
        "SELECT account.account_type AS type, sum(line.balance) AS balance "
        "FROM account_move_line line "
        "JOIN account_account account ON account.id = line.account_id "
        "JOIN res_company company ON company.id = line.company_id "
        "WHERE company.name = %s AND line.parent_state = 'posted' "
        "GROUP BY account.account_type",
        company,
    )
    return {row["type"]: float(row["balance"]) for row in rows}


def changes(after, before):
    """What changed between two dicts of numbers, rounded to cents."""
    keys = after.keys() | before.keys()
    found = {key: round(after.get(key, 0) - before.get(key, 0), 2) for key in keys}
    return {key: value for key, value in found.items() if value}


def settle(api, name, resolution):
    """Settle a discrepancy as the factory."""
    settle_as = ("factory", "parts.discrepancy", "name", name)
    api.on(*settle_as, "write", vals={"resolution": resolution})
    api.on(*settle_as, "action_settle")


# The whole loop ----------------------------------------------------------------------


def test_loop_from_the_call_to_both_books(api, group, group_server):
    """Steps 1 to 8 of the story, with serial numbers, a cut and two shipments."""
    books = {name: balances(group, name) for name in (SERVICE, FACTORY)}
    before = {code: levels(api, code, who) for code, who in WAREHOUSES}

    ticket = submit_ticket(api, "loop")
    number = ticket["number"]
    assert ticket["phase"] == "received"
    assert ticket["url"] == f"http://service.test/service/track?number={number}"
    assert customer_of(group, number) == "Anna Berg"

    name = submit(api, {"SEAL": 10, "COMP": 2, "GAS": 5}, ticket=number)
    assert api("agent").ticket_status(number=number)["phase"] == "waiting_parts"
    approve(api, name, ("supervisor", "factory", "finance"), GAS=4)
    assert [row["user"] for row in status(api, name)["approvals"]] == [
        "supervisor",
        "factory",
        "finance",
    ]

    serials = free_serials(group, 2)
    ship_and_count_in_two_parts(api, name, serials)
    done = status(api, name)
    assert done["state"] == "done"
    assert_quantities(done)

    net = 10 * 64 + 2 * 640 + 4 * 24
    assert_books(group, books, net)
    assert sum(row["amount"] for row in done["postings"]) == pytest.approx(
        net * (1 + TAX)
    )
    assert {row["company"] for row in done["postings"]} == {SERVICE}
    after = {code: levels(api, code, who) for code, who in WAREHOUSES}
    moved = {"SEAL": 10, "COMP": 2, "GAS": 4}
    assert changes(after["SVC"], before["SVC"]) == moved
    assert changes(before["FRI"], after["FRI"]) == moved
    assert places_of(group, serials) == {serial: "SVC/Stock" for serial in serials}

    assert api("agent").ticket_status(number=number)["phase"] == "in_progress"
    close(api, number)
    assert_customer_sees(group_server, number, "Closed")


WAREHOUSES = (("SVC", "keeper"), ("FRI", "factory"))


def ship_and_count_in_two_parts(api, name, serials):
    """Ship some, count it, ship the rest, count it."""
    answer = api("factory").ship_requisition(
        name=name,
        lines=[
            {"product": "SEAL", "quantity": 6},
            {"product": "COMP", "quantity": 1, "lots": serials[:1]},
        ],
    )
    assert answer["state"] == "shipped"
    answer = api("keeper").confirm_receipt(
        name=name,
        lines=[
            {"product": "SEAL", "accepted": 6},
            {"product": "COMP", "accepted": 1, "lots": serials[:1]},
        ],
    )
    assert (answer["state"], answer["discrepancies"]) == ("shipped", [])
    assert len(answer["postings"]) == 1

    second = api("factory").ship_requisition(
        name=name,
        lines=[
            {"product": "SEAL", "quantity": 4},
            {"product": "COMP", "quantity": 1, "lots": serials[1:]},
            {"product": "GAS", "quantity": 4, "lots": ["G-1"]},
        ],
    )
    api("keeper").confirm_receipt(
        name=name,
        delivery=second["delivery"],
        lines=[
            {"product": "SEAL", "accepted": 4},
            {"product": "COMP", "accepted": 1, "lots": serials[1:]},
            {"product": "GAS", "accepted": 4, "lots": ["G-1"]},
        ],
    )


def assert_quantities(done):
    """Each line went all the way; the cut one as far as it was approved."""
    found = {
        row["product"]: (
            row["qty_requested"],
            row["qty_approved"],
            row["qty_shipped"],
            row["qty_accepted"],
            row["price_unit"],
        )
        for row in done["lines"]
    }
    assert found == {
        "SEAL": (10, 10, 10, 10, 64),
        "COMP": (2, 2, 2, 2, 640),
        "GAS": (5, 4, 4, 4, 24),
    }
    assert {row["currency"] for row in done["lines"]} == {"CNY"}
    assert [row["state"] for row in done["deliveries"]] == ["done", "done"]
    assert [row["state"] for row in done["receipts"]] == ["done", "done"]


def assert_books(group, before, net):
    """Both companies' accounts moved by the net value and its tax, and no more."""
    sold = changes(balances(group, FACTORY), before[FACTORY])
    assert sold == pytest.approx(
        {
            "asset_receivable": net * (1 + TAX),
            "income": -net,
            "liability_current": -net * TAX,
        },
        abs=0.02,
    )
    bought = changes(balances(group, SERVICE), before[SERVICE])
    value = net / CNY_PER_EUR
    assert bought == pytest.approx(
        {
            "liability_payable": -value * (1 + TAX),
            "expense": value,
            "asset_current": value * TAX,
        },
        abs=0.02,
    )


def customer_of(group, number):
    """The customer's name on a ticket."""
    rows = group.sql(
        "SELECT partner.name FROM service_ticket ticket "
        "JOIN res_partner partner ON partner.id = ticket.partner_id "
        "WHERE ticket.number = %s",
        number,
    )
    return rows[0]["name"]


def places_of(group, serials):
    """``{serial: location}`` of what lies somewhere."""
    rows = group.sql(
        "SELECT lot.name, location.complete_name AS place FROM stock_quant quant "
        "JOIN stock_lot lot ON lot.id = quant.lot_id "
        "JOIN stock_location location ON location.id = quant.location_id "
        "WHERE lot.name IN %s AND quant.quantity > 0 "
        "AND location.usage IN ('internal', 'transit')",
        tuple(serials),
    )
    return {row["name"]: row["place"] for row in rows}


def close(api, number):
    """Close a ticket as its technician's dispatcher would."""
    api.on("dispatcher", "service.ticket", "number", number, "action_close")


def assert_customer_sees(server, number, label):
    """The public page shows the brief status for number and phone."""
    page = track_page.follow(server, number.lower(), "+49 30 901820")
    assert page.status_code == 200
    assert number in page.text
    assert label in page.text
    assert "SVC" not in page.text
    missed = track_page.follow(server, number, "+49 30 901821", requests.Session())
    assert missed.status_code == 404
    assert label not in missed.text


# Differences -------------------------------------------------------------------------


def test_damaged_part_is_shipped_again(api, group):
    """A damaged part keeps the requisition open until another one is there."""
    books = {name: balances(group, name) for name in (SERVICE, FACTORY)}
    name = submit(api, {"SEAL": 5})
    approve(api, name)
    api("factory").ship_requisition(name=name)
    answer = api("keeper").confirm_receipt(
        name=name, lines=[{"product": "SEAL", "accepted": 4, "damaged": 1}]
    )
    assert answer["state"] == "received"
    (difference,) = answer["discrepancies"]
    assert (difference["kind"], difference["quantity"]) == ("damaged", 1)
    assert_books(group, books, 4 * 64)

    settle(api, difference["name"], "ship_again")
    assert status(api, name)["state"] == "shipped"
    api("factory").ship_requisition(name=name)
    answer = api("keeper").confirm_receipt(
        name=name, lines=[{"product": "SEAL", "accepted": 1}]
    )
    assert answer["state"] == "done"
    assert_books(group, books, 5 * 64)
    (line,) = status(api, name)["lines"]
    assert (line["qty_shipped"], line["qty_accepted"]) == (5, 5)


def test_missing_part_is_written_off(api, group):
    """A loss on the way is the factory's: the centre pays for what came."""
    books = {name: balances(group, name) for name in (SERVICE, FACTORY)}
    stock = levels(api, "FRI", "factory")
    name = submit(api, {"SEAL": 3})
    approve(api, name)
    api("factory").ship_requisition(name=name)
    answer = api("keeper").confirm_receipt(
        name=name, lines=[{"product": "SEAL", "accepted": 2}]
    )
    (difference,) = answer["discrepancies"]
    assert (difference["kind"], difference["quantity"]) == ("short", 1)

    settle(api, difference["name"], "write_off")
    after = status(api, name)
    assert after["state"] == "done"
    assert after["discrepancies"][0]["resolution"] == "write_off"
    assert_books(group, books, 2 * 64)
    assert changes(stock, levels(api, "FRI", "factory")) == {"SEAL": 3}


def test_wrong_serial_is_sent_back(api, group):
    """A serial number that came instead of another goes back to the factory."""
    serials = free_serials(group, 2)
    name = submit(api, {"COMP": 2})
    approve(api, name, ("supervisor", "factory", "finance"))
    api("factory").ship_requisition(
        name=name, lines=[{"product": "COMP", "quantity": 2, "lots": serials}]
    )
    answer = api("keeper").confirm_receipt(
        name=name,
        lines=[
            {"product": "COMP", "accepted": 1, "lots": serials[:1]},
            {"product": "COMP", "wrong": 1, "lots": serials[1:]},
        ],
    )
    (difference,) = answer["discrepancies"]
    assert difference["kind"] == "wrong"
    settle(api, difference["name"], "ship_again")
    assert places_of(group, serials) == {
        serials[0]: "SVC/Stock",
        serials[1]: "FRI/Stock",
    }
    replacement = free_serials(group, 3)[-1:]
    api("factory").ship_requisition(
        name=name, lines=[{"product": "COMP", "quantity": 1, "lots": replacement}]
    )
    answer = api("keeper").confirm_receipt(
        name=name, lines=[{"product": "COMP", "accepted": 1, "lots": replacement}]
    )
    assert answer["state"] == "done"
    assert places_of(group, replacement) == {replacement[0]: "SVC/Stock"}


def test_rejected_and_withdrawn_requisitions_leave_nothing(api, group):
    """What is rejected or withdrawn reserves, ships and posts nothing."""
    books = {name: balances(group, name) for name in (SERVICE, FACTORY)}
    stock = levels(api, "FRI", "factory")
    rejected = submit(api, {"SEAL": 2})
    answer = api("supervisor").decide_requisition(
        name=rejected, decision="reject", comment="We have enough"
    )
    assert answer["state"] == "rejected"
    withdrawn = submit(api, {"SEAL": 2})
    approve(api, withdrawn)
    api.on("keeper", "parts.requisition", "name", withdrawn, "action_withdraw")
    assert status(api, withdrawn)["state"] == "cancelled"
    assert_books_unchanged(group, books)
    assert levels(api, "FRI", "factory") == stock


def assert_books_unchanged(group, before):
    assert {name: balances(group, name) for name in before} == before


# One company -------------------------------------------------------------------------


def test_one_company_moves_parts_and_posts_nothing(api, group):
    """Within one company a requisition is an internal transfer."""
    books = {name: balances(group, name) for name in (SERVICE, FACTORY)}
    van, depot = levels(api, "VAN"), levels(api, "SVC")
    name = submit(api, {"SEAL": 4}, warehouse="VAN", source_warehouse="SVC")
    approve(api, name, ("supervisor", "vanclerk"))
    api("vanclerk").ship_requisition(name=name)
    answer = api("keeper").confirm_receipt(
        name=name, lines=[{"product": "SEAL", "accepted": 4}]
    )
    assert (answer["state"], answer["postings"]) == ("done", [])
    assert status(api, name)["lines"][0]["price_unit"] == 0
    assert changes(levels(api, "VAN"), van) == {"SEAL": 4}
    assert changes(depot, levels(api, "SVC")) == {"SEAL": 4}
    assert_books_unchanged(group, books)


# Machines repeat themselves ----------------------------------------------------------


def test_repeated_submission_is_the_same_document(api, group):
    """A reference makes one ticket and one requisition, however often it comes."""
    first, second = submit_ticket(api, "again"), submit_ticket(api, "again")
    assert first == second
    reference = f"{api.protocol}-parts-again"
    names = {submit(api, {"SEAL": 1}, external_ref=reference) for _ in range(3)}
    assert len(names) == 1
    rows = group.sql(
        "SELECT count(*) FROM parts_requisition WHERE external_ref = %s", reference
    )
    assert rows[0]["count"] == 1
