# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError

from .hr_expense_charge import APPROVED


class ServiceTicket(models.Model):
    """Meals, parking and the like: a technician's expenses for a ticket."""

    _inherit = "service.ticket"

    expense_ids = fields.One2many("hr.expense", "ticket_id")
    expense_count = fields.Integer(
        compute="_compute_expense_count",
        compute_sudo=False,
        help="Those that you may see: your own, or those that you approve.",
    )

    expense_to_charge_count = fields.Integer(
        "Expenses to Charge",
        compute="_compute_expense_to_charge_count",
        compute_sudo=True,
        help="Approved and not charged yet, of everybody.",
    )

    @api.depends("expense_ids.state", "expense_ids.service_charge_ids")
    def _compute_expense_to_charge_count(self):
        found = self._origin._get_chargeable_expenses().grouped("ticket_id")
        for ticket in self:
            ticket.expense_to_charge_count = len(found.get(ticket._origin, ()))

    def _get_chargeable_expenses(self):
        """Return the approved expenses that are not charged yet, in sudo mode."""
        # sudo: expenses are kept between the one who spends and who approves
        expenses_sudo = self.env["hr.expense"].sudo()
        found = expenses_sudo.search(
            [
                ("ticket_id", "in", self.ids),
                ("state", "in", APPROVED),
                ("service_charge_ids", "=", False),
            ]
        )
        return found.filtered(lambda expense: not expense._is_reinvoiced())

    def action_charge_expenses(self):
        """Charge what was spent for these tickets and is approved.

        :raises AccessError: the user is no agent
        :raises UserError: nothing of it is left to charge
        """
        self._ensure_can_bill()
        expenses_sudo = self._get_chargeable_expenses()
        if not expenses_sudo:
            raise UserError(
                self.env._(
                    "No expense is left to charge. Those that are not approved yet "
                    "are charged afterwards."
                )
            )
        expenses_sudo._charge_ticket()
        return True

    @api.depends("expense_ids")
    @api.depends_context("uid")
    def _compute_expense_count(self):
        counts = dict(
            self.env["hr.expense"]._read_group(
                [("ticket_id", "in", self._origin.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.expense_count = counts.get(ticket._origin, 0)

    def action_new_expense(self):
        """Open the window that takes an expense with its receipt.

        :raises UserError: the user is no employee of the ticket's company
        """
        self.ensure_one()
        self.check_access("read")
        self._get_spender()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Expense"),
            "res_model": "service.ticket.expense",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _get_spender(self):
        """Return the employee that the user is in the ticket's company.

        :raises UserError: there is none
        """
        employee = self.env.user.with_company(self.company_id).employee_id
        if not employee:
            raise UserError(
                self.env._(
                    "You are no employee of %(company)s yet. Ask who keeps the "
                    "employees to link your login to one.",
                    company=self.company_id.name,
                )
            )
        return employee

    def action_view_expenses(self):
        """Open the expenses of the ticket that the user may see."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "spare_parts_bridge.hr_expense_action_ticket"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {
            "default_ticket_id": self.id,
            "default_company_id": self.company_id.id,
        }
        return action

    @api.model
    def _get_merge_rows(self):
        """Override of `_get_merge_rows` to add what was spent."""
        return {**super()._get_merge_rows(), "hr.expense": "ticket_id"}
