import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..const import REGISTER_LIMITS
from .common import ServicePortalCase

PATH = "/service/unit/"


@tagged("post_install", "-at_install")
class TestUnitPage(ServicePortalCase, HttpCase):
    """What the label of a unit opens, for customers and for staff."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Aurora 300"})
        cls.unit = cls.env["service.asset"].create(
            {
                "serial_number": "AR-2026-00412",
                "product_id": cls.product.id,
                "partner_id": cls.firm.id,
                "site_id": cls.customer.id,
                "note": "<p>canary-note</p>",
            }
        )
        cls.firm.write({"street": "canary-street", "email": "canary@example.com"})
        url = cls.unit._get_label_url()
        cls.path = url[url.index(PATH) :]

    def _post(self, path=None, **values):
        page = self.url_open(self.path).text
        token = re.search(r'csrf_token" value="([^"]+)"', page).group(1)
        data = {"csrf_token": token, **values}
        return self.url_open(path or self.path, data=data, allow_redirects=False)

    def _registrations(self):
        return self.env["service.asset.registration"].search(
            [("asset_id", "=", self.unit.id)]
        )

    # -- the page ---------------------------------------------------------------------

    def test_the_page_tells_product_end_of_serial_and_nothing_of_the_owner(self):
        response = self.url_open(self.path)
        self.assertEqual(response.status_code, 200)
        page = response.text
        self.assertIn("Aurora 300", page)
        self.assertIn("•••• 0412", page)
        self.assertIn("</textarea>", page)
        for secret in ("AR-2026", "Boulangerie", "Odile", "canary", "612345"):
            self.assertNotIn(secret, page)
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_covers_are_told_without_their_names(self):
        today = fields.Date.today()
        covers = [
            {"kind": "warranty", "label": "canary-a", "until": today, "tone": ""},
            {
                "kind": "contract",
                "label": "canary-b",
                "until": today - timedelta(days=1),
                "tone": "",
            },
            {"kind": "supplier", "label": "canary-c", "until": today, "tone": ""},
        ]
        model = type(self.env["service.asset"])
        with patch.object(model, "_get_coverage_summary", lambda self: covers):
            page = self.url_open(self.path).text
        self.assertIn("Warranty", page)
        self.assertIn("Service contract", page)
        self.assertIn("ended on", page)
        self.assertNotIn("canary", page)

    def test_staff_come_to_the_form(self):
        self.authenticate("portal_agent", "portal_agent")
        response = self.url_open(self.path, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        place = f"/odoo/service-units/{self.unit.id}"
        self.assertTrue(response.headers["Location"].endswith(place))

    def test_portal_users_see_the_page(self):
        self.authenticate("portal_else", "portal_else")
        self.assertEqual(self.url_open(self.path).status_code, 200)

    def test_unknown_and_renewed_labels_get_one_answer_and_are_counted(self):
        old = self.path
        self.unit.with_user(self.agent).action_renew_label()
        first = self.url_open(old)
        second = self.url_open(PATH + "x" * 24)
        self.assertEqual((first.status_code, second.status_code), (404, 404))
        answers = [
            self.url_open(f"{PATH}guess-{number}").status_code for number in range(10)
        ]
        self.assertIn(429, answers)
        new = self.unit._get_label_url()
        self.assertEqual(self.url_open(new[new.index(PATH) :]).status_code, 200)

    def test_strange_tokens_are_misses(self):
        for token in ("%00", "é", "a" * 500, "1' OR '1'='1"):
            self.assertIn(self.url_open(PATH + token).status_code, (404, 429), token)

    # -- registration -----------------------------------------------------------------

    def test_a_customer_registers_and_staff_accept(self):
        response = self._post(
            name="Odile Martin", phone="06 12 34 56 78", bought_on="2026-01-31"
        )
        self.assertEqual(response.status_code, 303)
        self.assertIn("Thank you", self.url_open(self.path + "?sent=1").text)
        record = self._registrations()
        self.assertEqual((record.name, record.state), ("Odile Martin", "new"))
        self.assertEqual(self.unit.partner_id, self.firm)
        record.with_user(self.agent).action_accept()
        self.assertEqual(record.partner_id, self.customer)
        # the contact is of the firm, whose the unit is already
        self.assertEqual(self.unit.partner_id, self.firm)
        self.assertEqual(self.unit.registered_on, fields.Date.context_today(self.unit))
        self.assertEqual(str(self.unit.sold_on), "2026-01-31")

    def test_what_is_missing_is_said_and_nothing_is_lost(self):
        for values, word in (
            ({"name": ""}, "enter your name"),
            ({"name": "Eve"}, "phone number or an e-mail"),
            ({"name": "Eve", "phone": "12"}, "not complete"),
            ({"name": "Eve", "email": "eve"}, "not an e-mail"),
            ({"name": "Eve", "email": "e@x.org", "bought_on": "2999-01-01"}, "the day"),
            ({"name": "Eve", "email": "e@x.org", "bought_on": "31.1."}, "the day"),
        ):
            with self.subTest(values):
                response = self._post(**values)
                self.assertEqual(response.status_code, 400)
                self.assertIn(word, response.text)
                self.assertIn(f'value="{values["name"]}"', response.text)
        self.assertFalse(self._registrations())

    def test_only_what_is_asked_for_is_kept(self):
        self._post(
            name="<b>Eve</b>",
            email="eve@example.com",
            state="accepted",
            partner_id=str(self.stranger.id),
            company_id="1",
        )
        record = self._registrations()
        self.assertEqual((record.state, record.name), ("new", "<b>Eve</b>"))
        self.assertFalse(record.partner_id)

    def test_machines_and_repeaters_make_no_registrations(self):
        self._post(name="Bot", email="b@example.com", website="http://spam.example")
        self.assertFalse(self._registrations())
        for _turn in range(3):
            self._post(name="Eve", email="eve@example.com")
        self.assertEqual(len(self._registrations()), 1)

    def test_registrations_are_limited(self):
        limit = REGISTER_LIMITS[0].attempts
        codes = [
            self._post(name=f"Eve {turn}", email="e@example.com").status_code
            for turn in range(limit + 1)
        ]
        self.assertEqual(codes[-1], 429)
        self.assertLessEqual(len(self._registrations()), 5)

    def test_a_form_without_its_token_is_refused(self):
        response = self.url_open(self.path, data={"name": "Eve", "email": "e@x.org"})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._registrations())
