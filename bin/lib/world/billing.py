"""What customers are asked for, have accepted and have paid."""

from datetime import timedelta

from odoo import Command

from . import tables
from .rates import product
from .records import clock
from .work import BILLED_DAYS

# Invoices are made on Fridays; the latest ones are not paid yet.
FRIDAY = 4
PAID_AFTER_DAYS = 14
# The last run over the contracts; what has come due since waits for the next one.
RUN_DAYS_AGO = 20
# Estimates that wait for the customer's answer: hours of work, and a trip.
ESTIMATES = {"waiting_customer": (2.0, 2), "triage": (1.5, 1)}


def load(records):
    """Invoice contracts and the work of each week, and offer what is not begun."""
    if records.once("contracts_invoiced", records["warehouse_service"]):
        with clock(records.env, tables.moment(RUN_DAYS_AGO, 8)):
            _invoice_contracts(records)
    if records.once("work_invoiced", records["warehouse_service"]):
        for day in _get_fridays():
            with clock(records.env, tables.moment(day, 14)):
                _invoice(records, tables.days_ago(day))
        for phase, (hours, count) in ESTIMATES.items():
            for ticket in _find_repairs(records, phase)[:count]:
                _offer(records, ticket, hours)


def _invoice_contracts(records):
    """Let the accountant invoice all that was due until then."""
    runs = records.as_user("accountant")["service.contract.invoice.run"]
    run = runs.create({"company_id": records.companies["service"].id})
    run.action_preview()
    run.action_run()


def _get_fridays():
    """Return how many days ago each Friday was since work is billed, oldest first."""
    days = range(BILLED_DAYS, 0, -1)
    return [day for day in days if tables.days_ago(day).weekday() == FRIDAY]


def _invoice(records, day):
    """Invoice what was closed in the week before a day, and let old ones be paid."""
    env = records.as_user("supervisor")
    tickets = env["service.ticket"].search(
        [
            ("phase", "=", "closed"),
            ("closed_at", "<=", day),
            ("closed_at", ">", day - timedelta(days=7)),
            ("partner_id", "!=", False),
        ]
    )
    tickets = tickets.filtered("amount_to_invoice")
    if not tickets:
        return
    invoices = tickets._invoice_customers(day)
    invoices.action_post()
    if day < tables.days_ago(PAID_AFTER_DAYS):
        payment = records.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        payment.create({"group_payment": False}).action_create_payments()


def _find_repairs(records, phase):
    """Return open repairs in a phase, of customers with an e-mail address."""
    return records.env["service.ticket"].search(
        [
            ("phase", "=", phase),
            ("type_id.code", "=", "repair"),
            ("partner_id.email", "!=", False),
            ("user_id", "!=", False),
        ],
        order="id",
    )


def _offer(records, ticket, hours):
    """Estimate the work and offer the customer's share."""
    mine = ticket.with_env(records.as_user("supervisor"))
    values = [("labour", "labour", hours), ("travel", "trip", 1)]
    mine.sudo()._create_charges(
        [
            {
                "ticket_id": ticket.id,
                "kind": kind,
                "is_estimate": True,
                "product_id": product(records, key).id,
                "quantity": quantity,
            }
            for kind, key, quantity in values
        ]
    )
    shares = mine._get_open_shares(is_estimate=True)
    if shares:
        window = mine.env["service.ticket.quote"].create(
            {
                "ticket_id": ticket.id,
                "basis": "estimate",
                "share_ids": [Command.set(shares.ids)],
                "is_to_send": False,
            }
        )
        window.action_confirm()
