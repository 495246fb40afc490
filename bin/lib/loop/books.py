"""Both companies' journal entries of a requisition: read, printed and compared."""

from .printout import Amount

FIELDS = ["account_id", "debit", "credit", "balance", "amount_currency"]
FIELDS += ["display_type", "currency_id", "company_currency_id"]


class Books:
    """The books of the demo, read by those who may.

    :param loop.clients.Demo demo: where
    :param dict readers: {company name: login of its reader}
    """

    def __init__(self, demo, readers):
        self.demo = demo
        self.readers = readers

    def read(self, requisition):
        """Return the postings of a requisition with their lines.

        :param str requisition: its number
        :return: list of dicts of company, event, move, amount, currency and lines
        """
        result = []
        for company, login in self.readers.items():
            company_id = self._company_id(login, company)
            context = {"allowed_company_ids": [company_id]}
            postings = self.demo.rpc(login, "parts.posting").search_read(
                [
                    ("requisition_id.name", "=", requisition),
                    ("company_id", "=", company_id),
                ],
                ["event", "move_id", "move_name", "amount", "currency_id"],
                context=context,
            )
            for posting in postings:
                lines = self.demo.rpc(login, "account.move.line").search_read(
                    [("move_id", "=", posting["move_id"][0])], FIELDS, context=context
                )
                result.append({**posting, "company": company, "lines": lines})
        return sorted(result, key=lambda row: (row["event"], row["id"]))

    def _company_id(self, login, name):
        [company] = self.demo.rpc(login, "res.company").search_read(
            [("name", "=", name)], ["name"]
        )
        return company["id"]


def print_books(out, postings):
    """Print each journal entry with its totals."""
    for posting in postings:
        currency = posting["lines"][0]["company_currency_id"][1]
        out.say(
            f"    {posting['company']}: {posting['move_name']} "
            f"for {posting['event']}, in {currency}"
        )
        rows = [
            [line["account_id"][1], Amount(line["debit"]), Amount(line["credit"])]
            for line in posting["lines"]
        ]
        totals = [total(posting["lines"], side) for side in ("debit", "credit")]
        out.table(["account", ">debit", ">credit"], [*rows, ["total", *totals]])
        out.say()


def total(lines, field):
    """Return the sum of an amount of the lines."""
    return Amount(round(sum(line[field] for line in lines), 2))


def find_disagreements(postings, expected_events):
    """Return sentences about what is wrong in the books; none when they agree.

    :param list postings: as :meth:`Books.read` returns them
    :param list expected_events: numbers of the counts that must be posted once each
    """
    wrong = []
    for event in expected_events:
        pair = [row for row in postings if row["event"] == event]
        if len(pair) != 2 or len({row["company"] for row in pair}) != 2:
            wrong.append(f"{event} is posted {len(pair)} times, not once in each.")
            continue
        wrong += _compare(event, *pair)
    for row in postings:
        if total(row["lines"], "balance"):
            wrong.append(f"{row['move_name']} of {row['company']} does not balance.")
    return wrong


def _compare(event, one, other):
    """Compare the two entries of one count, in the currency of the documents."""
    wrong = []
    for what, kinds in (
        ("the value of the parts", ("product",)),
        ("the total", ("payment_term",)),
    ):
        sums = [_sum_in_currency(row["lines"], kinds) for row in (one, other)]
        if abs(sum(sums)) > 0.004 or not sums[0]:
            wrong.append(
                f"{event}: {what} is {abs(sums[0]):.2f} in {one['move_name']} and "
                f"{abs(sums[1]):.2f} in {other['move_name']}."
            )
    return wrong


def _sum_in_currency(lines, kinds):
    return round(
        sum(row["amount_currency"] for row in lines if row["display_type"] in kinds), 2
    )
