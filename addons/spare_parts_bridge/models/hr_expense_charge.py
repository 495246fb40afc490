# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

APPROVED = ("approved", "posted", "in_payment", "paid")


class HrExpense(models.Model):
    """An approved expense becomes a charge of its ticket, once."""

    _inherit = "hr.expense"

    service_charge_kind = fields.Selection(
        [("third_party", "Third-party cost"), ("travel", "Travel")],
        "Charge As",
        default="third_party",
    )
    service_charge_ids = fields.One2many(
        "service.charge", "expense_id", groups="crm_service.group_service_technician"
    )
    is_service_charged = fields.Boolean(
        "Charged",
        compute="_compute_is_service_charged",
        compute_sudo=True,
        export_string_translation=False,
    )

    @api.depends("service_charge_ids")
    def _compute_is_service_charged(self):
        for expense in self:
            expense.is_service_charged = bool(expense.service_charge_ids)

    def action_charge_ticket(self):
        """Charge these expenses on their tickets, with who pays by their covers.

        :raises AccessError: the user is no agent
        :raises UserError: one has no ticket, is not approved, or is charged already
        """
        self.check_access("read")
        if not self.env["service.ticket"]._is_in_group("agent"):
            raise AccessError(
                self.env._("Agents charge expenses on tickets. Ask one of them.")
            )
        self.ticket_id._ensure_can_bill()
        self._charge_ticket()
        return True

    def _charge_ticket(self):
        """Charge these expenses; the caller has asked who may.

        :raises UserError: see `action_charge_ticket`
        """
        self.ticket_id._lock_billing()
        for expense in self:
            expense._check_chargeable()
        # sudo: what was spent is told by the expense, nobody enters it
        charges_sudo = self.env["service.charge"].sudo()
        charges_sudo.create([expense._prepare_charge_vals() for expense in self])

    def _check_chargeable(self):
        """Refuse what is charged already, or not yet.

        :raises UserError: with what to do
        """
        name = self.name or self.display_name
        if not self.ticket_id:
            raise UserError(
                self.env._("Choose the ticket of “%(expense)s” first.", expense=name)
            )
        # sudo: whoever sees the expense is told that it is charged
        if self.sudo().service_charge_ids or self._is_reinvoiced():
            raise UserError(
                self.env._("“%(expense)s” is charged already.", expense=name)
            )
        if self.state not in APPROVED:
            raise UserError(
                self.env._(
                    "“%(expense)s” is not approved yet. Charge it afterwards.",
                    expense=name,
                )
            )

    def _is_reinvoiced(self):
        """Tell whether Odoo's sales charge the expense on by themselves."""
        return "sale_order_id" in self._fields and bool(self.sudo().sale_order_id)

    def _prepare_charge_vals(self):
        """Return the values of the charge."""
        # sudo: amounts of the expense, for the charge only
        expense = self.sudo()
        quantity = expense.quantity or 1.0
        cost = (expense.total_amount - expense.tax_amount) / quantity
        vals = {
            "ticket_id": expense.ticket_id.id,
            "expense_id": expense.id,
            "kind": expense.service_charge_kind or "third_party",
            "date": expense.date,
            "product_id": expense.product_id.id,
            "name": expense.name,
            "quantity": quantity,
            "product_uom_id": expense.product_uom_id.id,
            "employee_id": expense.employee_id.id,
            "unit_cost": cost,
        }
        if expense.product_id.expense_policy != "sales_price":
            vals["unit_price"] = cost
        return vals

    # -- what follows when it is not paid after all ---------------------------

    def _do_refuse(self, reason):
        """Override of `_do_refuse` to charge nothing that is not reimbursed."""
        self._drop_charges()
        return super()._do_refuse(reason)

    def _do_reset_approval(self):
        """Override of `_do_reset_approval` to charge nothing that may change."""
        self._drop_charges()
        return super()._do_reset_approval()

    def _drop_charges(self):
        """Take these expenses from their tickets, unless that is billed already.

        :raises UserError: with what to credit first
        """
        # sudo: who approves expenses has nothing to do with tickets
        charges_sudo = self.sudo().service_charge_ids
        for charge in charges_sudo.filtered("is_billed"):
            raise UserError(
                self.env._(
                    "“%(expense)s” is charged to the customer of ticket %(ticket)s. "
                    "Cancel or credit that first.",
                    expense=charge.name,
                    ticket=charge.ticket_id.number,
                )
            )
        charges_sudo.unlink()
