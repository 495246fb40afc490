"""docs/benchmark.md, made from the same run as the picture."""

import datetime
import os
import platform
from pathlib import Path

from . import report

TEXT = """# Speed, compared with OCA helpdesk_mgmt

Written by `bin/bench` on {day}; the whole of it is one run.

![Milliseconds of both, on a logarithmic scale](benchmark.svg)

{table}

"ours" and "theirs" are medians in milliseconds of rounds that take turns; "ratio" is
our share of their time and "budget" what it may be at most. The queries are counted
by the database cursor.

{verdict}

## Ours with few and with many tickets

{flat}

## What is compared

- After-sales service (`crm_service`, `spare_parts_bridge`, `service_portal`) and
  OCA `{compared}`, installed in the same database, in one process.
- The same tickets on both sides: subject, customer, phone, team, responsible person,
  stage, priority, and dates over two years. One in {open} is open. A customer has about
  ten tickets, one in fifty is a dealer with a hundred. Ours have their history and
  their promises besides, as the delivered policies make them. Neither side has messages
  in the chatter.
- The same user on both sides: an agent with the usual rights, in the same team. Lists,
  searches and counters are asked for as the web client does from each side's own views;
  theirs finds a phone by a filter on the contact, since it keeps none on the ticket.
  The portal lists are whole pages over HTTP, of the same customer.
- Every round has a transaction of its own that is rolled back; caches of the server
  are warm on both sides, those of the transaction are cold. Creating includes
  everything that happens before the commit: ours has numbers, history, promises and
  automatic routes done.

## Where

{machine}

## Again

```sh
bin/bench                    # about ten minutes; writes this page and the picture
bin/bench --json figures.json
bin/bench --quick            # shows in two minutes that it works
```

It ends with code 1 and names the budget when one is not met. Close other programs
first: ratios stand a busy machine, milliseconds do not.
"""


def write(figures, folder, machine, compared, open_share):
    """Write the page.

    :param list figures: rows as `measure.make_row` gives them
    :param pathlib.Path folder: where to
    :param str machine: where it was measured, in Markdown
    :param str compared: name and version of what ours was compared with
    :param float open_share: the share of open tickets
    """
    problems = report.find_problems(figures)
    verdict = "All budgets are met."
    if problems:
        verdict = "Not met:\n\n" + "\n".join(f"- {problem}" for problem in problems)
    text = TEXT.format(
        day=datetime.date.today(),
        table=report.as_markdown(report.table(figures)),
        flat=report.as_markdown(report.flat_table(figures) or [("one size only",)]),
        verdict=verdict,
        compared=compared,
        open=round(1 / open_share),
        machine=machine,
    )
    (Path(folder) / "benchmark.md").write_text(text)


def describe_machine(cr):
    """Return what the figures depend on, as a Markdown list."""
    cr.execute("SHOW server_version")
    (postgres,) = cr.fetchone()
    lines = (
        f"{os.cpu_count()} processors, {_memory()}, {_processor()}",
        f"{platform.system()} {platform.release().split('-')[0]}, Python "
        f"{platform.python_version()}, PostgreSQL {postgres.split()[0]} on the same "
        "machine (`fsync=off`, `shared_buffers=256MB`)",
        f"load average when it ended: {os.getloadavg()[1]:.1f}",
    )
    return "\n".join(f"- {line}" for line in lines)


def _memory():
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{pages / 1024**3:.0f} GB of memory"


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()
