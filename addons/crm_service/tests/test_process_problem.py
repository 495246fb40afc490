# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestProcessProblem(ServiceCommon):
    def _process(self, *stages, routes=(), **values):
        """Create a draft of stages (name, phase) and routes (from, to, **values)."""
        process = self._create_process(*stages, **values)
        by_name = {stage.name: stage for stage in process.stage_ids}
        by_name[None] = self.env["service.stage"]
        for origin, target, *rest in routes:
            values = rest[0] if rest else {}
            self._create_route(by_name[origin], by_name[target], **values)
        return process

    def _assert_problems(self, process, *patterns):
        problems = process._get_problems()
        self.assertEqual(len(problems), len(patterns), problems)
        for problem, pattern in zip(problems, patterns, strict=True):
            self.assertRegex(problem, pattern)
        with self.assertRaises(ValidationError) as caught:
            process.action_publish()
        for problem in problems:
            self.assertIn(problem, str(caught.exception))
        self.assertEqual(process.state, "draft")

    def test_a_sound_process_has_no_problem(self):
        process = self._process(
            ("New", "received"), ("End", "closed"), routes=[("New", "End")]
        )
        self.assertFalse(process._get_problems())
        self.assertFalse(process.problem_text)

    def test_without_stages(self):
        self._assert_problems(self._process(), "There is no stage")

    def test_without_an_entry(self):
        process = self._process(
            ("End", "closed"), ("New", "received"), routes=[("New", "End")]
        )
        self._assert_problems(process, "no entry.*“End”", "No route reaches.*“New”")

    def test_without_a_way_out(self):
        process = self._process(
            ("New", "received"),
            ("Work", "in_progress"),
            routes=[("New", "Work"), ("Work", "New")],
        )
        self._assert_problems(process, "no way out: no stage has the phase")

    def test_with_a_way_out_that_cannot_be_reached(self):
        process = self._process(
            ("New", "received"),
            ("Work", "in_progress"),
            ("End", "closed"),
            routes=[("New", "Work"), ("Work", "New")],
        )
        self._assert_problems(
            process,
            "no way out: no stage.*can be reached",
            "no way leads to an end: “New”, “Work”",
            "No route reaches the stage “End”",
        )

    def test_with_a_stage_nobody_can_leave(self):
        process = self._process(
            ("New", "received"),
            ("Work", "in_progress"),
            ("End", "closed"),
            routes=[("New", "Work"), ("New", "End")],
        )
        self._assert_problems(process, "Nobody can leave the stage “Work”")

    def test_a_route_from_any_stage_is_a_way_on(self):
        process = self._process(
            ("New", "received"),
            ("Work", "in_progress"),
            ("End", "closed"),
            routes=[("New", "Work"), (None, "End")],
        )
        self.assertFalse(process._get_problems())

    def test_with_a_stage_that_no_route_reaches(self):
        process = self._process(
            ("New", "received"),
            ("Lost", "in_progress"),
            ("End", "closed"),
            routes=[("New", "End"), ("Lost", "End")],
        )
        self._assert_problems(process, "No route reaches the stage “Lost”")

    def test_with_a_route_to_an_archived_stage(self):
        process = self._process(
            ("New", "received"),
            ("Old", "in_progress"),
            ("End", "closed"),
            routes=[("New", "End"), ("New", "Old"), ("Old", "End")],
        )
        process.stage_ids[1].active = False
        process.invalidate_recordset(["stage_ids"])
        self._assert_problems(process, *["belongs to the archived stage “Old”"] * 2)

    def test_with_a_certain_circle(self):
        automatic = {"mode": "automatic"}
        process = self._process(
            ("New", "received"),
            ("Work", "in_progress"),
            ("End", "closed"),
            routes=[
                ("New", "Work", automatic),
                ("Work", "New", automatic),
                ("Work", "End"),
            ],
        )
        self._assert_problems(process, "in a circle: New → Work → New")

    def test_a_condition_or_something_to_wait_for_opens_the_circle(self):
        automatic = {"mode": "automatic"}
        urgent = {"mode": "automatic", "domain": "[('priority', '=', '3')]"}
        stages = ("New", "received"), ("Work", "in_progress"), ("End", "closed")
        process = self._process(
            *stages,
            routes=[("New", "Work", urgent), ("Work", "New", automatic)]
            + [("Work", "End")],
        )
        self.assertFalse(process._get_problems())
        process = self._process(
            *stages,
            routes=[("New", "Work", automatic), ("Work", "New", automatic)]
            + [("Work", "End")],
            code="waits",
        )
        self.assertTrue(process._get_problems())
        process.stage_ids[1].waits_for_children = True
        self.assertFalse(process._get_problems())

    def test_the_form_shows_the_problems_of_a_draft(self):
        process = self._process(("New", "received"))
        with Form(process.with_user(self.manager)) as form:
            self.assertIn("no way out", form.problem_text)

    # -- at the moment of entry -----------------------------------------------

    def test_a_type_with_an_unready_process_is_refused_whole(self):
        process = self._process(("New", "received"))
        with self.assertRaises(ValidationError) as caught:
            self.repair.process_id = process
        self.assertIn("no way out", str(caught.exception))
        self.assertNotEqual(self.repair.process_id, process)
        self.assertEqual(process.state, "draft")

    def test_a_change_that_breaks_a_published_process_is_refused(self):
        process = self._process(
            ("New", "received"), ("End", "closed"), routes=[("New", "End")]
        )
        process.action_publish()
        new, end = process.stage_ids
        changes = (
            lambda: process.route_ids.unlink(),
            lambda: process.route_ids.write({"active": False}),
            lambda: end.write({"phase": "resolved"}),
            lambda: new.write({"phase": "closed"}),
            lambda: end.write({"sequence": -1}),
            lambda: end.write({"active": False}),
            lambda: end.unlink(),
            lambda: new.copy({"name": "Lost"}),
        )
        for number, change in enumerate(changes):
            with self.subTest(number), self.assertRaises(ValidationError):
                change()
        self.assertFalse(process._get_problems())

    def test_conditions_that_cannot_be_tried_are_refused(self):
        process = self._process(("New", "received"), ("End", "closed"))
        new, end = process.stage_ids
        for domain in (
            "[('name', '>', 5)]",
            "[('reopen_count', '>', 'many')]",
            "[('opened_at', '>', 5)]",
            "[('partner_id.nothing', '=', 1)]",
            "[('name', 'near', 'x')]",
            "[('name', '=')]",
            "[" * 300,
            "{}",
        ):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self._create_route(new, end, domain=domain)
        self.assertFalse(process.route_ids)
