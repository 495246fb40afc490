import re
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..const import PRIVATE_HEADERS
from .common import PHONE, ServicePortalCase

TRACK = "/service/track"
STATUS = "/service/track/status"


@tagged("post_install", "-at_install")
class TestTrackingPage(ServicePortalCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    # ------------------------------------------------------------------ helpers

    def _csrf(self):
        page = self.url_open(TRACK).text
        return re.search(r'name="csrf_token"\s+value="([^"]+)"', page).group(1)

    def _post(self, number=None, phone=PHONE, headers=None, url=TRACK, **values):
        data = {
            "csrf_token": self._csrf(),
            "number": self.ticket.number if number is None else number,
            "phone": phone,
            **values,
        }
        return self.url_open(url, data=data, headers=headers, allow_redirects=False)

    def _misses(self, times, **values):
        return [
            self._post(
                **{"number": f"SR{i:09d}", "phone": f"+3361234{i:04d}", **values}
            )
            for i in range(times)
        ]

    def _link(self, ticket=None):
        url = (ticket or self.ticket)._get_track_url()
        return url[url.index("/service/track") :]

    def _body(self, response):
        """Return a page without what differs from request to request.

        Where several languages are loaded, the page links to itself in each.
        """
        text = re.sub(r'href="[^"]*"(?=[^>]*data-url_code)', "", response.text)
        return re.sub(r'(csrf_token"?:?\s*(value=)?")[^"]+', r"\1", text)

    def _snapshot(self):
        self.env.flush_all()
        tables = (
            "service_ticket",
            "service_stage_log",
            "service_track_token",
            "service_throttle",
            "mail_message",
            "res_partner",
        )
        rows = []
        for table in tables:
            self.env.cr.execute(
                f"SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t"
            )
            rows.append((table, self.env.cr.fetchone()))
        return rows

    # --------------------------------------------------------------- the status

    def test_number_and_phone_open_the_brief_status(self):
        response = self._post()
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(STATUS))
        page = self.url_open(STATUS).text
        self.assertIn(self.ticket.number, page)
        self.assertIn("The fridge is warm", page)
        self.assertIn("Received", page)

    def test_number_and_phone_may_be_written_as_people_write_them(self):
        number = self.ticket.number
        for written in (number.lower(), f" {number[:2]}-{number[2:6]} {number[6:]} "):
            for phone in ("06 12 34 56 78", "+33 (0)6.12.34.56.78", "0033612345678"):
                response = self._post(written, phone)
                self.assertEqual(response.status_code, 303, (written, phone))

    def test_number_in_the_address_fills_the_form(self):
        page = self.url_open(f"{TRACK}?number={self.ticket.number}").text
        self.assertIn(f'value="{self.ticket.number}"', page)

    def test_page_shows_the_phone_masked(self):
        self._post()
        page = self.url_open(STATUS).text
        self.assertIn("•••• ••• 678", page)
        self.assertNotIn("12345678", page.replace(" ", ""))
        self.assertNotIn("612345", page.replace(" ", ""))

    def test_page_shows_nothing_private(self):
        canaries = self._plant_canaries()
        self._post()
        page = self.url_open(STATUS).text
        self.assertIn(self.ticket.number, page)
        for name, canary in canaries.items():
            self.assertNotIn(canary, page, name)

    def _plant_canaries(self):
        """Write a word of its own into every private text around the ticket."""
        ticket = self.ticket
        ticket.user_id = self.agent
        ticket.write({"description": "canary-description", "priority": "3"})
        ticket.stage_id.sudo().name = "canary-stage"
        ticket.process_id.sudo().name = "canary-process"
        ticket.team_id = self.env["service.team"].create({"name": "canary-team"})
        self.agent.partner_id.name = "canary-staff"
        self.customer.write(
            {"email": "canary-mail@example.com", "street": "canary-road"}
        )
        self.customer.comment = "canary-comment"
        ticket.message_post(body="canary-note")
        ticket.message_post(body="canary-message", subtype_xmlid="mail.mt_comment")
        ticket.product_id = self.env["product.product"].create(
            {"name": "canary-product", "standard_price": 731.19}
        )
        canaries = {
            name: f"canary-{name}"
            for name in (
                *("description", "stage", "process", "team", "staff", "mail"),
                *("road", "comment", "note", "message", "product"),
            )
        }
        return {**canaries, "cost": "731.19", "track_key": ticket.sudo().track_key}

    def test_page_names_the_company_that_has_the_request(self):
        other = self.env["res.company"].create(
            {"name": "Another Service", "phone": "+33 1 00 00 00 01"}
        )
        ticket = self._new_ticket(company_id=other.id)
        self.assertEqual(self._post(ticket.number).status_code, 303)
        page = self.url_open(STATUS).text
        self.assertIn("Another Service", page)
        self.assertIn("+33 1 00 00 00 01", page)

    def test_texts_of_the_customer_stay_texts(self):
        self.ticket.name = "<script>alert(1)</script>{{7*7}}<t t-out='1'/>"
        self._post()
        page = self.url_open(STATUS).text
        self.assertNotIn("<script>alert(1)", page)
        self.assertIn("&lt;script&gt;alert(1)", page)
        self.assertIn("{{7*7}}", page)
        page = self.url_open(f'{TRACK}?number="><script>alert(1)</script>').text
        self.assertNotIn("<script>alert(1)", page)

    def test_every_phase_has_a_page(self):
        phases = [phase for phase, _label in self.ticket._fields["phase"].selection]
        self._post()
        for phase in phases:
            self.env.cr.execute(
                "UPDATE service_ticket SET phase = %s WHERE id = %s",
                [phase, self.ticket.id],
            )
            self.ticket.invalidate_recordset()
            response = self.url_open(STATUS)
            self.assertEqual(response.status_code, 200, phase)
            self.assertIn(f"o_service_phase_{phase}", response.text)
            self.assertEqual(
                "o_service_track_line" in response.text, phase != "cancelled", phase
            )

    def test_reader_stays_in_the_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        page = self.url_open(f"/zh_CN{TRACK}").text
        self.assertIn('lang="zh-CN"', page)
        location = self._post(url=f"/zh_CN{TRACK}").headers["Location"]
        response = self.url_open(location)
        self.assertTrue(response.url.endswith(f"/zh_CN{STATUS}"), response.url)
        self.assertIn(self.ticket.number, response.text)
        self.assertIn("年", response.text, "dates are written as in Chinese")

    def test_link_opens_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.authenticate(None, None, session_extra={"context": {"lang": "zh_CN"}})
        response = self.url_open(self._link())
        self.assertTrue(response.url.endswith(f"/zh_CN{STATUS}"), response.url)

    # -------------------------------------------------------------- one answer

    def test_every_miss_gets_the_same_answer(self):
        self.url_open(TRACK)
        archived = self._new_ticket(active=False)
        revoked = self._link()
        self.ticket._revoke_track_links()
        other = self._new_ticket(
            partner_id=self.stranger.id, partner_phone="+33698765432"
        )
        number, flipped = (
            self.ticket.number,
            "Z" if self.ticket.number[-1] != "Z" else "Y",
        )
        misses = {
            "wrong phone": (number, "+33612345679"),
            "no phone": (number, ""),
            "phone is no phone": (number, "abc' OR 1=1 --"),
            "somebody else's phone": (number, "+33698765432"),
            "somebody else's number": (other.number, PHONE),
            "unknown number": ("SR00000000A", PHONE),
            "wrong check character": (number[:-1] + flipped, PHONE),
            "malformed": ("?", PHONE),
            "nothing": ("", ""),
            "control characters": ("\x00\x1f" + number[:5], "\x00"),
            "archived": (archived.number, PHONE),
        }
        throttle = type(self.env["service.throttle"])
        with patch.object(throttle, "_count", lambda self, buckets: 0):
            answers = {
                name: self._post(number=typed, phone=phone)
                for name, (typed, phone) in misses.items()
            }
            for name, path in (
                ("unknown link", f"{TRACK}/{'x' * 43}"),
                ("link with odd characters", f"{TRACK}/%00%FF%27"),
                ("revoked link", revoked),
            ):
                answers[name] = self.url_open(path, allow_redirects=False)
        expected = answers["wrong phone"]
        self.assertEqual(expected.status_code, 404)
        self.assertIn("service_track_missed", expected.text)
        for name, answer in answers.items():
            with self.subTest(name):
                self.assertEqual(answer.status_code, expected.status_code)
                self.assertEqual(self._body(answer), self._body(expected))
                self.assertEqual(set(answer.headers), set(expected.headers))

    def test_miss_does_not_open_and_does_not_close_the_session(self):
        self._post(phone="+33612345679")
        self.assertNotIn(self.ticket.number, self.url_open(STATUS).text)
        self._post()
        self._post(phone="+33612345679")
        self.assertIn(self.ticket.number, self.url_open(STATUS).text)

    def test_odd_requests_are_misses_and_no_errors(self):
        for value in ("'", '"', "\\", "%", "{{", "${", "ž" * 400, "😀", "; --"):
            response = self._post(value, value)
            self.assertIn(response.status_code, (404, 429), value)
        files = {"number": ("a.txt", b"x"), "phone": ("b.txt", b"y")}
        response = self.url_open(TRACK, data={"csrf_token": self._csrf()}, files=files)
        self.assertIn(response.status_code, (404, 429))

    def test_other_fields_of_the_form_are_ignored(self):
        names = self.env["service.ticket"]._fields
        self._post(**{name: "1" for name in names if name not in ("number", "phone")})
        before = self.ticket.read(["name", "priority", "phase", "user_id"])
        self.ticket.invalidate_recordset()
        self.assertEqual(
            self.ticket.read(["name", "priority", "phase", "user_id"]), before
        )

    # ------------------------------------------------------------------ session

    def test_page_closes_after_its_time(self):
        with patch(
            "odoo.addons.service_portal.controllers.tracking.SESSION_SECONDS", -1
        ):
            self._post()
        page = self.url_open(STATUS).text
        self.assertNotIn(self.ticket.number, page)
        self.assertIn("service_track_expired", page)

    def test_another_visitor_has_to_identify(self):
        self._post()
        self.authenticate(None, None)
        page = self.url_open(STATUS).text
        self.assertNotIn(self.ticket.number, page)
        self.assertNotIn("service_track_expired", page)

    def test_planted_session_cookie_does_not_read_along(self):
        self._csrf()
        planted = self.opener.cookies["session_id"]
        self._post()
        self.assertNotEqual(self.opener.cookies["session_id"], planted)
        self.assertIn(self.ticket.number, self.url_open(STATUS).text)
        jar = self.opener.cookies
        for cookie in [cookie for cookie in jar if cookie.name == "session_id"]:
            jar.clear(cookie.domain, cookie.path, cookie.name)
        jar["session_id"] = planted
        self.assertNotIn(self.ticket.number, self.url_open(STATUS).text)

    def test_leaving_forgets_the_request(self):
        self._post()
        self._post(url="/service/track/leave")
        self.assertNotIn(self.ticket.number, self.url_open(STATUS).text)

    def test_archived_ticket_disappears_from_an_open_page(self):
        self._post()
        self.ticket.active = False
        self.assertNotIn(self.ticket.number, self.url_open(STATUS).text)

    # -------------------------------------------------------------------- limits

    def test_the_eleventh_miss_from_an_address_is_refused(self):
        statuses = [answer.status_code for answer in self._misses(11)]
        self.assertEqual(statuses, [404] * 10 + [429])
        answer = self._post()
        self.assertEqual(answer.status_code, 429, "the right pair must wait as well")
        self.assertTrue(0 < int(answer.headers["Retry-After"]) <= 60)

    def test_the_sixth_miss_on_a_number_is_refused_however_it_is_written(self):
        number = self.ticket.number
        for i, written in enumerate(
            (number, number.lower(), f"{number[:4]}-{number[4:]}")
        ):
            self._post(written, f"+3361111000{i}")
        self._misses(2, number=number)
        self.assertEqual(self._post().status_code, 429)

    def test_the_eleventh_miss_on_a_phone_is_refused_however_it_is_written(self):
        with patch(
            "odoo.addons.service_portal.controllers.public_page.ADDRESS_LIMITS", ()
        ):
            for phone in ("0612345678", "+33612345678", "06 12 34 56 78") * 3:
                self._misses(1, number=f"SR{phone[-3:]}", phone=phone)
            self._misses(1, phone=PHONE)
            self.assertEqual(self._post().status_code, 429)

    def test_forged_forwarded_addresses_share_the_sender_s_limit(self):
        for i in range(10):
            self._misses(1, headers={"X-Forwarded-For": f"198.51.100.{i}"})
        answer = self._post(headers={"X-Forwarded-For": "198.51.100.99"})
        self.assertEqual(answer.status_code, 429)

    def test_right_entries_do_not_count(self):
        for _i in range(12):
            self.assertEqual(self._post().status_code, 303)

    def test_link_from_a_mail_passes_the_limits(self):
        link = self._link()
        self._misses(6, number=self.ticket.number)
        self._misses(6)
        self.assertEqual(self._post().status_code, 429)
        self.assertEqual(self.url_open(link, allow_redirects=False).status_code, 303)
        self.assertIn(self.ticket.number, self.url_open(STATUS).text)

    def test_guessing_links_is_refused(self):
        answers = [
            self.url_open(f"{TRACK}/{'x' * 40}{i:03d}").status_code for i in range(12)
        ]
        self.assertEqual(answers, [404] * 10 + [429] * 2)

    # ------------------------------------------------------------- HTTP manners

    def test_reading_writes_nothing(self):
        link = self._link()
        self._post()
        before = self._snapshot()
        for path in (TRACK, f"{TRACK}?number=SR1", STATUS, link):
            for method in ("GET", "HEAD"):
                self.url_open(path, method=method)
        self.assertEqual(self._snapshot(), before)

    def test_pages_are_kept_to_their_reader(self):
        link = self._link()
        answers = [
            self.url_open(TRACK),
            self._post(phone="+33612345679"),
            self._post(),
            self.url_open(STATUS),
            self.url_open(link, allow_redirects=False),
            self.url_open(f"{TRACK}/unknown"),
            self._post(url="/service/track/leave"),
            self._misses(11)[-1],
        ]
        self.assertEqual(
            [a.status_code for a in answers], [200, 404, 303, 200, 303, 404, 303, 429]
        )
        for answer in answers:
            for name, value in PRIVATE_HEADERS.items():
                self.assertEqual(answer.headers.get(name), value, (answer.url, name))

    def test_post_from_another_site_is_refused(self):
        with mute_logger("odoo.http"):
            response = self._post(csrf_token="forged")
        self.assertEqual(response.status_code, 400)
        self.assertNotIn(self.ticket.number, self.url_open(STATUS).text)
