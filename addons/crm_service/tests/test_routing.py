# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon

PHASES = ["received", "triage", "in_progress", "resolved", "closed", "cancelled"]
DOMAINS = [
    "[]",
    "[('priority', '=', '0')]",
    "[('priority', '!=', '0')]",
    "[('priority', '=', '3')]",
    "[('user_id', '!=', False)]",
]
PRIORITIES = [False, "0", "1", "3"]

stages = st.lists(st.sampled_from(PHASES), min_size=2, max_size=5)
routes = st.lists(
    st.tuples(
        st.integers(-1, 4),
        st.integers(0, 4),
        st.sampled_from(["automatic", "manual"]),
        st.sampled_from(DOMAINS),
        st.sampled_from(PRIORITIES),
    ),
    min_size=2,
    max_size=9,
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("priority"), st.sampled_from(["0", "1", "2", "3"])),
        st.tuples(st.just("button"), st.integers(0, 3)),
        st.tuples(st.just("phase"), st.sampled_from(PHASES)),
        st.tuples(st.just("detour"), st.integers(0, 4)),
        st.tuples(st.just("take"), st.none()),
        st.tuples(st.just("version"), st.none()),
    ),
    max_size=6,
)


@tagged("post_install", "-at_install")
class TestRouting(ServiceCommon):
    """Whatever the process looks like, a ticket is in one stage of it."""

    @settings(
        max_examples=40,
        # a failing example is small as it is, and shrinking it takes minutes
        phases=[Phase.explicit, Phase.generate],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(stages, routes, steps)
    @example(
        ["received", "triage", "closed"],
        [
            (1, 1, "automatic", DOMAINS[3], False),
            (2, 0, "automatic", DOMAINS[3], False),
            (1, 2, "manual", DOMAINS[0], False),
        ],
        [("priority", "3"), ("button", 0)],
    )
    def test_a_ticket_is_always_in_one_stage_of_its_version(self, phases, ways, moves):
        savepoint = self.env.cr.savepoint()
        try:
            self._run(phases, ways, moves)
        finally:
            savepoint.close(rollback=True)

    def _run(self, phases, ways, moves):
        process = self._draw_process(phases, ways)
        if process._get_problems():
            with self.assertRaises(ValidationError):
                process.action_publish()
            self.assertEqual(process.state, "draft")
            self._make_sound(process)
        try:
            process.action_publish()
        except ValidationError:
            self.assertTrue(process._get_problems())
            return
        self.type = self.env["service.ticket.type"].create(
            {"name": "Any", "code": "any", "process_id": process.id}
        )
        ticket = self._create_ticket(type_id=self.type.id)
        self._check(ticket, 0)
        for name, value in moves:
            self._move(ticket, name, value)

    def _draw_process(self, phases, ways):
        process = self._create_process(
            *[(f"S{place}", phase) for place, phase in enumerate(phases)], code="any"
        )
        drawn = process.stage_ids
        for origin, target, mode, domain, priority in ways:
            origin, target = origin % (len(drawn) + 1) - 1, target % len(drawn)
            if origin != target:
                self._create_route(
                    drawn[origin] if origin >= 0 else drawn.browse(),
                    drawn[target],
                    mode=mode,
                    domain=domain,
                    priority=priority,
                )
        return process

    def _make_sound(self, process):
        """Add an entry, an end, and buttons to and from each stage."""
        entry, end = process.stage_ids.create(
            [
                {
                    "process_id": process.id,
                    "name": phase,
                    "phase": phase,
                    "sequence": place,
                }
                for phase, place in (("received", -1), ("closed", 99))
            ]
        )
        process.invalidate_recordset(["stage_ids"])
        for stage in process.stage_ids - entry - end:
            self._create_route(entry, stage, sequence=99)
            self._create_route(stage, end, sequence=99)
        self._create_route(entry, end, sequence=99)

    def _move(self, ticket, name, value):
        process, before = ticket.process_id, ticket.stage_id
        length = len(ticket.stage_log_ids)
        notes = len(ticket.message_ids)
        try:
            with self.env.cr.savepoint():
                self._do(ticket, name, value)
        except UserError:
            self.env.invalidate_all()
            self.assertEqual(ticket.stage_id, before)
        if name != "version":
            self.assertEqual(ticket.process_id, process)
        looped = [
            message
            for message in ticket.message_ids[: len(ticket.message_ids) - notes]
            if "in a circle" in (message.body or "")
        ]
        if looped and name in ("priority", "take"):
            self.assertEqual(ticket.stage_id, before)
            self.assertEqual(len(ticket.stage_log_ids), length)
        self._check(ticket, length)

    def _do(self, ticket, name, value):
        if name == "priority":
            ticket.priority = value
        elif name == "button":
            routes = ticket.available_route_ids
            if routes:
                ticket.action_route(routes[value % len(routes)])
        elif name == "phase":
            ticket._move_to_phase(value)
        elif name == "detour":
            drawn = ticket.process_id.stage_ids
            ticket.action_detour(drawn[value % len(drawn)], "Because")
        elif name == "take":
            ticket.user_id = self.agent
        else:
            self._migrate(ticket.process_id)

    def _migrate(self, process):
        newest = process._get_versions()[:1]
        newer = newest.copy()
        newer.action_publish()
        wizard = self.env["service.process.migrate"].create({"process_id": process.id})
        if wizard.line_ids:
            wizard.action_confirm()

    def _check(self, ticket, length):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(ticket.stage_id.exists())
        self.assertEqual(ticket.stage_id.process_id, ticket.process_id)
        rows = ticket.stage_log_ids.sorted("id")
        opened = rows.filtered(lambda row: not row.left_at)
        self.assertEqual(len(opened), 1)
        self.assertEqual(opened.stage_id, ticket.stage_id)
        self.assertEqual(opened.process_id, ticket.process_id)
        self.assertGreaterEqual(len(rows), length)
        for row, following in zip(rows, rows[1:], strict=False):
            if not following.is_handover:
                self.assertEqual(following.from_stage_id, row.stage_id)
        for row in rows:
            self.assertEqual(row.stage_id.process_id, row.process_id)
