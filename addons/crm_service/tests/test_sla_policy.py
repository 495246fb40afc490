# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .sla_common import SlaCommon, at


@tagged("post_install", "-at_install")
class TestSlaPolicy(SlaCommon):
    def _assert_refused(self, sentence, **values):
        """Assert that a policy is refused with a sentence, and nothing is saved."""
        count = self.policies.search_count([("active", "in", (True, False))])
        with (
            self.assertRaisesRegex(ValidationError, sentence),
            self.env.cr.savepoint(),
        ):
            self._create_policy(**{"resolution_hours": 1, **values})
        after = self.policies.search_count([("active", "in", (True, False))])
        self.assertEqual(count, after)

    # -- which one ------------------------------------------------------------

    def test_the_first_policy_that_fits_applies(self):
        first = self._create_policy(
            name="First", priority_min="2", resolution_hours=1, sequence=1
        )
        second = self._create_policy(name="Second", resolution_hours=2, sequence=2)
        self.assertEqual(self._create_sla_ticket(priority="2").sla_policy_id, first)
        ticket = self._create_sla_ticket()
        self.assertEqual(ticket.sla_policy_id, second)
        second.sequence = 0
        self.assertEqual(self._create_sla_ticket(priority="3").sla_policy_id, second)

    def test_each_criterion_chooses(self):
        company = self._create_partner(name="Firm", is_company=True)
        person = self._create_partner(name="Ann", parent_id=company.id)
        tag = self.env["res.partner.category"].create({"name": "Gold"})
        below = self.env["res.partner.category"].create(
            {"name": "Gold plus", "parent_id": tag.id}
        )
        tagged_one = self._create_partner(
            name="Bo", category_id=[Command.link(below.id)]
        )
        team = self._create_team()
        category = self.env["product.category"].create({"name": "Cold"})
        inner = self.env["product.category"].create(
            {"name": "Fridges", "parent_id": category.id}
        )
        product = self.env["product.product"].create(
            {"name": "Fridge", "categ_id": inner.id}
        )
        for criteria, fits in (
            ({"type_ids": self.type.ids}, {"type_id": self.type.id}),
            ({"priority_min": "1", "priority_max": "2"}, {"priority": "2"}),
            ({"partner_ids": company.ids}, {"partner_id": person.id}),
            ({"partner_category_ids": tag.ids}, {"partner_id": tagged_one.id}),
            ({"team_ids": team.ids}, {"team_id": team.id}),
            ({"product_category_ids": category.ids}, {"product_id": product.id}),
            ({"domain": "[('channel', '=', 'email')]"}, {"channel": "email"}),
        ):
            with self.subTest(criteria=criteria):
                vals = {
                    name: [Command.set(v)] if isinstance(v, list) else v
                    for name, v in criteria.items()
                }
                policy = self._create_policy(resolution_hours=1, **vals)
                other = self._create_ticket(priority="0")
                ticket = self._create_ticket(**{"priority": "0", **fits})
                self.assertFalse(other.sla_policy_id)
                self.assertEqual(ticket.sla_policy_id, policy)
                self.assertIn("is the first promise", ticket.sla_policy_reason)
                policy.active = False

    def test_what_a_condition_looks_at_brings_another_promise(self):
        policy = self._create_policy(
            resolution_hours=1, domain="[('channel', '=', 'email')]"
        )
        ticket = self._create_sla_ticket()
        self.assertFalse(ticket.sla_policy_id)
        self.assertEqual(ticket.sla_status, "none")
        ticket.channel = "email"
        self.assertEqual(ticket.sla_policy_id, policy)

    def test_the_reader_is_told_why(self):
        self._create_policy(name="Fast", resolution_hours=1, type_ids=self.type.ids)
        ticket = self._create_sla_ticket()
        self.assertEqual(
            ticket.with_user(self.agent).sla_policy_reason,
            "“Fast” is the first promise that fits: Ticket Types: Test, "
            "Company: Service centre.",
        )

    def test_a_ticket_may_bring_its_own_policy(self):
        own = self._create_policy(
            name="Own", priority_min="3", resolution_hours=2, sequence=1
        )
        first = self._create_policy(name="First", resolution_hours=1)
        model = type(self.tickets)

        def get_own(tickets):
            return {ticket.id: own.id for ticket in tickets if ticket.name == "Own"}

        self.patch(model, "_get_own_sla_policies", get_own)
        self.assertEqual(self._create_sla_ticket(name="Own").sla_policy_id, own)
        self.assertEqual(self._create_sla_ticket().sla_policy_id, first)

    def test_policies_of_another_company_do_not_apply(self):
        self.policies.create(
            {
                "name": "Theirs",
                "company_id": self.other_company.id,
                "resolution_hours": 1,
            }
        )
        self.assertFalse(self._create_sla_ticket().sla_policy_id)

    def test_policies_are_applied_to_open_tickets_by_a_button(self):
        ticket = self._create_sla_ticket()
        policy = self._create_policy(resolution_hours=1)
        self.assertFalse(ticket.sla_policy_id)
        policy.with_user(self.manager).action_apply()
        self.assertEqual(ticket.sla_policy_id, policy)
        self.assertEqual(ticket.sla_deadline, at("11-23 10:00"))
        self.assertEqual(policy.open_ticket_count, 1)
        with self.assertRaises(AccessError):
            policy.with_user(self.agent).action_apply()

    def test_the_delivered_policies_fit_every_ticket(self):
        standard = self.env.ref("crm_service.service_sla_policy_standard")
        urgent = self.env.ref("crm_service.service_sla_policy_urgent")
        (urgent | standard).active = True
        self.assertEqual(self._create_sla_ticket().sla_policy_id, standard)
        self.assertEqual(self._create_sla_ticket(priority="3").sla_policy_id, urgent)

    def test_many_tickets_are_matched_without_a_query_each(self):
        partners = self.env["res.partner"].create(
            [{"name": str(place)} for place in range(200)]
        )
        self._create_policy(resolution_hours=1, partner_ids=partners[:100].ids)
        tickets = self.tickets.create(
            [
                self._prepare_ticket(type_id=self.type.id, partner_id=partner.id)
                for partner in partners
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            found = self.policies._find_for(tickets)
        self.assertEqual(len(found), 100)

    # -- bad input ------------------------------------------------------------

    def test_a_target_of_nothing_or_less_is_refused(self):
        for hours in (0, -1, 0.0001):
            with self.subTest(hours=hours):
                self._assert_refused("more than zero", resolution_hours=hours)
        policy = self._create_policy(resolution_hours=1)
        with self.assertRaisesRegex(ValidationError, "more than zero"):
            policy.resolution_hours = 0

    def test_a_calendar_without_hours_is_refused(self):
        empty = self.env["resource.calendar"].create(
            {"name": "Empty", "attendance_ids": [Command.clear()]}
        )
        empty.attendance_ids.unlink()
        self._assert_refused("has no working hours", calendar_id=empty.id)
        with self.assertRaisesRegex(ValidationError, "has no working hours"):
            self._create_team(resource_calendar_id=empty.id)

    def test_a_condition_that_cannot_be_read_is_refused(self):
        for domain in ("[('channel'", "[('nonsense', '=', 1)]", "channel", "[1, 2]"):
            with self.subTest(domain=domain):
                self._assert_refused("cannot be read", domain=domain)

    def test_a_policy_that_fits_no_ticket_is_refused(self):
        never = "can never apply"
        self._assert_refused(never, priority_min="3", priority_max="1")
        self._assert_refused(never, domain="[('id', 'in', [])]")
        self._assert_refused(never, domain="[(0, '=', 1)]")
        self.type.active = False
        self._assert_refused(never, type_ids=[Command.set(self.type.ids)])

    def test_a_policy_in_the_shadow_of_an_earlier_one_is_refused(self):
        self._create_policy(
            name="Broad", resolution_hours=1, priority_min="2", sequence=1
        )
        self._assert_refused("“Broad” comes before it", priority_min="2")
        self._assert_refused("comes before it", priority_min="3", sequence=2)
        self._create_policy(resolution_hours=1, priority_min="1", sequence=2)
        first = self._create_policy(resolution_hours=1, priority_min="3", sequence=0)
        with self.assertRaisesRegex(ValidationError, "comes before it"):
            first.sequence = 3

    def test_a_shadow_falls_on_what_is_below(self):
        company = self._create_partner(name="Firm", is_company=True)
        person = self._create_partner(name="Ann", parent_id=company.id)
        self._create_policy(
            resolution_hours=1, sequence=1, partner_ids=[Command.set(company.ids)]
        )
        self._assert_refused(
            "comes before it", partner_ids=[Command.set(person.ids)], sequence=2
        )
        self._create_policy(resolution_hours=1, sequence=3)

    def test_a_broad_policy_put_first_warns_on_those_it_hides(self):
        narrow = self._create_policy(
            name="Narrow", resolution_hours=1, priority_min="3", sequence=5
        )
        self.assertFalse(narrow.problem)
        self._create_policy(name="Broad", resolution_hours=1, sequence=1)
        narrow.invalidate_recordset()
        self.assertIn("“Broad” comes before it", narrow.problem)

    def test_a_warning_is_a_share_of_the_target(self):
        for percent in (-1, 100, 150):
            self._assert_refused("between 1 and 99", warning_percent=percent)

    def test_quiet_hours_are_hours_of_a_day(self):
        for start, stop in ((8, 8), (-1, 8), (20, 25)):
            self._assert_refused(
                "two different times",
                has_quiet_hours=True,
                quiet_from=start,
                quiet_to=stop,
            )

    # -- who may what ---------------------------------------------------------

    def test_only_managers_write_policies(self):
        policy = self._create_policy(resolution_hours=1)
        for user in (self.technician, self.agent, self.supervisor):
            self.assertEqual(policy.with_user(user).name, "Promise")
            with self.assertRaises(AccessError):
                policy.with_user(user).name = "Mine"
        policy.with_user(self.manager).name = "Ours"

    def test_a_policy_that_made_promises_is_kept(self):
        policy = self._create_policy(resolution_hours=1)
        self._create_sla_ticket()
        with self.assertRaisesRegex(UserError, "Archive it"):
            policy.unlink()

    def test_a_policy_is_made_by_hand(self):
        with Form(self.policies.with_user(self.manager)) as form:
            form.name = "By hand"
            form.has_resolution = True
            form.resolution_hours = 8
        policy = form.record
        self.assertEqual(policy._get_targets(), {"resolution": 8 * 3600})
