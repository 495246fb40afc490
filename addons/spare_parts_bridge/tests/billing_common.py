from odoo import Command, fields

from odoo.addons.spare_parts_bridge.tests.common import PartsCommon

ROLES = {
    "agent": "crm_service.group_service_agent",
    "accountant": "account.group_account_manager",
}


class BillingCommon(PartsCommon):
    """A service centre with books, an accountant, and accounts of its payers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role, group in ROLES.items():
            user = cls.create_user(group, cls.service, login=f"billing_{role}")
            setattr(cls, role, user)
        cls.currency = cls.service.currency_id
        cls.tax = cls.service.account_sale_tax_id
        cls.warranty_account = cls.create_account("WARR1", "Warranty cost")
        cls.goodwill_account = cls.create_account("GOOD1", "Goodwill")
        cls.relieved_account = cls.create_account("RELI1", "Cost charged on")
        cls.env["service.payer.account"].search([]).unlink()
        for payer, account in (
            ("warranty", cls.warranty_account),
            ("goodwill", cls.goodwill_account),
        ):
            cls.create_payer_account(payer=payer, expense_account_id=account.id)

    @classmethod
    def create_account(cls, code, name, account_type="expense"):
        """Create an account of the service centre."""
        accounts = cls.env["account.account"].with_company(cls.service)
        return accounts.create(
            {
                "code": code,
                "name": name,
                "account_type": account_type,
                "company_ids": [Command.set(cls.service.ids)],
            }
        )

    @classmethod
    def create_payer_account(cls, **values):
        """Create the accounts of a payer in the service centre."""
        return cls.env["service.payer.account"].create(
            {
                "company_id": cls.service.id,
                "counter_account_id": cls.relieved_account.id,
                **values,
            }
        )

    @classmethod
    def create_invoice(cls, *prices, post=True, **values):
        """Create an invoice of the customer with one line for each net price."""
        move = (
            cls.env["account.move"]
            .with_company(cls.service)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": cls.customer.id,
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Repair",
                                "price_unit": price,
                                "tax_ids": [Command.set(cls.tax.ids)],
                            }
                        )
                        for price in prices
                    ],
                    **values,
                }
            )
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def create_complaint(cls, **values):
        """Create a complaint of the customer."""
        complaint = cls.env["service.ticket.type"].search(
            [("category", "=", "complaint")], limit=1
        )
        return cls.create_ticket(type_id=complaint.id, **values)

    @classmethod
    def create_remedy(cls, amount=50.0, kind="refund", state="granted", **values):
        """Create a remedy of a complaint, granted as the buttons would."""
        ticket = values.pop("ticket", None) or cls.create_complaint()
        remedies = cls.env["service.remedy"]._with_flow()
        return remedies.create(
            {
                "ticket_id": ticket.id,
                "kind": kind,
                "amount": amount,
                "state": state,
                **values,
            }
        ).with_env(cls.env)

    @classmethod
    def lock_books(cls, date):
        """Close the books of the service centre up to and with `date`."""
        cls.service.sudo().fiscalyear_lock_date = date

    def get_balances(self, moves):
        """Return {account code: balance} of posted entries."""
        balances = {}
        for line in moves.line_ids:
            code = line.account_id.with_company(self.service).code
            balances[code] = self.currency.round(balances.get(code, 0.0) + line.balance)
        return balances

    # -- charges --------------------------------------------------------------

    @classmethod
    def create_service(cls, name="Labour", price=60.0, cost=25.0, **values):
        """Create a service that is billed by the hour, with the company's tax."""
        product = cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "uom_id": cls.env.ref("uom.product_uom_hour").id,
                "taxes_id": [Command.set(cls.tax.ids)],
                **values,
            }
        )
        product.with_company(cls.service).standard_price = cost
        return product

    @classmethod
    def create_charge(cls, ticket, product, quantity=1.0, **values):
        """Create a charge of labour by hand."""
        charges = cls.env["service.charge"].with_company(cls.service)
        return charges.create(
            {
                "ticket_id": ticket.id,
                "kind": "labour",
                "product_id": product.id,
                "quantity": quantity,
                **values,
            }
        )

    def set_shares(self, **shares):
        """Let these payers pay their shares of everything."""
        self.patch(
            self.env.registry["service.ticket"],
            "_get_charge_shares",
            lambda ticket, kind: (shares, "Because"),
        )

    def quote(self, ticket, user=None, **values):
        """Offer the ticket's charges by the window; return the quotation."""
        windows = self.as_user(self.env["service.ticket.quote"], user or self.agent)
        values = {"basis": "estimate", "is_to_send": False, **values}
        windows.create({"ticket_id": ticket.id, **values}).action_confirm()
        orders = self.env["sale.order"].search([("ticket_id", "=", ticket.id)])
        return orders.sorted("id")[-1:]

    def invoice(self, tickets, user=None, **values):
        """Invoice the tickets by the window; return the drafts."""
        before = self.env["account.move"].search([])
        windows = self.as_user(self.env["service.ticket.invoice"], user or self.agent)
        window = windows.create({"ticket_ids": [Command.set(tickets.ids)], **values})
        window.action_confirm()
        return self.env["account.move"].search([]) - before
