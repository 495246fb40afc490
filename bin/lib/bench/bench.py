"""A benchmark: two sides, one user, one database that grows."""

import functools

from odoo import api
from odoo.sql_db import db_connect

from bringup.steps import say

from . import document, loading, portal
from .measure import WORKS, compare, make_row, timed
from .ours import Ours
from .rows import AGENTS, make_rows
from .side import PORTAL_CUSTOMER
from .stories import STORIES
from .theirs import Theirs

GROUPS = (
    "base.group_user",
    "crm_service.group_service_agent",
    "helpdesk_mgmt.group_helpdesk_user",
)
QUICK_ROUNDS = 3


class Bench:
    """Both sides in a database.

    :param registry: of a database that has both add-ons
    :param bool quick: measure few rounds only
    """

    def __init__(self, registry, quick):
        self.registry = registry
        self.quick = quick
        self.size = 0
        self.user_id = None

    # -- tickets ------------------------------------------------------------

    def begin(self):
        """Make the people, and the tables that tickets are made from."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            loading.make_tables(env)
            agents = self._make_agents(env)
            service_teams = Ours(env).make_teams(agents)
            helpdesk_teams = Theirs(env).make_teams(agents)
            for n, agent in enumerate(agents):
                cr.execute(
                    "INSERT INTO bench_agent VALUES (%s, %s, %s, %s, %s)",
                    [n, agent.id, agent.partner_id.id]
                    + [service_teams[n], helpdesk_teams[n]],
                )
            self.user_id = agents[0].id

    def _make_agents(self, env):
        """Make the users who have the tickets; the first one measures."""
        groups = [env.ref(name).id for name in GROUPS]
        users = env["res.users"].with_context(no_reset_password=True)
        return users.create(
            [
                {"name": f"Agent {n}", "login": f"bench-{n}", "group_ids": groups}
                for n in range(AGENTS)
            ]
        )

    def grow(self, size):
        """Load tickets until there are `size` on each side, and look at them anew."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            first = self.size
            loading.load_rows(env, make_rows(first, size), STORIES)
            sides = Ours(env), Theirs(env)
            if not first:
                self._live_stories(env, sides)
                self._make_customer(env)
            for side in sides:
                side.grow(first, size)
        self.size = size
        self._vacuum()

    def _live_stories(self, env, sides):
        """Let both sides live the stories, with the same customers and agents."""
        env.cr.execute("SELECT user_id FROM bench_agent ORDER BY n")
        agents = env["res.users"].browse(user_id for (user_id,) in env.cr.fetchall())
        env.cr.execute("SELECT partner_id FROM bench_customer ORDER BY n")
        partners = env["res.partner"].browse(one for (one,) in env.cr.fetchall())
        for side in sides:
            side.begin(partners[-len(STORIES) :], agents)

    def _make_customer(self, env):
        """Give a customer a contact who signs in at the portal."""
        env.cr.execute(
            "SELECT partner_id FROM bench_customer WHERE n = %s", [PORTAL_CUSTOMER]
        )
        (parent_id,) = env.cr.fetchone()
        partner = env["res.partner"].create({"name": "Eve", "parent_id": parent_id})
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": portal.LOGIN,
                "password": portal.LOGIN,
                "partner_id": partner.id,
                "group_ids": [env.ref("base.group_portal").id],
            }
        )

    def _vacuum(self):
        """Do what PostgreSQL does by itself after a while, on the whole database."""
        connection = db_connect(self.registry.db_name).cursor()
        with connection as cr:
            cr._cnx.autocommit = True
            cr.execute("VACUUM (ANALYZE)")

    # -- measuring ----------------------------------------------------------

    def measure(self, last):
        """Measure everything at the present size.

        :param bool last: whether the budgets for many tickets hold
        :return: the figures, as `measure.make_row` gives them
        """
        sides = self._choose()
        figures = []
        with portal.serving() as address:
            session = portal.log_in(address, self.registry.db_name)
            for work in WORKS:
                calls = self._get_calls(work, sides, address, session)
                rounds = min(work.rounds, QUICK_ROUNDS) if self.quick else work.rounds
                row = make_row(work, self.size, compare(calls, rounds), last)
                figures.append(row)
                say(
                    f"        {work.name}: {row['ours_ms']:.1f} ms, theirs "
                    f"{row['theirs_ms']:.1f} ms"
                )
        return figures

    def _choose(self):
        """Return both sides, ready to work; what they find is the same."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            sides = {"ours": Ours(env), "theirs": Theirs(env)}
            user_env = self._get_user_env(cr)
            for side in sides.values():
                side.size = self.size
                side.choose(user_env)
            for method in ("list_first", "find_number", "find_phone", "find_part"):
                self._check_same(user_env, sides, method)
            self._check_same(user_env, sides, "count_for_customers")
        return sides

    def _check_same(self, env, sides, method):
        """Make sure that both sides find the same: else figures mean nothing."""
        answers = [getattr(side, method)(env) for side in sides.values()]
        if answers[0] != answers[1] or not answers[0]:
            raise RuntimeError(f"{method}: {answers[0]} here and {answers[1]} there")

    def _get_user_env(self, cr):
        """The environment of the agent, as the web client sets it."""
        user = api.Environment(cr, api.SUPERUSER_ID, {})["res.users"].browse(
            self.user_id
        )
        context = {
            "lang": "en_US",
            "tz": "UTC",
            "uid": self.user_id,
            "allowed_company_ids": user.company_id.ids,
            "bin_size": True,
        }
        return api.Environment(cr, self.user_id, context)

    def _get_calls(self, work, sides, address, session):
        """Return {side: callable that gives (milliseconds, queries)}."""
        if work.method != "portal":
            return {
                name: functools.partial(self._work, getattr(side, work.method))
                for name, side in sides.items()
            }
        return {
            name: functools.partial(
                timed,
                portal.Page(session, address + side.portal_url, side.portal_sample),
            )
            for name, side in sides.items()
        }

    def _work(self, method):
        """Do a side's work once, in a transaction of its own that is rolled back."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT 1")
            env = self._get_user_env(cr)
            before = cr.sql_log_count
            milliseconds, _answer = timed(functools.partial(_finish, method, env))
            queries = cr.sql_log_count - before
            cr.rollback()
        self.registry.reset_changes()
        return milliseconds, queries

    def describe(self):
        """Return (the machine in Markdown, what ours is compared with)."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT latest_version FROM ir_module_module WHERE name = %s",
                ["helpdesk_mgmt"],
            )
            (version,) = cr.fetchone()
            return document.describe_machine(cr), f"helpdesk_mgmt {version}"


def _finish(method, env):
    """Work and do all that happens before a commit."""
    method(env)
    env.flush_all()
    env.cr.precommit.run()
