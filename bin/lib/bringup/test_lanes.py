"""Runs of pytest, as many beside each other as the machine has processors.

Unit tests run inside Odoo, where one process has one database: each lane takes some
of the add-ons on a copy of its own. Tests that cross add-ons start servers themselves
and are dealt out, file by file, by pytest-xdist.
"""

import os
import re
import subprocess
import time

from . import databases, templates
from .paths import ADDONS, log_file, our_addons
from .steps import say

# The largest one has a lane of its own.
FIRST = "crm_service"
SPREAD = re.compile(r"^(-n|--numprocesses|--dist|--pdb|--trace|-s|--capture)")
PATIENCE = 30  # seconds between two lines about the progress


def processors():
    """How many runs go well beside each other."""
    return len(os.sched_getaffinity(0))


def unit_folders():
    """The folders of unit tests that are there, in lanes.

    :rtype: list[list[str]]
    """
    folders = {addon: ADDONS / addon / "tests" for addon in our_addons()}
    paths = {name: str(path) for name, path in folders.items() if path.is_dir()}
    largest = [paths.pop(FIRST)] if FIRST in paths else []
    lanes = [lane for lane in (largest, list(paths.values())) if lane]
    return lanes if processors() > 1 else [sum(lanes, [])]


def run_unit(ready, lanes, options):
    """Run unit tests inside Odoo, each lane on a database of its own.

    :param list lanes: paths, in lists that run beside each other
    :return: one result for each lane, see `finish`
    """
    template = templates.build(ready, "addons")
    names = [f"unit_{os.getpid()}_{number}" for number in range(len(lanes))]
    runs = []
    try:
        for name, paths in zip(names, lanes, strict=True):
            databases.copy(ready, template, name)
            runs.append(_start_unit(ready, name, paths, options, len(lanes) > 1))
        watch(runs)
        return [run.finish() for run in runs]
    finally:
        for run in runs:
            run.process.kill()  # does nothing to one that has ended
            run.process.wait()
        for name in names:
            databases.drop(ready, name)


def _start_unit(ready, name, paths, options, quiet):
    """Start the unit tests of some paths on a database."""
    say(f"==> Unit tests: {' '.join(os.path.relpath(path) for path in paths)}")
    arguments = ["--odoo-config", str(ready.conf), "--odoo-database", name]
    level = os.environ.get("LOG_LEVEL", "critical")
    arguments += ["--odoo-http", "--odoo-log-level", level]
    arguments += ["-p", "no:cacheprovider", *options, *paths]
    number = name.rpartition("_")[2]
    return Run(ready, f"unit-{number}" if quiet else "unit", arguments, quiet)


def run_top(ready, paths, options):
    """Run the tests that start servers themselves.

    :return: the result, in a list, see `finish`
    """
    say(f"==> Tests across add-ons: {' '.join(paths)}")
    spread = []
    if paths == ["tests"] and not any(SPREAD.match(option) for option in options):
        spread = ["-n", str(processors()), "--dist", "loadfile"]
    run = Run(
        ready,
        "top",
        ["-p", "no:odoo", *spread, *options, *paths],
        SERVICE_TEST_RUNTIME=str(ready.save()),
    )
    return [run.finish()]


class Run:
    """One run of pytest.

    :param str name: names its JUnit file and its log
    :param list arguments: pytest's
    :param bool quiet: keep what it prints in a log until it has ended
    """

    def __init__(self, ready, name, arguments, quiet=False, **variables):
        self.name = name
        self.junit = log_file(f"junit-{name}-{os.getpid()}.xml")
        self.junit.unlink(missing_ok=True)
        self.log = log_file(f"{name}-{os.getpid()}.log") if quiet else None
        self.started = time.monotonic()
        output = self.log.open("wb") if quiet else None
        self.process = subprocess.Popen(
            [ready.python, "-m", "pytest", f"--junitxml={self.junit}", *arguments],
            env=ready.environment(PYTHONDONTWRITEBYTECODE="1", **variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if quiet else None,
        )

    def progress(self):
        """How far it is, as pytest says it: ``45%``."""
        done = re.findall(r"\[ *(\d+%)\]", self.log.read_text(errors="replace"))
        return done[-1] if done else "starting"

    def finish(self):
        """Wait for the end and return (name, exit code, seconds, counts)."""
        code = self.process.wait()
        seconds = time.monotonic() - self.started
        if self.log:
            say(self.log.read_text(errors="replace"))
            self.log.unlink()
        counts = read_junit(self.junit)
        if self.junit.exists():
            self.junit.replace(log_file(f"junit-{self.name}.xml"))
        return self.name, code, seconds, counts


def watch(runs):
    """Tell now and then how far runs are that keep what they print."""
    told = time.monotonic()
    while any(run.log and run.process.poll() is None for run in runs):
        time.sleep(1)
        if time.monotonic() - told > PATIENCE:
            told = time.monotonic()
            say("    " + ", ".join(f"{run.name} {run.progress()}" for run in runs))


def read_junit(path):
    """The counts of a JUnit file: {tests, failures, errors, skipped}."""
    try:
        head = path.read_text(errors="replace")[:2000]
    except OSError:
        return {}
    suite = re.search(r"<testsuite [^>]*>", head)
    pairs = re.findall(r'(tests|failures|errors|skipped)="(\d+)"', suite[0])
    return {key: int(value) for key, value in pairs}
