"""Bad input over RPC: one sentence that says what to do, and nothing half-written."""

import re

import pytest
import requests

from support import invariants, snapshot
from support.group import Client, call

PROTOCOLS = ("xmlrpc", "json2")
SENTENCE = re.compile(r"^\S.*[.!?。]$", re.DOTALL)
INTERNALS = ("Traceback", "psycopg2", "odoo.", "Error:", "NoneType", "SELECT ", "%(")
SOMEBODY = {"type": "repair", "name": "Does not cool", "phone": "+49 30 901820"}


@pytest.fixture(scope="module")
def documents(group, group_server):
    """Requisitions in the states that the cases need: {state: number}."""
    api = Client(group_server, "xmlrpc")

    def submitted(quantity=5):
        values = requisition(lines=[{"product": "SEAL", "quantity": quantity}])
        return api("keeper").submit_requisition(values=values)["name"]

    def approved():
        name = submitted()
        for login in ("supervisor", "factory"):
            api(login).decide_requisition(name=name, decision="approve")
        return name

    def shipped():
        name = approved()
        api("factory").ship_requisition(name=name)
        return name

    counted = shipped()
    api("keeper").confirm_receipt(
        name=counted, lines=[{"product": "SEAL", "accepted": 5}]
    )
    ticket = api("agent").submit_ticket(values=SOMEBODY)["number"]
    return {
        "submitted": submitted(),
        "approved": approved(),
        "shipped": shipped(),
        "counted": counted,
        "ticket": ticket,
    }


def requisition(**values):
    """Values of a requisition that is fine, but for what is given."""
    return {
        "warehouse": "SVC",
        "source_warehouse": "FRI",
        "lines": [{"product": "SEAL", "quantity": 1}],
        **values,
    }


def asking(**line):
    """Values of a requisition with one line."""
    return {"values": requisition(lines=[{"product": "SEAL", "quantity": 1, **line}])}


