"""The loop, step by step, by the people who take the steps.

Who calls what way: the telephone desk, technicians, the supervisor and finance work
over XML-RPC with their passwords; the ticketing system (integration), the parts
keeper's scanner and the factory's warehouse system over JSON-2 with API keys.
"""

import uuid

from . import stock
from .bill import Bill
from .books import Books, find_disagreements, print_books
from .clients import WebSession, track
from .job_sheet import JobSheet
from .printout import Amount

CALLER = "+39 010 555 0199"
READERS = {"Aurora Refrigeration": "finance", "Aurora Service": "manager"}
WAREHOUSE, SOURCE = "SVC", "FRI"
IN_VAN, MISSING, FOR_STOCK = "RC-130", "RC-820", "RC-120"
PARTS = (IN_VAN, MISSING, FOR_STOCK)


class Disagreement(Exception):
    """Something did not come out as it must."""


class Story:
    """One run of the loop.

    :param loop.clients.Demo demo: where
    :param loop.printout.Printout out: prints it
    """

    def __init__(self, demo, out):
        self.demo = demo
        self.out = out
        self.number = self.ticket_id = self.requisition = None
        self.sheet = self.bill = None
        self.stock_before = {}

    def tell(self):
        """Run the loop from the call to the books.

        :raises Disagreement: when something does not agree
        """
        self.out.title(
            "From a customer's call to both companies' books",
            f"{self.demo.url}, database {self.demo.database}; "
            "everybody's password is the login",
        )
        # An administrator's login tells Odoo the address that its links begin with.
        WebSession(self.demo, "admin")
        stock.replenish(self.demo, self.out, {FOR_STOCK: 12, MISSING: 12, IN_VAN: 60})
        self.stock_before = self._stock()
        for chapter in (
            self._take_call,
            self._assign,
            self._write_job_sheet,
            self._submit_requisition,
            self._decide,
            self._ship_first,
            self._count_first,
            self._settle,
            self._ship_rest,
            self._count_rest,
            self._finish_repair,
            self._invoice,
            self._show_stock,
            self._show_books,
            self._show_customer,
        ):
            chapter()

    # -- helpers ----------------------------------------------------------------

    def _api(self, login):
        """`service.api` over JSON-2."""
        return self.demo.json2(login, "service.api")

    def _expect(self, is_so, sentence):
        if not is_so:
            raise Disagreement(sentence)

    def _stock(self):
        return {
            code: stock.levels(self._api("integration"), code, PARTS)
            for code in (WAREHOUSE, SOURCE)
        }

    def _status(self):
        return self._api("keeper").requisition_status(name=self.requisition)

    # -- 1 to 3: the call, the job and the part -----------------------------------

    def _take_call(self):
        self.out.chapter("The telephone rings", "agent, XML-RPC")
        caller = self.demo.rpc("agent", "service.api").incoming_call(CALLER)
        self._expect(caller["partner"], f"Nobody is known by {CALLER}.")
        self.out.fact("Caller", f"{caller['partner']['name']}, {CALLER}")
        self.out.fact("Open tickets", len(caller["tickets"]))
        for unit in caller["assets"]:
            self.out.fact("Unit", f"{unit['serial_number']}  {unit['product']}")
        cabinet = next(u for u in caller["assets"] if "A-700D" in u["product"])
        self._submit_ticket(cabinet["serial_number"])

    def _submit_ticket(self, serial_number):
        self.out.chapter("The request is registered", "integration, JSON-2")
        values = {
            "type": "repair",
            "name": "Display cabinet warm before opening time",
            "description": "It is at 14 degrees, both fans stand still.",
            "phone": CALLER,
            "serial_number": serial_number,
            "channel": "phone",
            "priority": 2,
            "external_ref": f"call-{uuid.uuid4()}",
        }
        answer = self._api("integration").submit_ticket(values=values)
        self.number = answer["number"]
        self.out.fact("Acceptance number", self.number)
        self.out.fact("For the customer", answer["url"])
        again = self._api("integration").submit_ticket(values=values)
        self.out.fact("The same call sent again", again["number"])
        self._expect(
            again["number"] == self.number, "The same reference made a second ticket."
        )

    def _assign(self):
        self.out.chapter("A technician gets the job", "dispatcher, technician, XML-RPC")
        tickets = self.demo.rpc("dispatcher", "service.ticket")
        ids = tickets.search([("number", "=", self.number)])
        [technician] = self.demo.rpc("dispatcher", "res.users").search_read(
            [("login", "=", "technician")], ["name"]
        )
        tickets.write(ids, {"user_id": technician["id"], "priority": "2"})
        tickets = self.demo.rpc("technician", "service.ticket")
        tickets.action_take(ids)
        tickets.write(ids, {"phase": "in_progress"})
        self.out.fact("Technician", technician["name"])
        self.out.fact("Phase", self._phase())
        self.ticket_id = ids[0]

    def _phase(self):
        api = self.demo.rpc("agent", "service.api")
        return api.ticket_status(self.number)["phase_label"]

    def _write_job_sheet(self):
        self.out.chapter("One part is there, one is not", "technician, XML-RPC")
        self.sheet = JobSheet(self.demo, self.out, self.ticket_id)
        self.sheet.write(
            [(IN_VAN, 1, "add"), (MISSING, 2, "add"), (MISSING, 2, "remove")]
        )
        self.sheet.show()
        self.requisition = self.sheet.requisition_missing_parts()
        self.out.fact("Requisition, one click", self.requisition)

    # -- 4: the requisition and its decisions --------------------------------------

    def _submit_requisition(self):
        self.out.chapter("The parts keeper submits it", "keeper, XML-RPC")
        requisitions = self.demo.rpc("keeper", "parts.requisition")
        ids = requisitions.search([("name", "=", self.requisition)])
        [product] = self.demo.rpc("keeper", "product.product").search(
            [("default_code", "=", FOR_STOCK)]
        )
        line = {"product_id": product, "qty_requested": 6}
        requisitions.write(ids, {"line_ids": [(0, 0, line)]})
        self.out.say("    Compressors for the season are added, to come along.")
        requisitions.action_submit(ids)
        self._print_requisition()
        self.out.fact("Ticket", self._phase())

    def _print_requisition(self):
        status = self._status()
        self.out.fact("Requisition", f"{status['name']}, {status['state']}")
        self.out.table(
            ["part", ">asked", ">approved", ">shipped", ">accepted", ">price", ""],
            [
                [
                    row["product"],
                    *(row[f"qty_{what}"] for what in ("requested", "approved")),
                    *(row[f"qty_{what}"] for what in ("shipped", "accepted")),
                    Amount(row["price_unit"]),
                    row["currency"],
                ]
                for row in status["lines"]
            ],
        )
        return status

    def _decide(self):
        self.out.chapter(
            "Three decisions, one quantity cut", "supervisor, factory, finance"
        )
        self.demo.rpc("supervisor", "service.api").decide_requisition(
            self.requisition, "approve", [], "The hotel opens on Friday"
        )
        self._api("factory").decide_requisition(
            name=self.requisition,
            decision="approve",
            lines=[{"product": FOR_STOCK, "quantity": 5}],
            comment="Five compressors are all that we can spare",
        )
        answer = self.demo.rpc("finance", "service.api").decide_requisition(
            self.requisition, "approve"
        )
        self._expect(answer["state"] == "approved", "It is not approved by all three.")
        status = self._print_requisition()
        self.out.table(
            ["step", "decision", "by", "why"],
            [
                [row[key] for key in ("step", "state", "user", "comment")]
                for row in status["approvals"]
            ],
        )

    # -- 5 to 7: delivery, count, both books -----------------------------------------

    def _ship_first(self):
        self.out.chapter("The factory ships what is packed today", "factory, JSON-2")
        self._ship(
            [{"product": MISSING, "quantity": 1}, {"product": FOR_STOCK, "quantity": 3}]
        )

    def _ship_rest(self):
        self.out.chapter("The factory ships the rest", "factory, JSON-2")
        while self._status()["state"] in ("approved", "shipped"):
            open_notes = [
                row
                for row in self._status()["deliveries"]
                if row["state"] == "assigned"
            ]
            if not open_notes:
                break
            self._ship([])

    def _ship(self, lines):
        answer = self._api("factory").ship_requisition(
            name=self.requisition, lines=lines
        )
        note = next(
            row
            for row in self._status()["deliveries"]
            if row["name"] == answer["delivery"]
        )
        self.out.fact("Delivery note", f"{note['name']}, {note['state']}")
        self.out.table(
            ["part", ">shipped", "serial numbers"],
            [
                [line["product"], line["quantity"], ", ".join(line["lots"])]
                for line in note["lines"]
            ],
        )
        return note

    def _count_first(self):
        self.out.chapter("The count: one compressor is missing", "keeper, JSON-2")
        [receipt] = [r for r in self._status()["receipts"] if r["state"] == "draft"]
        serials = [
            row["lot"] for row in receipt["lines"] if row["product"] == FOR_STOCK
        ]
        answer = self._api("keeper").confirm_receipt(
            name=self.requisition,
            lines=[
                {"product": MISSING, "accepted": 1},
                {"product": FOR_STOCK, "accepted": 2, "lots": serials[:2]},
            ],
            delivery=receipt["delivery"],
        )
        self._print_count(answer)
        self._expect(len(answer["discrepancies"]) == 1, "The shortage was not noticed.")

    def _count_rest(self):
        self.out.chapter("The second count: everything is there", "keeper, JSON-2")
        counted = {}
        for receipt in self._status()["receipts"]:
            for line in receipt["lines"] if receipt["state"] == "draft" else ():
                ref = line["product"]
                counted[ref] = counted.get(ref, 0) + line["expected"]
        answer = self._api("keeper").confirm_receipt(
            name=self.requisition,
            lines=[
                {"product": ref, "accepted": quantity}
                for ref, quantity in counted.items()
            ],
        )
        self._print_count(answer)
        self._expect(answer["state"] == "done", "The requisition is not done.")

    def _print_count(self, answer):
        self.out.fact("Requisition", f"{answer['name']}, {answer['state']}")
        if answer["discrepancies"]:
            keys = ("name", "product", "kind", "quantity", "state")
            self.out.table(
                ["discrepancy", "part", "what", ">pieces", "state"],
                [[row[key] for key in keys] for row in answer["discrepancies"]],
            )
        self.out.fact("Parts on the job sheet", self.sheet.count_reserved())

    def _settle(self):
        self.out.chapter("The shortage is settled: ship it again", "factory, XML-RPC")
        discrepancies = self.demo.rpc("factory", "parts.discrepancy")
        domain = [
            ("requisition_id.name", "=", self.requisition),
            ("state", "=", "open"),
        ]
        ids = discrepancies.search(domain)
        discrepancies.write(ids, {"resolution": "ship_again"})
        discrepancies.action_settle(ids)
        for row in discrepancies.read(ids, ["name", "state", "resolution", "goods"]):
            self.out.fact(row["name"], f"{row['state']}: {row['resolution']}")

    # -- 8: the end ----------------------------------------------------------------

    def _finish_repair(self):
        self.out.chapter("The repair is done, the ticket closed", "technician, agent")
        self.sheet.finish()
        self.sheet.show()
        self.bill = Bill(self.demo, self.out, self.ticket_id)
        self.bill.note_time()
        tickets = self.demo.rpc("technician", "service.ticket")
        tickets.write([self.ticket_id], {"phase": "resolved"})
        self.demo.rpc("agent", "service.ticket").action_close([self.ticket_id])
        self.out.fact("Ticket", self._phase())

    def _invoice(self):
        self.out.chapter(
            "Who pays: contract and customer", "supervisor, agent, accountant"
        )
        totals = self.bill.show_charges()
        invoice = self.bill.invoice()
        self._expect(
            abs(invoice["amount_untaxed"] - totals.get("customer", 0)) < 0.005,
            "The invoice is not the customer's share.",
        )
        postings = self.bill.show_cost()
        self._expect(
            {row["payer"] for row in postings} == totals.keys() - {"customer"},
            "What we bear ourselves was not posted.",
        )

    def _show_stock(self):
        self.out.chapter("Stock before and after", "integration, JSON-2")
        after = self._stock()
        stock.print_change(self.out, self.stock_before, after)
        expected = {
            (WAREHOUSE, IN_VAN): -1,
            (WAREHOUSE, MISSING): 0,
            (WAREHOUSE, FOR_STOCK): 5,
            (SOURCE, IN_VAN): 0,
            (SOURCE, MISSING): -2,
            # five arrived, and the one that got lost was written off
            (SOURCE, FOR_STOCK): -6,
        }
        for (code, ref), change in expected.items():
            found = (
                after[code][ref]["on_hand"] - self.stock_before[code][ref]["on_hand"]
            )
            self._expect(
                found == change,
                f"{ref} in {code} changed by {found:g}, not {change:g}.",
            )

    def _show_books(self):
        self.out.chapter("Both companies' books", "finance, manager, XML-RPC")
        postings = Books(self.demo, READERS).read(self.requisition)
        print_books(self.out, postings)
        receipts = [
            r["name"] for r in self._status()["receipts"] if r["state"] == "done"
        ]
        wrong = find_disagreements(postings, receipts)
        self._expect(not wrong, " ".join(wrong))
        self.out.say("    Each entry balances; invoice and bill agree, count by count.")

    def _show_customer(self):
        self.out.chapter("What the customer sees", "nobody: number and phone")
        api = self._api("integration")
        status = api.ticket_status(number=self.number, phone=CALLER)
        self.out.table(
            ["phase", "since (UTC)"],
            [[row["phase_label"], row["at"]] for row in status["history"]],
        )
        page = track(self.demo, self.number, CALLER)
        self._expect(
            status["phase_label"] in page, "The public page does not show the phase."
        )
        self.out.fact("/service/track says", status["phase_label"])
        self._expect(status["phase"] == "closed", "The ticket is not closed.")
