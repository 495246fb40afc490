"""Connections to the demo: XML-RPC by password, JSON-2 by API key, pages by HTTP."""

import json
import re
from urllib.parse import urlsplit

import odoolib
import requests

TIMEOUT = 60


class Demo:
    """A running demo, as each of its users sees it. The password is the login.

    :param str url: address of the server
    :param str database: name of the database
    """

    def __init__(self, url, database):
        self.url = url.rstrip("/")
        self.database = database
        parts = urlsplit(self.url)
        self.tls = "s" if parts.scheme == "https" else ""
        self.host = parts.hostname
        self.port = parts.port or (443 if self.tls else 80)
        self._connections = {}

    def rpc(self, login, model):
        """Return a model over XML-RPC, with the official client library."""
        return self._connect("xmlrpc", login).get_model(model)

    def json2(self, login, model):
        """Return a model over JSON-2; its methods take arguments by name only."""
        return self._connect("json2", login).get_model(model)

    def _connect(self, protocol, login):
        key = (protocol, login)
        if key not in self._connections:
            secret = login if protocol == "xmlrpc" else self.make_api_key(login)
            self._connections[key] = odoolib.get_connection(
                hostname=self.host,
                protocol=protocol + self.tls,
                port=self.port,
                database=self.database,
                login=login,
                password=secret,
            )
        return self._connections[key]

    def make_api_key(self, login):
        """Make an API key for a day, as under Preferences / Security / Add API Key.

        :return: the key, which is shown this once
        """
        web = WebSession(self, login)
        keys = "res.users.apikeys.description"
        key_id = web.call(
            keys, "create", [{"name": "Main job of the demo", "duration": "1"}]
        )
        action = web.call(keys, "make_key", [[key_id]])
        if action["res_model"] == "res.users.identitycheck":
            # Odoo wants to know again that it is really this person.
            action = web.call(
                "res.users.identitycheck",
                "run_check",
                [[action["res_id"]]],
                {"context": {"password": login}},
            )
        return action["context"]["default_key"]


class WebSession:
    """A browser's session, logged in with a password.

    :param Demo demo: where
    :param str login: who
    """

    def __init__(self, demo, login):
        self.demo = demo
        self.http = requests.Session()
        answer = self.post(
            "/web/session/authenticate",
            {"db": demo.database, "login": login, "password": login},
        )
        self.uid = answer["uid"]

    def post(self, path, params):
        """Post a JSON request as the web client does; return its result.

        :raises ValueError: with the server's sentence
        """
        answer = self.http.post(
            self.demo.url + path,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        body = answer.json()
        if "error" in body:
            raise ValueError(body["error"]["data"]["message"])
        return body["result"]

    def call(self, model, method, args, kwargs=None):
        """Call a method of a model."""
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs or {}},
        )


def track(demo, number, phone):
    """Look a request up on the public page; return the text of the page.

    :param str number: acceptance number
    :param str phone: the customer's phone
    """
    browser = requests.Session()
    form = browser.get(f"{demo.url}/service/track", timeout=TIMEOUT)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)
    page = browser.post(
        f"{demo.url}/service/track",
        data={"csrf_token": token.group(1), "number": number, "phone": phone},
        timeout=TIMEOUT,
    )
    page.raise_for_status()
    return page.text


def explain(error):
    """Return the sentence in an error of either protocol."""
    text = getattr(error, "faultString", None) or str(error)
    found = re.search(r"(\{.*\}) for data", text, re.DOTALL)
    if found:
        return json.loads(found.group(1))["message"]
    return text.strip().splitlines()[-1] if text.strip() else repr(error)
