# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
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
            cls._create_employee(user, cls._create_calendar(8, 17))

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
        self.assertLessEqual(more, 16, f"{more} queries more")

    def _explain(self, records, domain):
        """Return the plan of the search for `domain`, without sequential scans."""
        query = records._search(domain)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row[0] for row in rows)

    def test_counting_what_people_have_uses_an_index(self):
        plan = self._explain(self.tickets, self.team._get_load_domain(self.people))
        self.assertIn("service_ticket_load_idx", plan)

    def test_finding_what_waits_uses_an_index(self):
        domain = [("team_id", "=", self.team.id)]
        domain += list(self.team._get_waiting_domain())
        self.assertRegex(self._explain(self.tickets, domain), "service_ticket_\\w+_idx")
        plan = self._explain(self.tickets, self.team._get_problem_domain())
        self.assertIn("service_ticket_problem_idx", plan)
