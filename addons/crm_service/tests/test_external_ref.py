# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestExternalRef(ServiceCommon):
    def _create_once(self, **values):
        return self.tickets._create_once(self._prepare_ticket(**values), "R1", {"a": 1})

    def test_the_second_time_the_first_is_found(self):
        ticket, created = self._create_once()
        self.assertTrue(created)
        self.assertEqual(self._create_once(), (ticket, False))

    def test_without_a_reference_each_call_creates(self):
        one, _created = self.tickets._create_once(self._prepare_ticket(), None, {})
        other, _created = self.tickets._create_once(self._prepare_ticket(), None, {})
        self.assertNotEqual(one, other)

    def test_an_archived_document_counts(self):
        ticket, _created = self._create_once()
        ticket.active = False
        self.assertEqual(self._create_once(), (ticket, False))

    def test_a_race_is_handed_to_odoo_to_try_again(self):
        """A reference committed after the look-up ends in a retry, not an error."""
        self._create_once()
        nothing = self.tickets.browse()
        self.patch(
            self.env.registry["service.ticket"],
            "_find_by_external_ref",
            lambda *args: nothing,
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError):
            self._create_once()

    def test_who_may_not_read_it_is_not_told_its_content(self):
        self._create_once()
        with self.assertRaises(AccessError):
            self.tickets.with_user(self.technician)._find_by_external_ref(
                "R1", {"a": 1}
            )

    def test_the_digest_does_not_depend_on_the_order_of_keys(self):
        digest = self.tickets._external_digest
        self.assertEqual(digest({"a": 1, "b": "ü"}), digest({"b": "ü", "a": 1}))
        self.assertNotEqual(digest({"a": 1}), digest({"a": "1"}))
