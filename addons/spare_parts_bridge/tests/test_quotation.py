from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestQuotation(BillingCommon):
    """The customer's share is offered, and the answer moves the ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.labour = cls.create_service()
        cls.customer.email = "customer@example.com"
        cls.ticket = cls.create_ticket(user_id=cls.technician.id)

    def estimate(self, quantity=2.0, **values):
        return self.create_charge(
            self.ticket, self.labour, quantity, is_estimate=True, **values
        )

    def test_the_customers_share_is_offered_and_says_so(self):
        self.set_shares(customer=0.5, warranty=0.5)
        charge = self.estimate()
        order = self.quote(self.ticket)
        self.assertRecordValues(
            order,
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": self.service.id,
                    "state": "draft",
                    "amount_untaxed": 60.0,
                    "client_order_ref": self.ticket.number,
                }
            ],
        )
        line = order.order_line
        self.assertRecordValues(
            line, [{"service_kind": "labour", "product_uom_qty": 2.0, "discount": 0.0}]
        )
        self.assertIn("your share: 50% of", line.name)
        self.assertEqual(line.tax_ids, self.tax)
        self.assertTrue(charge.is_billed)
        self.assertEqual(self.as_user(self.ticket, self.agent).quotation_count, 1)

    def test_any_share_is_offered_to_the_cent(self):
        self.set_shares(customer=1 / 3, warranty=2 / 3)
        charge = self.estimate(quantity=7.0)
        order = self.quote(self.ticket)
        share = charge.share_ids.filtered(lambda s: s.payer == "customer")
        self.assertEqual(order.amount_untaxed, share.amount)

    def test_nothing_is_offered_twice(self):
        self.set_shares(customer=1)
        self.estimate()
        self.quote(self.ticket)
        ticket = self.as_user(self.ticket, self.agent)
        with self.assertRaisesRegex(UserError, "nothing that the customer pays"):
            ticket.action_quote()
        shares = self.ticket.estimate_charge_ids.share_ids
        with self.assertRaisesRegex(UserError, "offered already"):
            ticket._create_quotation(shares)

    def test_what_others_pay_is_not_offered(self):
        self.set_shares(warranty=1)
        self.estimate()
        ticket = self.as_user(self.ticket, self.agent)
        with self.assertRaisesRegex(UserError, "nothing that the customer pays"):
            ticket.action_quote()

    def test_sending_it_lets_the_ticket_wait_for_the_customer(self):
        self.set_shares(customer=1)
        self.estimate()
        order = self.quote(self.ticket, is_to_send=True)
        self.assertEqual(order.state, "sent")
        self.assertEqual(self.ticket.phase, "waiting_customer")

    def test_who_has_no_address_is_not_sent_anything(self):
        self.set_shares(customer=1)
        self.estimate()
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self.quote(self.ticket, is_to_send=True)
        self.assertFalse(self.env["sale.order"].search([("origin", "!=", False)]))

    def _as_public(self, order):
        return order.with_user(self.env.ref("base.public_user")).sudo()

    def test_acceptance_by_the_customer_takes_up_the_work(self):
        self.set_shares(customer=1)
        self.estimate()
        order = self.quote(self.ticket, is_to_send=True)
        self._as_public(order).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.ticket.phase, "in_progress")
        message = self.ticket.message_ids.filtered(lambda m: "accepted" in m.body)
        self.assertEqual(message.author_id, self.customer)
        self.assertFalse(order.picking_ids)

    def test_a_refusal_is_told_and_frees_the_charges(self):
        self.set_shares(customer=1)
        charge = self.estimate()
        order = self.quote(self.ticket, is_to_send=True)
        self._as_public(order)._action_cancel()
        self.assertFalse(charge.is_billed)
        self.assertNotEqual(self.ticket.phase, "waiting_customer")
        self.assertIn("declined", self.ticket.activity_ids.summary)
        self.assertEqual(self.quote(self.ticket).state, "draft")

    def test_a_quotation_that_is_deleted_frees_the_charges(self):
        self.set_shares(customer=1)
        charge = self.estimate()
        self.quote(self.ticket).unlink()
        self.assertFalse(charge.is_billed)
        line = self.quote(self.ticket).order_line
        line.unlink()
        self.assertFalse(charge.is_billed)

    def test_a_part_is_not_delivered_a_second_time(self):
        self.set_shares(customer=1)
        self.create_charge(self.ticket, self.part, kind="part", is_estimate=True)
        order = self.quote(self.ticket)
        order.action_confirm()
        self.assertFalse(order.picking_ids)
        self.assertFalse(order.order_line.move_ids)

    def test_a_currency_without_a_rate_is_refused(self):
        self.set_shares(customer=1)
        charge = self.estimate()
        currency = self.env["res.currency"].create({"name": "XQX", "symbol": "X"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id, "company_id": self.service.id}
        )
        customer = self.customer.with_company(self.service)
        customer.specific_property_product_pricelist = pricelist
        with self.assertRaisesRegex(UserError, "rate of XQX"), self.cr.savepoint():
            self.quote(self.ticket)
        self.assertFalse(charge.is_billed)

    def test_a_day_in_the_past_is_refused(self):
        self.set_shares(customer=1)
        self.estimate()
        yesterday = fields.Date.today() - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "Choose a later day"):
            self.quote(self.ticket, validity_date=yesterday)

    def test_technicians_offer_nothing(self):
        self.set_shares(customer=1)
        self.estimate()
        with self.assertRaises(AccessError):
            self.as_user(self.ticket, self.technician).action_quote()
        with self.assertRaises(AccessError):
            self.quote(self.ticket, user=self.technician)

    def test_who_sells_does_not_reach_for_tickets_of_others(self):
        user = self.create_user("sales_team.group_sale_manager", self.service)
        orders = self.as_user(self.env["sale.order"], user)
        values = {"partner_id": self.customer.id}
        with self.assertRaises(AccessError):
            orders.create({**values, "ticket_id": self.ticket.id})
        order = orders.create(values)
        with self.assertRaises(AccessError):
            order.write({"ticket_id": self.ticket.id})

    def test_agents_see_what_the_customer_sees(self):
        self.set_shares(customer=1)
        self.estimate()
        order = self.quote(self.ticket)
        action = self.as_user(self.ticket, self.agent).action_view_quotations()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertIn(f"/my/orders/{order.id}", action["url"])
        user = self.create_user("sales_team.group_sale_manager", self.service)
        user.group_ids |= self.env.ref("crm_service.group_service_agent")
        action = self.as_user(self.ticket, user).action_view_quotations()
        self.assertEqual(action["res_id"], order.id)

    def test_new_prices_of_products_leave_the_share_as_it_was_offered(self):
        self.set_shares(customer=0.25, warranty=0.75)
        self.estimate()
        order = self.quote(self.ticket)
        line = order.order_line
        line.product_uom_qty = 4.0
        self.assertEqual((line.price_unit, line.discount), (15.0, 0.0))
        order.action_update_prices()
        self.assertEqual((line.price_unit, line.discount), (15.0, 0.0))

    def test_a_shown_discount_is_not_taken_off_twice(self):
        self.env.user.group_ids |= self.env.ref("sale.group_discount_per_so_line")
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Ten percent",
                "company_id": self.service.id,
                "item_ids": [
                    Command.create(
                        {"compute_price": "percentage", "percent_price": 10.0}
                    )
                ],
            }
        )
        self.set_shares(customer=1)
        self.estimate()
        order = self.quote(self.ticket)
        order.pricelist_id = pricelist
        order.order_line.product_uom_qty = 4.0
        self.assertEqual(order.amount_untaxed, 240.0)
