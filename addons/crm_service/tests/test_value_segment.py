# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .sla_common import SlaCommon


@tagged("post_install", "-at_install")
class TestValueSegment(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.best = cls.env.ref("crm_service.value_segment_a")
        cls.other = cls.env.ref("crm_service.value_segment_c")
        cls.firm = cls._create_partner(name="Firm", is_company=True)
        cls.person = cls._create_partner(name="Bo", parent_id=cls.firm.id)

    def _place(self, partner=None, segment=None, **values):
        """Put a customer into a segment by hand."""
        return self.env["service.customer.standing"].create(
            {
                "partner_id": (partner or self.firm).id,
                "company_id": self.company.id,
                "fixed_segment_id": (segment or self.best).id,
                "reason": "Pilot customer",
                **values,
            }
        )

    def test_a_contact_has_the_segment_of_the_customer(self):
        self._place()
        self.assertEqual(self.person.service_segment_id, self.best)
        found = self.env["res.partner"].search([("service_segment_id.code", "=", "A")])
        self.assertEqual(found, self.firm | self.person)
        partners = self.env["res.partner"]
        none = partners.search([("service_segment_id", "=", False)])
        self.assertNotIn(self.person, none)
        self.assertIn(
            self._create_partner(),
            partners.search([("service_segment_id", "!=", self.best.id)]),
        )

    def test_each_company_has_its_own_opinion(self):
        self._place()
        elsewhere = self.person.with_company(self.other_company)
        self.assertFalse(elsewhere.service_segment_id)

    def test_what_was_set_by_hand_counts_and_needs_a_reason(self):
        row = self._place()
        row.sudo().automatic_segment_id = self.other
        self.assertEqual(row.segment_id, self.best)
        with self.assertRaisesRegex(ValidationError, "enter a reason"):
            row.reason = " "
        with self.assertRaisesRegex(UserError, "Empty “Set by Hand” first"):
            row.unlink()
        row.with_user(self.supervisor).action_release()
        self.assertEqual(row.segment_id, self.other)
        row.unlink()

    def test_a_row_is_for_the_customer_as_a_whole_and_there_is_one(self):
        with self.assertRaisesRegex(ValidationError, "is a contact of Firm"):
            self._place(self.person)
        self._place()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._place()

    def test_agents_see_the_segment_and_supervisors_change_it(self):
        row = self._place()
        firm = self.firm.with_user(self.technician)
        self.assertEqual(firm.service_segment_id, self.best)
        with self.assertRaises(AccessError):
            row.with_user(self.agent).fixed_segment_id = self.other
        with self.assertRaises(AccessError):
            self.firm.with_user(self.agent).action_open_service_standing()
        with self.assertRaises(AccessError):
            row.with_user(self.stranger).read(["reason"])
        action = self.firm.with_user(self.supervisor).action_open_service_standing()
        self.assertEqual(action["res_id"], row.id)

    def test_a_segment_of_one_company_takes_no_customers_of_another(self):
        self._place()
        with (
            self.assertRaisesRegex(ValidationError, "Customers of another company"),
            self.env.cr.savepoint(),
        ):
            self.best.company_id = self.other_company
        own = self.best.copy({"company_id": self.other_company.id})
        segments = self.env["service.value.segment"]
        self.assertEqual(segments._get_segments_of(self.other_company), own)
        self.assertIn(self.best, segments._get_segments_of(self.company))

    # -- promises -------------------------------------------------------------

    def test_a_promise_is_made_for_a_segment(self):
        self._place()
        policy = self._create_policy(
            resolution_hours=1, segment_ids=[Command.set(self.best.ids)]
        )
        fits = self._create_ticket(partner_id=self.person.id)
        self.assertEqual(fits.sla_policy_id, policy)
        self.assertIn("Customer Segments: A", fits.sla_policy_reason)
        self.assertFalse(
            self._create_ticket(partner_id=self._create_partner().id).sla_policy_id
        )
        self.assertFalse(self._create_ticket().sla_policy_id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.best.unlink()

    def test_a_hundred_tickets_ask_for_segments_in_one_query(self):
        self._place()
        self._create_policy(
            resolution_hours=1, segment_ids=[Command.set(self.best.ids)]
        )
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "parent_id": self.firm.id} for n in range(100)]
        )
        self._create_ticket(partner_id=self.person.id)
        values = [self._prepare_ticket(partner_id=p.id) for p in partners]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        tickets = self.tickets.create(values)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 150)
        self.assertTrue(all(ticket.sla_policy_id for ticket in tickets))
