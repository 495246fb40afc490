"""A PostgreSQL cluster of the project's own, reached by a Unix socket only."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from .paths import cache, check_space, inside, short_hash
from .steps import Failure, last_lines, run, say, step
from .system_packages import NEEDS, missing_failure, postgres_folders

USER = "odoo"
PORT = 5432
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "'256MB'",
    "max_wal_size": "'2GB'",
}
# A throw-away cluster loses its data when the machine dies, but not when a server
# process does: what is committed has been handed to the system.
HASTY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


class Cluster:
    """One PostgreSQL server with its data.

    :param str name: ``demo`` or ``test``
    :param bool durable: whether data must survive the machine's death
    """

    def __init__(self, name, durable=True):
        self.name = name
        self.durable = durable
        self.owner = "postgres" if os.geteuid() == 0 else None
        self.socket = socket_folder(name)

    def locate(self):
        """Find the data and the programs; returns whether there is data."""
        self.home = self._home()
        self.data = self.home / "data"
        self.programs = self._programs()
        return (self.data / "PG_VERSION").exists()

    def ensure(self):
        """Make the cluster when it is missing and start it when it is down."""
        if not self.locate():
            self._create()
        if not self.ready():
            with step(f"PostgreSQL: starting the private server '{self.name}'"):
                self._start()
                self._create_role()
        return self

    def environment(self):
        """Variables that lead PostgreSQL's clients here, and nowhere else."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return {
            **kept,
            "PGHOST": str(self.socket),
            "PGPORT": str(PORT),
            "PGUSER": USER,
            "PATH": f"{self.programs}:{kept.get('PATH', '')}",
        }

    def _as_owner(self):
        """Options for a process that runs as the data's owner."""
        options = {"cwd": "/", "stdin": subprocess.DEVNULL}
        if not self.owner:
            return options
        user = pwd.getpwnam(self.owner)
        env = {"PATH": os.environ.get("PATH", os.defpath), "HOME": user.pw_dir}
        return {
            **options,
            "user": user.pw_uid,
            "group": user.pw_gid,
            "extra_groups": [],
            "env": {**env, "LC_ALL": "C"},
        }

    def _home(self):
        """The folder of the data, one that the owner can reach."""
        if not self.owner:
            return inside("postgres", self.name)
        self._check_owner()
        home = cache() / "postgres" / self.name
        if not self._reaches(cache()):
            home = Path(
                "/var/tmp", f"after-sales-{short_hash(str(cache()))}", self.name
            )
            if not home.exists():
                say(f"    PostgreSQL's user cannot enter {cache()}: using {home}")
        home.mkdir(parents=True, exist_ok=True)
        shutil.chown(home, self.owner)
        return home

    def _check_owner(self):
        """PostgreSQL refuses root, so there must be another user to run it."""
        try:
            pwd.getpwnam(self.owner)
        except KeyError as error:
            raise Failure(
                "PostgreSQL cannot run as root.",
                f"There is no user '{self.owner}' to run it as.",
                "Run: apt-get install postgresql, or use an ordinary user.",
            ) from error

    def _reaches(self, folder):
        """Whether the owner may enter a folder."""
        done = subprocess.run(["test", "-x", folder], **self._as_owner())
        return not done.returncode

    def _programs(self):
        """The programs for this cluster's version, or the newest ones."""
        folders = dict(postgres_folders())
        if not folders:
            raise missing_failure(NEEDS[:1])
        try:
            version = int((self.data / "PG_VERSION").read_text().strip())
        except OSError:
            version = max(folders)
        if version not in folders:
            raise Failure(
                f"The databases were made by PostgreSQL {version}.",
                f"Installed now: {', '.join(map(str, folders))}.",
                f"Install PostgreSQL {version}, or delete {self.home} to start over.",
            )
        return folders[version]

    def _create(self):
        """Make an empty cluster under a temporary name, then show it."""
        check_space(self.home, 1024**3)
        part = self.home / "data.part"
        with step(f"PostgreSQL: making the private cluster '{self.name}'"):
            shutil.rmtree(part, ignore_errors=True)
            run(
                [self.programs / "initdb", "-D", part, "-U", "postgres"]
                + ["-A", "trust", "-E", "UTF8", f"--locale={_locale()}"],
                what="The private PostgreSQL cluster could not be made.",
                todo=f"Check that {self.home} can be written by "
                f"{self.owner or 'you'}, then run the command again.",
                **self._as_owner(),
            )
            part.rename(self.data)

    def pid(self):
        """The server's process id; None when it is not running.

        A pid file that a killed server left, or whose number now belongs to
        another process, does not count.
        """
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self.data).encode() in words else None

    def ready(self):
        """Whether the server answers on its socket."""
        asked = [self.programs / "pg_isready", "-q", "-h", self.socket, "-p", str(PORT)]
        return bool(self.pid()) and not subprocess.run(asked).returncode

    def _start(self):
        """Start the server, mending what a killed one left behind."""
        self.stop()
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        make_private_folder(self.socket, self.owner)
        for leftover in self.socket.glob(".s.PGSQL.*"):
            leftover.unlink()
        settings = {**SETTINGS, **({} if self.durable else HASTY_SETTINGS)}
        flags = [f"-c {key}={value}" for key, value in settings.items()]
        log = self.home / "server.log"
        done = run(
            [self.programs / "pg_ctl", "-D", self.data, "-w", "-t", "60", "-s"]
            + ["-l", log, "-o", f"-k {self.socket} -p {PORT} {' '.join(flags)}"]
            + ["start"],
            what="",
            check=False,
            start_new_session=True,
            # pg_ctl's server would keep a captured pipe open for ever
            log=os.devnull,
            **self._as_owner(),
        )
        if done.returncode:
            raise Failure(
                f"The private PostgreSQL server '{self.name}' did not start.",
                f"The end of {log}:\n{last_lines(log)}",
                f"Free memory or disk space; or delete {self.home} to start over.",
            )

    def _create_role(self):
        """The role of Odoo: it may make databases, and is no superuser."""
        found = self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{USER}'")
        if not found:
            self.sql(f"CREATE ROLE {USER} LOGIN CREATEDB")

    def sql(self, statement, database="postgres"):
        """Run a statement as the administrator and return its lines."""
        done = run(
            [self.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
            + ["-U", "postgres", "-d", database, "-c", statement],
            what="The private PostgreSQL server refused a statement.",
            todo="Run the command again; if it stays, start over with --fresh.",
            env=self.environment(),
        )
        return done.stdout.split("\n")[:-1]

    def stop(self):
        """Stop the server, if it is ours and running."""
        if not self.pid():
            return False
        run(
            [
                self.programs / "pg_ctl",
                "-D",
                self.data,
                "-m",
                "fast",
                "-w",
                "-s",
                "stop",
            ],
            what=f"The private PostgreSQL server '{self.name}' did not stop.",
            todo=f"Stop process {self.pid()} and run the command again.",
            **self._as_owner(),
        )
        return True


def socket_folder(name):
    """A short path for the socket: the system allows 107 characters."""
    key = short_hash(f"{cache()}:{os.getuid()}")
    base = "/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()
    return Path(base, f"after-sales-{key}-{name}")


def make_private_folder(folder, owner=None):
    """Make a folder that only its owner enters; refuse somebody else's.

    :param pathlib.Path folder: where
    :param str owner: the user it shall belong to (None: the current one)
    """
    wanted = pwd.getpwnam(owner).pw_uid if owner else os.getuid()
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, wanted, -1)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != wanted:
        raise Failure(
            f"{folder} belongs to somebody else.",
            "PostgreSQL's socket must be in a folder that nobody else enters.",
            f"Delete {folder}, or put the cache elsewhere with SERVICE_CACHE=/folder.",
        )
    folder.chmod(0o700)


def _locale():
    """A locale that knows letters of every script (search depends on it)."""
    listing = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout
    names = listing.split()
    for wanted in ("C.utf8", "C.UTF-8", "en_US.utf8"):
        if wanted in names:
            return wanted
    return next((name for name in names if "utf" in name.lower()), "C")
