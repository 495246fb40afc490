# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon

NOW = datetime(2026, 3, 10, 9)


@tagged("post_install", "-at_install")
class TestComplaintReport(ServiceCommon):
    """A quarter with ten complaints, and one long before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "UTC"
        cls.supervisor.tz = "UTC"
        cls.products = cls.env["product.product"].create(
            [{"name": "<b>Fridge</b>"}, {"name": "Washer"}]
        )
        cause = cls.env.ref
        cls.causes = cause("crm_service.complaint_cause_product_making") | cause(
            "crm_service.complaint_cause_service_work"
        )
        cls.old = cls._create_complaint(datetime(2025, 6, 1))
        cls._close(cls.old, datetime(2025, 7, 1))
        cls.tickets_made = cls.tickets.browse()
        for place in range(10):
            cls.tickets_made |= cls._create_complaint(
                datetime(2026, 1 + place % 3, 5, 10),
                product_id=cls.products[place // 8].id,
                cause_ids=[Command.set(cls.causes[place // 7].ids)]
                if place < 9
                else False,
                severity="serious" if place < 2 else "minor",
                safety_risk=place == 0,
            )
        for hours, ticket in enumerate(cls.tickets_made, 1):
            ticket._with_flow().write(
                {
                    "acknowledged_at": ticket.opened_at + timedelta(hours=hours),
                    "answered_at": ticket.opened_at + timedelta(days=hours),
                }
            )
        cls.euro = cls.company.currency_id
        cls._add_remedy(0, "refund", 100, "granted")
        cls._add_remedy(1, "refund", 50, "done")
        cls._add_remedy(2, "compensation", 70, "refused")

    @classmethod
    def _create_complaint(cls, opened_at, **values):
        return cls._create_ticket(
            type_id=cls.complaint.id, opened_at=opened_at, **values
        )

    @classmethod
    def _close(cls, ticket, moment):
        """Let `ticket` be accepted and closed at `moment`."""
        ticket._with_flow().write({"outcome": "accepted"})
        ticket._move_to_phase("closed")
        ticket._with_flow().write({"closed_at": moment})

    @classmethod
    def _add_remedy(cls, place, kind, amount, state):
        remedy = cls.env["service.remedy"].create(
            {"ticket_id": cls.tickets_made[place].id, "kind": kind, "amount": amount}
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE service_remedy SET state = %s WHERE id = %s", (state, remedy.id)
        )
        cls.env.invalidate_all()

    def _create_wizard(self, user=None, **values):
        model = self._as(user or self.supervisor)["service.complaint.report.print"]
        return model.create(
            {
                "period": "custom",
                "date_from": "2026-01-01",
                "date_to": "2026-03-31",
                **values,
            }
        )

    def _get_page(self, wizard):
        """Return the page as text."""
        report = wizard.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "crm_service.service_complaint_report_print_report", wizard.ids
        )
        return html.decode()

    # -- figures ------------------------------------------------------------------

    def test_times_are_the_median_and_what_nine_of_ten_stayed_below(self):
        totals = self._create_wizard()._get_values()["totals"]
        self.assertEqual(totals["count"], 10)
        self.assertEqual([round(x, 2) for x in totals["acknowledge"]], [5.5, 9.1])
        self.assertEqual([round(x / 24, 2) for x in totals["answer"]], [5.5, 9.1])
        self.assertEqual((totals["safety"], totals["caused"]), (1, 9))
        self.assertEqual(totals["granted"], 150)

    def test_causes_and_products_are_ranked_with_cumulated_shares(self):
        figures = self._create_wizard()._get_values()
        bars = figures["causes"]["bars"]
        self.assertEqual([bar.count for bar in bars], [7, 2])
        self.assertEqual([round(bar.cumulated, 2) for bar in bars], [0.78, 1.0])
        self.assertIn("PRD.MFG", bars[0].name)
        self.assertEqual(figures["causes"]["missing"], 1)
        bars = figures["products"]["bars"]
        self.assertEqual([bar.count for bar in bars], [8, 2])
        self.assertEqual(figures["products"]["vital"], 1)

    def test_the_trend_counts_what_came_ended_and_was_open(self):
        self._close(self.tickets_made[0], datetime(2026, 2, 3))
        trend = self._create_wizard(date_to="2026-05-31")._get_values()["trend"]
        self.assertEqual(trend["unit"], "month")
        rows = [(r["received"], r["ended"], r["open"]) for r in trend["rows"]]
        quiet = [(0, 0, 9)] * 2
        self.assertEqual(rows, [(4, 0, 4), (3, 1, 6), (3, 0, 9), *quiet])

    def test_days_are_those_of_the_reader(self):
        self._create_complaint(datetime(2026, 3, 31, 23, 30))
        self.assertEqual(self._create_wizard()._get_values()["totals"]["count"], 11)
        self.supervisor.tz = "Europe/Rome"
        self.assertEqual(self._create_wizard()._get_values()["totals"]["count"], 10)

    def test_remedies_tell_what_was_asked_granted_and_refused(self):
        rows = self._create_wizard()._get_values()["remedies"]
        refund, compensation = rows
        self.assertEqual((refund["sought"], refund["granted"]), (2, 2))
        self.assertEqual(refund["money"], [(self.euro, 150.0)])
        self.assertEqual((compensation["refused"], compensation["money"]), (1, []))

    def test_money_of_another_currency_is_converted(self):
        other = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "x",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})],
            }
        )
        remedy = self.tickets_made[0].remedy_ids
        self.env.cr.execute(
            "UPDATE service_remedy SET currency_id = %s WHERE id = %s",
            (other.id, remedy.id),
        )
        self.env.invalidate_all()
        totals = self._create_wizard()._get_values()["totals"]
        rate = self.euro.rate or 1
        self.assertAlmostEqual(totals["granted"], 50 + 100 / 4 * rate)

    def test_the_report_can_be_narrowed_down(self):
        team = self._create_team()
        self.tickets_made[:3].write({"team_id": team.id})
        wizard = self._create_wizard(team_ids=[Command.set(team.ids)])
        self.assertEqual(wizard.complaint_count, 3)
        self.assertEqual(wizard._get_values()["totals"]["count"], 3)
        domain = wizard.action_open()["domain"]
        report = self._as(self.supervisor)["service.complaint.report"]
        self.assertEqual(report.search_count(domain), 3)

    def test_empty_periods_make_a_report_too(self):
        wizard = self._create_wizard(date_from="2020-01-01", date_to="2020-01-31")
        self.assertEqual(wizard._get_values()["totals"]["count"], 0)
        self.assertIn("Nothing to rank", self._get_page(wizard))

    # -- paper --------------------------------------------------------------------

    def test_the_page_shows_charts_and_the_same_numbers_in_tables(self):
        page = self._get_page(self._create_wizard())
        self.assertEqual(page.count("o_chart"), 4)  # three, and the style
        charts = [part.split('"')[0] for part in page.split("svg+xml;base64,")[1:]]
        drawn = base64.b64decode(charts[1]).decode()
        self.assertIn("80 %", drawn)
        for text in ("5.5 h", "5.5 days", "78 %", "150.00", "PRD.MFG"):
            self.assertIn(text, page)
        self.assertIn("&lt;b&gt;Fridge", page)
        self.assertNotIn("<b>Fridge", page)

    def test_open_and_overdue_actions_are_listed(self):
        self.env["service.corrective.action"].create(
            {
                "name": "Test <i>every</i> seal",
                "user_id": self.agent.id,
                "date_due": date(2026, 1, 1),
                "ticket_ids": [Command.set(self.tickets_made[:1].ids)],
            }
        )
        wizard = self._create_wizard()
        page = self._get_page(wizard)
        self.assertIn("Test &lt;i&gt;every", page)
        self.assertIn("corrective actions are overdue", page)
        other = self._create_wizard(team_ids=[Command.set(self._create_team().ids)])
        self.assertFalse(other._get_values()["actions"]["rows"])

    # -- who may, and what leaks ----------------------------------------------------

    def test_the_report_is_for_supervisors(self):
        for user in (self.technician, self.agent):
            with self.assertRaises(AccessError):
                self._create_wizard(user)
            with self.assertRaises(AccessError):
                self._as(user)["service.complaint.report"].search([])

    def test_windows_of_others_are_not_printed(self):
        wizard = self._create_wizard()
        with self.assertRaises(AccessError):
            self._get_page(wizard.with_user(self.manager))

    def test_another_company_is_not_counted(self):
        stranger = self._create_user(
            "supervisor", self.other_company, login="strange_supervisor"
        )
        wizard = self._create_wizard(stranger, company_id=self.other_company.id)
        self.assertEqual(wizard._get_values()["totals"]["count"], 0)
        report = self._as(stranger)["service.complaint.report"]
        self.assertFalse(report.search([("id", "in", self.tickets_made.ids)]))

    def test_whom_a_complaint_is_about_does_not_count_it(self):
        self.tickets_made[0]._with_flow().write(
            {
                "is_confidential": True,
                "excluded_user_ids": [Command.set(self.supervisor.ids)],
            }
        )
        figures = self._create_wizard()._get_values()
        self.assertEqual(figures["totals"]["count"], 9)
        self.assertEqual(figures["totals"]["granted"], 50)
        self.assertEqual(figures["causes"]["bars"][0].count, 6)
        self.assertEqual(sum(r["sought"] for r in figures["remedies"]), 2)
        report = self._as(self.supervisor)["service.complaint.report"]
        rows = report.formatted_read_group([], ["product_id"], ["__count"])
        ids = self.tickets_made.ids
        self.assertEqual(report.search_count([("id", "in", ids)]), 9)
        self.assertNotIn(self.tickets_made[0].number, str(rows))
        self.assertEqual(
            self._create_wizard(self.manager)._get_values()["totals"]["count"], 10
        )

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        wizard = self._create_wizard(date_to="2025-12-31")
        with self.assertRaisesRegex(UserError, "ends before it begins"):
            wizard.action_print()

    def test_periods_are_whole_months_quarters_and_years(self):
        wizard = self._as(self.supervisor)["service.complaint.report.print"].new()
        expected = {
            "this_month": ("2026-03-01", "2026-03-31"),
            "last_month": ("2026-02-01", "2026-02-28"),
            "this_quarter": ("2026-01-01", "2026-03-31"),
            "last_quarter": ("2025-10-01", "2025-12-31"),
            "this_year": ("2026-01-01", "2026-12-31"),
            "last_year": ("2025-01-01", "2025-12-31"),
        }
        with freeze_time(NOW):
            for period, days in expected.items():
                wizard.period = period
                found = str(wizard.date_from), str(wizard.date_to)
                self.assertEqual(found, days, period)
