"""What PostgreSQL does for the hot searches, in a database full of tickets.

Runs inside Odoo. The SQL is what the ORM really executes while a screen is served,
taken from the cursor and explained as it is.
"""

import ast
import functools
import json
import re
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields, sql_db

from odoo.addons.crm_service.const import DONE_PHASES

from bench import views
from bench.ours import Ours
from bench.population import PORTAL_LOGIN, Population

LARGE = re.compile(r'\b(?:FROM|JOIN|UPDATE)\s+"?(service_(?:ticket|stage_log|sla))"?\s')


def run(env, size, dropped):
    """Fill the database and explain each hot search.

    :param env: of the superuser; its cursor is not used
    :param int size: how many tickets
    :param dict dropped: {search: index}: explain it again without that index
    :return: {"with": {search: plans}, "without": {search: plans}}; a plan is a dict of
        sql, scanned (large tables read from end to end) and indexes
    """
    population = Population(env.registry, (Ours,))
    population.begin()
    population.grow(size)
    with env.registry.cursor() as cr:
        side = Ours(env(cr=cr))
        side.size = size
        user_env = population.get_user_env(cr)
        side.choose(user_env)
        searches = Searches(user_env, side)
        recorded = {
            name: record(cr, getattr(searches, name)) for name in searches.names()
        }
        answer = {
            "with": {name: explain(cr, queries) for name, queries in recorded.items()},
            "without": {},
        }
        for name, index in dropped.items():
            with undone(cr):
                cr.execute(f"DROP INDEX {index}")
                answer["without"][name] = explain(cr, recorded[name])
        cr.rollback()
    return answer


class Searches:
    """The hot searches, each as a screen or a job does it.

    :param env: of an agent
    :param Ours side: knows what there is to find
    """

    def __init__(self, env, side):
        self.env = env
        self.side = side
        self.tickets = env["service.ticket"]

    @classmethod
    def names(cls):
        """The names of all searches."""
        return [name for name in vars(cls) if name.startswith("search_")]

    def _list(self, domain, request=None):
        specification, order = request or self.side.list_request
        return self.tickets.web_search_read(
            domain, specification, limit=80, order=order, count_limit=10_001
        )

    def search_usual_list(self):
        self._list([])

    def search_part_of_number(self):
        self.side.find_number(self.env)

    def search_number(self):
        assert self.tickets._find_by_number(self.side.samples["number"])

    def search_phone(self):
        self.side.find_phone(self.env)

    def search_part_of_phone(self):
        self._list([("phone_search", "=", "0005001")])

    def search_duplicates(self):
        """What a form looks for while somebody types a request anew."""
        asked = self.tickets.search([("phone_sanitized", "!=", False)], limit=1)
        draft = self.tickets.new(
            {
                "name": asked.name,
                "company_id": asked.company_id.id,
                "partner_id": asked.partner_id.id,
                "partner_phone": asked.partner_phone,
                "partner_email": asked.partner_email,
                "serial_number": asked.serial_number or "FR-1",
            }
        )
        draft._find_duplicates()

    def search_part_of_subject(self):
        self.side.find_part(self.env)

    def _open(self, name):
        """Open the list of a window action, as its menu does."""
        action = self.env.ref(f"crm_service.{name}").sudo()
        lists = action.view_ids.filtered(lambda line: line.view_mode == "list")
        self._list(
            ast.literal_eval(re.sub(r"\buid\b", str(self.env.uid), action.domain)),
            views.read_list(self.env, "service.ticket", lists.view_id.id),
        )

    def search_own_worklist(self):
        self._open("service_ticket_action_my")

    def search_team_worklist(self):
        self._open("service_ticket_action_team_work")

    def search_unassigned(self):
        self._open("service_ticket_action_unassigned")

    def search_everything_open(self):
        self._open("service_ticket_action_supervision")

    def search_team_queue(self):
        self._list([("team_id", "=", self.side.team_id), ("is_open", "=", True)])

    def search_dashboard(self):
        self.env["service.dashboard"].get_data()

    def search_dashboard_of_a_team(self):
        self.env["service.dashboard"].get_data([self.side.team_id])

    def search_loads_of_people(self):
        team = self.env["service.team"].sudo().browse(self.side.team_id)
        assert team._get_loads(team.member_ids)

    def search_due_clocks(self):
        assert self.env["service.sla"].sudo()._count_due(limit=500)
        self.env["service.sla"].sudo()._process_due(10)

    def search_picture_of_a_process(self):
        process = self.env.ref("crm_service.process_repair")
        since = fields.Datetime.now() - timedelta(days=30)
        assert process._get_map(str(since))

    def search_customer_counters(self):
        self.side.count_for_customers(self.env)

    def search_portal_list(self):
        user = self.env["res.users"].sudo().search([("login", "=", PORTAL_LOGIN)])
        tickets = self.tickets.with_user(user.id)
        tickets.search_count([])
        tickets.search_fetch([], ["number", "name"], limit=20, order="id desc")
        tickets.search_count([("phase", "not in", DONE_PHASES)])


@contextmanager
def undone(cr):
    """Undo at the end what is done to the database."""
    cr.execute("SAVEPOINT undone")
    try:
        yield
    finally:
        cr.execute("ROLLBACK TO SAVEPOINT undone")


def record(cr, search):
    """Return the statements on large tables that a search executes."""
    statements = []
    execute = sql_db.Cursor.execute

    @functools.wraps(execute)
    def listen(self, *args, **kwargs):
        result = execute(self, *args, **kwargs)
        statements.append(self._obj.query.decode())
        return result

    search.__self__.env.invalidate_all()
    sql_db.Cursor.execute = listen
    try:
        with undone(cr):
            search()
    finally:
        sql_db.Cursor.execute = execute
    return [statement for statement in statements if LARGE.search(statement)]


def explain(cr, statements):
    """Return what PostgreSQL plans for each statement."""
    plans = []
    for statement in statements:
        cr.execute(f"EXPLAIN (FORMAT JSON) {statement}")
        (answer,) = cr.fetchone()
        answer = json.loads(answer) if isinstance(answer, str) else answer
        nodes = list(_nodes(answer[0]["Plan"]))
        plans.append(
            {
                "sql": statement,
                "scanned": [
                    node["Relation Name"]
                    for node in nodes
                    if node["Node Type"] == "Seq Scan"
                    and LARGE.fullmatch(f"FROM {node['Relation Name']} ")
                ],
                "indexes": [
                    node["Index Name"] for node in nodes if "Index Name" in node
                ],
            }
        )
    return plans


def _nodes(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
