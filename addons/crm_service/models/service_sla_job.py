# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import logging
from datetime import timedelta
from functools import partial

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.service.model import retrying

from ..const import (
    SLA_BATCH_SIZE,
    SLA_JOB_MINUTES,
    SLA_OPEN_STATES,
    SLA_RETRY_MINUTES,
)
from .service_sla_count import _get_levels

_logger = logging.getLogger(__name__)


class ServiceSla(models.Model):
    """The job that warns, notes breaches and escalates when a clock is due.

    Due clocks are found by an index and locked, so that two jobs at once share the
    work and each level is fired once. The job is called every few minutes, and in
    between when something is due.
    """

    _inherit = "service.sla"

    @api.model
    def _cron_process_due(self):
        """Deal with all that is due, batch by batch.

        As a job each batch is committed, and tried again if another transaction
        changed the same tickets; when called otherwise, the caller commits.
        """
        is_job = bool(self.env.context.get("cron_id"))
        process = partial(self._process_due, SLA_BATCH_SIZE)
        while True:
            done = retrying(process, self.env) if is_job else process()
            left = self._count_due(limit=SLA_BATCH_SIZE)
            seconds = 1
            if is_job:
                cron = self.env["ir.cron"]
                seconds = cron._commit_progress(done, remaining=left)
            if not (done and left and seconds):
                break
        self._schedule_next()

    @api.model
    def _process_due(self, limit):
        """Deal with at most `limit` due clocks and as many waiting messages.

        :return: how many of both were found and not locked by another job
        """
        # sudo: the engine acts for everybody
        slas = self.env(su=True)[self._name]
        due = slas.search(
            slas._get_due_domain(), limit=limit, order="next_action_at, id"
        ).try_lock_for_update(allow_referencing=True)
        due._fire_safely()
        events = slas.env["service.escalation.event"]._send_waiting(limit)
        return len(due) + len(events)

    @api.model
    def _get_due_domain(self):
        """Return the domain of clocks that the job must look at now."""
        now = fields.Datetime.now()
        return [("state", "=", "running"), ("next_action_at", "<=", now)]

    @api.model
    def _count_due(self, limit):
        """Return how much is due now, at most `limit` of each kind."""
        # sudo: the engine acts for everybody
        events = self.env["service.escalation.event"].sudo()
        return self.sudo().search_count(
            self._get_due_domain(), limit=limit
        ) + events.search_count(events._get_waiting_domain(), limit=limit)

    def _fire_safely(self):
        """Fire levels, clock by clock if need be: one that fails is tried again later.

        Conflicts with other transactions go through: the whole batch is tried again.
        """
        try:
            with self.env.cr.savepoint():
                self._fire()
        except OperationalError:
            raise
        except Exception:
            if len(self) == 1:
                self._put_off()
                return
            for sla in self:
                sla._fire_safely()

    def _put_off(self):
        """Log the error of this clock, and have the job look at it again later."""
        _logger.exception(
            "The promise of ticket %s cannot be dealt with; it is tried again in "
            "%s minutes.",
            self.ticket_id.number,
            SLA_RETRY_MINUTES,
        )
        later = timedelta(minutes=SLA_RETRY_MINUTES)
        self.next_action_at = fields.Datetime.now() + later

    def _fire(self):
        """Fire the levels that these clocks have come to, then count them anew."""
        events = self.env["service.escalation.event"].create(self._prepare_events())
        events._act()
        # what the levels changed may have stopped some clocks
        self.filtered(lambda sla: sla.state in SLA_OPEN_STATES)._recount()

    def _prepare_events(self):
        """Return the values of an event for each level that is due and not fired."""
        rules = self.env["service.sla.policy"]._get_rules()
        fired = self._get_fired()
        now = fields.Datetime.now()
        result = []
        for sla in self:
            values, done = sla._prepare_values(), fired.get(sla.id, ())
            levels = _get_levels(rules[sla.policy_id.id], values)
            clock = self._get_clock(sla.ticket_id, values, sla.target_seconds)
            elapsed = round(clock.elapsed(now))
            for level in sorted(levels, key=lambda le: le.get_due_seconds(1000)):
                due = level.get_due_seconds(sla.target_seconds)
                if level.id not in done and due <= elapsed:
                    result.append(sla._prepare_event_vals(level, now))
        return result

    def _prepare_event_vals(self, level, now):
        """Return the values of the event that `level` makes of this clock."""
        return {
            "sla_id": self.id,
            "ticket_id": self.ticket_id.id,
            "company_id": self.company_id.id,
            "escalation_id": level.id or False,
            "kind": self.kind,
            "fired_at": now,
        }

    # -- the job is called in time --------------------------------------------

    @api.model
    def _schedule_job(self, moments):
        """Call the job for the first of `moments`, if it would come too late.

        The job itself looks ahead when it runs, every few minutes; only what is due
        before needs a call of its own.
        """
        earliest = min(filter(None, moments), default=None)
        soon = fields.Datetime.now() + timedelta(minutes=SLA_JOB_MINUTES)
        if earliest and earliest < soon:
            self._call_job(earliest)

    @api.model
    def _schedule_next(self):
        """Call the job again when the next clock or message is due."""
        # sudo: the engine acts for everybody
        slas = self.sudo().search(
            [("state", "=", "running"), ("next_action_at", "!=", False)],
            order="next_action_at, id",
            limit=1,
        )
        events = self.env["service.escalation.event"].sudo()
        waiting = events.search(
            [("message_due_at", "!=", False)], order="message_due_at, id", limit=1
        )
        self._schedule_job([slas.next_action_at, waiting.message_due_at])

    @api.model
    def _call_job(self, moment):
        """Call the job at `moment`, unless it is called by then."""
        # sudo: whoever works on tickets may have the job called
        cron = self.env.ref("crm_service.ir_cron_service_sla").sudo()
        now = fields.Datetime.now()
        known = (
            self.env["ir.cron.trigger"]
            .sudo()
            .search_count(
                [
                    ("cron_id", "=", cron.id),
                    ("call_at", "<=", max(moment, now)),
                    ("call_at", ">=", now - timedelta(minutes=1)),
                ],
                limit=1,
            )
        )
        if not known:
            cron._trigger(at=max(moment, now))
