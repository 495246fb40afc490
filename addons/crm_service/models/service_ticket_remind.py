# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

import pytz

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

REMIND_ACTIVITY = "crm_service.mail_activity_type_remind"
# A date further away is a slip of the pen.
MAX_DAYS = 730


class ServiceTicket(models.Model):
    """Reminding oneself of a ticket, at an hour."""

    _inherit = "service.ticket"

    def action_remind_me(self, remind_at, note=None):
        """Remind the user of these tickets.

        :param remind_at: a moment in UTC, as a datetime or its text
        :param str note: plain text, of what
        :raises UserError: the moment has passed or is more than two years away
        """
        self._check_staff()
        try:
            moment = fields.Datetime.to_datetime(remind_at)
        except (TypeError, ValueError):
            moment = None
        now = fields.Datetime.now()
        if not moment or not now < moment <= now + timedelta(days=MAX_DAYS):
            raise UserError(
                self.env._(
                    "Choose when to remind you: a moment from now on, at most two "
                    "years away."
                )
            )
        zone = pytz.timezone(self.env.user.tz or "UTC")
        note = (note or "").strip()
        for ticket in self:
            ticket.activity_schedule(
                REMIND_ACTIVITY,
                date_deadline=pytz.utc.localize(moment).astimezone(zone).date(),
                summary=note.splitlines()[0][:80] if note else self.env._("Reminder"),
                note=plaintext2html(note) if note else False,
                user_id=self.env.uid,
                remind_at=moment,
            )
        return True
