"""Contracts under load: a balance is used once by each ticket, never under zero.

Real transactions of PostgreSQL that meet, and are tried again as Odoo does it.
"""

SETUP = """
import threading
from odoo import Command, api
from odoo.service.model import retrying

registry, uid = env.registry, env.ref("base.user_admin").id
repair = env.ref("crm_service.ticket_type_repair").id
ann = env["res.partner"].create({"name": "Ann"})

def make_unit(serial_number):
    values = {"serial_number": serial_number, "partner_id": ann.id}
    return env["service.asset"].create(values)

def make_contract(unit, **values):
    lines = [Command.create({"asset_id": unit.id})]
    values = {"partner_id": ann.id, "line_ids": lines, **values}
    return env["service.contract"].create(values)

def meet(*calls):
    # each call has seen the database before another one writes
    barrier, told = threading.Barrier(len(calls)), []

    def run(call):
        with registry.cursor() as cr:
            own, is_first = api.Environment(cr, uid, {}), [True]

            def attempt():
                cr.execute("SELECT 1")
                if is_first and is_first.pop():
                    barrier.wait()
                call(own)

            try:
                retrying(attempt, own)
                told.append("done")
            except Exception as error:
                told.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    env.cr.rollback()
    env.invalidate_all()
    return sorted(told)
"""

TICKETS = """
unit = make_unit("RACE-1")
balance = Command.create({"kind": "visits", "granted": 3.0})
contract = make_contract(unit, balance_ids=[balance])
contract.action_activate()
env.cr.commit()

def ask(own):
    values = {"name": "Broken", "asset_id": unit.id, "type_id": repair}
    own["service.ticket"].create(values)

told = meet(*[ask] * 5)
usages = contract.usage_ids
answer = {
    "told": told,
    "used": contract.balance_ids.used,
    "left": contract.balance_ids.left,
    "states": sorted(usages.mapped("state")),
    "tickets": len(usages.ticket_id),
}
"""

OVERLAP = """
unit = make_unit("RACE-2")
drafts = make_contract(unit) | make_contract(unit)
env.cr.commit()

def activate(draft):
    return lambda own: own["service.contract"].browse(draft).action_activate()

told = meet(*[activate(draft) for draft in drafts.ids])
answer = {"told": told, "states": sorted(drafts.mapped("state"))}
"""


def test_tickets_at_the_same_moment_use_no_more_than_there_is(database):
    answer = database.shell(SETUP + TICKETS)
    assert answer == {
        "told": ["done"] * 5,
        "used": 3.0,
        "left": 0.0,
        "states": ["used", "used", "used", "waiting", "waiting"],
        "tickets": 5,
    }


def test_one_of_two_contracts_that_overlap_comes_into_force(database):
    answer = database.shell(SETUP + OVERLAP)
    assert answer == {
        "told": ["ValidationError", "done"],
        "states": ["active", "draft"],
    }
