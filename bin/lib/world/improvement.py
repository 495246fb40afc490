"""Why complaints came about, and what is done so that they do not come back."""

from odoo import Command

from . import tables
from .records import clock


def load(records):
    """Give complaints their causes, then let the actions of the table happen."""
    causes = {row["subject"]: row["cause"] for row in tables.read("complaints")}
    for row in tables.read("corrective_actions"):
        name = f"corrective_{row['key']}"
        if not records.find(name):
            tickets = _find_complaints(records, row["subject"])
            cause = _find_cause(records, causes[row["subject"]])
            tickets.cause_ids = cause
            records.remember({name: _take_action(records, row, tickets, cause)})


def _find_complaints(records, subject):
    """Return the complaints with this subject, in whatever language, once answered."""
    templates = tables.read("ticket_templates")
    (row,) = (row for row in templates if row["subject"] == subject)
    names = [row["subject"], *tables.translations(row).values()]
    return records.env["service.ticket"].search(
        [
            ("category", "=", "complaint"),
            ("name", "in", names),
            ("phase", "in", ("resolved", "closed")),
        ]
    )


def _find_cause(records, code):
    causes = records.env["service.complaint.cause"]
    return causes.search([("full_code", "=", code)])


def _take_action(records, row, tickets, cause):
    """Return an action, decided on its day and gone as far as it has."""
    begun = tables.moment(float(row["days_ago"]), 9)
    owner, checker = records.user(row["owner"]), records.user(row["checker"])
    due = tables.days_ago(-float(row["days_until_due"]))
    with clock(records.env, begun):
        action = records.env["service.corrective.action"].create(
            {
                "name": row["name"],
                "kind": row["kind"],
                "company_id": records.companies["service"].id,
                "user_id": owner.id,
                "check_user_id": checker.id,
                "date_due": due,
                "ticket_ids": [Command.set(tickets.ids)],
                "cause_ids": [Command.set(cause.ids)],
            }
        )
    if row["done_note"]:
        with clock(records.env, tables.moment(-float(row["days_until_due"]), 15)):
            action.done_note = row["done_note"]
            action.with_user(owner).action_carry_out()
    if row["check_note"]:
        with clock(records.env, tables.moment(1, 10)):
            mine = action.with_user(checker)
            mine.action_check_effect("effective", row["check_note"])
    return action
