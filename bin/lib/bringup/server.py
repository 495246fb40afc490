"""An Odoo server process: started, waited for, found again and stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .paths import PROJECT
from .steps import Failure, last_lines

HOST = "127.0.0.1"


class Server:
    """One server for one database.

    :param Runtime runtime: where Odoo runs
    :param str database: the only database that it serves
    :param int port: the HTTP port
    :param pathlib.Path log: its log file
    :param options: more options of Odoo's command line
    """

    def __init__(self, runtime, database, port, log, options=()):
        self.runtime = runtime
        self.database = database
        self.port = port
        self.log = log
        self.options = list(options)
        self.process = None

    @property
    def url(self):
        """The address of the server."""
        return f"http://{HOST}:{self.port}"

    def start(self, timeout=180):
        """Start the server, apart from this terminal, and wait until it answers."""
        command = self.runtime.odoo_command(
            *("-d", self.database, f"--db-filter=^{self.database}$"),
            *(f"--http-interface={HOST}", f"--http-port={self.port}"),
            *self.options,
        )
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=self.runtime.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait(timeout)
        except BaseException:
            self.stop()
            raise
        return self

    def _wait(self, timeout):
        """Ask until the server is healthy."""
        deadline = time.monotonic() + timeout
        while not healthy(self.url):
            if self.process.poll() is not None:
                raise self._failure(f"It ended with code {self.process.returncode}.")
            if time.monotonic() > deadline:
                raise self._failure(f"It did not answer within {timeout} seconds.")
            time.sleep(0.2)

    def _failure(self, cause):
        return Failure(
            f"The Odoo server on port {self.port} did not come up.",
            f"{cause} The end of {self.log}:\n{last_lines(self.log)}",
            "Mend what the log says, or take another port with PORT=.",
        )

    def stop(self):
        """Stop the server; its workers go with it."""
        if self.process and self.process.poll() is None:
            stop_pid(self.process.pid)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)


def healthy(url):
    """Whether an Odoo server answers there."""
    try:
        with urllib.request.urlopen(f"{url}/web/health", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def alive(pid):
    """Whether a process runs (one that ended and was not collected does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def stop_pid(pid, patience=20):
    """Ask a process to end, and end it when it does not listen.

    :param int pid: a process that we started
    :param float patience: seconds to wait
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        if not alive(pid):
            return


def belongs_to(pid, conf):
    """Whether a process is a server that runs on our configuration."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return str(conf).encode() in words


def free_port():
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def check_port(port):
    """Fail with the name of the process that has the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Failure(
                f"Port {port} needs root.",
                "Ports below 1024 belong to the system.",
                "Take another one: PORT=8070 bin/demo",
            ) from error
        except OSError as error:
            raise Failure(
                f"Port {port} is taken.",
                f"It is used by {port_user(port)}.",
                f"Stop that program, or take another port: PORT={port + 1} bin/demo",
            ) from error


def port_user(port):
    """The process that listens on a port, in words."""
    sockets = _listening_sockets(port)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(link) in sockets:
                pid = link.parts[2]
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                line = " ".join(word.decode(errors="replace") for word in words).strip()
                return f"process {pid} ({line[:100]})"
    return "a program of another user"


def _listening_sockets(port):
    """Names under which processes hold the sockets that listen on a port."""
    names = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                cells = line.split()
                if int(cells[1].rsplit(":", 1)[1], 16) == port and cells[3] == "0A":
                    names.add(f"socket:[{cells[9]}]")
    return names
