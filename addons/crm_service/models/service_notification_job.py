# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import logging
from datetime import timedelta
from functools import partial
from uuid import uuid4

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.service.model import retrying
from odoo.tools.mail import generate_tracking_message_id

from ..const import NOTIFY_BATCH_SIZE, NOTIFY_JOB_MINUTES
from ..tools.backoff import get_wait

_logger = logging.getLogger(__name__)

CALLED = "crm_service.notification_job"


class ServiceNotification(models.Model):
    """The job that sends what is waiting.

    Each batch is a transaction: its rows are locked before anything else, so that two
    jobs at once never send the same. What a transaction sent and could not write down
    is sent again, with the same reference: mail programs show it once.
    """

    _inherit = "service.notification"

    # -- writing down -----------------------------------------------------------

    @api.model
    def _prepare_vals(self, ticket, match, means):
        """Return the values of a message to the customer of `ticket`.

        :param match: the `Match` of the rule that applies
        :param str means: email or sms
        """
        now = fields.Datetime.now()
        return {
            "ticket_id": ticket.id,
            "company_id": ticket.company_id.id,
            "rule_id": match.id,
            "event": match.event,
            "means": means,
            "queued_at": now,
            "next_try_at": now,
            "reference": self._make_reference(means, ticket.id),
        }

    @api.model
    def _make_reference(self, means, ticket_id):
        """Return a new Message-Id, or a new reference of an SMS."""
        if means == "sms":
            return uuid4().hex
        return generate_tracking_message_id(f"{ticket_id}-service.ticket")

    @api.model
    def _call_job(self):
        """Have the job called once this transaction is committed."""
        callbacks = self.env.cr.precommit
        if not callbacks.data.get(CALLED):
            callbacks.data[CALLED] = True
            callbacks.add(self._trigger_job)

    @api.model
    def _trigger_job(self, at=None):
        """Call the job, now or at a moment."""
        # without asking whether the job is still there: that would be a query a ticket
        xmlid = "crm_service.ir_cron_service_notification"
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        if cron_id:
            # sudo: whoever works on tickets may have the job called
            self.env["ir.cron"].sudo().browse(cron_id)._trigger(at=at)

    # -- the job ----------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Send all that is due, batch by batch.

        As a job each batch is committed, and tried again if another transaction
        changed the same rows; when called otherwise, the caller commits.
        """
        is_job = bool(self.env.context.get("cron_id"))
        for step in (self._drop_old, self._send_due):
            process = partial(step, NOTIFY_BATCH_SIZE)
            while True:
                done, is_stuck = retrying(process, self.env) if is_job else process()
                left = self._count_due(limit=NOTIFY_BATCH_SIZE)
                seconds = 1
                if is_job:
                    cron = self.env["ir.cron"]
                    seconds = cron._commit_progress(done, remaining=left)
                if not done or is_stuck or not seconds:
                    break
        self._schedule_next()

    @api.model
    def _get_due_domain(self):
        """Return the domain of rows that are to be sent now."""
        now = fields.Datetime.now()
        return [("state", "=", "queued"), ("next_try_at", "<=", now)]

    @api.model
    def _count_due(self, limit):
        """Return how much is due now, at most `limit`."""
        # sudo: the engine acts for everybody
        return self.sudo().search_count(self._get_due_domain(), limit=limit)

    @api.model
    def _send_due(self, limit):
        """Send at most `limit` rows that are due.

        :return: how many were dealt with, and whether it is no use to go on now
        """
        # sudo: the engine acts for everybody
        rows = self.env(su=True)[self._name].search(
            self._get_due_domain(), limit=limit, order="next_try_at, id"
        )
        rows = rows.try_lock_for_update()
        rows._send_safely()
        tried = rows.filtered(lambda row: row.state != "suppressed")
        failed = tried.filtered(lambda row: row.reason == "retry")
        return len(rows), bool(tried) and tried == failed

    def _send_safely(self):
        """Send rows, one by one if need be: one that breaks is tried again later.

        Conflicts with other transactions go through: the whole batch is tried again.
        """
        try:
            with self.env.cr.savepoint():
                self._suppress_needless()._send()
        except OperationalError:
            raise
        except Exception as error:
            if len(self) != 1:
                for row in self:
                    row._send_safely()
                return
            _logger.warning("Message %s could not be sent.", self.id, exc_info=True)
            self._put_off(str(error) or type(error).__name__)

    def _send(self):
        """Send these rows, each by its means."""
        for means, rows in self.grouped("means").items():
            getattr(rows, f"_send_by_{means}")()

    @api.model
    def _schedule_next(self):
        """Call the job again when the next row is due, if it would come too late."""
        # sudo: the engine acts for everybody
        row = self.sudo().search(
            [("state", "=", "queued")], order="next_try_at, id", limit=1
        )
        now = fields.Datetime.now()
        if row and row.next_try_at < now + timedelta(minutes=NOTIFY_JOB_MINUTES):
            self._trigger_job(max(row.next_try_at, now + timedelta(minutes=1)))

    # -- what becomes of a row --------------------------------------------------

    def _suppress(self, reason):
        """Do not send these rows, for a reason of NOTIFICATION_REASONS."""
        self.write({"state": "suppressed", "reason": reason, "next_try_at": False})

    def _put_off(self, failure):
        """Try these rows again later, each time after a longer while.

        :param str failure: what went wrong, for staff
        """
        for row in self:
            tries = row.tries + 1
            row.write(
                {
                    "state": "queued",
                    "reason": "retry",
                    "failure": failure,
                    "tries": tries,
                    "next_try_at": fields.Datetime.now() + get_wait(tries),
                }
            )

    def _fail(self, reason, failure):
        """Give these rows up: trying again would not help."""
        self.write(
            {
                "state": "failed",
                "reason": reason,
                "failure": failure,
                "next_try_at": False,
            }
        )

    def _note_sent(self, state="sent"):
        """Note that these rows went out, or arrived."""
        now = fields.Datetime.now()
        for row in self:
            vals = {"state": state, "reason": False, "failure": False}
            vals["sent_at"] = row.sent_at or now
            vals["next_try_at"] = False
            if state == "delivered":
                vals["delivered_at"] = row.delivered_at or now
            row.write(vals)
