"""The people and the tickets of a benchmark, on one side or on both."""

from odoo import api
from odoo.sql_db import db_connect

from . import loading, rows
from .side import PORTAL_CUSTOMER
from .stories import STORIES

PORTAL_LOGIN = "bench-customer"


class Population:
    """What is in the database, growing.

    :param registry: of a database that has the add-ons of the sides
    :param sides: classes of the sides that get tickets
    """

    def __init__(self, registry, sides):
        self.registry = registry
        self.sides = sides
        self.size = 0
        self.user_id = None

    def begin(self):
        """Make the people, and the tables that tickets are made from."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            loading.make_tables(env)
            agents = self._make_agents(env)
            loading.load_agents(env, agents)
            for side in self.sides:
                loading.load_teams(env, side.table, side(env).make_teams(agents))
            self.user_id = agents[0].id

    def _make_agents(self, env):
        """Make the users who have the tickets; the first one measures."""
        names = ["base.group_user", *(side.group for side in self.sides)]
        groups = [env.ref(name).id for name in names]
        users = env["res.users"].with_context(no_reset_password=True)
        return users.create(
            [
                {"name": f"Agent {n}", "login": f"bench-{n}", "group_ids": groups}
                for n in range(rows.AGENTS)
            ]
        )

    def grow(self, size):
        """Load tickets until there are `size` on each side.

        :param int size: more than there are
        """
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            loading.load_rows(env, rows.make_rows(self.size, size), STORIES)
            sides = [side(env) for side in self.sides]
            if not self.size:
                self._live_stories(env, sides)
                self._make_customer(env)
            for side in sides:
                side.grow(self.size, size)
        self.size = size
        self._vacuum()

    def _live_stories(self, env, sides):
        """Let the sides live the stories, with the same customers and agents."""
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
                "login": PORTAL_LOGIN,
                "password": PORTAL_LOGIN,
                "partner_id": partner.id,
                "group_ids": [env.ref("base.group_portal").id],
            }
        )

    def _vacuum(self):
        """Do what PostgreSQL does by itself after a while, on the whole database."""
        with db_connect(self.registry.db_name).cursor() as cr:
            cr._cnx.autocommit = True
            cr.execute("VACUUM (ANALYZE)")

    def get_user_env(self, cr):
        """The environment of the agent who measures, as the web client sets it."""
        users = api.Environment(cr, api.SUPERUSER_ID, {})["res.users"]
        context = {
            "lang": "en_US",
            "tz": "UTC",
            "uid": self.user_id,
            "allowed_company_ids": users.browse(self.user_id).company_id.ids,
            "bin_size": True,
        }
        return api.Environment(cr, self.user_id, context)