# (title, login, method, arguments, what the sentence must name). "{shipped}" stands
# for the number of a requisition in that state.
UNKNOWN = [
    ("part", "keeper", "submit_requisition", asking(product="NOPE"), "NOPE"),
    (
        "warehouse",
        "keeper",
        "submit_requisition",
        {"values": requisition(warehouse="NOPE")},
        "NOPE",
    ),
    (
        "source warehouse",
        "keeper",
        "submit_requisition",
        {"values": requisition(source_warehouse="NOPE")},
        "NOPE",
    ),
    (
        "ticket of a requisition",
        "keeper",
        "submit_requisition",
        {"values": requisition(ticket="SR00000000")},
        "SR00000000",
    ),
    ("warehouse of stock", "keeper", "stock_levels", {"warehouse": "NOPE"}, "NOPE"),
    ("requisition", "keeper", "requisition_status", {"name": "REQ/0"}, "REQ/0"),
    (
        "requisition to decide",
        "supervisor",
        "decide_requisition",
        {"name": "REQ/0", "decision": "approve"},
        "REQ/0",
    ),
    ("requisition to ship", "factory", "ship_requisition", {"name": "REQ/0"}, "REQ/0"),
    (
        "requisition to count",
        "keeper",
        "confirm_receipt",
        {"name": "REQ/0", "lines": []},
        "REQ/0",
    ),
    (
        "decision",
        "supervisor",
        "decide_requisition",
        {"name": "{submitted}", "decision": "perhaps"},
        "perhaps",
    ),
    (
        "part in a decision",
        "supervisor",
        "decide_requisition",
        {
            "name": "{submitted}",
            "decision": "approve",
            "lines": [{"product": "COMP", "quantity": 1}],
        },
        "COMP",
    ),
    (
        "part in a count",
        "keeper",
        "confirm_receipt",
        {"name": "{shipped}", "lines": [{"product": "COMP", "accepted": 1}]},
        "COMP|Compressor",
    ),
    (
        "delivery note",
        "keeper",
        "confirm_receipt",
        {"name": "{shipped}", "lines": [], "delivery": "FRI/OUT/0"},
        ".",
    ),
    ("ticket", "agent", "ticket_status", {"number": "SRAAAAAAAAA"}, "number"),
    (
        "ticket for a message",
        "agent",
        "add_message",
        {"number": "SRAAAAAAAAA", "body": "Hello"},
        "SRAAAAAAAAA",
    ),
    (
        "ticket type",
        "agent",
        "submit_ticket",
        {"values": {**SOMEBODY, "type": "nope"}},
        "nope",
    ),
    (
        "channel",
        "agent",
        "submit_ticket",
        {"values": {**SOMEBODY, "channel": "pigeon"}},
        "pigeon",
    ),
    (
        "phone of a ticket",
        "agent",
        "submit_ticket",
        {"values": {**SOMEBODY, "phone": "12"}},
        "12",
    ),
    ("phone of a caller", "agent", "incoming_call", {"phone": "hello"}, "hello"),
    (
        "phone of a customer",
        "portal",
        "ticket_status",
        {"number": "{ticket}", "phone": "+49 30 111111"},
        "number and phone",
    ),
    (
        "value",
        "agent",
        "submit_ticket",
        {"values": {**SOMEBODY, "state": "closed"}},
        "state",
    ),
    (
        "value of a requisition",
        "keeper",
        "submit_requisition",
        {"values": requisition(state="approved")},
        "state",
    ),
]
QUANTITIES = [
    ("zero", "keeper", "submit_requisition", asking(quantity=0), "0"),
    ("negative", "keeper", "submit_requisition", asking(quantity=-3), "-3"),
    ("text", "keeper", "submit_requisition", asking(quantity="3"), "quantity"),
    ("truth", "keeper", "submit_requisition", asking(quantity=True), "quantity"),
    ("without", "keeper", "submit_requisition", asking(quantity=None), "quantity"),
    ("tiny", "keeper", "submit_requisition", asking(quantity=0.0001), "above zero"),
    (
        "no lines",
        "keeper",
        "submit_requisition",
        {"values": requisition(lines=[])},
        "line",
    ),
    (
        "cut below zero",
        "supervisor",
        "decide_requisition",
        {
            "name": "{submitted}",
            "decision": "approve",
            "lines": [{"product": "SEAL", "quantity": -1}],
        },
        "SEAL|seal",
    ),
    (
        "raised by an approver",
        "supervisor",
        "decide_requisition",
        {
            "name": "{submitted}",
            "decision": "approve",
            "lines": [{"product": "SEAL", "quantity": 6}],
        },
        "5",
    ),
    (
        "nothing left to approve",
        "supervisor",
        "decide_requisition",
        {
            "name": "{submitted}",
            "decision": "approve",
            "lines": [{"product": "SEAL", "quantity": 0}],
        },
        "[Rr]eject",
    ),
    (
        "shipped beyond what is approved",
        "factory",
        "ship_requisition",
        {"name": "{approved}", "lines": [{"product": "SEAL", "quantity": 6}]},
        "SEAL|seal",
    ),
    (
        "shipped below zero",
        "factory",
        "ship_requisition",
        {"name": "{approved}", "lines": [{"product": "SEAL", "quantity": -1}]},
        "-1",
    ),
    (
        "counted beyond what was shipped",
        "keeper",
        "confirm_receipt",
        {"name": "{shipped}", "lines": [{"product": "SEAL", "accepted": 6}]},
        "shipped",
    ),
    (
        "counted beyond what was shipped, in parts",
        "keeper",
        "confirm_receipt",
        {
            "name": "{shipped}",
            "lines": [{"product": "SEAL", "accepted": 4, "damaged": 1, "wrong": 1}],
        },
        "shipped",
    ),
    (
        "counted below zero",
        "keeper",
        "confirm_receipt",
        {
            "name": "{shipped}",
            "lines": [{"product": "SEAL", "accepted": 6, "damaged": -1}],
        },
        "negative",
    ),
    (
        "a lot that was not shipped",
        "keeper",
        "confirm_receipt",
        {
            "name": "{shipped}",
            "lines": [{"product": "SEAL", "accepted": 1, "lots": ["C-0001"]}],
        },
        "C-0001",
    ),
    (
        "a lot that is not there",
        "factory",
        "ship_requisition",
        {
            "name": "{approved}",
            "lines": [{"product": "SEAL", "quantity": 1, "lots": ["NOPE"]}],
        },
        "NOPE",
    ),
]
STATES = [
    (
        "receipt counted twice",
        "keeper",
        "confirm_receipt",
        {"name": "{counted}", "lines": [{"product": "SEAL", "accepted": 5}]},
        "counted",
    ),
    (
        "receipt before shipping",
        "keeper",
        "confirm_receipt",
        {"name": "{approved}", "lines": [{"product": "SEAL", "accepted": 5}]},
        "shipped",
    ),
    ("shipped twice", "factory", "ship_requisition", {"name": "{counted}"}, "ship"),
    (
        "shipped before approval",
        "factory",
        "ship_requisition",
        {"name": "{submitted}"},
        "ship",
    ),
    (
        "decision on a closed step",
        "factory",
        "decide_requisition",
        {"name": "{approved}", "decision": "approve"},
        "decision",
    ),
    (
        "rejection of a closed step",
        "supervisor",
        "decide_requisition",
        {"name": "{counted}", "decision": "reject", "comment": "Too late"},
        "decision",
    ),
    (
        "rejection without a reason",
        "supervisor",
        "decide_requisition",
        {"name": "{submitted}", "decision": "reject"},
        "why",
    ),
    (
        "decision of somebody else's step",
        "factory",
        "decide_requisition",
        {"name": "{submitted}", "decision": "approve"},
        "Nordlicht",
    ),
    (
        "decision of one's own requisition",
        "keeper",
        "decide_requisition",
        {"name": "{submitted}", "decision": "approve"},
        "own",
    ),
    (
        "requisition from a warehouse to itself",
        "keeper",
        "submit_requisition",
        {"values": requisition(source_warehouse="SVC")},
        "itself",
    ),
    (
        "part without a transfer price",
        "keeper",
        "submit_requisition",
        asking(product="FAN"),
        "transfer price",
    ),
    (
        "requisition by somebody without the role",
        "agent",
        "submit_requisition",
        {"values": requisition()},
        ".",
    ),
    (
        "ticket by somebody without the role",
        "factory",
        "submit_ticket",
        {"values": SOMEBODY},
        ".",
    ),
]
SHAPES = [
    ("list for values", "agent", "submit_ticket", {"values": ["repair"]}, "."),
    ("text for values", "keeper", "submit_requisition", {"values": "all"}, "."),
    (
        "text for lines",
        "keeper",
        "submit_requisition",
        {"values": requisition(lines="SEAL")},
        "lines",
    ),
    (
        "texts in lines",
        "keeper",
        "submit_requisition",
        {"values": requisition(lines=["SEAL"])},
        ".",
    ),
    ("number for a part", "keeper", "submit_requisition", asking(product=5), "product"),
    (
        "list for a number of a requisition",
        "keeper",
        "requisition_status",
        {"name": ["REQ/0"]},
        ".",
    ),
    ("false for a number", "keeper", "requisition_status", {"name": False}, "."),
    ("number for a warehouse", "keeper", "stock_levels", {"warehouse": 7}, "."),
    (
        "text for lines of a count",
        "keeper",
        "confirm_receipt",
        {"name": "{shipped}", "lines": "SEAL"},
        ".",
    ),
    (
        "nothing for lines of a count",
        "keeper",
        "confirm_receipt",
        {"name": "{shipped}", "lines": False},
        ".",
    ),
    (
        "number for lines to ship",
        "factory",
        "ship_requisition",
        {"name": "{approved}", "lines": 5},
        ".",
    ),
    (
        "list in lots",
        "keeper",
        "confirm_receipt",
        {
            "name": "{shipped}",
            "lines": [{"product": "SEAL", "accepted": 1, "lots": [["C-0001"]]}],
        },
        ".",
    ),
    (
        "number in lots",
        "factory",
        "ship_requisition",
        {
            "name": "{approved}",
            "lines": [{"product": "SEAL", "quantity": 1, "lots": [5]}],
        },
        ".",
    ),
    (
        "list for a comment",
        "supervisor",
        "decide_requisition",
        {"name": "{submitted}", "decision": "reject", "comment": ["why"]},
        ".",
    ),
    (
        "text for lines of a decision",
        "supervisor",
        "decide_requisition",
        {"name": "{submitted}", "decision": "approve", "lines": "SEAL"},
        ".",
    ),
    ("number for a phone", "agent", "incoming_call", {"phone": 5}, "phone"),
    ("list for a query", "agent", "search_articles", {"query": ["x"]}, "query"),
    (
        "huge quantity",
        "keeper",
        "submit_requisition",
        asking(quantity=1e300),
        ".",
    ),
]
CASES = [*UNKNOWN, *QUANTITIES, *STATES, *SHAPES]


