"""Fixtures for tests that need real servers, databases and browsers.

Run them with bin/test, which prepares what they stand on.

==================  ============================================================
``make_database``   factory: ``make_database("world")`` gives a fresh committed
                    copy of a template (deps, addons, world); dropped at the end
``make_server``     factory: ``make_server(database, workers=2)``; stopped at the end
``database``        a copy with our add-ons, for one test
``world``           a copy with the demo world, for one test module
``server``          a server with threads on ``world``, for one test module
``workers``         a server with 2 worker processes on ``world``, for one module
``group``           a copy with the small group of companies, for one module
``group_server``    a server with threads on ``group``, for one module
``browser``         Chromium, for the whole run; ``page`` a fresh window of it
``screenshot_dir``  where pictures go
==================  ============================================================

A server's ``rpc(login)`` and ``json2(login)`` are the official client;
``post_json2`` a bare request; ``url`` its address. A database's ``sql(…)`` reads
what is committed and ``shell(script)`` runs Python inside Odoo.
"""

import itertools
import os
from pathlib import Path

import pytest

from bringup import runtime as bringup_runtime
from bringup.paths import inside
from bringup.system_packages import chromium
from support import group as group_of_companies
from support.database import Database
from support.server import Server

COUNTER = itertools.count(1)


@pytest.fixture(scope="session")
def runtime():
    """What bin/test prepared: Odoo, its environment, the database server."""
    path = os.environ.get("SERVICE_TEST_RUNTIME")
    if not path:
        pytest.exit("These tests need Odoo and a database server: run bin/test.", 4)
    return bringup_runtime.load(path)


def _keep_on_failure(request, database):
    """Delete the log of a database whose tests went well."""
    if not request.session.testsfailed:
        database.log.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def make_database(request, runtime):
    """Make committed copies of a template database, dropped at the end."""
    made = []

    def make(template="addons"):
        name = f"test_{os.getpid()}_{next(COUNTER)}"
        made.append(Database.copy_of(runtime, template, name))
        return made[-1]

    yield make
    for database in made:
        database.drop()
        _keep_on_failure(request, database)


@pytest.fixture(scope="session")
def make_server():
    """Start servers, stopped at the end."""
    started = []

    def make(database, workers=0, options=()):
        server = Server(database, workers, options)
        started.append(server)
        return server.start()

    yield make
    for server in started:
        server.stop()


@pytest.fixture
def database(make_database):
    """A copy with our add-ons installed, for one test."""
    copy = make_database("addons")
    yield copy
    copy.drop()


@pytest.fixture(scope="module")
def world(make_database):
    """A copy with the demo world, for the tests of one module."""
    copy = make_database("world")
    yield copy
    copy.drop()


@pytest.fixture(scope="module")
def server(world, make_server):
    """A server with threads on the demo world, for the tests of one module."""
    server = make_server(world)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def workers(world, make_server):
    """A server with two worker processes on the demo world."""
    server = make_server(world, workers=2)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def group_template(make_database):
    """A database with the small group of companies; copy it, do not use it."""
    return group_of_companies.fill(make_database("addons"))


@pytest.fixture(scope="module")
def group(group_template):
    """A copy with the small group of companies, for the tests of one module."""
    copy = group_template.copy(f"test_{os.getpid()}_{next(COUNTER)}")
    yield copy
    copy.drop()


@pytest.fixture(scope="module")
def group_server(group, make_server):
    """A server with threads on the group of companies, for one module."""
    server = make_server(group)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser():
    """The machine's Chromium; tests that need it fail without it."""
    if not chromium():
        pytest.fail("Browser tests need Chromium: apt-get install chromium")
    from support import browser as support_browser

    with support_browser.started() as chrome:
        yield chrome


@pytest.fixture
def page(browser):
    """A fresh window, wide as a desk."""
    from support import browser as support_browser

    context = browser.new_context(viewport=support_browser.DESKTOP, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.fixture(scope="session")
def screenshot_dir():
    """Where pictures go: SCREENSHOTS, or a folder of the cache."""
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return inside("screenshots")
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
