# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ServiceCommon

MILESTONES = ["registered", "installed", "delivered", "sold", "made"]
# What the web client reads of the form at once.
MOST_QUERIES = 20


@tagged("post_install", "-at_install")
class TestAssetPage(ServiceCommon):
    """One look at a unit tells whose, where, covered by what, and what went wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner(name="Ann")
        cls.bob = cls._create_partner(name="Bob")
        cls.unit = cls._create_asset(
            partner_id=cls.ann.id,
            site_id=cls.ann.id,
            manufactured_on="2024-01-10",
            sold_on="2024-01-20",
            delivered_on="2024-01-25",
            installed_on="2024-02-01",
            registered_on="2024-02-10",
        )
        cls.pump = cls._create_asset(serial_number="P-1", parent_id=cls.unit.id)
        cls.seal = cls._create_asset(serial_number="V-1", parent_id=cls.pump.id)
        cls.ticket = cls._create_ticket(
            asset_id=cls.unit.id, partner_id=cls.ann.id, opened_at="2025-03-01 09:00:00"
        )
        cls.inner = cls._create_ticket(
            asset_id=cls.pump.id, partner_id=cls.ann.id, opened_at="2025-03-02 09:00:00"
        )
        cls.anger = cls._create_ticket(
            asset_id=cls.unit.id,
            type_id=cls.complaint.id,
            opened_at="2025-03-03 09:00:00",
        )
        cls.transfer = cls.unit._transfer(cls.bob, date="2025-03-04", note="Sold")
        cls.exchange = cls.pump._exchange(
            cls.seal, date="2025-03-05", ticket_id=cls.inner.id
        )
        cls.meter = cls.env["service.asset.meter"].create({"name": "Hours", "uom": "h"})
        cls.reading = cls.env["service.asset.reading"].create(
            {
                "asset_id": cls.unit.id,
                "meter_id": cls.meter.id,
                "value": 5,
                "read_at": "2025-03-06 09:00:00",
            }
        )
        cls.call = cls.env["service.call"].create(
            {
                "phone": "+390255501234",
                "started_at": "2025-03-07 10:00:00",
                "ended_at": "2025-03-07 10:05:00",
                "ticket_id": cls.ticket.id,
            }
        )

    def _page(self, user=None):
        return self._as(user or self.agent)["service.asset.page"]

    def _rows(self, user=None, **values):
        page = self._page(user).get_timeline(self.unit.id, **values)
        return [(entry["kind"], entry["id"]) for entry in page["entries"]]

    def _whole(self):
        return [
            ("call", self.call.id),
            ("reading", self.reading.id),
            ("exchange", self.exchange.id),
            ("transfer", self.transfer.id),
            ("complaint", self.anger.id),
            ("ticket", self.inner.id),
            ("ticket", self.ticket.id),
            *((kind, self.unit.id) for kind in MILESTONES),
        ]

    def test_everything_is_on_one_line_also_of_components(self):
        self.assertEqual(self._rows(), self._whole())

    def test_pages_hold_each_row_once_however_small_they_are(self):
        for size in (1, 2, 5):
            with self.subTest(size=size):
                rows, after = [], None
                while True:
                    page = self._page().get_timeline(self.unit.id, None, after, size)
                    rows += [(entry["kind"], entry["id"]) for entry in page["entries"]]
                    after = page["next"]
                    if not after:
                        break
                self.assertEqual(rows, self._whole())

    def test_a_row_says_what_happened(self):
        entries = self._page().get_timeline(self.unit.id)["entries"]
        told = {entry["kind"]: entry for entry in entries}
        self.assertEqual(told["transfer"]["title"], "Ann → Bob")
        self.assertEqual(told["transfer"]["badge"], "Other Owner")
        self.assertEqual(told["exchange"]["title"], "V-1 → –")
        self.assertEqual(told["exchange"]["badge"], "Taken Out")
        self.assertEqual(told["reading"]["title"], "Hours 5 h")
        self.assertEqual(told["sold"]["at"], "2024-01-20")

    def test_counters_open_what_they_count(self):
        page = self._page().get_page(self.unit.id)
        counts = {s["kind"]: s["count"] for s in page["sources"] if s["counted"]}
        self.assertEqual((counts["ticket"], counts["complaint"]), (2, 1))
        self.assertFalse(counts.keys() & set(MILESTONES))
        for source in page["sources"]:
            rows = self.env[source["model"]].search(source["domain"])
            self.assertEqual(len(rows), source["count"], source["kind"])

    def test_the_page_tells_what_went_wrong_and_what_is_inside(self):
        page = self._page().get_page(self.unit.id)
        troubles = page["troubles"]
        self.assertEqual((troubles["total"], troubles["complaints"]), (3, 1))
        self.assertEqual(troubles["open"][0]["number"], self.anger.number)
        self.assertEqual(
            [(row["id"], row["parent"]) for row in page["components"]],
            [(self.pump.id, self.unit.id)],
        )

    def test_photos_and_documents_of_the_unit_are_shown(self):
        files = self.env["ir.attachment"].create(
            {"name": "plate.txt", "raw": b"x", "res_model": "service.asset"}
            | {"res_id": self.unit.id}
        )
        page = self._page().get_page(self.unit.id)
        self.assertEqual([row["id"] for row in page["documents"]], files.ids)
        self.assertEqual(self.unit.document_count, 1)

    def test_a_cover_is_told_with_its_day_as_text(self):
        def covers(unit):
            return [
                {"kind": "x", "label": "X", "until": unit.installed_on, "tone": "info"},
                {"kind": "y", "label": "Y"},
            ]

        self.patch(type(self.unit), "_get_coverage_summary", covers)
        self.assertEqual(
            [cover["until"] for cover in self.unit.coverage_summary],
            ["2024-02-01", False],
        )

    def test_page_and_form_take_few_queries_however_much_there_is(self):
        form = self.env["service.asset"].with_user(self.agent)
        views = form.get_views([(False, "form")])["models"]["service.asset"]["fields"]
        lines = {
            "child_ids": {"fields": {"serial_number": {}, "state": {}}},
            "exchange_ids": {"fields": {"removed_id": {}, "ticket_id": {}}},
        }
        named = {"fields": {"display_name": {}}}
        spec = {
            name: lines.get(name) or (named if info["type"] == "many2one" else {})
            for name, info in views.items()
            if name in lines or info["type"] not in ("one2many", "many2many")
        }

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            form.browse(self.unit.id).web_read(spec)
            read = self.env.cr.sql_log_count - before
            self._page().get_page(self.unit.id)
            return read, self.env.cr.sql_log_count - before - read

        count()
        few = count()
        self.tickets.create(
            [self._prepare_ticket(asset_id=self.unit.id) for _n in range(50)]
        )
        self.env["service.asset"].create(
            [{"serial_number": f"C-{n}", "parent_id": self.unit.id} for n in range(30)]
        )
        many = count()
        self.assertLessEqual(sum(many), sum(few) + 1)
        self.assertLess(many[1], MOST_QUERIES, many)

    # -- what one may not read ----------------------------------------------------

    def test_a_technician_sees_his_own_tickets_and_what_was_done_to_the_unit(self):
        kinds = {kind for kind, _id in self._rows(self.technician)}
        self.assertEqual(kinds, {"reading", "exchange", "transfer", *MILESTONES})
        for user, is_named in ((self.technician, False), (self.agent, True)):
            told = self._page(user).get_timeline(self.unit.id, kinds=["exchange"])
            self.assertEqual(self.inner.number in str(told), is_named)
        page = self._page(self.technician).get_page(self.unit.id)
        self.assertEqual(page["troubles"]["total"], 0)

    def test_who_speaks_for_the_owner_is_no_other_owner(self):
        firm = self._create_partner(name="Acme", is_company=True)
        contact = self._create_partner(name="Cora", parent_id=firm.id)
        unit = self._create_asset(serial_number="A-1", partner_id=firm.id)
        unit.partner_id = contact
        self.assertFalse(unit.transfer_ids.is_owner_changed)
        unit.partner_id = self.bob
        told = unit.transfer_ids.sorted("id").mapped("is_owner_changed")
        self.assertEqual(told, [False, True])

    def test_a_complaint_about_the_reader_is_not_there(self):
        self.anger.write(
            {"complaint_about": "person", "complained_user_id": self.agent.id}
        )
        self.assertNotIn(("complaint", self.anger.id), self._rows())
        troubles = self._page().get_page(self.unit.id)["troubles"]
        self.assertEqual(troubles["complaints"], 0)
        self.assertNotIn(self.anger.number, str(troubles))

    def test_the_page_is_for_people_of_the_service_and_of_the_company(self):
        clerk = new_test_user(self.env, "a_clerk", "base.group_user")
        for user in (clerk, self.stranger):
            for method in ("get_page", "get_timeline"):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    getattr(self._page(user), method)(self.unit.id)

    def test_what_is_no_place_in_the_line_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Load the page again"):
            self._rows(after="2026-01-01|res.users|1")
