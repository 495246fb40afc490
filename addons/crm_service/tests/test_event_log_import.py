# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import contextlib
import tempfile
from pathlib import Path

from odoo.tests import tagged

from ..tools.event_log import FileProblem
from .common import ServiceCommon

HEADER = (
    "case_id,activity,resource,completed_at,seriousness,"
    "customer,product,shift,workgroup"
)
GOOD = """Case 1,Insert ticket,Ann,2012-03-05 08:00:00,High,Hotel,Oven,early,Desk
Case 1,Take in charge ticket,Bob,2012-03-05 10:00:00,High,Hotel,Oven,early,Field
Case 1,Wait,Bob,2012-03-05 11:00:00,High,Hotel,Oven,late,Field
Case 1,Resolve ticket,Bob,2012-03-06 09:00:00,High,Hotel,Oven,late,Field
Case 1,Closed,Ann,2012-03-07 09:00:00,High,Hotel,Oven,late,Desk
Case 2,Assign seriousness,Ann,2012-03-01 09:00:00,,Bar,,early,Desk
Case 2,Resolve ticket,Ann,2012-03-01 10:00:00,,Bar,,early,Desk
Case 2,Take in charge ticket,Ann,2012-03-01 12:00:00,,Bar,,early,Desk"""


@tagged("post_install", "-at_install")
class TestEventLogImport(ServiceCommon):
    def _import(self, text=GOOD, header=HEADER, encoding="utf-8", **options):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "log.csv")
            path.write_bytes(f"{header}\n{text}\n".encode(encoding))
            return self.env["service.event.log"]._import_file(path, "log", **options)

    def _ticket(self, case="Case 1"):
        return self.tickets.search([("external_ref", "=", f"log:{case}")])

    def test_each_case_is_a_ticket_and_each_event_a_row_of_its_history(self):
        result = self._import()
        self.assertEqual((result["tickets"], result["events"]), (2, 8))
        self.assertEqual((result["errors"], result["notes"]), ([], []))
        ticket = self._ticket()
        rows = ticket.stage_log_ids.sorted("id")
        self.assertEqual(
            rows.mapped("stage_id.name"),
            [
                "Insert ticket",
                "Take in charge ticket",
                "Wait",
                "Resolve ticket",
                "Closed",
            ],
        )
        self.assertEqual(
            rows.mapped("phase"),
            ["received", "in_progress", "waiting_customer", "resolved", "closed"],
        )
        self.assertEqual(str(rows[1].entered_at), "2012-03-05 08:00:00")
        self.assertEqual(str(rows[1].left_at), "2012-03-05 10:00:00")
        self.assertEqual(rows.mapped("actor_name"), ["Ann", "Bob", "Bob", "Bob", "Ann"])
        self.assertFalse(rows.user_id)

    def test_nothing_of_the_file_is_lost(self):
        self._import()
        ticket = self._ticket()
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Case 1",
                    "priority": "2",
                    "phase": "closed",
                    "is_open": False,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(ticket.partner_id.name, "Hotel")
        self.assertEqual(ticket.product_id.name, "Oven")
        self.assertEqual(ticket.team_id.name, "Desk")
        self.assertIn("late", ticket.description)
        self.assertEqual(str(ticket.opened_at), "2012-03-05 08:00:00")
        self.assertEqual(str(ticket.resolved_at), "2012-03-06 09:00:00")
        self.assertEqual(str(ticket.closed_at), "2012-03-07 09:00:00")
        details = ticket.stage_log_ids.sorted("id")[1].details
        self.assertEqual(details["shift"], "early")
        self.assertEqual(details["workgroup"], "Field")

    def test_a_case_that_was_taken_up_again_is_open(self):
        self._import()
        ticket = self._ticket("Case 2")
        self.assertRecordValues(
            ticket,
            [
                {
                    "is_open": True,
                    "reopen_count": 1,
                    "resolved_at": False,
                    "closed_at": False,
                    "priority": "1",
                    "product_id": False,
                }
            ],
        )

    def test_the_process_shows_the_ways_that_were_gone(self):
        self._import()
        process = self._ticket().process_id
        self.assertEqual(
            (process.code, process.company_id), ("helpdesk-log", self.company)
        )
        ways = {
            (route.from_stage_id.name, route.to_stage_id.name)
            for route in process.route_ids
        }
        self.assertIn(("Wait", "Resolve ticket"), ways)
        self.assertEqual(len(ways), 6)

    def test_an_imported_ticket_goes_on_by_its_buttons(self):
        self._import()
        ticket = self._ticket("Case 2").with_user(self.agent)
        ticket.write({"phase": "waiting_customer"})
        self.assertEqual(ticket.stage_id.name, "Wait")
        ticket.action_close()
        self.assertEqual(ticket.phase, "closed")

    def test_the_second_time_nothing_changes(self):
        self._import()
        counts = self._count()
        result = self._import()
        self.assertEqual((result["tickets"], result["known"]), (0, 2))
        self.assertEqual(result["notes"], [])
        self.assertEqual(self._count(), counts)

    def _count(self):
        models = (
            "service.ticket",
            "service.stage.log",
            "service.stage",
            "service.route",
            "service.process",
            "service.ticket.type",
            "service.team",
            "res.partner",
            "product.product",
        )
        return [self.env[model].search_count([]) for model in models]

    def test_an_import_that_was_stopped_goes_on(self):
        def stop(*_counts):
            raise KeyboardInterrupt

        # no assertRaises: it would roll back what the first batch has written
        with contextlib.suppress(KeyboardInterrupt):
            self._import(batch_size=1, after_batch=stop)
        self.assertEqual(len(self._ticket() | self._ticket("Case 2")), 1)
        result = self._import(batch_size=1)
        self.assertEqual((result["tickets"], result["known"]), (1, 1))
        self.assertEqual(self._ticket().stage_log_ids[0].stage_id.name, "Closed")

    def test_progress_is_told_after_each_batch(self):
        told = []
        self._import(batch_size=1, after_batch=lambda *counts: told.append(counts))
        self.assertEqual(told, [(1, 2, 3), (2, 2, 8)])

    def test_a_case_that_changed_is_left_alone_and_told(self):
        self._import()
        result = self._import(GOOD.replace("late", "night"))
        self.assertEqual(result["tickets"], 0)
        self.assertEqual(len(result["notes"]), 1)
        self.assertIn("Case 1 was loaded before", result["notes"][0])

    def test_bad_lines_are_told_and_the_rest_is_loaded(self):
        bad = [
            ("Case 3,Closed,Ann,yesterday,,Bar,,x,Desk", "no date and time"),
            ("Case 3,Closed,Ann,2012-02-30 09:00:00,,Bar,,x,Desk", "no date and time"),
            ("Case 3,Closed,Ann,2999-01-01 09:00:00,,Bar,,x,Desk", "future"),
            (",Closed,Ann,2012-03-05 09:00:00,,Bar,,x,Desk", "case_id is empty"),
            ("Case 3,,Ann,2012-03-05 09:00:00,,Bar,,x,Desk", "activity is empty"),
            ("Case 3,Closed,Ann", "3 fields instead of 9"),
            (
                "Case 3,Closed,Ann,2012-03-05,,Bar,,x,Desk,more",
                "10 fields instead of 9",
            ),
            ('Case 3,"Closed,Ann,2012-03-05,,Bar,,x,Desk', "cannot be read"),
        ]
        result = self._import("\n".join([line for line, _cause in bad] + [GOOD]))
        self.assertEqual((result["tickets"], result["events"]), (2, 8))
        self.assertEqual([e.line for e in result["errors"]], list(range(2, 10)))
        for problem, (_line, cause) in zip(result["errors"], bad, strict=True):
            self.assertIn(cause, str(problem))

    def test_bytes_that_are_not_utf8_are_told(self):
        result = self._import(GOOD.replace("Hotel", "Hôtel", 1), encoding="latin-1")
        self.assertEqual([e.line for e in result["errors"]], [2])
        self.assertIn("UTF-8", str(result["errors"][0]))

    def test_a_byte_order_mark_does_no_harm(self):
        self.assertEqual(self._import(encoding="utf-8-sig")["tickets"], 2)

    def test_files_that_cannot_be_read_are_refused_whole(self):
        for options in (
            {"header": "", "text": ""},
            {"header": "case,activity,time"},
            {"header": "case_id,activity,completed_at,activity"},
            {"encoding": "utf-16"},
        ):
            with self.subTest(**options), self.assertRaises(FileProblem):
                self._import(**options)

    def test_lines_out_of_order_are_put_in_order_and_told(self):
        lines = GOOD.split("\n")
        lines[1], lines[2] = lines[2], lines[1]
        result = self._import("\n".join(lines))
        self.assertEqual([note.line for note in result["notes"]], [4])
        rows = self._ticket().stage_log_ids.sorted("id")
        self.assertEqual(rows[1].stage_id.name, "Take in charge ticket")

    def test_repeated_lines_are_kept_and_told(self):
        first = GOOD.split("\n")[0]
        result = self._import(f"{first}\n{GOOD}")
        self.assertEqual(result["events"], 9)
        self.assertIn("line 3: says the same", str(result["notes"][0]))

    def test_unknown_activities_are_work_in_progress(self):
        guess = self.env["service.event.log"]._guess_phase
        for activity, phase in (
            ("Closed", "closed"),
            ("Resolve ticket", "resolved"),
            ("Resolve SW anomaly", "in_progress"),
            ("Wait", "waiting_customer"),
            ("Require upgrade", "waiting_parts"),
            ("Insert ticket", "received"),
            ("Assign seriousness", "triage"),
            ("Take in charge ticket", "in_progress"),
            ("Schedule intervention", "in_progress"),
            ("VERIFIED", "resolved"),
            ("Dance", "in_progress"),
        ):
            with self.subTest(activity=activity):
                self.assertEqual(guess(activity), phase)

    def test_working_hours_are_those_of_the_company(self):
        self.company.resource_calendar_id.tz = "UTC"
        self._import()
        rows = self._ticket().stage_log_ids.sorted("id")
        self.assertEqual(rows.mapped("waiting_hours"), [0, 2, 1, 6, 8])
