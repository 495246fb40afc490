"""The customers' pages of both sides, over HTTP from a server in this process.

In one process the queries of a request can be counted.
"""

import contextlib
import threading

import requests

import odoo.http
from odoo import sql_db
from odoo.service.server import ThreadedWSGIServerReloadable

HOST = "127.0.0.1"


@contextlib.contextmanager
def serving():
    """Serve the database that Odoo is configured for; gives the address."""
    server = ThreadedWSGIServerReloadable(HOST, 0, odoo.http.root)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def log_in(address, database, login):
    """Return a session in which the customer is signed in (password is the login)."""
    session = requests.Session()
    credentials = {"db": database, "login": login, "password": login}
    answer = session.post(
        f"{address}/web/session/authenticate", json={"params": credentials}, timeout=60
    )
    answer.raise_for_status()
    if not answer.json().get("result", {}).get("uid"):
        raise RuntimeError(f"The customer could not sign in: {answer.text[:500]}")
    return session


class Page:
    """A page as the customer's browser gets it.

    :param session: signed in
    :param str url: address of the page
    :param str expected: what must stand on it
    """

    def __init__(self, session, url, expected):
        self.session = session
        self.url = url
        self.expected = expected

    def __call__(self):
        """Get the page; returns the number of queries that it took."""
        before = sql_db.sql_counter
        answer = self.session.get(self.url, timeout=120)
        queries = sql_db.sql_counter - before
        if answer.status_code != 200 or self.expected not in answer.text:
            raise RuntimeError(f"{self.url} answered {answer.status_code} without list")
        return queries
