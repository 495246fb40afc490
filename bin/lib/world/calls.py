"""The telephone: its lines, the calls of two seasons, and who wants to be called."""

import random
from datetime import timedelta

from . import tables

SEED = 23
# Seconds on average until somebody answers, and of a conversation.
WAIT, TALK = 14, 210
# How many of the tickets that came by phone were told by phone that they are done.
CALLED_WHEN_DONE = 0.4


def load(records):
    """Set up the telephone, then let it ring as it did."""
    _load_lines(records)
    _load_extensions(records)
    if records.once("calls", records.companies["service"]):
        _load_ticket_calls(records)
        _load_missed_calls(records)
        _load_callbacks(records)


def _load_lines(records):
    for row in tables.read("phone_lines"):
        made = records.ensure(
            "service.phone.line",
            {
                f"phone_line_{row['key']}": {
                    "name": row["name"],
                    "number": row["number"],
                    "company_id": records.companies["service"].id,
                    "team_id": records[f"team_{row['team']}"].id,
                    "is_default": bool(row["default"]),
                }
            },
        )
        for line in made.values():
            line.update_field_translations("name", tables.translations(row))


def _load_extensions(records):
    for row in tables.read("extensions"):
        user = records.user(row["login"])
        if records.once(f"extension_{row['extension']}", user):
            user.service_extension = row["extension"]


def _load_ticket_calls(records):
    """Make the calls with which tickets came in, and those that told the end."""
    tickets = records.env["service.ticket"].search(
        [("channel", "=", "phone"), ("phone_sanitized", "!=", False)], order="id"
    )
    line = records["phone_line_hotline"]
    calls = []
    for ticket in tickets:
        draw = random.Random(f"{SEED}-{ticket.opened_at}")
        calls.append(_prepare_incoming(ticket, line, draw))
        if ticket.resolved_at and draw.random() < CALLED_WHEN_DONE:
            calls.append(_prepare_outgoing(ticket, line, draw))
    records.env["service.call"].create(calls)


def _prepare_incoming(ticket, line, draw):
    """Return the call during which a ticket was taken down."""
    talk = _draw_seconds(draw, TALK)
    answered_at = ticket.opened_at - timedelta(seconds=talk)
    return {
        **_prepare_call(ticket, line, "in"),
        "user_id": ticket.create_uid.id,
        "ring_user_ids": [(6, 0, line.team_id.member_ids.ids)],
        "started_at": answered_at - timedelta(seconds=_draw_seconds(draw, WAIT)),
        "answered_at": answered_at,
        "ended_at": ticket.opened_at,
    }


def _prepare_outgoing(ticket, line, draw):
    """Return the call that told the customer that the work is done."""
    started_at = ticket.resolved_at - timedelta(minutes=10)
    answered_at = started_at + timedelta(seconds=_draw_seconds(draw, WAIT))
    return {
        **_prepare_call(ticket, line, "out"),
        "user_id": ticket.create_uid.id,
        "started_at": started_at,
        "answered_at": answered_at,
        "ended_at": answered_at + timedelta(seconds=_draw_seconds(draw, TALK)),
    }


def _prepare_call(ticket, line, direction):
    return {
        "direction": direction,
        "state": "ended",
        "company_id": ticket.company_id.id,
        "phone": ticket.partner_phone,
        "partner_id": ticket.partner_id.id,
        "ticket_id": ticket.id,
        "line": line.number,
        "line_id": line.id,
    }


def _draw_seconds(draw, average):
    """Return some seconds, whole and at least three."""
    return max(3, round(draw.gammavariate(2, average / 2)))


def _load_missed_calls(records):
    """Make calls that nobody answered; some were called back."""
    calls = records.env["service.call"]
    for row in tables.read("missed_calls"):
        missed = calls.create(_prepare_missed(records, row))
        if row["called_back"]:
            calls.create(_prepare_return(records, row, missed))
        elif missed.phone:
            _want_callback(records, missed)


def _prepare_missed(records, row):
    line = records[f"phone_line_{row['line']}"]
    customer = row["customer"] and records[f"customer_{row['customer']}"]
    started_at = tables.moment(float(row["days_ago"]), float(row["hour"]))
    return {
        "direction": "in",
        "state": "missed",
        "company_id": line.company_id.id,
        "phone": customer.phone if customer else False,
        "partner_id": customer.id if customer else False,
        "line": line.number,
        "line_id": line.id,
        "ring_user_ids": [(6, 0, line.team_id.member_ids.ids)],
        "started_at": started_at,
        "ended_at": started_at + timedelta(seconds=int(row["rings"])),
    }


def _prepare_return(records, row, missed):
    """Return the call with which somebody was called back within the hour."""
    started_at = missed.ended_at + timedelta(minutes=35)
    return {
        "direction": "out",
        "state": "ended",
        "company_id": missed.company_id.id,
        "phone": missed.phone,
        "partner_id": missed.partner_id.id,
        "line": missed.line,
        "line_id": missed.line_id.id,
        "user_id": records.user(row["called_back_by"]).id,
        "started_at": started_at,
        "answered_at": started_at + timedelta(seconds=9),
        "ended_at": started_at + timedelta(seconds=140),
    }


def _want_callback(records, missed):
    """Ask the team of the line to call back; it is late already."""
    records.env["service.callback"].create(
        {
            "name": "Missed call",
            "company_id": missed.company_id.id,
            "partner_id": missed.partner_id.id,
            "phone": missed.phone,
            "team_id": missed.line_id.team_id.id,
            "wanted_from": missed.ended_at,
            "wanted_until": missed.ended_at + timedelta(hours=4),
        }
    )


def _load_callbacks(records):
    """Make the requests of customers who said when they want to be called."""
    for row in tables.read("callbacks"):
        customer = records[f"customer_{row['customer']}"]
        begin = tables.moment(-float(row["days_from_now"]), float(row["hour"]))
        records.env["service.callback"].create(
            {
                "name": row["about"],
                "company_id": records.companies["service"].id,
                "partner_id": customer.id,
                "phone": customer.phone,
                "team_id": records[f"team_{row['team']}"].id,
                "user_id": records.user(row["login"]).id if row["login"] else False,
                "wanted_from": begin,
                "wanted_until": begin + timedelta(hours=float(row["window"])),
                "note": row["note"],
            }
        )
