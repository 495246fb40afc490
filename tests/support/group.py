"""The small group of companies of these tests, and its people's clients."""

from pathlib import Path
from typing import NamedTuple
from xmlrpc.client import Fault, ServerProxy

from bringup.server import HOST

FOLDER = Path(__file__).parent
PRELUDE = f"import sys; sys.path.insert(0, {str(FOLDER)!r})\nimport make_group\n"
SCRIPT = f"{PRELUDE}answer = make_group.make(env)\nenv.cr.commit()\n"

# How XML-RPC and JSON-2 say the same.
FAULTS = {2: "refused", 3: "denied", 4: "denied"}
STATUSES = {403: "denied", 404: "missing", 409: "refused", 422: "refused"}


def fill(database):
    """Make the group in a database that has our add-ons."""
    database.remember_keys(database.shell(SCRIPT)["keys"])
    return database


def make_parts(database, references, quantity=1, code="FRI", **values):
    """Make parts of the group and put some of each into a warehouse.

    :param references: internal references of the new parts
    :param values: see ``make_group.make_part``
    """
    database.shell(
        f"{PRELUDE}"
        f"for reference in {list(references)!r}:\n"
        f"    part = make_group.make_part(env, reference, reference, **{values!r})\n"
        f"    make_group.put(env, {code!r}, part, {quantity!r})\n"
        "env.cr.commit()\n"
    )


class Client:
    """The official client, as the group's people use it over one protocol.

    ``client("keeper")`` is ``service.api`` as the keeper. Arguments go by name, so
    that the same call works over both protocols.
    """

    def __init__(self, server, protocol):
        self.server = server
        self.protocol = protocol

    def __call__(self, login, model="service.api"):
        by_key = self.protocol == "json2"
        connect = self.server.json2 if by_key else self.server.rpc
        return connect(login).get_model(model)

    def on(self, login, model, field, value, method, **values):
        """Call a method of the records that a person finds by a field."""
        proxy = self(login, model)
        ids = proxy.search(domain=[(field, "=", value)])
        assert ids, f"{login} finds no {model} {value}"
        if self.protocol == "json2":
            return getattr(proxy, method)(ids=ids, **values)
        return getattr(proxy, method)(ids, **values)


class Answer(NamedTuple):
    """What came back, in the same words for both protocols."""

    kind: str  # "ok", "refused", "denied", "missing" or "crash"
    value: object  # the answer, or the sentence
    error: str = ""  # the class of the exception (JSON-2 only)


def call(server, protocol, login, model, method, **values):
    """Call a method by name; errors come back as answers.

    :param str protocol: ``xmlrpc`` or ``json2``
    :param values: named arguments; ``ids`` names the records
    """
    send = call_json2 if protocol == "json2" else call_xmlrpc
    return send(server, login, model, method, **values)


def call_json2(server, login, model, method, **values):
    """Call a method over JSON-2."""
    status, body = server.post_json2(login, model, method, **values)
    if status == 200:
        return Answer("ok", body)
    return Answer(STATUSES.get(status, "crash"), body["message"], body["name"])


def call_xmlrpc(server, login, model, method, **values):
    """Call a method over XML-RPC with numbers as fault codes."""
    # records, or the values of new ones, go by position
    arguments = [values.pop(name) for name in ("ids", "vals_list") if name in values]
    with ServerProxy(f"{server.url}/xmlrpc/2/object", allow_none=True) as proxy:
        try:
            return Answer(
                "ok",
                proxy.execute_kw(
                    *(server.database, server.uid(login), login),
                    *(model, method, arguments, values),
                ),
            )
        except Fault as fault:
            kind = FAULTS.get(fault.faultCode, "crash")
            return Answer(kind, fault.faultString)


def address(server):
    """Host and port of a server, for bare sockets."""
    return HOST, server.port
