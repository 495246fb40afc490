"""A real Odoo server process and its clients."""

from xmlrpc.client import ServerProxy

import odoolib
import psutil
import requests

from bringup import server as bringup_server


class Server(bringup_server.Server):
    """A server for one database of a test.

    :param tests.support.database.Database database: what it serves
    :param int workers: processes; 0 for one process with threads
    :param options: more options of Odoo's command line
    """

    def __init__(self, database, workers=0, options=()):
        self.data = database
        self._uids = {}
        workers_options = [f"--workers={workers}", "--max-cron-threads=0"]
        if workers:
            workers_options.append(f"--gevent-port={bringup_server.free_port()}")
        super().__init__(
            database.runtime,
            database.name,
            bringup_server.free_port(),
            database.log,
            [*workers_options, "--log-level=warn", *options],
        )

    def rpc(self, login, password=None):
        """The official client over XML-RPC.

        ``server.rpc("agent").get_model("service.api").ticket_status(number)``
        """
        return odoolib.get_connection(
            *(bringup_server.HOST, "xmlrpc", self.port, self.database),
            login=login,
            password=password or login,
        )

    def uid(self, login):
        """The id of a user, as XML-RPC wants it (the password is the login)."""
        if login not in self._uids:
            with ServerProxy(f"{self.url}/xmlrpc/2/common") as proxy:
                self._uids[login] = proxy.authenticate(self.database, login, login, {})
        return self._uids[login]

    def json2(self, login):
        """The official client over JSON-2 (arguments by name only)."""
        return odoolib.get_connection(
            *(bringup_server.HOST, "json2", self.port, self.database),
            login=login,
            password=self.data.api_keys(login)[login],
        )

    def post_json2(self, login, model, method, **body):
        """A bare JSON-2 request, for tests of errors.

        :return: (HTTP status, decoded body)
        """
        key = self.data.api_keys(login)[login]
        answer = requests.post(
            f"{self.url}/json/2/{model}/{method}",
            json=body,
            headers={"Authorization": f"Bearer {key}"},
            timeout=120,
        )
        return answer.status_code, answer.json()

    def pids(self):
        """Process ids: the server's own and its workers'."""
        main = psutil.Process(self.process.pid)
        return [main.pid, *(child.pid for child in main.children(recursive=True))]

    def kill(self):
        """End the server as a power cut would; ``start`` brings it back."""
        for process in (*psutil.Process(self.process.pid).children(True), self.process):
            process.kill()
        self.process.wait()
