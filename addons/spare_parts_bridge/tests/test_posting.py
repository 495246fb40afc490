from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PartsCommon

SHIPPED = 4.0
TRANSFER_PRICE = 60.0
NET = SHIPPED * TRANSFER_PRICE
TAX = NET * 0.15
# Cost of 4 units at the factory, which has 2 bought for 30 and 4 for 48 each, and a
# standard price of 40; value of the service centre's stock of 2 bought for 20 each and
# those 4, at a standard price of 20.
COST = {"standard": 160.0, "average": 168.0, "fifo": 156.0}
STOCK_VALUE = {"standard": 120.0, "average": 280.0, "fifo": 280.0}


@tagged("post_install", "-at_install")
class TestPosting(PartsCommon):
    """Both companies' books, account by account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sale_tax = cls.factory.account_sale_tax_id
        cls.purchase_tax = cls.service.account_purchase_tax_id
        cls.set_stock(cls.part, 10.0)

    @classmethod
    def create_costed_part(cls, cost_method, valuation):
        """Create a part with stock bought at several costs in both companies."""
        category = cls.create_category(cost_method, valuation)
        product = cls.create_product(
            name=f"{cost_method} {valuation}",
            categ_id=category.id,
            taxes_id=[Command.set(cls.sale_tax.ids)],
            supplier_taxes_id=[Command.set(cls.purchase_tax.ids)],
        )
        for company, cost in ((cls.factory, 40.0), (cls.service, 20.0)):
            if cost_method == "standard":
                product.with_company(company).standard_price = cost
        cls.receive(product, cls.source, 2.0, 30.0)
        cls.receive(product, cls.source, 4.0, 48.0)
        cls.receive(product, cls.warehouse, 2.0, 20.0)
        cls.set_transfer_price(product, TRANSFER_PRICE)
        return product

    def get_balances(self, company):
        """Return ``{account: balance}`` of a company's posted entries."""
        groups = self.env["account.move.line"]._read_group(
            [("company_id", "=", company.id), ("parent_state", "=", "posted")],
            ["account_id"],
            ["balance:sum"],
        )
        return dict(groups)

    def get_changes(self, company, before):
        """Return ``{account: change}`` of the balances since ``before``."""
        changes = {
            account: company.currency_id.round(balance - before.get(account, 0.0))
            for account, balance in self.get_balances(company).items()
        }
        return {account: change for account, change in changes.items() if change}

    def get_accounts(self, company, product, partner):
        product = product.with_company(company)
        partner = partner.with_company(company)
        accounts = product._get_product_accounts()
        return {
            "receivable": partner.property_account_receivable_id,
            "payable": partner.property_account_payable_id,
            "income": accounts["income"],
            "expense": accounts["expense"],
            "stock": accounts["stock_valuation"],
        }

    def get_tax_account(self, tax):
        return tax.invoice_repartition_line_ids.account_id

    def assert_books(self, cost_method, valuation):
        product = self.create_costed_part(cost_method, valuation)
        before = {c: self.get_balances(c) for c in self.factory | self.service}
        requisition = self.create_requisition({product: SHIPPED})
        self.deliver(requisition)
        self.assertEqual(requisition.state, "done")

        sold = self.get_accounts(self.factory, product, self.service.partner_id)
        expected = {
            sold["receivable"]: NET + TAX,
            sold["income"]: -NET,
            self.get_tax_account(self.sale_tax): -TAX,
        }
        if valuation == "real_time":
            expected[sold["expense"]] = COST[cost_method]
            expected[sold["stock"]] = -COST[cost_method]
        self.assertEqual(self.get_changes(self.factory, before[self.factory]), expected)

        bought = self.get_accounts(self.service, product, self.factory.partner_id)
        real_time = valuation == "real_time"
        expected = {
            bought["payable"]: -NET - TAX,
            bought["stock" if real_time else "expense"]: NET,
            self.get_tax_account(self.purchase_tax): TAX,
        }
        self.assertEqual(self.get_changes(self.service, before[self.service]), expected)

        received = requisition.line_ids.move_ids.filtered(
            lambda move: move.parts_role == "receipt"
        )
        self.assertEqual(received.value, NET)
        self.assertAlmostEqual(
            product.with_company(self.service).total_value, STOCK_VALUE[cost_method]
        )
        shipped = requisition.line_ids.move_ids - received
        self.assertEqual(shipped.value, COST[cost_method])

    def test_standard_periodic(self):
        self.assert_books("standard", "periodic")

    def test_standard_perpetual(self):
        self.assert_books("standard", "real_time")

    def test_average_periodic(self):
        self.assert_books("average", "periodic")

    def test_average_perpetual(self):
        self.assert_books("average", "real_time")

    def test_fifo_periodic(self):
        self.assert_books("fifo", "periodic")

    def test_fifo_perpetual(self):
        self.assert_books("fifo", "real_time")

    def get_valuation_gap(self, company):
        """Return what a closing would have to correct in a company."""
        company = company.with_company(company).with_context(
            allowed_company_ids=company.ids
        )
        value = sum(company.stock_value().values())
        return value - sum(company.stock_accounting_value().values())

    def test_perpetual_fifo_needs_no_correction_at_closing(self):
        """What leaves and enters the account is what leaves and enters the stock."""
        product = self.create_costed_part("fifo", "real_time")
        gaps = [self.get_valuation_gap(c) for c in self.factory | self.service]
        self.deliver(self.create_requisition({product: SHIPPED}))
        self.assertEqual(
            [self.get_valuation_gap(c) for c in self.factory | self.service], gaps
        )

    def test_a_cost_that_changes_on_the_way_does_not_change_what_was_shipped(self):
        product = self.create_costed_part("average", "real_time")
        requisition = self.create_requisition({product: SHIPPED})
        self.approve(requisition)
        self.ship(requisition)
        before = self.get_balances(self.factory)
        self.receive(product, self.source, 10.0, 90.0)
        self.count(requisition)
        accounts = self.get_accounts(self.factory, product, self.service.partner_id)
        changes = self.get_changes(self.factory, before)
        self.assertEqual(changes[accounts["expense"]], COST["average"])
        self.assertEqual(changes[accounts["stock"]], -COST["average"])

    def test_currency_and_rate_of_each_company(self):
        euro = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", "EUR")])
        )
        euro.active = True
        for company, rate in ((self.factory, 0.5), (self.service, 0.8)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "company_id": company.id, "rate": rate}
            )
        self.factory.transfer_pricelist_id.currency_id = euro
        product = self.create_costed_part("fifo", "real_time")
        requisition = self.create_requisition({product: SHIPPED})
        self.assertEqual(requisition.currency_id, euro)
        self.deliver(requisition)
        invoice, bill = requisition.sudo().posting_ids.move_id
        self.assertEqual((invoice.currency_id | bill.currency_id), euro)
        self.assertEqual(invoice.amount_untaxed, NET)
        self.assertEqual(bill.amount_untaxed, NET)
        self.assertEqual(invoice.amount_untaxed_signed, NET / 0.5)
        self.assertEqual(-bill.amount_untaxed_signed, NET / 0.8)
        received = requisition.line_ids.move_ids.filtered(
            lambda move: move.parts_role == "receipt"
        )
        self.assertEqual(received.value, NET / 0.8)

    def test_a_price_that_includes_tax_does_not_change_the_value(self):
        self.sale_tax.price_include_override = "tax_included"
        product = self.create_costed_part("fifo", "real_time")
        requisition = self.create_requisition({product: SHIPPED})
        self.deliver(requisition)
        invoice, bill = requisition.sudo().posting_ids.move_id
        self.assertEqual(invoice.amount_untaxed, NET)
        self.assertEqual(bill.amount_untaxed, NET)

    def test_the_bill_mirrors_the_invoice(self):
        requisition = self.create_requisition()
        receipt = self.deliver(requisition)
        postings = requisition.sudo().posting_ids
        invoice, bill = postings.move_id
        self.assertEqual(postings.mapped("event"), [receipt.name] * 2)
        self.assertRecordValues(
            invoice | bill,
            [
                {
                    "move_type": "out_invoice",
                    "company_id": self.factory.id,
                    "partner_id": self.service.partner_id.id,
                    "state": "posted",
                    "ref": requisition.name,
                },
                {
                    "move_type": "in_invoice",
                    "company_id": self.service.id,
                    "partner_id": self.factory.partner_id.id,
                    "state": "posted",
                    "ref": invoice.name,
                },
            ],
        )

    def test_each_count_is_posted_once_and_only_what_was_accepted(self):
        requisition = self.create_requisition({self.part: 5.0})
        self.approve(requisition)
        self.ship(requisition)
        self.count(requisition, {self.part: {"qty_accepted": 2.0}}, is_complete=False)
        self.count(requisition, {self.part: {"qty_accepted": 3.0}})
        self.assertEqual(requisition.state, "done")
        invoices = requisition.sudo().posting_ids.move_id.filtered(
            lambda move: move.move_type == "out_invoice"
        )
        self.assertEqual(invoices.mapped("amount_untaxed"), [120.0, 180.0])

    def test_a_posted_document_cannot_be_reset_in_one_company_only(self):
        requisition = self.create_requisition()
        self.deliver(requisition)
        for move in requisition.sudo().posting_ids.move_id:
            with self.assertRaises(UserError):
                move.button_draft()
            with self.assertRaises(UserError):
                move.button_cancel()

    def test_a_missing_journal_says_what_to_do_and_leaves_nothing(self):
        requisition = self.create_requisition()
        self.approve(requisition)
        self.ship(requisition)
        self.env["account.journal"].search(
            [("company_id", "=", self.service.id), ("type", "=", "purchase")]
        ).active = False
        with self.assertRaisesRegex(UserError, "no purchase journal"):
            self.count(requisition)

    def test_one_company_posts_nothing_and_keeps_the_cost(self):
        depot = self.env["stock.warehouse"].create(
            {"name": "Depot", "code": "DEP", "company_id": self.service.id}
        )
        category = self.create_category("fifo", "real_time")
        product = self.create_product(name="Own", categ_id=category.id)
        self.receive(product, depot, 3.0, 25.0)
        before = self.get_balances(self.service)
        requisition = self.create_requisition(
            {product: 3.0}, source_warehouse_id=depot.id
        )
        clerk = self.create_user("clerk", self.service)
        self.as_user(requisition, self.keeper).action_submit()
        self.as_user(requisition, self.supervisor)._decide("approve")
        self.as_user(requisition, clerk)._decide("approve")
        self.as_user(requisition, clerk)._ship()
        self.count(requisition)
        self.assertEqual(requisition.state, "done")
        self.assertFalse(requisition.sudo().posting_ids)
        self.assertFalse(self.get_changes(self.service, before))
        self.assertEqual(self.get_stock(product), 3.0)
        self.assertEqual(product.with_company(self.service).total_value, 75.0)
