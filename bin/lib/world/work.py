"""The time that technicians spend on a ticket, and how far they drive for it."""

import random
from datetime import timedelta

from . import tables

# Older work was billed before the world began.
BILLED_DAYS = 75
FIELD_WORK = ("repair", "installation", "maintenance")


def note(records, ticket, plan, moment):
    """Note a trip and the work of a ticket that is resolved now.

    :param ticket: the ticket, as superuser
    :param datetime moment: when the technician is done, UTC
    """
    is_recent = moment.date() > tables.days_ago(BILLED_DAYS)
    if plan["template"]["type"] not in FIELD_WORK or not is_recent:
        return
    draw = random.Random(plan["name"])
    trip = timedelta(minutes=draw.randrange(15, 70, 5))
    work = timedelta(minutes=draw.randrange(30, 150, 15))
    employee = records[f"employee_{plan['technician'].replace('.', '_')}"]
    begun = moment - work
    entries = records.env["service.time.entry"]
    if _is_busy(entries, employee, begun - trip, moment):
        return
    values = {"ticket_id": ticket.id, "employee_id": employee.id}
    entries.create(
        [
            {
                **values,
                "kind": "travel",
                "start": begun - trip,
                "stop": begun,
                "distance_km": draw.randrange(4, 60),
            },
            {**values, "kind": "work", "start": begun, "stop": moment},
        ]
    )


def _is_busy(entries, employee, start, stop):
    """Tell whether the technician was with another customer in the meantime."""
    return entries.search_count(
        [
            ("employee_id", "=", employee.id),
            ("start", "<", stop),
            ("stop", ">", start),
        ],
        limit=1,
    )
