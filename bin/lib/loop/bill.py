"""What the ticket costs and who pays for it, over XML-RPC."""

from datetime import datetime, timedelta

from .printout import Amount

TRIP_KM, TRIP, WORK = 22, timedelta(minutes=25), timedelta(minutes=75)


class Bill:
    """The charges of a ticket, the customer's invoice and our own cost.

    :param loop.clients.Demo demo: where
    :param loop.printout.Printout out: prints it
    :param int ticket_id: the ticket, in the database
    """

    def __init__(self, demo, out, ticket_id):
        self.demo = demo
        self.out = out
        self.ticket_id = ticket_id

    def note_time(self):
        """Let the technician note the trip and the work that have ended."""
        entries = self.demo.rpc("technician", "service.time.entry")
        done = self._find_free_end(entries)
        begun = done - WORK
        for kind, start, stop, distance in (
            ("travel", begun - TRIP, begun, TRIP_KM),
            ("work", begun, done, 0),
        ):
            entries.create(
                {
                    "ticket_id": self.ticket_id,
                    "kind": kind,
                    "start": str(start),
                    "stop": str(stop),
                    "distance_km": distance,
                }
            )

    def _find_free_end(self, entries):
        """Return the latest moment before which the technician was free for the job."""
        end = datetime.now().replace(microsecond=0)
        while True:
            others = entries.search_read(
                [
                    ("employee_id.user_id.login", "=", "technician"),
                    ("start", "<", str(end)),
                    ("stop", ">", str(end - WORK - TRIP)),
                ],
                ["start"],
            )
            if not others:
                return end
            end = min(datetime.fromisoformat(row["start"]) for row in others)

    def show_charges(self):
        """Print who pays what; return {payer: amount}."""
        shares = self.demo.rpc("supervisor", "service.charge.share").search_read(
            [("ticket_id", "=", self.ticket_id), ("is_estimate", "=", False)],
            ["charge_id", "kind", "payer", "share", "amount"],
        )
        self.out.table(
            ["cost", "what", "who pays", ">share", ">amount"],
            [
                [
                    row["kind"],
                    row["charge_id"][1],
                    row["payer"],
                    f"{row['share']:.0%}",
                    Amount(row["amount"]),
                ]
                for row in shares
            ],
        )
        totals = {}
        for row in shares:
            totals[row["payer"]] = totals.get(row["payer"], 0) + row["amount"]
        return totals

    def invoice(self):
        """Invoice the customer's share; return what the invoice says."""
        windows = self.demo.rpc("agent", "service.ticket.invoice")
        window = windows.create({"ticket_ids": [(6, 0, [self.ticket_id])]})
        windows.action_confirm([window])
        moves = self.demo.rpc("accountant", "account.move")
        ids = moves.search(
            [
                (
                    "invoice_line_ids.sale_line_ids.order_id.ticket_id",
                    "=",
                    self.ticket_id,
                )
            ]
        )
        moves.action_post(ids)
        [invoice] = moves.read(
            ids, ["name", "state", "amount_untaxed", "amount_tax", "amount_total"]
        )
        self.out.fact("Invoice", f"{invoice['name']}, {invoice['state']}")
        for key, label in (
            ("amount_untaxed", "before taxes"),
            ("amount_tax", "taxes"),
            ("amount_total", "to pay"),
        ):
            self.out.fact(label, f"{invoice[key]:,.2f}")
        return invoice

    def show_cost(self):
        """Print what we bear ourselves, as it was posted."""
        postings = self.demo.rpc("supervisor", "service.charge.posting").search_read(
            [("ticket_id", "=", self.ticket_id)], ["payer", "amount", "move_id"]
        )
        self.out.table(
            ["who bears it", ">cost", "journal entry"],
            [
                [row["payer"], Amount(row["amount"]), row["move_id"][1]]
                for row in postings
            ],
        )
        return postings
