"""The technician's job sheet, over XML-RPC."""

ME = "technician"


class JobSheet:
    """The job sheet of a ticket.

    :param loop.clients.Demo demo: where
    :param loop.printout.Printout out: prints it
    :param int ticket_id: the ticket, in the database
    """

    def __init__(self, demo, out, ticket_id):
        self.demo = demo
        self.out = out
        self.ticket_id = ticket_id
        self.repairs = demo.rpc(ME, "repair.order")
        self.id = None

    def write(self, parts):
        """Make and confirm the job sheet, as the ticket's button would fill it in.

        :param list parts: tuples of internal reference, quantity, add or remove
        """
        tickets = self.demo.rpc(ME, "service.ticket")
        action = tickets.action_new_repair([self.ticket_id])
        prefix = "default_"
        values = {
            key.removeprefix(prefix): value
            for key, value in action["context"].items()
            if key.startswith(prefix)
        }
        values["move_ids"] = [(0, 0, self._part(*part)) for part in parts]
        self.id = self.repairs.create(values)
        self.repairs.action_validate([self.id])

    def _part(self, ref, quantity, kind):
        [product] = self.demo.rpc(ME, "product.product").search(
            [("default_code", "=", ref)]
        )
        return {
            "product_id": product,
            "product_uom_qty": quantity,
            "repair_line_type": kind,
        }

    def requisition_missing_parts(self):
        """Press the button; return the number of the requisition."""
        self.repairs.action_requisition_missing_parts([self.id])
        [line] = self.demo.rpc(ME, "parts.requisition.line").search_read(
            [("repair_move_id.repair_id", "=", self.id)], ["requisition_id"]
        )
        return line["requisition_id"][1]

    def finish(self):
        """Use the parts up, and end the repair."""
        self.repairs.action_repair_start([self.id])
        self.repairs.action_repair_end([self.id])

    def show(self):
        """Print the job sheet with its parts."""
        [sheet] = self.repairs.read([self.id], ["name", "state"])
        self.out.fact("Job sheet", f"{sheet['name']}, {sheet['state']}")
        self.out.table(
            ["what", "part", ">needed", ">there"],
            [
                [
                    row["repair_line_type"],
                    row["product_id"][1],
                    row["product_uom_qty"],
                    row["quantity"] if row["repair_line_type"] == "add" else "",
                ]
                for row in self._read_parts()
            ],
        )

    def count_reserved(self):
        """Return in words how many of the needed parts are reserved."""
        rows = [row for row in self._read_parts() if row["repair_line_type"] == "add"]
        needed = sum(row["product_uom_qty"] for row in rows)
        return f"{sum(row['quantity'] for row in rows):g} of {needed:g} reserved"

    def _read_parts(self):
        return self.demo.rpc(ME, "stock.move").search_read(
            [("repair_id", "=", self.id), ("repair_line_type", "!=", False)],
            ["repair_line_type", "product_id", "product_uom_qty", "quantity"],
        )
