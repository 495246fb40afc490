"""bin/test: sets everything up and runs the tests.

Usage: bin/test [arguments of pytest]

  bin/test                              all tests
  bin/test addons/crm_service           one add-on's unit tests
  bin/test tests/test_loop.py -k price  some of the tests that cross add-ons

Unit tests (addons/*/tests) run inside Odoo on a copy of a template database;
the tests in tests/ start real servers on databases of their own. All tests use all
processors; name paths, or say -n 0, for one at a time.
Environment: PYTHON=, SERVICE_CACHE=, ODOO_HOME=; DURABLE=1 has the test database
server write through to the disk; LOG_LEVEL=error shows Odoo's errors in unit tests;
SCREENSHOTS=/folder keeps the browser tests' pictures there. Logs, pictures and JUnit
files are in .cache/logs and .cache/screenshots.
"""

import contextlib
import fcntl
import os
import sys
from pathlib import Path

from . import databases, runtime, system_packages, test_lanes
from .paths import ADDONS, PROJECT, inside
from .server import alive
from .steps import Failure, main, say

NO_TESTS = 5
# Options of pytest whose value is the next argument, so it is no path.
WITH_VALUE = {"-k", "-m", "-p", "-c", "-o", "-n", "-W", "-r", "--tb", "--maxfail"}


def sort_arguments(arguments):
    """Divide arguments into options, paths of unit tests and other paths.

    :return: (options, unit paths, top-level paths)
    """
    options, unit, top = [], [], []
    takes_value = False
    for argument in arguments:
        path = Path(argument.split("::")[0])
        if takes_value or argument.startswith("-") or not path.exists():
            options.append(argument)
            takes_value = argument in WITH_VALUE and not takes_value
        elif path.resolve().is_relative_to(ADDONS):
            unit.append(argument)
        else:
            top.append(argument)
    return options, unit, top


def command(arguments):
    """Run the tests that the arguments ask for."""
    if arguments in (["-h"], ["--help"]):
        say(__doc__)
        return 0
    options, unit, top = sort_arguments(arguments)
    everything = not unit and not top
    with sharing_server(prepare) as ready:
        results = []
        if unit or everything:
            lanes = [unit] if unit else test_lanes.unit_folders()
            results += test_lanes.run_unit(ready, lanes, options)
        if top or everything:
            results += test_lanes.run_top(ready, top or ["tests"], options)
        if {"--co", "--collect-only"} & set(options):
            return max(code for _name, code, _seconds, _counts in results)
        return summarise(results, bool(options))


@contextlib.contextmanager
def sharing_server(prepare):
    """Use the throw-away database server together with other commands.

    :param prepare: brings up the runtime and returns it
    """
    with open(inside("run", "test") / "in-use", "w") as in_use:
        fcntl.flock(in_use, fcntl.LOCK_SH)
        ready = prepare()
        try:
            yield ready
        finally:
            _stop_cluster(ready, in_use)


def prepare():
    """Bring up Odoo, the packages and the throw-away database server."""
    needs = (*system_packages.NEEDS, *system_packages.TEST_NEEDS)
    ready = runtime.prepare(
        "test",
        durable=os.environ.get("DURABLE") == "1",
        locks=("odoo", "test"),
        needs=needs,
    )
    drop_leftovers(ready)
    return ready


def drop_leftovers(ready):
    """Drop the databases of test runs that were killed."""
    rows = ready.cluster.sql(
        "SELECT datname FROM pg_database WHERE datname ~ '^(unit|test|bench)_[0-9]+'"
    )
    for name in rows:
        if not alive(int(name.split("_")[1])):
            databases.drop(ready, name)


def summarise(results, filtered):
    """Print a line for each run and return the exit code.

    :param list results: (name, exit code, seconds, counts) of each run
    :param bool filtered: whether options may have left nothing in one of them
    """
    total = sum(counts.get("tests", 0) for _n, _c, _s, counts in results)
    say("\n==> Summary")
    for name, code, seconds, counts in results:
        numbers = ", ".join(f"{value} {key}" for key, value in counts.items())
        say(f"    {name}: {numbers or 'no result'}; {seconds:.0f} s; exit code {code}")
    if not total:
        raise Failure(
            "Not a single test was run.",
            "pytest found none in what it was asked to run.",
            "Check the paths and the -k expression; tests are in addons/*/tests "
            "and tests/.",
        )
    bad = [code for _n, code, _s, _counts in results if code]
    if filtered:
        bad = [code for code in bad if code != NO_TESTS]
    return max(bad, default=0)


def _stop_cluster(ready, in_use):
    """Stop the database server, unless another bin/test still uses it."""
    try:
        fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    ready.cluster.stop()


if __name__ == "__main__":
    os.chdir(PROJECT) if not sys.argv[1:] else None
    main(command)
