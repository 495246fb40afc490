# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import threading
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from .assignment_common import MONDAY, AssignmentCommon


@tagged("post_install", "-at_install")
@freeze_time(MONDAY)
class TestAssignmentSpeed(AssignmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.people:
            cls._create_employee(user)

    def _count_queries(self, count, team=None):
        """Return how many queries it takes to create so many tickets of a team."""
        tickets = self.tickets.with_user(self.agent).with_context(
            tracking_disable=False, mail_auto_subscribe_no_notify=True
        )
        vals = self._prepare_ticket(team_id=(team or self.team).id)
        self.env.invalidate_all()
        tickets.create([dict(vals)])
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        new = tickets.create([dict(vals) for _i in range(count)])
        self.env.flush_all()
        self.assertEqual(bool(new[-1].user_id), team is None)
        return self.env.cr.sql_log_count - before

    def test_queries_for_a_batch_stay_flat(self):
        for method in ("least_loaded", "round_robin", "skill"):
            self.team.assignment_method = method
            with self.subTest(method=method):
                count = self._count_queries(500)
                self.assertLess(count / 500, 0.6, f"{count} queries for 500 tickets")

    def test_one_ticket_takes_few_queries_more_than_by_hand(self):
        by_hand = self._create_team(assignment_method="manual")
        more = self._count_queries(1) - self._count_queries(1, by_hand)
        self.assertLessEqual(more, 20, f"{more} queries more")

    def _fill(self, count):
        """Copy tickets of everybody, most closed, as years of work leave them."""
        self.team.assignment_method = "manual"
        users = self.people | self.agent | self.supervisor | self.manager
        tickets = self.tickets.create(
            [
                self._prepare_ticket(team_id=self.team.id, user_id=user.id)
                for user in users
                for _copy in range(25)
            ]
        )
        waiting, busy = tickets[::25], tickets[1::25]
        waiting.write({"user_id": False})
        (tickets - waiting - busy).action_close()
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                "SELECT attname FROM pg_attribute WHERE attnum > 0 AND attname NOT IN "
                "('id', 'number') AND NOT attisdropped "
                "AND attrelid = 'service_ticket'::regclass"
            )
        )
        names = SQL(", ").join(SQL.identifier(name) for (name,) in columns)
        self.env.cr.execute(
            SQL(
                "INSERT INTO service_ticket (number, %(names)s) "
                "SELECT 'FILL' || place || '-' || ticket.id, %(names)s "
                "FROM service_ticket AS ticket, generate_series(1, %(count)s) AS place "
                "WHERE ticket.id IN %(ids)s",
                names=names,
                count=count // len(tickets),
                ids=tuple(tickets.ids),
            )
        )
        self.env.cr.execute("ANALYZE service_ticket")

    def _explain(self, search):
        """Return the plans of the searches for tickets that `search` makes."""
        statements = []

        def listen(cr, query, params, _start, _delay):
            statement = cr._format(query, params)
            if "service_ticket" in statement and statement.startswith("SELECT"):
                statements.append(statement)

        self.env.flush_all()
        thread = threading.current_thread()
        with patch.object(thread, "query_hooks", [listen], create=True):
            search()
        self.assertTrue(statements)
        rows = []
        for statement in statements:
            self.env.cr.execute(f"EXPLAIN {statement}")  # pylint: disable=E8103
            rows += self.env.cr.fetchall()
        return "\n".join(row[0] for row in rows)

    def test_what_people_have_and_what_waits_is_found_by_index(self):
        self._fill(6000)
        plan = self._explain(lambda: self.team._get_loads(self.ann))
        self.assertRegex(plan, r"Index Cond: \(user_id = ")
        self.assertNotIn("Seq Scan", plan)
        plan = self._explain(self.team._get_waiting)
        self.assertIn("service_ticket_team_idx", plan)
        ticket = self.tickets.create(self._prepare_ticket())
        plan = self._explain(ticket._wake_assignment)
        self.assertIn("service_ticket_problem_idx", plan)

    def test_without_their_indexes_all_tickets_would_be_read(self):
        self._fill(6000)
        for row in self.env.execute_query(
            SQL(
                "SELECT indexname FROM pg_indexes WHERE tablename = 'service_ticket' "
                "AND indexdef LIKE %s",
                "%IS TRUE%",
            )
        ):
            self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(row[0])))
        self.assertIn("Seq Scan", self._explain(self.team._get_waiting))
