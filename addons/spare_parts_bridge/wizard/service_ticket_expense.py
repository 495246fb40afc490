# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
}


class ServiceTicketExpense(models.TransientModel):
    """An expense of a technician, entered on the phone with a photo of the receipt."""

    _name = "service.ticket.expense"
    _description = "Expense for a Ticket"
    _inherit = ["service.window.mixin"]

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="ticket_id.company_id", related_sudo=False)
    product_id = fields.Many2one(
        "product.product",
        "Category",
        required=True,
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('can_be_expensed', '=', True), "
        "('company_id', 'in', (False, company_id))]",
    )
    name = fields.Char(
        "Description",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    has_price = fields.Boolean(compute="_compute_has_price")
    quantity = fields.Float(default=1.0, digits="Product Unit")
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    amount = fields.Monetary("Paid", help="With taxes, as the receipt says.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    payment_mode = fields.Selection(
        [("own_account", "Me, to be reimbursed"), ("company_account", "Company")],
        "Paid By",
        required=True,
        default="own_account",
    )
    receipt = fields.Image("Photo of the Receipt", max_width=2000, max_height=2000)
    note = fields.Text()

    @api.depends("ticket_id")
    def _compute_product_id(self):
        """Take what the user spent on last, for that is the likeliest."""
        last = self.env["hr.expense"].search(
            [
                ("employee_id.user_id", "=", self.env.uid),
                ("ticket_id", "!=", False),
                ("product_id.can_be_expensed", "=", True),
            ],
            order="id desc",
            limit=1,
        )
        for window in self:
            window.product_id = window.product_id or last.product_id

    @api.depends("product_id", "company_id")
    def _compute_has_price(self):
        """Tell what is reimbursed at a price of its own, such as kilometres."""
        for window in self:
            product = window.product_id.with_company(window.company_id)
            window.has_price = bool(product.standard_price)

    @api.depends("product_id")
    def _compute_name(self):
        for window in self:
            window.name = window.name or window.product_id.name

    @api.depends("ticket_id")
    def _compute_currency_id(self):
        for window in self:
            company = window.ticket_id.company_id or self.env.company
            window.currency_id = window.currency_id or company.currency_id

    def action_save(self):
        """Keep the expense as a draft, to be completed or submitted later.

        :raises UserError: nothing was paid, or the currency has no rate
        """
        self._create_expense()
        return {"type": "ir.actions.act_window_close"}

    def action_submit(self):
        """Keep the expense and hand it in for approval.

        :raises UserError: nothing was paid, or the currency has no rate
        """
        self._create_expense().action_submit()
        return {"type": "ir.actions.act_window_close"}

    def _create_expense(self):
        """Create the expense of the user, with the photo of the receipt."""
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("read")
        employee = ticket._get_spender()
        self._check_paid()
        self.currency_id._ensure_rate(ticket.company_id, self.date)
        expense = (
            self.env["hr.expense"]
            .with_company(ticket.company_id)
            .create(self._prepare_expense_vals(employee))
        )
        self._attach_receipt(expense)
        return expense

    def _check_paid(self):
        """Refuse an expense of nothing.

        :raises UserError: with what to enter
        """
        if self.has_price and self.product_uom_id.compare(self.quantity, 0.0) <= 0:
            raise UserError(self.env._("Enter how much it was."))
        if not self.has_price and self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise UserError(self.env._("Enter what you paid, as the receipt says."))

    def _prepare_expense_vals(self, employee):
        """Return the values of the expense."""
        vals = {
            "ticket_id": self.ticket_id.id,
            "company_id": self.ticket_id.company_id.id,
            "employee_id": employee.id,
            "product_id": self.product_id.id,
            "name": self.name,
            "date": self.date,
            "currency_id": self.currency_id.id,
            "payment_mode": self.payment_mode,
            "description": self.note,
        }
        if self.has_price:
            own = self.company_id.currency_id.id
            vals.update(currency_id=own, quantity=self.quantity)
        else:
            vals["total_amount_currency"] = self.amount
        return vals

    def _attach_receipt(self, expense):
        """Put the photo on the expense as its receipt."""
        if not self.receipt:
            return
        raw = base64.b64decode(self.with_context(bin_size=False).receipt)
        extension = EXTENSIONS.get(guess_mimetype(raw), "jpg")
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.env._('Receipt')}.{extension}",
                "raw": raw,
                "res_model": "hr.expense",
                "res_id": expense.id,
            }
        )
        expense._message_set_main_attachment_id(attachment, force=True)
