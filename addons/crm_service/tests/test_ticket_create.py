# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged, users

from ..models.service_ticket import FLOW_FIELDS, FLOW_KEY
from ..tools import acceptance_number
from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestTicketCreate(ServiceCommon):
    def test_a_ticket_gets_number_process_and_first_stage(self):
        ticket = self._create_ticket()
        self.assertTrue(acceptance_number.check(ticket.number))
        self.assertTrue(ticket.number.startswith("SR"))
        self.assertEqual(ticket.process_id, self.repair.process_id)
        self.assertEqual(ticket.phase, "received")
        self.assertTrue(ticket.is_open)
        self.assertEqual(ticket.company_id, self.company)

    def test_a_complaint_has_its_own_prefix_and_process(self):
        ticket = self._create_ticket(type_id=self.complaint.id)
        self.assertTrue(ticket.number.startswith("CP"))
        self.assertEqual(ticket.process_id.code, "complaint")

    def test_without_a_type_the_first_one_is_taken(self):
        self.assertTrue(self.tickets.create({"name": "Broken"}).type_id)

    def test_without_a_type_each_company_gets_one_it_may_use(self):
        own = self.repair.copy({"code": "own", "sequence": -1})
        own.company_id = self.company
        ours, theirs = self.tickets.create(
            [
                {"name": "Broken", "company_id": company.id}
                for company in (self.company, self.other_company)
            ]
        )
        self.assertEqual(ours.type_id, own)
        self.assertNotEqual(theirs.type_id, own)

    def test_a_new_ticket_among_the_complaints_is_a_complaint(self):
        action = self.env.ref("crm_service.service_ticket_action_complaint")
        self.assertIn("'service_category': 'complaint'", action.context)
        tickets = self.tickets.with_context(service_category="complaint")
        self.assertEqual(tickets.new({}).type_id, self.complaint)
        self.assertEqual(tickets.create({"name": "Late"}).type_id, self.complaint)

    def test_without_any_type_a_sentence_tells_what_to_do(self):
        self.env["service.ticket.type"].search([]).active = False
        with self.assertRaisesRegex(ValidationError, "Choose a ticket type"):
            self.tickets.create({"name": "Broken"})

    def test_a_process_without_stages_is_refused_in_a_sentence(self):
        with self.assertRaisesRegex(ValidationError, "There is no stage"):
            self._create_type(self._create_process())

    def test_a_number_that_is_taken_is_not_given_again(self):
        ticket = self._create_ticket()
        fresh = acceptance_number.make("SR")
        with patch.object(
            acceptance_number, "make", side_effect=[ticket.number, fresh, fresh]
        ):
            self.assertEqual(self.tickets._generate_numbers(["SR"]), [fresh])

    def test_a_batch_never_holds_a_number_twice(self):
        one, other = acceptance_number.make("SR"), acceptance_number.make("SR")
        with patch.object(acceptance_number, "make", side_effect=[one, one, other]):
            self.assertEqual(self.tickets._generate_numbers(["SR", "SR"]), [one, other])

    def test_queries_for_a_batch_stay_flat(self):
        vals_list = [
            self._prepare_ticket(partner_phone=f"+39 02 555{i:05}", partner_name="Ann")
            for i in range(200)
        ]
        tickets = self.tickets.with_user(self.agent).with_context(
            tracking_disable=False
        )
        tickets.create(vals_list[:1])
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        tickets.create(vals_list[1:])
        self.env.flush_all()
        count = self.env.cr.sql_log_count - before
        self.assertLess(count / 199, 0.6, f"{count} queries for 199 tickets")

    def test_a_batch_gives_each_ticket_one_open_log_row(self):
        tickets = self.tickets.create([self._prepare_ticket() for _i in range(5)])
        self.assertEqual(len(tickets.stage_log_ids), 5)
        self.assertEqual(tickets.stage_log_ids.mapped("left_at"), [False] * 5)

    def test_values_of_the_caller_are_not_changed(self):
        vals = self._prepare_ticket(partner_phone="+39 02 5550 1234")
        copy = dict(vals)
        self.tickets.create([vals])
        self.assertEqual(vals, copy)

    def test_a_serial_number_brings_unit_product_customer_and_site(self):
        partner = self._create_partner()
        product = self.env["product.product"].create({"name": "Fridge"})
        asset = self._create_asset(
            serial_number="F-7",
            partner_id=partner.id,
            site_id=partner.id,
            product_id=product.id,
        )
        ticket = self._create_ticket(serial_number="F-7")
        self.assertRecordValues(
            ticket,
            [
                {
                    "asset_id": asset.id,
                    "product_id": product.id,
                    "partner_id": partner.id,
                    "site_id": partner.id,
                }
            ],
        )

    def test_the_site_is_the_units_if_it_is_the_callers(self):
        owner = self._create_partner(is_company=True, phone="+39 02 5550 7171")
        site = self._create_partner(name="Cellar", parent_id=owner.id, phone=False)
        self._create_asset(serial_number="F-71", partner_id=owner.id, site_id=site.id)
        values = {"serial_number": "F-71", "partner_phone": owner.phone}
        self.assertEqual(self._create_ticket(**values).site_id, site)
        other = self._create_partner(phone="+39 02 5550 7272")
        ticket = self._create_ticket(serial_number="F-71", partner_phone=other.phone)
        self.assertEqual(ticket.partner_id, other)
        self.assertFalse(ticket.site_id)
        self.assertFalse(self._create_ticket(**values, site_id=False).site_id)

    def test_a_serial_number_that_is_unknown_is_kept_as_given(self):
        ticket = self._create_ticket(serial_number=" F-8")
        self.assertFalse(ticket.asset_id)
        self.assertEqual(ticket.serial_number.strip(), "F-8")

    def test_a_serial_number_of_another_company_is_not_matched(self):
        self._create_asset(serial_number="F-9", company_id=self.other_company.id)
        self.assertFalse(self._create_ticket(serial_number="F-9").asset_id)

    def test_the_team_comes_from_the_type(self):
        team = self._create_team()
        process = self._create_process(("New", "received"))
        ticket_type = self._create_type(
            process, team_id=team.id, company_id=self.company.id
        )
        self.assertEqual(self._create_ticket(type_id=ticket_type.id).team_id, team)

    @users("test_agent")
    def test_what_the_process_owns_cannot_be_written(self):
        ticket = self._create_ticket()
        for name in sorted(FLOW_FIELDS):
            with self.subTest(field=name), self.assertRaises(UserError):
                ticket.with_user(self.agent).write({name: False})

    def test_context_keys_of_a_caller_open_nothing(self):
        ticket = self._create_ticket()
        for forged in (True, 1, "FLOW", {}):
            with self.subTest(value=forged), self.assertRaises(UserError):
                ticket.with_context(**{FLOW_KEY: forged}).write({"number": "SR1"})

    def test_a_number_cannot_be_given_at_creation(self):
        with self.assertRaises(UserError):
            self._create_ticket(number="SR00000000000")

    def test_a_ticket_stays_in_its_company(self):
        ticket = self._create_ticket()
        with self.assertRaises(UserError):
            ticket.company_id = self.other_company

    def test_a_ticket_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Cancel the ticket or archive it"):
            self._create_ticket().unlink()

    def test_a_copy_is_a_new_request(self):
        ticket = self._create_ticket(external_ref="A1")
        ticket._move_to_phase("resolved")
        copy = ticket.copy()
        self.assertNotEqual(copy.number, ticket.number)
        self.assertEqual(copy.phase, "received")
        self.assertFalse(copy.resolved_at or copy.external_ref or copy.user_id)

    def test_records_of_another_company_are_refused(self):
        asset = self._create_asset(company_id=self.other_company.id)
        with self.assertRaises(UserError):
            self._create_ticket(asset_id=asset.id)

    def test_the_counters_of_many_customers_take_two_queries(self):
        parent = self._create_partner(is_company=True)
        child = self._create_partner(parent_id=parent.id)
        others = self.env["res.partner"].create([{"name": str(i)} for i in range(20)])
        for partner in (parent, child, child, others[0]):
            self._create_ticket(partner_id=partner.id)
        everybody = parent | child | others
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(5):
            everybody.mapped("service_ticket_count")
        self.assertEqual(parent.service_ticket_count, 3)
        self.assertEqual(child.service_ticket_count, 2)
        self.assertEqual(others.mapped("service_ticket_count"), [1] + [0] * 19)

    def test_many_tickets_in_one_go_have_their_history_and_no_note_each(self):
        tickets = self._as(self.agent)["service.ticket"]
        vals_list = [self._prepare_ticket() for _place in range(11)]
        many = tickets.create(vals_list)
        self.assertFalse(many.message_ids)
        self.assertEqual(len(many.stage_log_ids), 11)
        self.assertNotIn("mail_create_nolog", many.env.context)
        one = tickets.create(vals_list[0])
        self.assertEqual(len(one.message_ids), 1)
