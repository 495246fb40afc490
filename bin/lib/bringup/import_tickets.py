"""bin/import-tickets: load the event log of a help desk as tickets.

Usage: bin/import-tickets FILE.csv [--database demo] [--company NAME]
                          [--source NAME] [--batch 500] [--config odoo.conf]

  FILE.csv     a line per event, with a first line that names the columns: case_id,
               activity and completed_at must be there; resource, customer, product,
               seriousness and workgroup are understood; all others are kept.
               Times without a zone are UTC.
  --database   where to (demo)
  --company    name of the company that gets the tickets (the first)
  --source     name that makes the case numbers unique (the file's name)
  --batch      tickets a commit (500)
  --config     the configuration of another Odoo than the demo's, run by PYTHON
  --help       this text

Each case becomes a ticket and each event a line of its history, in a process of its
own, `helpdesk-log`. Lines that cannot be loaded are listed with their number and the
cause, and the rest is loaded. What was loaded before is left alone: load a file again
after it was mended, or after the import was stopped.

Exit code: 0 all is loaded, 1 lines were left out or it failed.
"""

import configparser
import subprocess
import sys

from . import runtime
from .paths import LAUNCHER
from .steps import Failure, main, say

DATABASE = "demo"


def command(arguments):
    """Run Odoo's command with the arguments, in the demo's Odoo or another."""
    if {"-h", "--help"} & set(arguments):
        say(__doc__)
        return 0
    if not arguments:
        raise Failure("No file is named.", todo="bin/import-tickets FILE.csv")
    if not _value_of(arguments, "-d", "--database"):
        arguments = [*arguments, "--database", DATABASE]
    conf = _value_of(arguments, "-c", "--config")
    if conf:
        return _run([sys.executable, str(LAUNCHER)], conf, arguments)
    return _run_in_demo(arguments)


def _run_in_demo(arguments):
    """Run in the demo's Odoo; its PostgreSQL is left as it was found."""
    cluster = runtime.existing_cluster("demo")
    was_running = bool(cluster and cluster.pid())
    ready = runtime.prepare("demo", durable=True, locks=("odoo",))
    try:
        return _run(
            ready.launcher(),
            ready.conf,
            [*arguments, "--config", str(ready.conf)],
            env=ready.environment(),
        )
    finally:
        if not was_running:
            ready.cluster.stop()


def _value_of(arguments, *names):
    """The value that one of the options has, or None."""
    for place, argument in enumerate(arguments):
        name, sign, value = argument.partition("=")
        if name in names:
            return value if sign else (arguments[place + 1 : place + 2] or [None])[0]
    return None


def _run(odoo, conf, arguments, env=None):
    """Run the add-on's command; Ctrl-C reaches it, so it is only waited for."""
    parser = configparser.RawConfigParser()
    parser.read(conf)
    path = parser.get("options", "addons_path", fallback="")
    words = [*odoo, f"--addons-path={path}", "import_tickets", *arguments]
    process = subprocess.Popen(list(map(str, words)), env=env)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    main(command)
