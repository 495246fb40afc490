from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .charge_common import ChargeCommon


@tagged("post_install", "-at_install")
class TestChargeWindows(ChargeCommon):
    # -- estimate -------------------------------------------------------------

    def open_estimate(self, user=None):
        windows = self.as_user(
            self.env["service.charge.estimate"], user or self.technician
        )
        return Form(windows.with_context(default_ticket_id=self.ticket.id))

    def test_an_estimate_begins_with_planned_parts_and_an_hour(self):
        self.create_repair({self.part: 2.0}, ticket_id=self.ticket.id)
        form = self.open_estimate()
        self.assertEqual(form.amount, 260.0)
        self.assertEqual(form.customer_amount, 260.0)
        form.save().action_save()
        self.assertRecordValues(
            self.ticket.estimate_charge_ids.sorted("amount"),
            [
                {"kind": "labour", "quantity": 1.0, "amount": 60.0, "unit_cost": 0.0},
                {"kind": "part", "quantity": 2.0, "amount": 200.0, "unit_cost": 40.0},
            ],
        )
        self.assertFalse(self.ticket.charge_ids)

    def test_what_is_estimated_and_what_is_charged_stand_beside_each_other(self):
        self.set_shares(warranty=0.5, customer=0.5)
        self.open_estimate().save().action_save()
        self.create_entry("2026-03-02 08:00:00", "2026-03-02 10:00:00")
        ticket = self.as_user(self.ticket, self.technician)
        self.assertRecordValues(
            ticket,
            [
                {
                    "estimate_amount": 60.0,
                    "charge_amount": 120.0,
                    "charge_difference": 60.0,
                    "charge_customer_amount": 60.0,
                }
            ],
        )
        for word in ("Warranty", "Customer", "Total", "Difference"):
            self.assertIn(word, ticket.charge_summary)

    def test_a_new_estimate_replaces_the_last_one(self):
        self.open_estimate().save().action_save()
        form = self.open_estimate()
        with form.line_ids.edit(0) as line:
            line.quantity = 3.0
        form.save().action_save()
        self.assertRecordValues(
            self.ticket.estimate_charge_ids, [{"quantity": 3.0, "amount": 180.0}]
        )

    def test_only_who_may_price_changes_the_price_of_an_estimate(self):
        for user, amount in ((self.technician, 60.0), (self.agent, 45.0)):
            window = self.open_estimate(user).save()
            window.line_ids.unit_price = 45.0
            window.action_save()
            self.assertEqual(self.ticket.estimate_charge_ids.amount, amount)

    def test_what_is_quoted_stays_and_the_next_estimate_comes_on_top(self):
        self.create_charge(is_estimate=True).share_ids._set_billed(True)
        window = self.open_estimate().save()
        self.assertFalse(window.line_ids)
        self.assertTrue(window.has_quoted)

    def test_an_empty_estimate_is_refused(self):
        window = self.open_estimate().save()
        window.line_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "estimate is empty"):
            window.action_save()

    def test_nobody_estimates_tickets_that_they_do_not_see(self):
        other = self.create_ticket()
        windows = self.as_user(self.env["service.charge.estimate"], self.technician)
        with self.assertRaises(AccessError):
            windows.create({"ticket_id": other.id})

    # -- adding ---------------------------------------------------------------

    def open_add(self, user=None, **values):
        windows = self.as_user(self.env["service.charge.add"], user or self.technician)
        return windows.create({"ticket_id": self.ticket.id, **values})

    def test_a_technician_adds_a_fee_at_its_price(self):
        fee = self.env["service.fee"].create(
            {
                "name": "Recycling",
                "product_id": self.create_service(name="R", list_price=12.0).id,
            }
        )
        window = self.open_add(fee_id=fee.id, unit_price=1.0)
        window.action_add()
        self.assertRecordValues(
            self.ticket.charge_ids,
            [{"name": "Recycling", "kind": "fee", "amount": 12.0, "fee_id": fee.id}],
        )

    def test_a_third_party_is_charged_with_the_margin_of_the_company(self):
        self.service.service_third_party_margin = 20.0
        window = self.open_add(
            kind="third_party", cost=200.0, vendor_id=self.factory.partner_id.id
        )
        window.action_add()
        self.assertRecordValues(
            self.ticket.charge_ids,
            [
                {
                    "amount": 240.0,
                    "cost": 200.0,
                    "vendor_id": self.factory.partner_id.id,
                }
            ],
        )
        self.ticket.action_update_charges()
        self.assertEqual(self.ticket.charge_ids.amount, 240.0)

    def create_bill(self):
        bill = (
            self.env["account.move"]
            .with_company(self.service)
            .create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.factory.partner_id.id,
                    "invoice_date": "2026-03-02",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Crane",
                                "price_unit": 300.0,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        bill.action_post()
        return bill

    def test_a_line_of_a_vendor_bill_is_charged_once(self):
        clerk = self.create_user(
            "crm_service.group_service_agent,account.group_account_invoice",
            self.service,
            login="clerk_of_charges",
        )
        bill = self.create_bill()
        line = bill.invoice_line_ids
        values = {"kind": "third_party", "vendor_bill_line_id": line.id}
        window = self.open_add(clerk, **values)
        self.assertEqual(window.cost, 300.0)
        window.action_add()
        self.assertEqual(self.ticket.charge_ids.vendor_bill_line_id, line)
        with self.assertRaisesRegex(UserError, "charged already"):
            self.open_add(clerk, **values).action_add()
        bill.button_draft()
        other = self.create_bill()
        other.button_draft()
        with self.assertRaisesRegex(UserError, "posted vendor bill"):
            self.open_add(
                clerk,
                kind="third_party",
                cost=1.0,
                vendor_bill_line_id=other.invoice_line_ids.id,
            ).action_add()

    def test_who_may_not_read_bills_chooses_none(self):
        line = self.create_bill().invoice_line_ids
        with self.assertRaises(AccessError):
            self.open_add(kind="third_party", vendor_bill_line_id=line.id)

    def test_what_is_missing_is_told(self):
        with self.assertRaisesRegex(UserError, "Choose a fee"):
            self.open_add().action_add()
        with self.assertRaisesRegex(UserError, "third party asks"):
            self.open_add(kind="third_party").action_add()

    # -- screens --------------------------------------------------------------

    def test_every_role_opens_the_ticket_with_its_charges(self):
        self.create_entry("2026-03-02 08:00:00", "2026-03-02 10:00:00")
        for user in (self.technician, self.agent, self.supervisor):
            with Form(self.as_user(self.ticket, user)) as form:
                self.assertIn("120", form.charge_summary)
            action = self.as_user(self.ticket, user).action_view_charges()
            self.assertEqual(action["res_model"], "service.charge")

    def test_time_without_a_rate_is_shown(self):
        self.rate.active = False
        self.create_entry("2026-03-02 08:00:00", "2026-03-02 10:00:00")
        self.assertTrue(self.ticket.has_charge_gap)
        self.rate.active = True
        self.ticket.action_update_charges()
        self.ticket.invalidate_recordset()
        self.assertFalse(self.ticket.has_charge_gap)
