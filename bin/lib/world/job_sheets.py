"""Job sheets of open and finished repairs, with parts used, removed and missing."""

from odoo import Command

from .products import product_name
from .records import clock
from .tickets import plan_tickets

# How many repairs of each phase have a job sheet.
SHEETS = {"resolved": 5, "in_progress": 4, "waiting_parts": 3}
# Parts that the service centre keeps none of.
SCARCE = {"cooling": "RC-820", "washing": "WL-910"}


def load(records):
    """Make the job sheets of the newest repairs that need a part."""
    if records.once("job_sheets_written", records["warehouse_service"]):
        for phase, count in SHEETS.items():
            for plan in _choose(phase)[:count]:
                _write_sheet(records, plan, phase)
        _submit_first(records)


def _choose(phase):
    """Return the plans of repairs in a phase that need a part, newest first."""
    return [
        plan
        for plan in reversed(plan_tickets())
        if plan["template"]["part"] and plan["steps"] and plan["steps"][-1][1] == phase
    ]


def _write_sheet(records, plan, phase):
    """Let the technician write the job sheet and do what the phase says."""
    env = records.as_user(plan["technician"])
    ticket = env["service.ticket"].browse(records[plan["name"]].id)
    template = plan["template"]
    is_missing = phase == "waiting_parts"
    ref = SCARCE[template["category"]] if is_missing else template["part"]
    product = records[product_name(ref)]
    kinds = {"add": 1.0}
    if product.tracking == "none":
        kinds["remove"] = 1.0
    with clock(records.env, plan["steps"][-1][0]):
        repair = env["repair.order"].create(
            {
                **ticket._prepare_repair_vals(),
                "move_ids": [
                    Command.create(_prepare_part(product, kind, quantity))
                    for kind, quantity in kinds.items()
                ],
            }
        )
        _work(repair, phase)


def _prepare_part(product, kind, quantity):
    return {
        "repair_line_type": kind,
        "product_id": product.id,
        "product_uom_qty": quantity,
    }


def _work(repair, phase):
    repair.action_validate()
    if phase == "waiting_parts":
        repair.action_requisition_missing_parts()
        return
    repair.action_repair_start()
    if phase == "resolved":
        repair.action_repair_end()


def _submit_first(records):
    """Let the keeper send one of the requisitions that technicians asked for."""
    env = records.as_user("keeper")
    drafts = env["parts.requisition"].search(
        [("state", "=", "draft"), ("ticket_id", "!=", False)], order="id"
    )
    drafts[:1].action_submit()
