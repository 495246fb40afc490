"""bin/demo: Odoo 19 with the demo world, the loop run, and a server to look at.

Usage: [PORT=8069] bin/demo [--fresh | --stop] [--no-serve]

  (nothing)    set up what is missing, run the loop once, start the server
  --fresh      throw the demo database away and start over
  --no-serve   end after the loop; a server that was started for it is stopped
  --stop       stop the demo's server and its PostgreSQL
  --help       this text

Environment: PORT= (8069), PYTHON= (3.10 to 3.13), ODOO_HOME= (a checkout of Odoo
19.0), SERVICE_CACHE= (folder of everything fetched and made; .cache).
"""

import datetime
import json
import os
import subprocess

from . import databases, runtime, templates
from .paths import PROJECT, inside, locked, log_file, our_addons
from .server import Server, alive, belongs_to, check_port, healthy, stop_pid
from .steps import Failure, main, say, step

DATABASE = "demo"
DEFAULT_PORT = 8069
MAIN_JOB = PROJECT / "bin" / "lib" / "main_job.py"
OPTIONS = {"--fresh", "--stop", "--no-serve"}
LOGINS = {
    "admin": "administrator of everything",
    "agent": "takes calls, opens tickets",
    "dispatcher": "assigns technicians",
    "technician": "repairs at the customer's",
    "supervisor": "approves for the service centre",
    "keeper": "parts keeper of the service centre",
    "factory": "parts clerk of the factories, approves for their warehouse",
    "finance": "approves for the factories' finance",
    "accountant": "accountant of the service centre",
    "manager": "service manager",
    "integration": "other systems, over RPC",
    "customer": "portal: a customer",
    "dealer": "portal: a dealer with customers",
}


def command(arguments):
    """Do what the arguments ask for."""
    if {"-h", "--help"} & set(arguments):
        say(__doc__)
        return 0
    _check_arguments(arguments)
    port = read_port(os.environ.get("PORT"))
    with locked("demo"):
        if "--stop" in arguments:
            return _stop()
        return _run(port, "--fresh" in arguments, "--no-serve" not in arguments)


def _check_arguments(arguments):
    unknown = set(arguments) - OPTIONS
    if unknown:
        raise Failure(
            f"bin/demo does not know {' '.join(sorted(unknown))}.",
            todo="See bin/demo --help.",
        )


def read_port(text):
    """The port to serve on, from the variable PORT."""
    if not text:
        return DEFAULT_PORT
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failure(
            f"PORT={text} is no port.",
            "A port is a number from 1 to 65535.",
            "Example: PORT=8070 bin/demo",
        )
    return int(text)


class PidFile:
    """Which server of ours runs, and on which port."""

    def __init__(self):
        self.path = inside("run", "demo") / "server.json"
        self.conf = inside("run", "demo") / "odoo.conf"

    def read(self):
        """(pid, port) of the running server, or None."""
        try:
            facts = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return None
        pid = facts["pid"]
        if alive(pid) and belongs_to(pid, self.conf):
            return pid, facts["port"]
        self.path.unlink(missing_ok=True)
        return None

    def write(self, pid, port):
        """Remember a server that was started."""
        self.path.write_text(json.dumps({"pid": pid, "port": port}))

    def stop(self):
        """Stop the server, if one of ours runs."""
        running = self.read()
        if running:
            stop_pid(running[0])
            self.path.unlink(missing_ok=True)
        return bool(running)


def _run(port, fresh, serve):
    """Everything from an empty machine to a printed address."""
    pid_file = PidFile()
    running = pid_file.read()
    if not running or running[1] != port:
        check_port(port)
    ready = runtime.prepare("demo", durable=True, locks=("odoo",))
    ready.write_conf(max_cron_threads=1)
    if fresh or needs_work(ready):
        pid_file.stop()
        _make_database(ready, fresh)
    started = _serve(ready, pid_file, port)
    try:
        _run_main_job(ready, f"http://127.0.0.1:{port}")
    finally:
        if not serve and started:
            pid_file.stop()
    if serve:
        _tell(port)
    else:
        ready.cluster.stop() if started else None
    return 0


