# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import os
from datetime import datetime, timedelta, timezone
from random import Random
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.tests import TransactionCase, tagged

from ..tools.sla_clock import SlaClock

ROUNDS = int(os.environ.get("SLA_CALENDAR_ROUNDS", "5"))
MINUTE = timedelta(minutes=1)
DAYS = 9
# A week with a change of the hour each, and one without.
WEEKS = {
    "Europe/Rome": [(2026, 3, 25), (2026, 10, 21), (2026, 12, 28)],
    "America/New_York": [(2026, 3, 4), (2026, 10, 28), (2026, 12, 28)],
    "Australia/Lord_Howe": [(2026, 4, 1), (2026, 9, 30), (2026, 12, 28)],
    "Asia/Shanghai": [(2026, 3, 25), (2026, 12, 28)],
}
# Nothing begins or ends in the hours that a change of the hour skips or repeats.
HOURS = [0, 4, 6, 7.5, 9, 12, 13.25, 15, 17, 18.5, 22, 24]


class SlowCalendar:
    """Looks at each minute's local time by itself."""

    def __init__(self, zone, attendances, lunches, leaves, start, holds):
        self.zone = ZoneInfo(zone)
        self.attendances, self.lunches = attendances, lunches
        self.leaves = leaves
        self.used, self.held = [], []
        for place in range(DAYS * 24 * 60):
            moment = start + place * MINUTE
            works = self._works(moment)
            on_hold = any(a <= moment < b for a, b in holds)
            self.used.append(works and not on_hold)
            self.held.append(works and on_hold)

    def _works(self, moment):
        local = moment.replace(tzinfo=timezone.utc).astimezone(self.zone)
        hour = local.hour + local.minute / 60
        today = (local.weekday(), hour)
        return (
            self._is_in(self.attendances, *today)
            and not self._is_in(self.lunches, *today)
            and not any(a <= moment < b for a, b in self.leaves)
        )

    @staticmethod
    def _is_in(spans, weekday, hour):
        return any(day == weekday and a <= hour < b for day, a, b in spans)


@tagged("post_install", "-at_install")
class TestSlaCalendar(TransactionCase):
    """Working time read from Odoo's calendars, against counting minute by minute."""

    def test_random_calendars_agree_with_counting_minute_by_minute(self):
        for seed in range(ROUNDS):
            for zone, weeks in WEEKS.items():
                random = Random(f"{zone} {seed}")
                with self.subTest(zone=zone, seed=seed):
                    self._compare(random, zone, random.choice(weeks))

    def test_a_day_of_24_hours_has_24_hours(self):
        spans = [(day, 0, 24) for day in range(7)]
        calendar = self._create_calendar("UTC", spans, [])
        time = calendar._get_working_time(self.env.company, 2026, 2027)
        start = datetime(2026, 12, 30, 0, 0)
        self.assertEqual(time.seconds(start, start + timedelta(days=4)), 4 * 86400)
        self.assertEqual(time.add(start, 4 * 86400), start + timedelta(days=4))

    def test_flexible_hours_are_counted_as_odoo_spreads_them(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Flexible",
                "tz": "Europe/Rome",
                "schedule_type": "flexible",
                "hours_per_day": 8,
                "full_time_required_hours": 40,
            }
        )
        time = calendar._get_working_time(self.env.company, 2026, 2026)
        monday = datetime(2026, 6, 1)
        self.assertEqual(time.hours(monday, monday + timedelta(days=7)), 40)

    def _compare(self, random, zone, week):
        start = datetime(*week) + random.randrange(24 * 60) * MINUTE
        spans = self._draw_attendances(random)
        lunches = self._draw_lunches(random, spans)
        leaves = self._draw_spans(random, start, 2)
        holds = self._draw_spans(random, start, 3)
        calendar = self._create_calendar(zone, spans, lunches)
        self._create_leaves(calendar, leaves)
        self.env.registry.clear_cache()
        time = calendar._get_working_time(self.env.company, 2026, 2027)
        slow = SlowCalendar(zone, spans, lunches, leaves, start, holds)
        target = random.randrange(1, 40 * 60)
        clock = SlaClock(time, start, target * 60, holds)
        for place in range(0, len(slow.used), 173):
            moment = start + place * MINUTE
            self.assertEqual(clock.elapsed(moment), 60 * sum(slow.used[:place]))
            self.assertEqual(clock.held(moment), 60 * sum(slow.held[:place]))
        places = [place for place, counts in enumerate(slow.used, 1) if counts]
        if len(places) >= target:
            expected = start + places[target - 1] * MINUTE
            self.assertEqual(clock.deadline, expected)

    def _draw_attendances(self, random):
        """Return (weekday, from, to) spans that do not overlap."""
        result = []
        for day in random.sample(range(7), random.randint(1, 7)):
            hours = sorted(random.sample(HOURS, 2 * random.randint(1, 2)))
            result += [
                (day, a, b) for a, b in zip(hours[::2], hours[1::2], strict=True)
            ]
        return result

    def _draw_lunches(self, random, spans):
        """Return breaks between the spans of a day."""
        by_day = {}
        for day, start, stop in spans:
            by_day.setdefault(day, []).append((start, stop))
        return [
            (day, rows[0][1], rows[1][0])
            for day, rows in by_day.items()
            if len(rows) == 2 and random.random() < 0.5
        ]

    def _draw_spans(self, random, start, count):
        result = []
        for _place in range(random.randint(0, count)):
            begin = start + random.randrange(DAYS * 24 * 60) * MINUTE
            result.append((begin, begin + random.randrange(1, 2000) * MINUTE))
        return result

    def _create_calendar(self, zone, spans, lunches):
        rows = [(span, "morning") for span in spans]
        rows += [(span, "lunch") for span in lunches]
        return self.env["resource.calendar"].create(
            {
                "name": "Random",
                "tz": zone,
                "company_id": self.env.company.id,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": period,
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": stop,
                            "day_period": period,
                        }
                    )
                    for (day, start, stop), period in rows
                ],
            }
        )

    def _create_leaves(self, calendar, leaves):
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Holiday",
                    "calendar_id": calendar.id,
                    "date_from": start,
                    "date_to": stop,
                }
                for start, stop in leaves
            ]
        )
