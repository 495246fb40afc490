# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import logging
from datetime import datetime, time

import pytz
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)
REMIND_CRON = "crm_service.ir_cron_service_remind"
REMIND_BATCH_SIZE = 200


class MailActivity(models.Model):
    """Activities that remind their person at an hour, not only on a day."""

    _inherit = "mail.activity"

    remind_at = fields.Datetime(
        help="When the person is told. Empty: the activity is only due on its day."
    )
    reminded_at = fields.Datetime(readonly=True, copy=False)

    _remind_idx = models.Index(
        "(remind_at) WHERE remind_at IS NOT NULL AND reminded_at IS NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to wake the job when somebody is to be reminded."""
        activities = super().create(vals_list)
        activities.filtered("remind_at")._plan_reminders()
        return activities

    def write(self, vals):
        """Override to let the hour follow when the day of a reminder is moved."""
        if "remind_at" in vals:
            vals = {**vals, "reminded_at": False}
        elif vals.get("date_deadline"):
            self._move_reminders(fields.Date.to_date(vals["date_deadline"]))
        result = super().write(vals)
        if "remind_at" in vals:
            self.filtered("remind_at")._plan_reminders()
        return result

    def _move_reminders(self, day):
        """Remind at the same hour of another day."""
        for activity in self.filtered("remind_at"):
            zone = pytz.timezone(activity.user_id.tz or "UTC")
            before = pytz.utc.localize(activity.remind_at).astimezone(zone)
            if before.date() != day:
                clock = time(before.hour, before.minute)
                moment = zone.localize(datetime.combine(day, clock))
                activity.remind_at = moment.astimezone(pytz.utc).replace(tzinfo=None)

    def _plan_reminders(self):
        """Have the job run when these reminders are due."""
        # sudo: whoever is reminded may not see jobs
        cron = self.env.ref(REMIND_CRON, raise_if_not_found=False)
        if cron and self:
            cron.sudo()._trigger(at=sorted(set(self.mapped("remind_at"))))

    @api.model
    def _cron_remind(self):
        """Tell everybody whose reminder is due."""
        due = self.search(self._get_due_domain(), limit=REMIND_BATCH_SIZE)
        for activity in due:
            activity._try_to_remind()
        left = len(due) == REMIND_BATCH_SIZE and self.search_count(
            self._get_due_domain()
        )
        self.env["ir.cron"]._commit_progress(len(due), remaining=left)

    @api.model
    def _get_due_domain(self):
        """Return the domain of the reminders that are due and were not told yet."""
        return [
            ("remind_at", "<=", fields.Datetime.now()),
            ("reminded_at", "=", False),
        ]

    def _try_to_remind(self):
        """Remind of this activity; if that fails, the others go on.

        :raises OperationalError: others wrote the same rows; the job tries again
        """
        try:
            with self.env.cr.savepoint():
                self._remind()
        except (OperationalError, ConcurrencyError):
            raise
        except Exception:  # whatever is wrong with one, the others are told
            _logger.warning("Activity %s cannot remind.", self.id, exc_info=True)
            self.reminded_at = fields.Datetime.now()

    def _remind(self):
        """Tell the person of this activity, in their inbox or by e-mail, and now."""
        self.ensure_one()
        self.reminded_at = fields.Datetime.now()
        person = self.user_id
        if not person.active or self.res_model not in self.env:
            return
        record = self.env[self.res_model].browse(self.res_id)
        # by their own right: what they may not see any more is not told
        if not record.with_user(person).sudo(False).has_access("read"):
            return
        text = self.with_context(lang=person.lang)._get_reminder_text()
        if not hasattr(record, "message_notify"):
            record = self.env["mail.thread"]
        record.with_context(lang=person.lang).message_notify(
            partner_ids=person.partner_id.ids, subject=text, body=self.note or text
        )
        person._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "title": self.with_context(lang=person.lang).env._("Reminder"),
                "message": text,
                "sticky": True,
            },
        )

    def _get_reminder_text(self):
        """Return the line that reminds of this activity."""
        summary = self.summary or self.activity_type_id.name
        return f"{summary}: {self.res_name}" if self.res_name else summary
