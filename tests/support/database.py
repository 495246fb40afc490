"""A database that a test may change, and that other processes see."""

import json

import psycopg2
import psycopg2.extras

from bringup import databases, templates
from bringup.paths import inside, log_file


class Database:
    """A committed copy of a template database, with its filestore.

    :param bringup.runtime.Runtime runtime: where Odoo runs
    :param str name: the name in PostgreSQL
    """

    def __init__(self, runtime, name):
        self.runtime = runtime
        self.name = name
        self.log = log_file(f"{name}.log")
        self._keys = {}

    @classmethod
    def copy_of(cls, runtime, template, name):
        """Copy one of the templates.

        :param str template: ``deps`` (Odoo only), ``addons`` (ours installed) or
            ``world`` (with the demo world, its users and their passwords)
        """
        databases.copy(runtime, templates.build(runtime, template), name)
        return cls(runtime, name)

    def copy(self, name):
        """Copy this database, to which nobody may be connected."""
        databases.copy(self.runtime, self.name, name)
        copy = type(self)(self.runtime, name)
        copy.remember_keys(self._keys)
        return copy

    def sql(self, statement, *values):
        """Run a statement in its own committed transaction; rows are dicts."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return [dict(row) for row in rows]

    def connect(self):
        """A psycopg2 connection to this database; close it yourself."""
        environment = self.runtime.cluster.environment()
        return psycopg2.connect(
            host=environment["PGHOST"],
            port=environment["PGPORT"],
            user=environment["PGUSER"],
            dbname=self.name,
            cursor_factory=psycopg2.extras.RealDictCursor,
        )

    def shell(self, script):
        """Run Python inside Odoo (``env`` is there); commit what shall stay.

        What the script stores under the name ``answer`` comes back, as JSON does.
        """
        path = inside("run", self.runtime.name) / f"{self.name}.json"
        path.unlink(missing_ok=True)
        epilogue = (
            "\nimport json as _json, pathlib as _pathlib\n"
            f"_pathlib.Path({str(path)!r}).write_text("
            "_json.dumps(globals().get('answer')))\n"
        )
        self.runtime.shell(
            self.name,
            script + epilogue,
            what="A script of a test failed inside Odoo.",
            log=self.log.name,
        )
        answer = json.loads(path.read_text())
        path.unlink()
        return answer

    def odoo(self, *arguments):
        """Run Odoo's command line on this database to its end.

        ``database.odoo("-i", "crm_service")`` installs, ``"-u"`` updates. For
        commands of Odoo see :meth:`module`.

        :raise bringup.steps.Failure: with the end of the log
        """
        self.runtime.odoo(
            *(*arguments, "-d", self.name, "--no-http", "--log-level=warn"),
            "--stop-after-init",
            what=f"Odoo failed with {' '.join(arguments)}.",
            log=self.log.name,
        )

    def module(self, verb, *addons):
        """Install, upgrade or uninstall add-ons by ``odoo module``."""
        self.runtime.odoo(
            *("module", verb, "-d", self.name, *addons),
            what=f"Odoo failed to {verb} {', '.join(addons)}.",
            log=self.log.name,
        )

    def api_keys(self, *logins):
        """Keys for JSON-2 of users of this database: {login: key}."""
        lacking = [login for login in logins if login not in self._keys]
        if lacking:
            self._keys.update(self.shell(KEYS_SCRIPT % {"logins": lacking}))
        return {login: self._keys[login] for login in logins}

    def remember_keys(self, keys):
        """Note keys for JSON-2 that somebody else made: {login: key}."""
        self._keys.update(keys)

    def drop(self):
        """Delete the database and its filestore."""
        databases.drop(self.runtime, self.name)


KEYS_SCRIPT = """
from datetime import datetime, timedelta
answer = {}
for login in %(logins)r:
    user = env["res.users"].search([("login", "=", login)])
    keys = env["res.users.apikeys"].with_user(user).sudo()
    answer[login] = keys._generate("rpc", "tests", datetime.now() + timedelta(days=1))
env.cr.commit()
"""
