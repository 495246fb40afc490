"""An Odoo that is ready to be run: source, environment, database, configuration."""

import configparser
import json
import os
import sys
import tempfile
from itertools import takewhile
from pathlib import Path

from . import odoo_source, postgres, system_packages
from .paths import ADDONS, LAUNCHER, PROJECT, inside, locked, log_file
from .python_env import PythonEnv
from .steps import run

ODOO_CONF = PROJECT / "odoo.conf"
NOT_FOR_HERE = ("db_name", "dbfilter", "db_replica_host", "db_replica_port", "logfile")


class Runtime:
    """Everything that running Odoo needs.

    :param str name: ``demo`` or ``test``
    :param cluster: the PostgreSQL cluster
    :param python: the interpreter of the environment
    :param odoo_source.OdooSource source: where Odoo comes from
    """

    def __init__(self, name, cluster, python, source):
        self.name = name
        self.cluster = cluster
        self.python = Path(python)
        self.source = source
        self.data_dir = inside("run", name, "data")
        self.conf = inside("run", name) / "odoo.conf"

    def write_conf(self, **overrides):
        """Write a configuration derived from the project's ``odoo.conf``.

        :param overrides: options that differ from it
        """
        options = {**read_options(), **self._local_options(), **overrides}
        for key in NOT_FOR_HERE:
            options.pop(key, None)
        parser = configparser.RawConfigParser()
        parser["options"] = {key: str(value) for key, value in options.items()}
        part = self.conf.with_suffix(f".{os.getpid()}")
        with open(part, "w") as handle:
            parser.write(handle)
        part.replace(self.conf)

    def _local_options(self):
        """What a run from the cache needs: our socket, our folders, no proxy."""
        core = self.source.site / "odoo" / "addons"
        return {
            "addons_path": ",".join(map(str, [core, *self.source.addons, ADDONS])),
            "data_dir": self.data_dir,
            "db_host": self.cluster.socket,
            "db_port": postgres.PORT,
            "db_user": postgres.USER,
            "http_interface": "127.0.0.1",
            "proxy_mode": False,
            "workers": 0,
        }

    def environment(self, **more):
        """The environment of every program that we start.

        Odoo takes options from variables, too: those of the terminal stay outside.
        """
        variables = self.cluster.environment()
        kept = {
            key: value
            for key, value in variables.items()
            if not key.startswith("ODOO_") and key != "OPENERP_SERVER"
        }
        return {
            **kept,
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{self.python.parent}:{variables['PATH']}",
            **more,
        }

    def odoo_command(self, *args):
        """The command line of Odoo with our configuration."""
        words = list(takewhile(lambda arg: not arg.startswith("-"), args))
        rest = args[len(words) :]
        return [*self.launcher(), *words, "-c", str(self.conf), *rest]

    def launcher(self):
        """The beginning of a command line of Odoo."""
        return [str(self.python), str(LAUNCHER)]

    def odoo(self, *args, what, log, todo="", **options):
        """Run Odoo to its end; its log goes to a file."""
        return run(
            self.odoo_command(*args),
            what=what,
            todo=todo or f"Read {log_file(log)}, mend the cause and run it again.",
            log=log_file(log),
            env=self.environment(),
            cwd=PROJECT,
            **options,
        )

    def shell(self, database, script, *, what, log, todo=""):
        """Run a Python script inside an Odoo environment (variable ``env``).

        The script commits what it wants to keep.
        """
        with tempfile.TemporaryFile("w+") as handle:
            handle.write(script)
            handle.seek(0)
            self.odoo(
                *("shell", "-d", database, "--no-http", "--log-level=warn"),
                what=what,
                log=log,
                todo=todo,
                stdin=handle,
            )

    def save(self):
        """Write down where everything is, for processes that we start."""
        path = inside("run", self.name) / "runtime.json"
        facts = {
            "name": self.name,
            "durable": self.cluster.durable,
            "python": str(self.python),
            "site": str(self.source.site),
            "addons": [str(folder) for folder in self.source.addons],
        }
        path.write_text(json.dumps(facts, indent=2))
        return path


def load(path):
    """The runtime that another process prepared and saved."""
    facts = json.loads(Path(path).read_text())
    source = odoo_source.OdooSource(
        Path(facts["site"]), tuple(map(Path, facts["addons"])), "an earlier step"
    )
    cluster = postgres.Cluster(facts["name"], facts["durable"]).ensure()
    return Runtime(facts["name"], cluster, facts["python"], source)


def read_options(path=ODOO_CONF):
    """The options of a configuration file."""
    parser = configparser.RawConfigParser()
    parser.read(path)
    return dict(parser["options"]) if parser.has_section("options") else {}


def prepare(name, *, durable, locks, needs=system_packages.NEEDS):
    """Bring up everything below a database.

    :param str name: ``demo`` or ``test``
    :param bool durable: whether the cluster must survive the machine's death
    :param locks: lock files to install from
    :param needs: system packages to look for
    :rtype: Runtime
    """
    with locked("prepare"):
        system_packages.ensure(needs)
        environment = PythonEnv("odoo").ensure(*locks)
        source = odoo_source.find(sys.executable)
        environment.add_path(source.site)
        cluster = postgres.Cluster(name, durable).ensure()
        runtime = Runtime(name, cluster, environment.python, source)
        runtime.write_conf()
    return runtime


def existing_cluster(name):
    """A cluster made earlier, without starting it; None when there is none."""
    cluster = postgres.Cluster(name)
    return cluster if cluster.locate() else None
