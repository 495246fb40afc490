# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_time

from ..tools.reminder import get_reminder_moment


class ServiceTicketRemind(models.TransientModel):
    """Be reminded of tickets: one button for each usual hour."""

    _name = "service.ticket.remind"
    _description = "Remind Me"
    _inherit = "service.ticket.bulk"

    note = fields.Char("Of What")
    remind_at = fields.Datetime("Another Time")

    def action_hour(self):
        """Remind in an hour."""
        return self._remind_at_choice("hour")

    def action_afternoon(self):
        """Remind this afternoon, or tomorrow's if it has begun."""
        return self._remind_at_choice("afternoon")

    def action_tomorrow(self):
        """Remind tomorrow morning."""
        return self._remind_at_choice("tomorrow")

    def action_days(self):
        """Remind in three days."""
        return self._remind_at_choice("days")

    def action_week(self):
        """Remind next Monday."""
        return self._remind_at_choice("week")

    def action_apply(self):
        """Remind at the time that was entered.

        :raises UserError: there is none
        """
        if not self.remind_at:
            raise UserError(self.env._("Enter when, or press one of the buttons."))
        return self._remind(self.remind_at)

    def _remind_at_choice(self, choice):
        """Remind at the moment that `choice` means for the user."""
        tz = self.env.user.tz or "UTC"
        return self._remind(get_reminder_moment(choice, fields.Datetime.now(), tz))

    def _remind(self, moment):
        """Remind at `moment`, and say so."""
        done, problems = self._do(lambda t: t.action_remind_me(moment, self.note))
        told = self.env._(
            "You will be reminded on %(day)s at %(time)s.",
            day=format_date(self.env, fields.Datetime.context_timestamp(self, moment)),
            time=format_time(
                self.env, moment, tz=self.env.user.tz, time_format="short"
            ),
        )
        if problems:
            return self._show(told, problems)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": told,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
