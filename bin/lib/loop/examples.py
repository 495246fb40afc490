"""The examples of ``docs/integration.md``, in the order in which they are sent."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

RUN = uuid.uuid4().hex[:6]
CALLER = "+39 02 3055 1234"
CABINET = "A700-5755878"
LINE = "+39 02 3055 0100"
EXTENSION = "101"


@dataclass
class Example:
    """One call of `service.api`.

    `arguments` are sent as they are; a callable gets the answers of earlier
    examples, by name, and returns them.
    """

    name: str
    login: str
    method: str
    arguments: Any

    def body(self, known):
        """Return what is sent."""
        return self.arguments(known) if callable(self.arguments) else self.arguments


TICKET = {
    "type": "repair",
    "name": "Refrigerator does not cool any more",
    "description": "The lamp is on, but it has been warm inside since yesterday.",
    "phone": CALLER,
    "partner_name": "Giulia Rossi",
    "channel": "phone",
    "priority": 2,
    "external_ref": f"crm-4711-{RUN}",
}
UNIT = {
    "serial_number": f"A320-{RUN}",
    "product": "A-320",
    "partner_name": "Giulia Rossi",
    "phone": CALLER,
    "sold_on": "2026-11-02",
    "installed_on": "2026-11-05",
    "state": "installed",
}
CALL = {"phone": CALLER, "line": LINE, "external_ref": f"pbx-10441-{RUN}"}
REQUISITION = {
    "warehouse": "SVC",
    "source_warehouse": "FRI",
    "lines": [
        {"product": "RC-130", "quantity": 10},
        {"product": "RC-700", "quantity": 6},
    ],
    "external_ref": f"plan-2044-{RUN}",
}


def number(known):
    """The acceptance number of the ticket made here."""
    return known["submit_ticket"]["number"]


def name(known):
    """The number of the requisition made here."""
    return known["submit_requisition"]["name"]


EXAMPLES = [
    Example("incoming_call", "integration", "incoming_call", CALL),
    Example(
        "call_answered",
        "integration",
        "call_answered",
        {"external_ref": CALL["external_ref"], "extension": EXTENSION},
    ),
    Example(
        "call_ended",
        "integration",
        "call_ended",
        {"external_ref": CALL["external_ref"]},
    ),
    Example(
        "outgoing_call",
        "integration",
        "outgoing_call",
        {
            "phone": CALLER,
            "extension": EXTENSION,
            "external_ref": f"pbx-10442-{RUN}",
        },
    ),
    Example(
        "call_unknown",
        "integration",
        "call_ended",
        {"external_ref": f"pbx-1-{RUN}"},
    ),
    Example("submit_ticket", "integration", "submit_ticket", {"values": TICKET}),
    Example("submit_again", "integration", "submit_ticket", {"values": TICKET}),
    Example(
        "submit_other",
        "integration",
        "submit_ticket",
        {"values": {**TICKET, "name": "Something else"}},
    ),
    Example(
        "ticket_status",
        "integration",
        "ticket_status",
        lambda known: {"number": number(known), "phone": CALLER},
    ),
    Example(
        "add_message",
        "integration",
        "add_message",
        lambda known: {
            "number": number(known),
            "body": "The customer is at home after five.",
        },
    ),
    Example(
        "incoming_sms",
        "integration",
        "incoming_sms",
        lambda known: {
            "phone": CALLER,
            "body": f"{number(known)}: please ring twice, the bell is quiet.",
            "line": LINE,
            "external_ref": f"sms-88120-{RUN}",
        },
    ),
    Example(
        "search_articles",
        "integration",
        "search_articles",
        {"query": "refrigerator does not cool", "limit": 3},
    ),
    Example("register_unit", "integration", "register_unit", {"values": UNIT}),
    Example(
        "unit_status",
        "integration",
        "unit_status",
        {"serial_number": CABINET},
    ),
    Example(
        "check_entitlement",
        "integration",
        "check_entitlement",
        {"values": {"serial_number": CABINET, "kind": "part"}},
    ),
    Example(
        "contract_status",
        "integration",
        "contract_status",
        {"name": f"SC/{date.today().year}/0001"},
    ),
    Example("stock_levels", "integration", "stock_levels", {"warehouse": "SVC"}),
    Example(
        "submit_requisition",
        "keeper",
        "submit_requisition",
        lambda known: {"values": {**REQUISITION, "ticket": number(known)}},
    ),
    Example(
        "requisition_status",
        "keeper",
        "requisition_status",
        lambda known: {"name": name(known)},
    ),
    Example(
        "decide_supervisor",
        "supervisor",
        "decide_requisition",
        lambda known: {"name": name(known), "decision": "approve"},
    ),
    Example(
        "decide_factory",
        "factory",
        "decide_requisition",
        lambda known: {
            "name": name(known),
            "decision": "approve",
            "lines": [{"product": "RC-130", "quantity": 8}],
            "comment": "Eight are left of this batch",
        },
    ),
    Example(
        "decide_again",
        "factory",
        "decide_requisition",
        lambda known: {"name": name(known), "decision": "approve"},
    ),
    Example(
        "ship_requisition",
        "factory",
        "ship_requisition",
        lambda known: {
            "name": name(known),
            "lines": [
                {"product": "RC-130", "quantity": 8},
                {"product": "RC-700", "quantity": 4},
            ],
        },
    ),
    Example(
        "confirm_too_much",
        "keeper",
        "confirm_receipt",
        lambda known: {
            "name": name(known),
            "lines": [{"product": "RC-130", "accepted": 80}],
        },
    ),
    Example(
        "confirm_receipt",
        "keeper",
        "confirm_receipt",
        lambda known: {
            "name": name(known),
            "lines": [
                {"product": "RC-130", "accepted": 7, "damaged": 1},
                {"product": "RC-700", "accepted": 4},
            ],
        },
    ),
    Example(
        "requisition_later",
        "keeper",
        "requisition_status",
        lambda known: {"name": name(known)},
    ),
    Example(
        "error_unknown",
        "keeper",
        "submit_requisition",
        {
            "values": {
                **REQUISITION,
                "lines": [{"product": "RC-999", "quantity": 1}],
                "external_ref": f"plan-2045-{RUN}",
            }
        },
    ),
    Example(
        "error_value",
        "integration",
        "submit_ticket",
        {"values": {"type": "repair", "subject": "Does not cool"}},
    ),
    Example("error_key", "", "ticket_status", {"number": "SR0"}),
    Example(
        "error_access",
        "agent",
        "submit_requisition",
        {"values": {**REQUISITION, "external_ref": f"plan-2046-{RUN}"}},
    ),
    Example(
        "error_argument", "integration", "ticket_status", {"ticket": "SR7K3M9QXA5"}
    ),
]