def read_note(ready):
    """What is known of the demo database: sources' hash, when the loop ran."""
    try:
        return json.loads(databases.note(ready, DATABASE))
    except ValueError:
        return {}


def needs_work(ready):
    """Whether the database is missing or older than the add-ons."""
    found = read_note(ready).get("addons")
    return found != templates.key(ready, "addons")


def _make_database(ready, fresh):
    """Make the demo database, or bring it up to the add-ons of today."""
    key = templates.key(ready, "addons")
    known = read_note(ready)
    if known and not fresh:
        with step("Database 'demo': updating to the changed add-ons"):
            ready.odoo(
                *("-d", DATABASE, "-u", ",".join(our_addons()), "--no-http"),
                *("--stop-after-init", "--log-level=warn"),
                what="Odoo could not update the demo database.",
                todo="Start over with bin/demo --fresh.",
                log="demo-update.log",
            )
        databases.note(ready, DATABASE, json.dumps({**known, "addons": key}))
        return
    template = templates.build(ready, "world")
    with step("Database 'demo': a copy of the demo world"):
        databases.copy(ready, template, "demo_part")
        databases.note(ready, "demo_part", json.dumps({"addons": key}))
        databases.rename(ready, "demo_part", DATABASE)


def _serve(ready, pid_file, port):
    """Start the server unless it runs; returns whether it was started."""
    running = pid_file.read()
    if running and running[1] == port and healthy(f"http://127.0.0.1:{port}"):
        say(f"==> The server runs already (process {running[0]})")
        return False
    pid_file.stop()
    log = log_file("demo-server.log")
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    with step(f"Odoo server on port {port} (log: {log})"):
        server = Server(ready, DATABASE, port, log).start()
        pid_file.write(server.process.pid, port)
    return True


def _run_main_job(ready, url):
    """Run the loop once for each demo database, and keep what it printed."""
    printout = log_file("main-job.txt")
    known = read_note(ready)
    if not MAIN_JOB.exists():
        say("==> bin/lib/main_job.py is not there: no loop to run")
        return
    if known.get("loop"):
        say(f"==> The loop ran on {known['loop']}; its printout: {printout}")
        return
    with step("The loop, from the customer's call to both companies' books"):
        code = _tee(ready, [MAIN_JOB, "--url", url, "--db", DATABASE], printout)
    if code:
        raise Failure(
            "The loop did not come to its end.",
            f"bin/lib/main_job.py ended with code {code}; its output is above "
            f"and in {printout}.",
            f"Read {log_file('demo-server.log')}; start over with bin/demo --fresh.",
        )
    now = f"{datetime.datetime.now():%Y-%m-%d %H:%M}"
    databases.note(ready, DATABASE, json.dumps({**known, "loop": now}))


def _tee(ready, arguments, path):
    """Run a Python program, its output going to the terminal and to a file."""
    process = subprocess.Popen(
        [ready.python, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=ready.environment(PYTHONIOENCODING="utf-8"),
        cwd=PROJECT,
    )
    with open(path, "wb") as copy:
        for line in process.stdout:
            copy.write(line)
            say(line.decode(errors="replace").rstrip("\n"))
    return process.wait()


def _tell(port):
    """Print where to go and who one can be."""
    say(f"\nOdoo 19 is at http://127.0.0.1:{port}   (database {DATABASE})")
    say("Log in as any of these; the password is the login:")
    for login, role in LOGINS.items():
        say(f"  {login:<12} {role}")
    say(f"Log: {log_file('demo-server.log')}   Stop: bin/demo --stop")


def _stop():
    """Stop the demo's server and its PostgreSQL; nothing else."""
    was_running = PidFile().stop()
    say("==> The server was stopped" if was_running else "==> No server was running")
    cluster = runtime.existing_cluster("demo")
    was_running = cluster is not None and cluster.stop()
    word = "was stopped" if was_running else "was not running"
    say(f"==> The private PostgreSQL {word}")
    return 0


if __name__ == "__main__":
    main(command)
