# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .assignment_common import AssignmentCommon

DAY = datetime(2026, 11, 23)
ROME = ZoneInfo("Europe/Rome")
# who works from when to when; Tom leaves at noon, Zoe's day is in two parts
SHIFTS = {
    "Ann": (8, 16),
    "Bob": (8, 16),
    "Eve": (10, 18),
    "Tom": (8, 12),
    "Zoe": (12, 20),
}
COUNT = 200
GAP = timedelta(seconds=12 * 3600 // COUNT)  # tickets come from 8 to 20 o'clock


@tagged("post_install", "-at_install")
class TestAssignmentFairness(AssignmentCommon):
    """A day with 200 tickets and five people in different shifts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people |= cls._create_user("technician", login="test_tom", name="Tom")
        cls.people |= cls._create_user("technician", login="test_zoe", name="Zoe")
        for user in cls.people:
            cls._create_employee(user, cls._create_calendar(*SHIFTS[user.name]))
        cls.team.member_ids = [Command.set(cls.people.ids)]

    def _get_present_names(self, moment):
        """Return who works at `moment`, by the table above."""
        local = moment.replace(tzinfo=timezone.utc).astimezone(ROME)
        return frozenset(
            name for name, (start, stop) in SHIFTS.items() if start <= local.hour < stop
        )

    def _live_the_day(self, minutes):
        """Let the tickets come; each is solved after so many minutes of its person.

        :return: [(moment, name, load of each present person before)]
        """
        given, work = [], []
        for number in range(COUNT):
            moment = DAY + timedelta(hours=7) + number * GAP
            with freeze_time(moment):
                done = [ticket for until, ticket in work if until <= moment]
                work = [row for row in work if row[0] > moment]
                self.tickets.union(*done)._move_to_phase("resolved")
                loads = self.team._get_loads(self.people)
                ticket = self._create_tickets(1)
                self.assertTrue(ticket.user_id, moment)
                work.append((moment + timedelta(minutes=minutes), ticket))
                loads = {user.name: loads.get(user.id, 0) for user in self.people}
                given.append((moment, ticket.user_id.name, loads))
        return given

    def _get_rates(self, given):
        """Return {name: tickets in an hour of work}."""
        counts = Counter(name for _moment, name, _loads in given)
        return {
            name: counts[name] / (stop - start)
            for name, (start, stop) in SHIFTS.items()
        }

    def test_in_turn_the_spread_is_one_as_long_as_the_same_people_are_there(self):
        self.team.assignment_method = "round_robin"
        given = self._live_the_day(minutes=30)
        counts = defaultdict(Counter)
        for moment, name, _loads in given:
            present = self._get_present_names(moment)
            self.assertIn(name, present, moment)
            counts[present][name] += 1
        self.assertGreater(len(counts), 4)
        for present, shares in counts.items():
            numbers = [shares[name] for name in present]
            self.assertLessEqual(max(numbers) - min(numbers), 1, (present, shares))

    def test_fewest_open_is_given_to_whoever_is_there_with_fewest(self):
        given = self._live_the_day(minutes=30)
        for moment, name, loads in given:
            present = self._get_present_names(moment)
            self.assertIn(name, present, moment)
            self.assertEqual(loads[name], min(loads[name] for name in present))

    def test_over_the_day_everybody_gets_a_fair_share_for_their_hours(self):
        rates = self._get_rates(self._live_the_day(minutes=30))
        # 200 tickets in 36 hours of work are 5.6 an hour; who works when few do gets
        # more of them, in the evening all
        early = [rates[name] for name in ("Ann", "Bob", "Tom")]
        self.assertLess(max(early) - min(early), 1.5, rates)
        self.assertGreater(min(rates.values()), 3, rates)
        self.assertLess(max(rates.values()), 12, rates)
