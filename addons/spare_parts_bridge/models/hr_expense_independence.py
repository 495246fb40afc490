# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class HrExpense(models.Model):
    """Whom a complaint is about does not approve what is spent for it."""

    _inherit = "hr.expense"

    def write(self, vals):
        """Override to take them from those kept away from their new ticket."""
        result = super().write(vals)
        if vals.get("ticket_id"):
            # sudo: who is kept away is known to few
            self.sudo()._take_from_kept_away()
        return result

    def _get_kept_away(self):
        """Return who is kept away from the ticket of this expense, in sudo mode."""
        return self.sudo().ticket_id._get_kept_away()

    def _get_default_responsible_for_approval(self):
        """Override to find another approver than those kept away."""
        approver = super()._get_default_responsible_for_approval()
        kept_away = self._get_kept_away()
        if not approver & kept_away:
            return approver
        # sudo: see core; who leads whom is for HR
        employee = self.employee_id.sudo()
        leaders = employee.department_id.manager_id.user_id | employee.parent_id.user_id
        officers = self.env.ref("hr_expense.group_hr_expense_user").sudo().all_user_ids
        others = (leaders | officers.sorted("id")) - kept_away - employee.user_id
        fit = others.filtered(
            lambda user: (
                self.company_id in user.company_ids
                and user.has_group("hr_expense.group_hr_expense_team_approver")
            )
        )
        return fit[:1].sudo(False)

    def _can_be_autovalidated(self):
        """Override: nothing is approved because its approver is kept away."""
        return super()._can_be_autovalidated() and not self._get_kept_away()

    def _take_from_kept_away(self):
        """Give these expenses to approvers who may see them; in superuser mode."""
        for expense in self:
            people = expense._get_kept_away() - expense.employee_id.user_id
            if people:
                expense._take_from(people)

    def _take_from(self, people):
        """Give this expense and what is to do on it from `people` to another."""
        if self.manager_id in people:
            self.manager_id = self._get_default_responsible_for_approval()
        self.ticket_id._drop_mail_of(self, people)
        activities = self.activity_ids.filtered(lambda a: a.user_id in people)
        if self.manager_id:
            activities.user_id = self.manager_id
        else:
            activities.unlink()
