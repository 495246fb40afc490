"""Everything measured at the present size of both sides."""

import functools

from odoo import api

from bringup.steps import say

from . import document, portal
from .measure import WORKS, compare, make_row, timed
from .ours import Ours
from .population import PORTAL_LOGIN, Population
from .theirs import Theirs

SIDES = (Ours, Theirs)
QUICK_ROUNDS = 3


class Bench(Population):
    """Both sides in a database, measured.

    :param registry: of a database that has both add-ons
    :param bool quick: measure few rounds only
    """

    def __init__(self, registry, quick):
        super().__init__(registry, SIDES)
        self.quick = quick

    def measure(self, last):
        """Measure everything at the present size.

        :param bool last: whether the budgets for many tickets hold
        :return: the figures, as `measure.make_row` gives them
        """
        sides = self._choose()
        figures = []
        with portal.serving() as address:
            session = portal.log_in(address, self.registry.db_name, PORTAL_LOGIN)
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
            user_env = self.get_user_env(cr)
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
            env = self.get_user_env(cr)
            before = cr.sql_log_count
            milliseconds, _answer = timed(functools.partial(_finish, method, env))
            queries = cr.sql_log_count - before
            cr.rollback()
        self.registry.reset_changes()
        return milliseconds, queries

    def describe_size(self):
        """Return how many tickets each side has, in words."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            counts = [(side.model, env[side.model].search_count([])) for side in SIDES]
        return ", ".join(f"{count:,} {model}" for model, count in counts)

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
