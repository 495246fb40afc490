"""Two seasons of tickets, each led through its phases at the time it happened."""

import random
from datetime import datetime, timedelta

from odoo import fields

from . import complaints, tables, work
from .records import clock

COUNT = 300
SEASON_DAYS = 182
SEED = 19
CHANNELS = (
    ["phone"] * 9 + ["email"] * 4 + ["portal"] * 3 + ["web"] * 2 + ["sms", "counter"]
)
TECHNICIANS = ("technician", "technician.li", "technician.weber")
AGENTS = ("agent", "agent.lin")
OPENING, CLOSING = 7, 16  # UTC; the service centre is an hour or two ahead
SILENT = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_auto_subscribe_no_notify": True,
}


def load(records):
    """Make the tickets that are missing and let their history happen."""
    plans = plan_tickets()
    known = records.known(plan["name"] for plan in plans)
    for plan in plans:
        if plan["name"] not in known:
            _live(records, plan)


# Planning: nothing of Odoo here ------------------------------------------------


def plan_tickets():
    """Draw all tickets from the seed: what, whose, when, and the way they take."""
    plans = [_plan_ticket(number) for number in range(1, COUNT + 1)]
    return sorted(plans, key=lambda plan: plan["opened_at"])


def _plan_ticket(number):
    """Draw one ticket, independent of the others."""
    draw = random.Random(f"{SEED}-{number}")
    unit = draw.choice(tables.read("units"))
    categories = {row["ref"]: row["category"] for row in tables.read("appliances")}
    category = categories[unit["product"]]
    templates = tables.read("ticket_templates")
    template = _draw_row(draw, [t for t in templates if t["category"] == category])
    paths = tables.read("ticket_paths")
    path = _draw_row(draw, [p for p in paths if template["type"] in p["types"].split()])
    plan = {
        "name": f"ticket_{number:03d}",
        "unit": unit,
        "template": template,
        "channel": draw.choice(CHANNELS),
        "technician": draw.choice(TECHNICIANS),
        "agent": draw.choice(AGENTS),
    }
    days = SEASON_DAYS * draw.random() ** 2.0
    plan["opened_at"] = _draw_opening(draw, datetime.now() - timedelta(days=days))
    plan["steps"] = _draw_steps(draw, path["steps"], plan["opened_at"])
    return plan


def _draw_row(draw, rows):
    """Draw one of the rows, by their weights."""
    return draw.choices(rows, [int(row["weight"]) for row in rows])[0]


def _draw_opening(draw, moment):
    """Return a working moment near the given one, and not in the future."""
    opened_at = _into_working_hours(moment, draw)
    if opened_at > datetime.now():
        earlier = opened_at - timedelta(days=draw.randint(3, 12))
        opened_at = _into_working_hours(earlier, draw)
    return opened_at


def _draw_steps(draw, steps, moment):
    """Return [(moment, phase)] of a way like ``triage 2 | closed 20``, until now.

    The numbers are hours that it takes on average until the phase begins.
    """
    result = []
    for step in steps.split("|"):
        phase, hours = step.split()
        waited = timedelta(hours=max(0.2, draw.gammavariate(2, float(hours) / 2)))
        moment = _into_working_hours(moment + waited, draw)
        if moment > datetime.now():
            break
        result.append((moment, phase))
    return result


def _into_working_hours(moment, draw):
    """Return a moment at which somebody works: the same, or on the next morning."""
    moment = moment.replace(microsecond=0)
    if moment.hour >= CLOSING:
        moment = moment.replace(hour=0) + timedelta(days=1)
    if moment.hour < OPENING:
        moment = moment.replace(hour=OPENING, minute=draw.randrange(60))
    while moment.weekday() > 4:
        moment += timedelta(days=1)
    return moment


# Living ------------------------------------------------------------------------


def _live(records, plan):
    """Open a ticket as it was opened, and let happen what happened to it."""
    env = records.as_user(plan["agent"])
    tickets = env["service.ticket"].with_context(**SILENT)
    with clock(env, plan["opened_at"], date_messages=False):
        ticket = tickets.create(_prepare_vals(records, plan))
    ticket = ticket.sudo()
    records.remember({plan["name"]: ticket})
    for moment, phase in plan["steps"]:
        before = ticket.phase
        with clock(env, moment, date_messages=False):
            _take(records, ticket, plan, phase)
            person = ticket.user_id or records.user(plan["agent"])
            mine = ticket.with_user(person).sudo()
            # before the step: who writes to us afterwards is not content
            _write_messages(records, ticket, plan, f"after {before}")
            complaints.prepare(records, mine, plan, phase)
            mine._move_to_phase(phase)
            _write_messages(records, ticket, plan, phase)
            if phase == "resolved":
                author, finding = ticket.user_id.partner_id, plan["template"]["finding"]
                _post(ticket, author, finding, "mail.mt_note")
                work.note(records, ticket, plan, moment)


def _prepare_vals(records, plan):
    template, unit = plan["template"], plan["unit"]
    customer = records[f"customer_{unit['customer']}"]
    ticket_type = records.env["service.ticket.type"].search(
        [("code", "=", template["type"])]
    )
    description = template["description"]
    return {
        "name": template.get(customer.lang) or template["subject"],
        "description": f"<p>{description}</p>",
        "type_id": ticket_type.id,
        "company_id": records.companies["service"].id,
        "partner_id": customer.id,
        "site_id": customer.id,
        "asset_id": records[f"unit_{unit['serial'].lower()}"].id,
        "channel": plan["channel"],
        "priority": template["priority"],
        "opened_at": plan["opened_at"],
    }


def _take(records, ticket, plan, phase):
    """Let the agent take the ticket first, and the technician for the repair."""
    is_field_work = plan["template"]["type"] not in ("inquiry", "complaint")
    login = None
    if phase == "triage":
        login = plan["agent"]
    elif is_field_work and phase == "in_progress":
        login = plan["technician"]
    if login and ticket.user_id != records.user(login):
        ticket.user_id = records.user(login)
        mine = ticket.with_user(records.user(login)).with_context(**SILENT)
        mine.action_take()


def _write_messages(records, ticket, plan, occasion):
    """Post what agent and customer write to each other, in the customer's language."""
    for row in tables.read("ticket_messages"):
        if row["when"] == occasion:
            is_agent = row["author"] == "agent"
            author = records.user(plan["agent"]).partner_id
            _post(
                ticket,
                author if is_agent else ticket.partner_id,
                row.get(ticket.partner_id.lang) or row["en_US"],
                "mail.mt_comment",
            )


def _post(ticket, author, text, subtype):
    """Post a message of today, whatever day that is."""
    ticket.message_post(
        body=text,
        author_id=author.id,
        message_type="comment",
        subtype_xmlid=subtype,
        date=fields.Datetime.now(),
    )
