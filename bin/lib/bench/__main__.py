"""Measures in a database that has both add-ons; started by bin/bench.

``python -m bench odoo.conf DATABASE LOGFILE --sizes 1000 100000 [--quick] …``
"""

import argparse
import json
import sys
from pathlib import Path

from odoo.modules.registry import Registry
from odoo.tools import config

from bringup.bench import BUDGET_MISSED, SIZES
from bringup.steps import say, step

from . import document, picture, report
from .bench import Bench
from .rows import OPEN_SHARE


def main(arguments):
    """Load, measure, report; returns the exit code."""
    options = _read(arguments)
    config.parse_config(
        ["-c", options.conf, "-d", options.database, "--logfile", options.log]
        + [f"--db-filter=^{options.database}$", "--log-level=warn"]
        + ["--max-cron-threads=0"],
        setup_logging=True,
    )
    bench = Bench(Registry(options.database), options.quick)
    figures = []
    bench.begin()
    for size in sorted(options.sizes):
        with step(f"{size:,} tickets on each side"):
            bench.grow(size)
            say(f"        {bench.describe_size()}")
        figures += bench.measure(last=size == SIZES[-1])
    return _tell(figures, bench, options)


def _read(arguments):
    parser = argparse.ArgumentParser(prog="bench")
    for name in ("conf", "database", "log"):
        parser.add_argument(name)
    parser.add_argument("--sizes", type=int, nargs="+")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--docs", type=Path)
    return parser.parse_args(arguments)


def _tell(figures, bench, options):
    """Print and write what was measured."""
    figures.sort(key=lambda row: row["size"])
    say("\n" + report.as_text(report.table(figures)))
    flat = report.flat_table(figures)
    say("\n" + report.as_text(flat)) if flat else None
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    if options.docs:
        picture.draw(figures, options.docs / "benchmark.svg")
        machine, compared = bench.describe()
        document.write(figures, options.docs, machine, compared, OPEN_SHARE)
    problems = report.find_problems(figures)
    say(
        "\n==> " + ("These budgets are not met:" if problems else "All budgets are met")
    )
    for problem in problems:
        say(f"    {problem}")
    return BUDGET_MISSED if problems and not options.quick else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
