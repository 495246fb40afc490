# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import csv
import random
import tempfile
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

from odoo.tests import tagged

from .common import ServiceCommon

REAL_LOG = Path("shared", "data", "helpdesk_event_log.csv")
# the working hours of the company, as a person would count them
SHIFTS = ((8, 12), (13, 17))


def read_figures(path):
    """Return the figures of a log, by other means than the code that is tested.

    :return: passes of each activity, steps between two, and the sum of the working
        hours before each activity was completed
    """
    cases = defaultdict(list)
    with open(path, encoding="utf-8", newline="") as file:
        for place, row in enumerate(csv.DictReader(file)):
            moment = datetime.strptime(row["completed_at"], "%Y-%m-%d %H:%M:%S")
            cases[row["case_id"]].append((moment, place, row["activity"]))
    passes, steps, hours = Counter(), Counter(), Counter()
    for events in cases.values():
        events.sort()
        before = events[0]
        passes[before[2]] += 1
        for event in events[1:]:
            passes[event[2]] += 1
            steps[before[2], event[2]] += 1
            hours[event[2]] += count_hours(before[0], event[0])
            before = event
    return passes, steps, hours


def count_hours(start, stop):
    """Return the working hours between two moments, day by day."""
    seconds, day = 0, start.replace(hour=0, minute=0, second=0)
    while day <= stop:
        if day.weekday() < 5:
            for first, last in SHIFTS:
                begin = max(start, day + timedelta(hours=first))
                end = min(stop, day + timedelta(hours=last))
                seconds += max((end - begin).total_seconds(), 0)
        day += timedelta(days=1)
    return seconds / 3600


@tagged("post_install", "-at_install")
class TestProcessMapEventLog(ServiceCommon):
    def _check_log(self, path):
        """Load a log and compare its picture with the file."""
        self.company.resource_calendar_id.tz = "UTC"
        result = self.env["service.event.log"]._import_file(path, "log")
        self.assertFalse(result["errors"])
        process = self.env["service.process"].search(
            [("code", "=", "helpdesk-log"), ("company_id", "=", self.company.id)]
        )
        drawn = process.with_user(self.supervisor).get_map()
        names = {stage["id"]: stage["name"] for stage in drawn["stages"]}
        passes, steps, hours = read_figures(path)
        self.assertEqual(
            {stage["name"]: stage["pass_count"] for stage in drawn["stages"]}, passes
        )
        self.assertEqual(
            {
                (names[edge["from_id"]], names[edge["to_id"]]): edge["count"]
                for edge in drawn["edges"]
            },
            steps,
        )
        self._check_shares(drawn, names, steps)
        for stage in drawn["stages"]:
            self.assertAlmostEqual(
                stage["waiting_hours"],
                hours[stage["name"]] / passes[stage["name"]],
                places=2,
                msg=stage["name"],
            )
        return drawn, names

    def _check_shares(self, drawn, names, steps):
        """Compare the share of each way with the file."""
        leaving = Counter()
        for (origin, _target), count in steps.items():
            leaving[origin] += count
        for edge in drawn["edges"]:
            origin, target = names[edge["from_id"]], names[edge["to_id"]]
            share = steps[origin, target] / leaving[origin]
            self.assertAlmostEqual(edge["share"], share)

    def test_the_real_log_is_drawn_with_its_true_frequencies_and_times(self):
        path = Path(__file__).resolve().parents[3].parent / REAL_LOG
        if not path.exists():
            self.skipTest(f"{REAL_LOG} is not on this machine; see the next test.")
        drawn, names = self._check_log(path)
        counts = {stage["name"]: stage["pass_count"] for stage in drawn["stages"]}
        # counted with grep -c, so that both programs above may not be wrong alike
        self.assertEqual(sum(counts.values()), 13788)
        loops = [
            edge["kind"]
            for edge in drawn["edges"]
            if edge["from_id"] == edge["to_id"] and edge["count"]
        ]
        self.assertTrue(loops)
        self.assertEqual(set(loops), {"off"})

    def test_any_log_is_drawn_with_its_true_frequencies_and_times(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "log.csv")
            path.write_text(self._generate_log(random.Random(7)), encoding="utf-8")
            self._check_log(path)

    def _generate_log(self, chance):
        """Return a log in which anything may follow anything, also at one moment."""
        lines = ["case_id,activity,completed_at,workgroup"]
        for case in range(40):
            moment = datetime(2021, 3, 1, 7) + timedelta(hours=chance.randrange(2000))
            for _event in range(chance.randrange(1, 9)):
                activity = chance.choice(
                    ["Register", "Take", "Wait", "Solve", "Closed"]
                )
                lines.append(f"{case},{activity},{moment},{chance.choice('AB')}")
                moment += timedelta(minutes=chance.choice([0, 7, 90, 3000, 20000]))
        return "\n".join(lines) + "\n"