def fill_in(value, documents):
    """Put the numbers of documents into the arguments of a case."""
    if isinstance(value, str):
        return value.format(**documents)
    if isinstance(value, dict):
        return {key: fill_in(item, documents) for key, item in value.items()}
    if isinstance(value, list):
        return [fill_in(item, documents) for item in value]
    return value


def assert_sentence(answer, names="."):
    """The answer is a refusal in one sentence that names what is wrong."""
    assert answer.kind in ("refused", "denied", "missing"), answer
    assert SENTENCE.match(answer.value), answer
    assert not [word for word in INTERNALS if word in answer.value], answer
    assert re.search(names, answer.value), answer


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "login, method, arguments, names",
    [case[1:] for case in CASES],
    ids=[f"{case[2]}: {case[0]}".replace(" ", "-") for case in CASES],
)
def test_bad_call_is_refused_in_a_sentence(
    protocol, login, method, arguments, names, group, group_server, documents
):
    """A bad call gets a clean fault and leaves the database as it was."""
    arguments = fill_in(arguments, documents)
    before = snapshot.take(group)
    answer = call(group_server, protocol, login, "service.api", method, **arguments)
    assert_sentence(answer, names)
    assert not snapshot.differences(before, snapshot.take(group))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
def test_quantity_that_is_no_number_is_refused(number, group, group_server):
    """JSON as Python reads it knows numbers that are none."""
    before = snapshot.take(group)
    body = (
        '{"values": {"warehouse": "SVC", "source_warehouse": "FRI", '
        '"lines": [{"product": "SEAL", "quantity": %s}]}}'
    )
    answer = requests.post(
        f"{group_server.url}/json/2/service.api/submit_requisition",
        data=body % number,
        headers={
            "Authorization": f"bearer {group.api_keys('keeper')['keeper']}",
            "Content-Type": "application/json",
        },
        timeout=60,
    )
    assert answer.status_code in (400, 422), answer.text
    assert not snapshot.differences(before, snapshot.take(group))


