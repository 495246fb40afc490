"""bin/bench: our speed against OCA's helpdesk_mgmt, in one database and one run.

Usage: bin/bench [--json FILE] [--docs FOLDER] [--quick]

  --json FILE    write the figures as a list of {work, size, ours_ms, theirs_ms,
                 ratio, ours_queries, theirs_queries, budget}
  --docs FOLDER  where to write benchmark.md and benchmark.svg (docs; with --quick
                 nowhere)
  --quick        1,000 tickets and few rounds: shows that it works, not how fast
  --help         this text

Both add-ons are installed in a copy of one database and hold the same tickets, first
1,000 and then 100,000 each. The same user does the same work on both sides in turn,
each time in a transaction of its own that is rolled back; the table shows medians,
queries and our share of their time, with the budget that it must stay within.
OCA's add-on is downloaded when the benchmark runs and is no part of this project.

Exit code: 0 all budgets are met, 1 one is not (it is named) or it failed.
"""

import argparse
import os
import subprocess
from pathlib import Path

from . import compared, databases, runtime, templates, testing
from .paths import PROJECT, log_file
from .steps import Failure, last_lines, main, say, step

SIZES = (1_000, 100_000)
BUDGET_MISSED = 3


def command(arguments):
    """Prepare everything, measure, and report."""
    if {"-h", "--help"} & set(arguments):
        say(__doc__)
        return 0
    options = read_options(arguments)
    with testing.sharing_server(_prepare) as ready:
        both = compared.beside(ready)
        name = f"bench_{os.getpid()}"
        databases.copy(both, templates.build(ready, "bench"), name)
        try:
            return _measure(both, name, options)
        finally:
            databases.drop(both, name)


def read_options(arguments):
    """Return the options of the command line.

    :param list arguments: words of the command line
    :raise Failure: one is not known
    """
    parser = _Parser(add_help=False)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    if options.docs is None and not options.quick:
        options.docs = PROJECT / "docs"
    for path in (options.json and options.json.absolute().parent, options.docs):
        if path and not path.is_dir():
            raise Failure(f"There is no folder {path}.", todo="Make it first.")
    return options


class _Parser(argparse.ArgumentParser):
    """Argparse whose complaints look like ours."""

    def error(self, message):
        raise Failure(f"bin/bench: {message}.", todo="See bin/bench --help.")


def _prepare():
    """Bring up Odoo, the packages and the throw-away database server."""
    ready = runtime.prepare("test", durable=False, locks=("odoo", "bench"))
    testing.drop_leftovers(ready)
    return ready


def _measure(both, database, options):
    """Run the part that needs Odoo, in a process that holds both add-ons."""
    log = log_file("bench.log")
    log.unlink(missing_ok=True)
    with (
        step("Measuring" + (", quickly" if options.quick else "")),
        open(log, "ab") as errors,
    ):
        code = subprocess.run(
            _inner_command(both, database, options, log),
            env=both.environment(
                PYTHONDONTWRITEBYTECODE="1", PYTHONPATH=str(PROJECT / "bin" / "lib")
            ),
            stdin=subprocess.DEVNULL,
            stderr=errors,
        ).returncode
    if code not in (0, BUDGET_MISSED):
        raise Failure(
            "The benchmark failed.",
            f"It ended with code {code}. The end of {log}:\n{last_lines(log)}",
            "Mend what the log says and run it again.",
        )
    return 1 if code else 0


def _inner_command(both, database, options, log):
    """The command line of ``bench``, as an Odoo of its own."""
    sizes = SIZES[:1] if options.quick else SIZES
    words = [both.python, "-B", "-m", "bench", both.conf, database, log]
    words += ["--sizes", *sizes]
    words += ["--quick"] if options.quick else []
    words += ["--json", options.json.absolute()] if options.json else []
    words += ["--docs", options.docs.absolute()] if options.docs else []
    return [str(word) for word in words]


if __name__ == "__main__":
    main(command)
