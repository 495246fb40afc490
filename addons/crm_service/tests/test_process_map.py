# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestProcessMap(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.process = cls._create_process(
            ("New", "received"),
            ("Work", "in_progress"),
            ("Parts", "waiting_parts"),
            ("Done", "closed"),
            ("Dropped", "cancelled"),
        )
        cls.new, cls.work, cls.parts, cls.done, cls.dropped = cls.process.stage_ids
        cls.start = cls._create_route(cls.new, cls.work, name="Start")
        cls.order = cls._create_route(cls.work, cls.parts, name="Order")
        cls.arrive = cls._create_route(cls.parts, cls.work, name="Arrived")
        cls.finish = cls._create_route(cls.work, cls.done, name="Finish")
        cls.drop = cls._create_route(
            cls.env["service.stage"], cls.dropped, name="Drop", sequence=99
        )
        cls.type = cls._create_type(cls.process)

    def _go(self, *routes, **values):
        """Create a ticket and send it along `routes`."""
        ticket = self._create_ticket(type_id=self.type.id, **values)
        for route in routes:
            ticket.action_route(route)
        return ticket

    def _get_map(self, user=None, **arguments):
        """Return the map as `user` sees it: stages by name, edges by their ends."""
        process = self.process.with_user(user or self.agent)
        result = process.with_context(
            allowed_company_ids=process.env.user.company_ids.ids
        ).get_map(**arguments)
        names = {stage["id"]: stage["name"] for stage in result["stages"]}
        result["stages"] = {stage["name"]: stage for stage in result["stages"]}
        result["edges"] = {
            (names[edge["from_id"]], names[edge["to_id"]]): edge
            for edge in result["edges"]
        }
        return result

    def test_stages_tell_their_tickets_and_passes(self):
        self._go()
        self._go(self.start)
        self._go(self.start, self.order, self.arrive, self.finish)
        stages = self._get_map()["stages"]
        self.assertEqual(
            [(s["pass_count"], s["open_count"]) for s in stages.values()],
            [(3, 1), (3, 1), (1, 0), (1, 0), (0, 0)],
        )
        self.assertEqual([s["entry_count"] for s in stages.values()], [3, 0, 0, 0, 0])
        self.assertTrue(stages["New"]["is_entry"])
        self.assertEqual(
            [name for name, stage in stages.items() if stage["is_end"]],
            ["Done", "Dropped"],
        )

    def test_ways_tell_their_share_of_what_left_the_stage(self):
        for _ticket in range(3):
            self._go(self.start, self.finish)
        self._go(self.start, self.order)
        edges = self._get_map()["edges"]
        self.assertEqual(edges["New", "Work"]["count"], 4)
        self.assertEqual(edges["New", "Work"]["share"], 1)
        self.assertEqual(edges["Work", "Done"]["share"], 0.75)
        self.assertEqual(edges["Work", "Parts"]["share"], 0.25)
        self.assertEqual(edges["Parts", "Work"]["count"], 0)
        self.assertEqual(edges["Work", "Done"]["names"], ["Finish"])
        self.assertEqual(edges["Work", "Done"]["mode"], "manual")

    def test_ways_that_are_not_defined_are_off_the_way(self):
        self._go()._move_to_phase("waiting_parts")
        edge = self._get_map()["edges"]["New", "Parts"]
        self.assertEqual((edge["kind"], edge["count"]), ("off", 1))
        self.assertEqual((edge["names"], edge["mode"]), ([], ""))

    def test_ways_from_any_stage_are_told_with_all_who_took_them(self):
        self._go(self.drop)
        self._go(self.start, self.drop)
        result = self._get_map()
        (route,) = result["any_routes"]
        self.assertEqual((route["names"], route["count"]), (["Drop"], 2))
        self.assertEqual(result["edges"]["New", "Dropped"]["kind"], "any")
        self.assertEqual(result["edges"]["New", "Dropped"]["share"], 0.5)

    def test_hours_are_means_over_the_passes_that_are_over(self):
        first = self._go(self.start)
        second = self._go(self.start)
        self._go(self.start)
        self._age(first, waiting=2)
        self._age(second, waiting=4)
        (first | second).action_route(self.finish)
        self.env.flush_all()
        logs = self.env["service.stage.log"]
        rows = logs.search([("stage_id", "=", self.work.id), ("left_at", "!=", False)])
        waiting = sum(rows.mapped("waiting_hours")) / 2
        work = self._get_map()["stages"]["Work"]
        self.assertGreater(waiting, 0)
        self.assertAlmostEqual(work["waiting_hours"], waiting)
        self.assertEqual((work["pass_count"], work["left_count"]), (3, 2))

    def _age(self, ticket, waiting):
        """Let a ticket have entered its stage some weeks ago."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            ALTER TABLE service_stage_log DISABLE TRIGGER USER;
            UPDATE service_stage_log
               SET entered_at = entered_at - make_interval(days => 7 * %s)
             WHERE ticket_id = %s AND left_at IS NULL;
            ALTER TABLE service_stage_log ENABLE TRIGGER USER;
            """,
            (waiting, ticket.id),
        )
        self.env.invalidate_all()

    def test_a_stage_that_went_on_in_other_hands_was_passed_once(self):
        ticket = self._go(self.start, user_id=self.agent.id)
        ticket.user_id = self.supervisor
        self.assertGreater(len(ticket.stage_log_ids), 2)
        work = self._get_map()["stages"]["Work"]
        self.assertEqual((work["pass_count"], work["left_count"]), (1, 0))

    def test_a_period_counts_what_began_in_it(self):
        self._age(self._go(), waiting=8)
        self._go()
        self.assertEqual(self._count_new(), 2)
        month_ago = self.env.cr.now().replace(tzinfo=None, day=1, microsecond=0)
        self.assertEqual(self._count_new(date_from=str(month_ago)[:10]), 1)
        self.assertEqual(self._count_new(date_to=str(month_ago)), 1)
        self.assertEqual(self._count_new(date_from="2999-01-01"), 0)

    def _count_new(self, **period):
        return self._get_map(**period)["stages"]["New"]["pass_count"]

    def test_what_is_no_date_is_refused_with_the_way_to_write_it(self):
        for value in ("yesterday", "2026-13-01", {"a": 1}, "2026-01-01' OR 1=1"):
            with (
                self.subTest(value=value),
                self.assertRaisesRegex(UserError, "2026-12-31"),
            ):
                self._get_map(date_from=value)

    def test_archived_stages_and_routes_are_drawn_when_they_were_used(self):
        self._go(self.start, self.order, self.arrive, self.finish)
        free = self.process._with_structure().env
        (self.order | self.arrive).with_env(free).active = False
        self.parts.with_env(free).active = False
        result = self._get_map()
        self.assertFalse(result["stages"]["Parts"]["active"])
        self.assertEqual(result["edges"]["Work", "Parts"]["kind"], "route")
        self.assertNotIn("Parts", self._get_map(date_from="2999-01-01")["stages"])

    def test_tickets_of_other_companies_do_not_count(self):
        self.process._with_structure().company_id = False
        self._go()
        self.assertEqual(self._count_new(), 1)
        self.assertEqual(
            self._get_map(user=self.stranger)["stages"]["New"]["pass_count"], 0
        )

    def test_companies_that_are_not_the_users_own_are_refused(self):
        process = self.process.with_user(self.stranger).with_context(
            allowed_company_ids=self.company.ids
        )
        with self.assertRaises(AccessError):
            process.get_map()

    def test_processes_of_other_companies_are_refused(self):
        self.process.company_id = self.company
        with self.assertRaises(AccessError):
            self._get_map(user=self.stranger)

    def test_customers_see_no_map(self):
        portal = new_test_user(
            self.env,
            login="map_portal",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self._get_map(user=portal)

    def test_technicians_see_the_figures_of_the_whole_company(self):
        self._go()
        self.assertEqual(
            self._get_map(user=self.technician)["stages"]["New"]["pass_count"], 1
        )

    def test_names_are_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.new.with_context(lang="de_DE").name = "Neu"
        process = self.process.with_user(self.agent).with_context(lang="de_DE")
        self.assertEqual(process.get_map()["stages"][0]["name"], "Neu")

    def test_the_number_of_queries_does_not_grow_with_the_history(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_map()
            return self.env.cr.sql_log_count - before

        self._go(self.start)
        self._get_map()
        few = count()
        for _ticket in range(10):
            self._go(self.start, self.order, self.arrive, self.finish)
        self.assertLessEqual(count(), few)

    def test_the_button_opens_the_picture_of_this_process(self):
        action = self.process.with_user(self.manager).action_open_map()
        self.assertEqual(action["tag"], "service_process_map")
        self.assertEqual(action["params"], {"process_id": self.process.id})
