# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceTicket(models.Model):
    """Meals, parking and the like: a technician's expenses for a ticket."""

    _inherit = "service.ticket"

    expense_ids = fields.One2many("hr.expense", "ticket_id")
    expense_count = fields.Integer(
        compute="_compute_expense_count",
        compute_sudo=False,
        help="Those that you may see: your own, or those that you approve.",
    )

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
