"""bin/test: sets everything up and runs the tests.

Usage: bin/test [arguments of pytest]

  bin/test                              all tests
  bin/test addons/crm_service           one add-on's unit tests
  bin/test tests/test_loop.py -k price  some of the tests that cross add-ons

Unit tests (addons/*/tests) run inside Odoo on a copy of a template database;
the tests in tests/ start real servers on databases of their own.
Environment: PYTHON=, SERVICE_CACHE=, ODOO_HOME=; DURABLE=1 has the test database
server write through to the disk; LOG_LEVEL=error shows Odoo's errors in unit tests;
SCREENSHOTS=/folder keeps the browser tests' pictures there. Logs, pictures and JUnit
files are in .cache/logs and .cache/screenshots.
"""

import contextlib
import fcntl
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from . import databases, runtime, system_packages, templates
from .paths import ADDONS, PROJECT, inside, log_file, our_addons
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
            results.append(_run_unit(ready, unit or _unit_folders(), options))
        if top or everything:
            results.append(_run_top(ready, top or ["tests"], options))
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


def _unit_folders():
    """The folders of unit tests that are there."""
    folders = [ADDONS / addon / "tests" for addon in our_addons()]
    return [str(folder) for folder in folders if folder.is_dir()]


def _run_unit(ready, paths, options):
    """Run unit tests inside Odoo, on a database of their own."""
    name = f"unit_{os.getpid()}"
    databases.copy(ready, templates.build(ready, "addons"), name)
    say(f"==> Unit tests: {' '.join(os.path.relpath(path) for path in paths)}")
    try:
        return _pytest(
            ready,
            "unit",
            ["--odoo-config", str(ready.conf), "--odoo-database", name, "--odoo-http"]
            + ["--odoo-log-level", os.environ.get("LOG_LEVEL", "critical")]
            + ["-p", "no:cacheprovider", *options, *paths],
        )
    finally:
        databases.drop(ready, name)


def _run_top(ready, paths, options):
    """Run the tests that start servers themselves."""
    say(f"==> Tests across add-ons: {' '.join(paths)}")
    return _pytest(
        ready,
        "top",
        ["-p", "no:odoo", *options, *paths],
        SERVICE_TEST_RUNTIME=str(ready.save()),
    )


def _pytest(ready, name, arguments, **variables):
    """Run pytest and return (name, exit code, seconds, counts)."""
    junit = log_file(f"junit-{name}-{os.getpid()}.xml")
    junit.unlink(missing_ok=True)
    started = time.monotonic()
    done = subprocess.run(
        [ready.python, "-m", "pytest", f"--junitxml={junit}", *arguments],
        env=ready.environment(PYTHONDONTWRITEBYTECODE="1", **variables),
        stdin=subprocess.DEVNULL,
    )
    counts = read_junit(junit)
    junit.replace(log_file(f"junit-{name}.xml")) if junit.exists() else None
    return name, done.returncode, time.monotonic() - started, counts


def read_junit(path):
    """The counts of a JUnit file: {tests, failures, errors, skipped}."""
    try:
        head = path.read_text(errors="replace")[:2000]
    except OSError:
        return {}
    suite = re.search(r"<testsuite [^>]*>", head)
    pairs = re.findall(r'(tests|failures|errors|skipped)="(\d+)"', suite[0])
    return {key: int(value) for key, value in pairs}


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
