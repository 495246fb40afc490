# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import ServiceCommon

NOW = datetime(2026, 3, 11, 22, 30)  # in Rome it is half past eleven in the evening


@tagged("post_install", "-at_install")
class TestDashboard(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor.tz = "Europe/Rome"
        cls.team = cls._create_team(member_ids=cls.technician.ids)
        cls.other = cls._create_team(name="Other")
        for team, user, days in (
            (cls.team, cls.agent, 0),
            (cls.team, cls.technician, 1),
            (cls.team, cls.env["res.users"], 3),
            (cls.other, cls.agent, 13),
            (cls.other, cls.agent, 20),
        ):
            with freeze_time(NOW - timedelta(days=days)):
                cls._create_ticket(team_id=team.id, user_id=user.id)
        cls.five = cls.tickets.search([("company_id", "=", cls.company.id)])
        with freeze_time(NOW - timedelta(days=1)):
            cls.five.filtered(lambda t: not t.user_id).action_close()

    def _get_data(self, user=None, **arguments):
        dashboard = self._as(user or self.supervisor)["service.dashboard"]
        with freeze_time(NOW):
            return dashboard.get_data(**arguments)

    def _count(self, data, name, user=None):
        """Count the tickets of the list that a figure opens."""
        tickets = self._as(user or self.supervisor)["service.ticket"]
        return tickets.search_count(data["domains"][name])

    def test_each_figure_is_the_length_of_its_list(self):
        breached, at_risk, *_others = self.five.filtered("is_open")
        breached._with_flow().sla_status = "breached"
        at_risk._with_flow().sla_status = "at_risk"
        data = self._get_data()
        self.assertEqual(
            data["figures"],
            {"open": 4, "unassigned": 0, "breached": 1, "at_risk": 1},
        )
        self.assertEqual(data["today"], {"in": 1, "out": 0})
        for name, count in {**data["figures"], **data["today"]}.items():
            with self.subTest(figure=name):
                self.assertEqual(self._count(data, name), count)

    def test_phases_people_and_the_oldest(self):
        data = self._get_data()
        self.assertEqual(
            [(row["phase"], row["count"]) for row in data["phases"]], [("received", 4)]
        )
        self.assertEqual(
            [(row["id"], row["open"]) for row in data["people"]],
            [(self.agent.id, 3), (self.technician.id, 1)],
        )
        oldest = min(self.five, key=lambda ticket: ticket.opened_at)
        self.assertEqual(data["oldest"]["number"], oldest.number)

    def test_days_begin_at_midnight_where_the_caller_is(self):
        days = self._get_data()["days"]
        self.assertEqual(len(days), 14)
        self.assertEqual(days[-1]["date"], "2026-03-11")
        self.assertEqual([day["in"] for day in days[-4:]], [1, 0, 1, 1])
        self.assertEqual((days[0]["in"], days[-2]["out"]), (1, 1))
        self.supervisor.tz = "Asia/Shanghai"
        days = self._get_data()["days"]
        self.assertEqual(days[-1]["date"], "2026-03-12")
        self.assertEqual((days[-1]["in"], days[-2]["out"]), (1, 1))
        self.assertEqual(days[-2]["in"], 1)

    def test_chosen_teams_are_counted_and_foreign_ones_forgotten(self):
        data = self._get_data(team_ids=[self.team.id, 0, 10**9])
        self.assertEqual(data["team_ids"], self.team.ids)
        self.assertEqual(data["figures"]["open"], 2)
        self.assertEqual(self._count(data, "open"), 2)

    def test_everybody_counts_what_they_may_see(self):
        data = self._get_data(self.technician)
        self.assertEqual(data["figures"]["open"], 2)
        data = self._get_data(self.stranger)
        self.assertEqual((data["figures"]["open"], data["oldest"]), (0, False))
        self.assertFalse(any(day["in"] for day in data["days"]))

    def test_queries_do_not_grow_with_tickets(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_data()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        self.tickets.create([self._prepare_ticket() for _i in range(50)])
        self.assertEqual(count(), few)
        self.assertLessEqual(few, 12)

    def test_indexes_alone_answer(self):
        # so many, over so many days, that an index that says less costs more
        tickets = self.tickets.create([self._prepare_ticket() for _i in range(300)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE service_ticket SET opened_at = now() - id %% 300 * interval '1 day'"
            ", closed_at = now() - id %% 300 * interval '1 day' WHERE id IN %s",
            [tuple(tickets.ids)],
        )
        self.env.cr.execute("ANALYZE service_ticket")
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        dashboard = self.env["service.dashboard"]
        scope = [("company_id", "in", self.company.ids)]
        since = fields.Datetime.now() - timedelta(days=14)
        for domain, index in (
            # in a small table another index of open tickets does as well
            ([("is_open", "=", True)], "_idx on service_ticket"),
            ([("opened_at", ">=", since)], "service_ticket_came_idx"),
            ([("closed_at", ">=", since)], "service_ticket_went_idx"),
        ):
            query = dashboard._get_query(scope + domain)
            statement = query.select("count(*)")
            self.env.cr.execute(f"EXPLAIN {statement.code}", statement.params)
            plan = "\n".join(line for (line,) in self.env.cr.fetchall())
            with self.subTest(index=index):
                self.assertIn(index, plan)
