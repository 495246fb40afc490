"""Requisitions as far as they got, each step by the person who takes it.

They go through ``service.api`` and the buttons of the documents, as the users of the
demo world, so that numbers, decisions, deliveries, counts and both books are real.
"""

from datetime import datetime, timedelta

from . import tables
from .records import clock

# Who decides the steps, in their order.
DECIDERS = ("supervisor", "factory", "finance")
# What happens after approval, by where the requisition got stuck.
APPROVED = ("approved", "shipped", "part_shipped", "done")
APPROVED += ("discrepancy_open", "discrepancy_settled")
REJECTION = "The roller covers of this year come next month. Ask again then."


def load(records):
    """Make the requisitions that are missing, and those of the scheduler."""
    for row in tables.read("requisitions"):
        name = f"requisition_{row['key']}"
        if not records.find(name):
            story = Story(records, row)
            records.remember({name: story.tell()})
    _run_scheduler(records)


def _run_scheduler(records):
    """Warn of what is under its safety stock, and let the scheduler ask for it."""
    service = records.companies["service"]
    if records.once("scheduler_ran", service):
        orderpoints = records.env["stock.warehouse.orderpoint"].search([])
        orderpoints._check_safety_stock(orderpoints.product_id, orderpoints.location_id)
        rules = records.env["stock.rule"].with_company(service)
        rules.run_scheduler(company_id=service.id)


class Story:
    """One requisition, from the keeper's draft to where ``until`` says.

    :param Records records: the demo world
    :param dict row: a row of ``requisitions.csv``
    """

    def __init__(self, records, row):
        self.records = records
        self.row = row
        self.moment = tables.moment(row["days_ago"], 7)
        self.name = None

    def tell(self):
        """Let it happen; return the `parts.requisition`."""
        until = self.row["until"]
        self._submit(until != "draft")
        if until == "withdrawn":
            self._press("keeper", "action_withdraw")
        elif until == "rejected":
            self._decide("supervisor")
            self._call(
                "factory",
                "decide_requisition",
                decision="reject",
                comment=REJECTION,
            )
        elif until != "draft":
            self._get_decided(until)
        if until in APPROVED and until != "approved":
            self._deliver(until)
        return self._requisition("admin")

    # -- steps ------------------------------------------------------------------

    def _submit(self, submit):
        row, env = self.row, self.records.env
        lines = row["lines"].split()
        quantities = dict(zip(lines[::2], map(int, lines[1::2]), strict=True))
        values = {
            "warehouse": self.records["warehouse_service"].code,
            "source_warehouse": self.records[f"warehouse_{row['source']}"].code,
            "lines": [
                {"product": ref, "quantity": quantity}
                for ref, quantity in quantities.items()
            ],
            "note": row["note"],
            "external_ref": f"demo-{row['key']}",
            "submit": submit,
        }
        with clock(env, self._next()):
            api = self.records.as_user("keeper")["service.api"]
            self.name = api.submit_requisition(values)["name"]

    def _get_decided(self, until):
        """Let those decide who come before the one it waits for."""
        for login in DECIDERS:
            waiting_for = {"factory": "warehouse"}.get(login, login)
            if until == waiting_for or self._requisition("admin").state != "submitted":
                return
            self._decide(login)

    def _decide(self, login):
        self._call(login, "decide_requisition", decision="approve")

    def _deliver(self, until):
        self._rest()
        if until == "part_shipped":
            line = self._requisition("factory").line_ids[:1]
            part = {"product": line.product_id.default_code}
            quantity = line.qty_approved // 2
            self._ship([{**part, "quantity": quantity}])
            return
        self._ship()
        if until == "shipped":
            return
        self._rest()
        if until == "discrepancy_settled":
            self._count(damaged=1)
            self._settle("ship_again")
            self._ship()
            self._count()
        else:
            self._count(short=until == "discrepancy_open")

    def _ship(self, lines=None):
        self._call("factory", "ship_requisition", lines=lines or [])

    def _count(self, damaged=0, short=0):
        """Count everything as it was shipped, but for some of the first part."""
        expected = {}
        receipts = self._requisition("keeper").receipt_ids
        for line in receipts.filtered(lambda row: row.state == "draft").line_ids:
            ref = line.product_id.default_code
            expected[ref] = expected.get(ref, 0) + line.qty_expected
        lines = [
            {"product": ref, "accepted": quantity} for ref, quantity in expected.items()
        ]
        lines[0]["accepted"] -= damaged + int(short)
        lines[0]["damaged"] = damaged
        self._call("keeper", "confirm_receipt", lines=lines)

    def _settle(self, resolution):
        with clock(self.records.env, self._next()):
            rows = self._requisition("factory").discrepancy_ids
            rows = rows.filtered(lambda row: row.state == "open")
            rows.write({"resolution": resolution})
            rows.action_settle()

    # -- helpers ----------------------------------------------------------------

    def _requisition(self, login):
        """Return the requisition as that user sees it."""
        env = self.records.as_user(login)
        return env["parts.requisition"].search([("name", "=", self.name)])

    def _call(self, login, method, **arguments):
        """Call `service.api` as that user, a few hours after the last step."""
        with clock(self.records.env, self._next()):
            api = self.records.as_user(login)["service.api"]
            return getattr(api, method)(self.name, **arguments)

    def _press(self, login, button):
        with clock(self.records.env, self._next()):
            getattr(self._requisition(login), button)()

    def _next(self):
        """Return the moment of the next step, never in the future."""
        self.moment += timedelta(hours=1, minutes=20)
        return min(self.moment, datetime.now().replace(microsecond=0))

    def _rest(self):
        """Let a night pass."""
        self.moment = (self.moment + timedelta(days=1)).replace(hour=7, minute=10)
