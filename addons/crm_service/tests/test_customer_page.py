# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestCustomerPage(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hotel = cls._create_partner(name="Hotel", is_company=True)
        cls.ann = cls._create_partner(name="Ann", parent_id=cls.hotel.id)
        cls.other = cls._create_partner(name="Somebody else")
        values = [
            {"partner_id": cls.hotel.id, "opened_at": "2026-01-05 10:00:00"},
            {"partner_id": cls.ann.id, "opened_at": "2026-01-03 10:00:00"},
            {"partner_id": cls.ann.id, "opened_at": "2026-01-03 10:00:00"},
            {"partner_id": cls.other.id, "opened_at": "2026-01-04 10:00:00"},
        ]
        cls.rows = cls.tickets.create([cls._prepare_ticket(**vals) for vals in values])
        cls.anger = cls._create_ticket(
            partner_id=cls.ann.id,
            type_id=cls.complaint.id,
            opened_at="2026-01-04 10:00:00",
        )
        cls.asset = cls._create_asset(
            partner_id=cls.hotel.id, serial_number="S-9", installed_on="2026-01-02"
        )

    def _customer(self, user=None):
        return self._as(user or self.agent)["service.customer"]

    def _timeline(self, user=None, **values):
        return self._customer(user).get_timeline(self.hotel.id, **values)

    @staticmethod
    def _names(timeline):
        return [(entry["kind"], entry["id"]) for entry in timeline["entries"]]

    def _counts(self, user=None):
        page = self._customer(user).get_page(self.hotel.id)
        return {source["kind"]: source["count"] for source in page["sources"]}

    # -- the timeline -------------------------------------------------------------

    def test_everything_is_on_one_line_the_latest_first(self):
        one, two, three = self.rows[:3]
        self.assertEqual(
            self._names(self._timeline()),
            [
                ("ticket", one.id),
                ("complaint", self.anger.id),
                ("ticket", three.id),
                ("ticket", two.id),
                ("asset", self.asset.id),
            ],
        )

    def test_pages_hold_each_row_once_however_small_they_are(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Look at it",
                "start": "2026-01-03 10:00:00",
                "stop": "2026-01-03 11:00:00",
                "partner_ids": self.ann.ids,
            }
        )
        whole = self._names(self._timeline())
        self.assertIn(("appointment", event.id), whole)
        for size in (1, 2, 3, 6):
            with self.subTest(size=size):
                names, after = [], None
                while True:
                    page = self._timeline(after=after, limit=size)
                    names += self._names(page)
                    after = page["next"]
                    if not after:
                        break
                self.assertEqual(names, whole)

    def test_a_row_that_comes_meanwhile_shifts_no_page(self):
        page = self._timeline(limit=2)
        self._create_ticket(partner_id=self.ann.id)
        following = self._timeline(limit=10, after=page["next"])
        self.assertEqual(
            self._names(following)[:2],
            [("ticket", self.rows[2].id), ("ticket", self.rows[1].id)],
        )

    def test_calls_and_call_backs_are_on_the_line(self):
        call = self.env["service.call"].create(
            {
                "partner_id": self.ann.id,
                "phone": "+39 02 5550 1234",
                "started_at": "2026-01-06 10:00:00",
                "ended_at": "2026-01-06 10:05:00",
                "note": "The door does not close.\nShe will send a picture.",
            }
        )
        request = self.env["service.callback"].create(
            {
                "name": "Send the bill again",
                "partner_id": self.hotel.id,
                "phone": "+39 02 5550 1234",
                "wanted_from": "2026-01-07 10:00:00",
                "wanted_until": "2026-01-07 11:00:00",
            }
        )
        asked, called = self._timeline()["entries"][:2]
        self.assertEqual((asked["kind"], asked["id"]), ("callback", request.id))
        self.assertEqual((called["kind"], called["id"]), ("call", call.id))
        self.assertEqual(called["title"], "Incoming · +39 02 5550 1234")
        self.assertEqual(called["text"], "The door does not close.")

    def test_kinds_are_chosen(self):
        self.assertEqual(
            self._names(self._timeline(kinds=["complaint", "asset"])),
            [("complaint", self.anger.id), ("asset", self.asset.id)],
        )
        self.assertFalse(self._timeline(kinds=["no such kind"])["entries"])

    def test_a_row_says_what_it_is(self):
        self.rows[0].user_id = self.agent
        entry = self._timeline(limit=1)["entries"][0]
        self.assertEqual(entry["title"], f"{self.rows[0].number} · It is broken")
        self.assertEqual(entry["at"], "2026-01-05 10:00:00")
        self.assertEqual(entry["who"], self.agent.name)
        self.assertEqual(entry["badge"], "Received")
        unit = self._timeline()["entries"][-1]
        self.assertEqual((unit["at"], unit["badge"]), ("2026-01-02", "Installed"))

    def test_what_is_no_place_in_the_line_is_refused(self):
        for after in (
            "x",
            "2026-01-01|ticket",
            "2026-01-01|ticket|x",
            "2026-01-01|res.users|1",
            "2026-01-01T00:00:00+02:00|ticket|1",
            "2026-01-01'); DROP TABLE res_users; --|ticket|1",
            ["a"],
        ):
            with (
                self.subTest(after=after),
                self.assertRaisesRegex(ValidationError, "Load the page again"),
            ):
                self._timeline(after=after)

    # -- the page -----------------------------------------------------------------

    def test_the_page_counts_and_shows_what_there_is(self):
        self.assertEqual(
            self._counts() | {"ticket": 3, "complaint": 1, "asset": 1}, self._counts()
        )
        page = self._customer().get_page(self.hotel.id)
        self.assertEqual(page["partner"]["name"], "Hotel")
        self.assertEqual([unit["id"] for unit in page["assets"]], self.asset.ids)
        self.assertEqual([one["id"] for one in page["contacts"]], self.ann.ids)
        self.assertEqual(len(page["timeline"]["entries"]), 5)
        for source in page["sources"]:
            rows = self.env[source["model"]].search(source["domain"])
            self.assertEqual(len(rows), source["count"], source["kind"])

    def test_the_page_of_a_contact_is_his_own(self):
        page = self._customer().get_page(self.ann.id)
        counts = {source["kind"]: source["count"] for source in page["sources"]}
        self.assertEqual((counts["ticket"], counts["complaint"]), (2, 1))
        self.assertEqual(page["partner"]["parent"]["id"], self.hotel.id)

    def test_the_page_takes_the_same_queries_for_few_and_for_many(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._customer().get_page(self.hotel.id)
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        self.tickets.create(
            [self._prepare_ticket(partner_id=self.ann.id) for _n in range(60)]
        )
        self.assertLessEqual(count(), few + 1)

    # -- what one may not read ------------------------------------------------------

    def test_a_technician_sees_his_own_tickets_only(self):
        self.assertEqual(self._counts(self.technician)["ticket"], 0)
        self.rows[1].user_id = self.technician
        self.assertEqual(self._counts(self.technician)["ticket"], 1)
        self.assertEqual(
            self._names(self._timeline(self.technician)),
            [("ticket", self.rows[1].id), ("asset", self.asset.id)],
        )

    def test_another_company_sees_nothing_of_ours(self):
        self.assertFalse(any(self._counts(self.stranger).values()))
        self.assertFalse(self._timeline(self.stranger)["entries"])

    def test_a_customer_of_another_company_has_no_page(self):
        self.env.ref("base.res_partner_rule").active = True
        self.other.company_id = self.other_company
        for method in ("get_page", "get_timeline"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(self._customer(), method)(self.other.id)

    def test_the_page_is_for_people_of_the_service(self):
        portal = new_test_user(
            self.env, "a_customer", "base.group_portal", partner_id=self.ann.id
        )
        clerk = new_test_user(self.env, "a_clerk", "base.group_user")
        for user in (portal, clerk):
            for method in ("get_page", "get_timeline"):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaisesRegex(AccessError, "people of the service"),
                ):
                    getattr(self._customer(user), method)(self.ann.id)

    def test_a_source_whose_model_is_closed_is_left_out(self):
        self.env["ir.model.access"].search(
            [("model_id.model", "=", "calendar.event")]
        ).active = False
        self.assertNotIn("appointment", self._counts())

    def test_a_private_appointment_shows_no_subject(self):
        self.env["calendar.event"].with_user(self.manager).create(
            {
                "name": "Secret",
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now(),
                "partner_ids": self.ann.ids,
                "privacy": "private",
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        entries = self._timeline(kinds=["appointment"])["entries"]
        self.assertNotIn("Secret", str(entries))

    # -- counters -------------------------------------------------------------------

    def test_counters_count_contacts_too(self):
        self.rows[1]._move_to_phase("closed")
        self.assertRecordValues(
            self.hotel | self.ann | self.other,
            [
                {
                    "service_ticket_count": 4,
                    "service_open_ticket_count": 3,
                    "service_complaint_count": 1,
                    "service_asset_count": 1,
                    "service_last_ticket_at": self.rows[0].opened_at,
                },
                {
                    "service_ticket_count": 3,
                    "service_open_ticket_count": 2,
                    "service_complaint_count": 1,
                    "service_asset_count": 0,
                    "service_last_ticket_at": self.anger.opened_at,
                },
                {
                    "service_ticket_count": 1,
                    "service_open_ticket_count": 1,
                    "service_complaint_count": 0,
                    "service_asset_count": 0,
                    "service_last_ticket_at": self.rows[3].opened_at,
                },
            ],
        )

    def test_counters_of_a_list_take_the_same_queries_for_one_and_for_many(self):
        names = [
            "service_ticket_count",
            "service_open_ticket_count",
            "service_complaint_count",
            "service_last_ticket_at",
            "service_asset_count",
        ]
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {n}"} for n in range(30)]
        )
        self.tickets.create(
            [self._prepare_ticket(partner_id=partner.id) for partner in partners]
        )
        spec = {name: {} for name in names}

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(self.agent).web_read(spec)
            return self.env.cr.sql_log_count - before

        count(partners)
        self.assertEqual(count(partners), count(partners[:2]))

    def test_counters_are_for_staff(self):
        clerk = new_test_user(self.env, "a_clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.hotel.with_user(clerk).read(["service_ticket_count"])
