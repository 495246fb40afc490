# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, tagged

from ..tools.maintenance_plan import Facts, Rhythm, get_dates
from .maintenance_common import TODAY, MaintenanceCommon

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
rhythms = st.builds(
    Rhythm,
    unit=st.sampled_from(["day", "week", "month", "year"]),
    every=st.integers(1, 40),
    first_on=days,
    after_last=st.booleans(),
    season=st.none() | st.tuples(st.integers(1, 12), st.integers(1, 12)),
)
facts = st.builds(
    Facts,
    taken=st.frozensets(days, max_size=5),
    last_on=st.none() | days,
    waiting_on=st.none() | days,
    last_day=st.none() | days,
)


@tagged("post_install", "-at_install")
class TestMaintenanceDates(BaseCase):
    @settings(max_examples=100, deadline=None)
    @given(rhythms, days, facts)
    def test_days_are_in_order_in_season_in_term_and_never_decided_twice(
        self, rhythm, today, known
    ):
        horizon = today + timedelta(days=366)
        found = get_dates(rhythm, today, horizon, known)
        self.assertEqual(found, sorted(set(found)))
        self.assertFalse(known.taken & set(found))
        for day in found:
            self.assertLessEqual(day, min(known.last_day or horizon, horizon))
            if rhythm.season:
                first, last = rhythm.season
                inside = (day.month - first) % 12 <= (last - first) % 12
                self.assertTrue(inside, (day, rhythm.season))

    @settings(max_examples=50, deadline=None)
    @given(rhythms, days)
    def test_what_was_planned_is_planned_again_the_next_day(self, rhythm, today):
        horizon = today + timedelta(days=366)
        found = get_dates(rhythm, today, horizon)
        later = get_dates(
            rhythm,
            today + timedelta(days=1),
            horizon,
            Facts(waiting_on=min(found, default=None)),
        )
        self.assertEqual(found, later)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMaintenancePlan(MaintenanceCommon):
    # -- days -----------------------------------------------------------------

    def test_the_coming_year_is_planned_when_a_plan_is_written(self):
        plan = self._create_plan(every=4)
        self.assertEqual(
            self._get_days(plan), ["2026-10-01", "2027-02-01", "2027-06-01"]
        )
        self.assertEqual(str(plan.next_on), "2026-10-01")
        self.assertEqual(plan.due_ids.partner_id, self.partner)

    def test_another_interval_replaces_what_was_not_decided(self):
        plan = self._create_plan(every=4)
        plan.due_ids[1].action_skip("The plant is closed")
        plan.every = 6
        self.assertEqual(
            self._get_days(plan, state="planned"), ["2026-10-01", "2027-04-01"]
        )
        self.assertEqual(self._get_days(plan, state="skipped"), ["2027-02-01"])

    def test_units_come_and_go(self):
        plan = self._create_plan()
        other = self._create_asset(serial_number="S-2")
        plan.asset_ids = [Command.link(other.id)]
        self.assertEqual(plan.due_ids.asset_id, self.unit | other)
        plan.asset_ids = [Command.unlink(self.unit.id)]
        self.assertEqual(plan.due_ids.asset_id, other)
        other.state = "scrapped"
        plan._plan()
        self.assertFalse(plan.due_ids or plan.next_on)

    def test_an_archived_plan_plans_nothing(self):
        plan = self._create_plan()
        plan.active = False
        self.assertFalse(plan.due_ids or plan.next_on)
        plan.active = True
        self.assertTrue(plan.due_ids)

    def test_nothing_is_planned_after_its_end(self):
        plan = self._create_plan(date_end="2026-12-31", every=4)
        self.assertEqual(self._get_days(plan), ["2026-10-01"])

    def test_planning_twice_changes_nothing(self):
        plan = self._create_plan(every=1)
        before = plan.due_ids.ids
        plan._plan()
        self.assertEqual(plan.due_ids.ids, before)

    def test_the_form_shows_the_coming_days_before_it_is_saved(self):
        with Form(self.plans.with_user(self.dispatcher)) as form:
            form.name = "Inspection"
            form.every = 3
            form.first_on = "2026-07-01"
            self.assertIn("07/01/2026 · 10/01/2026 · 01/01/2027", form.preview)
            form.season_from = "4"
            form.season_to = "9"
            self.assertIn("07/01/2026 · 04/01/2027", form.preview)

    def test_by_use_the_average_foretells_the_day(self):
        meter = self.env["service.asset.meter"].create({"name": "Hours", "uom": "h"})
        values = {"unit": "usage", "every": 1000, "meter_id": meter.id}
        plan = self._create_plan(**values)
        self.assertFalse(plan.due_ids)
        readings = self.env["service.asset.reading"]
        key = {"asset_id": self.unit.id, "meter_id": meter.id}
        readings.create({**key, "value": 0, "read_at": "2026-03-03 08:00:00"})
        readings.create({**key, "value": 900, "read_at": "2026-06-01 00:00:00"})
        plan._plan()
        self.assertEqual(
            self._get_days(plan)[:2], ["2026-06-11", "2026-09-19"], "10 h a day"
        )
        plan.latest_months = 2
        self.assertEqual(self._get_days(plan)[:2], ["2026-06-11", "2026-08-10"])

    # -- refused ----------------------------------------------------------------

    def test_what_cannot_be_meant_is_refused_in_a_sentence(self):
        with self.assertRaisesRegex(ValidationError, "one end only"):
            self._create_plan(season_from="4")
        with self.assertRaisesRegex(ValidationError, "choose the meter"):
            self._create_plan(unit="usage")

    def test_nobody_writes_what_follows_from_the_plan(self):
        plan = self._create_plan()
        plan_user = plan.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "follows from its interval"):
            plan_user.next_on = TODAY
        for values in ({"due_on": TODAY}, {"state": "skipped"}, {"ticket_id": 1}):
            with self.assertRaisesRegex(UserError, "follows from the maintenance"):
                plan_user.due_ids.write(values)
        with self.assertRaisesRegex(UserError, "follows from the maintenance"):
            self.dues.with_user(self.manager).create({"plan_id": plan.id})

    def test_a_plan_that_made_tickets_stays(self):
        plan = self._create_plan(first_on=TODAY)
        self._run()
        with self.assertRaisesRegex(ValidationError, "Archive it"):
            plan.unlink()
        self._create_plan().unlink()

    # -- who --------------------------------------------------------------------

    def test_only_dispatchers_plan(self):
        plan = self._create_plan()
        due = plan.due_ids[0]
        self.assertEqual(due.with_user(self.technician).status, "planned")
        for user in (self.technician, self.agent):
            with self.assertRaises(AccessError):
                plan.with_user(user).every = 1
            with self.assertRaises(AccessError):
                due.with_user(user).action_skip("I am on holiday")
            with self.assertRaises(AccessError):
                due.with_user(user).action_make_ticket()
        env = self._as(self.stranger)
        self.assertFalse(env["service.maintenance.due"].search([]))
        self.assertFalse(env["service.maintenance.plan"].search([]))

    def test_technicians_see_what_is_due_for_their_teams(self):
        theirs = self._create_team(member_ids=[Command.set(self.technician.ids)])
        plan = self._create_plan(team_id=theirs.id)
        other = self._create_plan(team_id=self._create_team(name="B").id)
        found = self.dues.with_user(self.technician).search([])
        self.assertEqual(found.plan_id, plan)
        self.assertEqual(
            self.dues.with_user(self.agent).search([]).plan_id, plan | other
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMaintenanceTicket(MaintenanceCommon):
    # -- tickets ------------------------------------------------------------------

    def test_a_ticket_is_made_ahead_of_time_and_once(self):
        plan = self._create_plan(
            first_on="2026-06-15",
            instructions="<p>Bring oil</p>",
            checklist="Oil\n\n Filter ",
        )
        self._run()
        due = plan.due_ids[0]
        ticket = due.ticket_id
        self.assertEqual(ticket.name, "Inspection")
        self.assertEqual(ticket.type_id.code, "maintenance")
        self.assertEqual(ticket.asset_id, self.unit)
        self.assertEqual(ticket.partner_id, self.partner)
        self.assertIn("Bring oil", ticket.description)
        self.assertEqual(ticket.check_ids.mapped("name"), ["Oil", "Filter"])
        self.assertEqual(ticket.check_ids.stage_id.phase, "in_progress")
        self.assertEqual((due.state, due.status), ("ticket", "ticket"))
        self.assertEqual(str(plan.next_on), "2026-12-15")
        self._run()
        self.assertEqual(plan.ticket_count, 1)

    def test_no_ticket_is_made_too_early(self):
        plan = self._create_plan(first_on="2026-06-16")
        self._run()
        self.assertFalse(plan.due_ids.ticket_id)
        plan.ahead_days = 15
        self._run()
        self.assertTrue(plan.due_ids[0].ticket_id)

    def test_what_was_forgotten_is_still_due(self):
        plan = self._create_plan(first_on="2026-06-20")
        with freeze_time("2026-06-25"):
            self._run()
            self.assertEqual(self._get_days(plan, state="ticket"), ["2026-06-20"])

    def test_counted_from_the_last_one_the_next_follows_when_it_was_done(self):
        plan = self._create_plan(first_on=TODAY, basis="done", every=3)
        self._run()
        self.assertEqual(
            self._get_days(plan)[:2], ["2026-06-01", "2026-09-01"], "while under way"
        )
        with freeze_time("2026-06-20"):
            plan.due_ids[0].ticket_id._move_to_phase("resolved")
            self._run()
            self.assertEqual(self._get_days(plan)[1:3], ["2026-09-20", "2026-12-20"])
            self.assertEqual(plan.due_ids[0].status, "done")

    def test_one_that_fails_says_why_and_the_others_are_made(self):
        other = self._create_asset(serial_number="S-2", partner_id=self.partner.id)
        plan = self._create_plan(
            first_on=TODAY, asset_ids=[Command.set((self.unit | other).ids)]
        )
        create = type(self.tickets).create

        def refuse(model, vals_list):
            if any(vals.get("asset_id") == other.id for vals in vals_list):
                raise UserError(model.env._("Not this one."))
            return create(model, vals_list)

        self.patch(type(self.tickets), "create", refuse)
        self._run()
        failed = plan.due_ids.filtered("problem")
        self.assertEqual(plan.due_ids.ticket_id.asset_id, self.unit)
        self.assertEqual(failed.problem, "Not this one.")
        self.assertEqual(plan.problem_count, 1)
        self.patch(type(self.tickets), "create", create)
        self._run()
        self.assertFalse(failed.ticket_id, "tried again the next day")
        with freeze_time("2026-06-02"):
            self._run()
            self.assertTrue(failed.ticket_id)
            self.assertFalse(failed.problem)

    def test_buttons_make_tickets_now(self):
        plan = self._create_plan(first_on=TODAY)
        plan = plan.with_user(self.dispatcher)
        self.assertEqual(plan.action_make_tickets()["params"]["type"], "success")
        self.assertEqual(plan.ticket_count, 1)
        action = plan.due_ids[1].action_make_ticket()
        self.assertEqual(action["res_id"], plan.due_ids[1].ticket_id.id)
        with self.assertRaisesRegex(UserError, "not planned any more"):
            plan.due_ids[1].action_make_ticket()
        domain = plan.action_open_tickets()["domain"]
        self.assertEqual(self.tickets.search_count(domain), 2)

    def test_many_tickets_take_few_queries(self):
        assets = self.env["service.asset"].create(
            [
                {"serial_number": f"Q-{number}", "partner_id": self.partner.id}
                for number in range(60)
            ]
        )
        plan = self._create_plan(first_on=TODAY, asset_ids=[Command.set(assets.ids)])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(2 * len(assets)):
            self.dues._make_ready_tickets()
            self.env.flush_all()
        self.assertEqual(plan.ticket_count, 60)

    # -- skip and move ------------------------------------------------------------

    def test_one_is_skipped_with_a_reason_and_taken_back(self):
        plan = self._create_plan()
        due = plan.due_ids[0].with_user(self.dispatcher)
        with self.assertRaisesRegex(UserError, "Write why"):
            due.action_skip(" ")
        due.action_skip("The plant is closed")
        self.assertEqual(due.status, "skipped")
        self.assertEqual(due.decided_by_id, self.dispatcher)
        self.assertEqual(str(plan.next_on), "2027-06-01")
        due.action_plan_again()
        self.assertEqual(due.status, "planned")
        self.assertEqual(plan.next_on, due.due_on)

    def test_one_is_moved_and_its_old_day_stays_free(self):
        plan = self._create_plan(every=4)
        due = plan.due_ids[0]
        window = self._open_window(
            due, kind="move", due_on="2026-11-05", reason="Asked"
        )
        window.action_confirm()
        self.assertEqual(
            self._get_days(plan), ["2026-11-05", "2027-02-01", "2027-06-01"]
        )
        self._run()
        self.assertEqual(len(plan.due_ids), 3)
        due.action_plan_again()
        self.assertEqual(str(due.due_on), "2026-10-01")

    def _open_window(self, dues, **values):
        context = {"active_model": dues._name, "active_ids": dues.ids}
        model = self.env["service.maintenance.due.change"].with_user(self.dispatcher)
        return model.with_context(**context).create(values)

    def test_a_day_that_passed_or_is_taken_is_refused(self):
        plan = self._create_plan(every=4)
        due = plan.due_ids[0]
        with self.assertRaisesRegex(UserError, "still to come"):
            due.action_move("2026-05-31", "Earlier")
        with self.assertRaisesRegex(UserError, "due on that day already"):
            due.action_move("2027-02-01", "Together")

    def test_when_the_ticket_is_cancelled_it_is_planned_again(self):
        plan = self._create_plan(first_on=TODAY)
        self._run()
        due = plan.due_ids[0]
        with self.assertRaisesRegex(UserError, "Cancel the ticket first"):
            due.action_plan_again()
        due.ticket_id._move_to_phase("cancelled")
        self.assertEqual(due.status, "cancelled")
        self.assertIn(due, self.dues.search([("status", "=", "cancelled")]))
        due.action_plan_again()
        self.assertFalse(due.ticket_id)
        self._run()
        self.assertEqual(due.ticket_id.phase, "received")

    def test_the_statuses_are_found(self):
        plan = self._create_plan(every=4)
        plan.due_ids[0].action_skip("Closed")
        for status in ("planned", "skipped", "overdue", "ticket", "done"):
            found = self.dues.search([("status", "=", status)])
            self.assertEqual(
                found, plan.due_ids.filtered(lambda d, s=status: d.status == s)
            )

    def test_a_unit_tells_when_it_is_due_next(self):
        plan = self._create_plan()
        self.assertEqual(self.unit.next_maintenance_on, plan.next_on)
        domain = self.unit.action_open_maintenance()["domain"]
        self.assertEqual(self.dues.search(domain), plan.due_ids)