@pytest.mark.parametrize(
    "login, method, arguments",
    [
        ("agent", "submit_ticket", {"values": {**SOMEBODY, "name": "a\0b"}}),
        ("agent", "submit_ticket", {"values": {**SOMEBODY, "type": "repair\0"}}),
        ("agent", "ticket_status", {"number": "SR\0", "phone": "\0"}),
        ("agent", "incoming_call", {"phone": "\0"}),
        ("keeper", "requisition_status", {"name": "REQ\0"}),
        ("keeper", "submit_requisition", asking(product="SE\0AL")),
    ],
)
def test_zero_byte_in_a_text_is_refused(login, method, arguments, group, group_server):
    """PostgreSQL keeps no zero bytes; who sends one is told, not crashed upon."""
    answer = call(group_server, "json2", login, "service.api", method, **arguments)
    assert_sentence(answer)


# Books that are not set up -----------------------------------------------------------

SERVICE = "env['res.company'].search([('name', '=', 'Nordlicht Service')])"
FACTORY = "env['res.company'].search([('name', '=', 'Kaltwerk Factory')])"
MISSING = {
    "purchase journal": (
        f"env['account.journal'].search([('company_id', '=', {SERVICE}.id),"
        "('type', '=', 'purchase')]).active = False",
        "journal",
    ),
    "sales journal": (
        f"env['account.journal'].search([('company_id', '=', {FACTORY}.id),"
        "('type', '=', 'sale')]).active = False",
        "journal",
    ),
    "payable account": (
        f"env['ir.default'].search([('field_id.name', '=', "
        f"'property_account_payable_id'), ('company_id', '=', {SERVICE}.id)]).unlink()",
        "payable",
    ),
}


@pytest.mark.parametrize("missing", sorted(MISSING))
def test_receipt_waits_for_books_that_are_set_up(missing, group_template, make_server):
    """A missing journal or account is named, and the parts stay uncounted."""
    script, names = MISSING[missing]
    database = group_template.copy(f"{group_template.name}_books")
    try:
        database.shell(f"{script}\nenv.cr.commit()\n")
        server = make_server(database)
        name = ship_five(server)
        before = snapshot.take(database)
        lines = [{"product": "SEAL", "accepted": 5}]
        for protocol in PROTOCOLS:
            answer = call(
                *(server, protocol, "keeper", "service.api", "confirm_receipt"),
                name=name,
                lines=lines,
            )
            assert_sentence(answer, names)
            assert not snapshot.differences(before, snapshot.take(database))
        invariants.assert_hold(database)
        server.stop()
    finally:
        database.drop()


def ship_five(server):
    """Ship five seals and return the requisition's number."""
    api = Client(server, "xmlrpc")
    lines = [{"product": "SEAL", "quantity": 5}]
    name = api("keeper").submit_requisition(values=requisition(lines=lines))["name"]
    for login in ("supervisor", "factory"):
        api(login).decide_requisition(name=name, decision="approve")
    api("factory").ship_requisition(name=name)
    return name


# Languages ---------------------------------------------------------------------------

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "login, method, arguments",
    [
        ("zhang", "submit_ticket", {"values": {}}),
        ("zhang", "ticket_status", {"number": "SRAAAAAAAAA"}),
        ("zhang", "submit_requisition", asking(product="FAN")),
        ("zhang", "requisition_status", {"name": "REQ/0"}),
    ],
)
def test_sentence_is_in_the_users_language(
    protocol, login, method, arguments, group_server
):
    """The caller's own language is used when the call names none."""
    answer = call(group_server, protocol, login, "service.api", method, **arguments)
    assert CHINESE.search(answer.value), answer
    other = call(
        group_server,
        *(protocol, login, "service.api", method),
        **{**arguments, "context": {"lang": "en_US"}},
    )
    assert not CHINESE.search(other.value.replace("“", "")), other


def test_invariants_hold_at_the_end(group, documents):
    """All those refusals left nothing amiss."""
    invariants.assert_hold(group)
