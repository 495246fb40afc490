from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests import TransactionCase, freeze_time
from odoo.tools import mute_logger

from ..const import Limit

LIMITS = (Limit(3, 60), Limit(5, 3600))


class TestThrottle(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.throttle = cls.env["service.throttle"]

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def _buckets(self, identity="203.0.113.7", scope="address"):
        return self.throttle._buckets(scope, identity, LIMITS)

    def _count(self, times, buckets=None):
        return [self.throttle._count(buckets or self._buckets()) for _i in range(times)]

    def test_attempts_pass_up_to_the_limit_and_not_beyond(self):
        with freeze_time("2025-03-01 10:00:00"):
            self.assertEqual(self._count(4), [0, 0, 0, 60])

    def test_a_new_window_opens_when_the_old_one_has_passed(self):
        with freeze_time("2025-03-01 10:00:00"):
            self._count(3)
        with freeze_time("2025-03-01 10:00:59"):
            self.assertEqual(self._count(1), [1])
        with freeze_time("2025-03-01 10:01:00"):
            self.assertEqual(self._count(1), [0])

    def test_the_longer_window_holds_when_the_shorter_one_has_passed(self):
        with freeze_time("2025-03-01 10:00:00"):
            self._count(4)
        with freeze_time("2025-03-01 10:10:00"):
            self.assertEqual(self._count(2), [0, 3000])

    def test_another_identity_and_another_scope_are_counted_apart(self):
        self._count(4)
        self.assertEqual(self._count(1, self._buckets("203.0.113.8")), [0])
        self.assertEqual(self._count(1, self._buckets(scope="number")), [0])

    def test_a_refunded_attempt_does_not_count(self):
        for _i in range(10):
            self.assertEqual(self._count(1), [0])
            self.throttle._refund(self._buckets())
        self.assertEqual(self._count(4)[-1] > 0, True)

    def test_nothing_to_count_lets_everybody_pass(self):
        self.assertEqual(self.throttle._count([]), 0)
        self.throttle._refund([])

    def test_a_counter_that_fails_refuses(self):
        with (
            patch.object(
                type(self.throttle), "_execute_apart", side_effect=psycopg2.Error
            ),
            mute_logger("odoo.addons.service_portal.models.service_throttle"),
        ):
            self.assertEqual(self._count(1), [3600])

    def test_the_table_names_nobody(self):
        self._count(1, self._buckets("+33612345678", "phone"))
        self.env.cr.execute("SELECT key FROM service_throttle")
        keys = [key for (key,) in self.env.cr.fetchall()]
        self.assertTrue(keys)
        for key in keys:
            self.assertRegex(key, r"^[0-9a-f]{64}$")

    def test_cleaning_removes_only_what_has_expired(self):
        now = fields.Datetime.now()
        old, young = self.throttle.create(
            [
                {"key": "a", "hits": 1, "expires_at": now - timedelta(seconds=1)},
                {"key": "b", "hits": 1, "expires_at": now + timedelta(hours=1)},
            ]
        )
        self.throttle._gc_expired()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())
