# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import (
    NOTIFICATION_EVENTS,
    NOTIFICATION_MEANS,
    NOTIFICATION_REASONS,
    NOTIFICATION_STATES,
    PHASES,
)

# Those on which something can still be done.
STOPPABLE = ("queued",)
REPEATABLE = ("failed", "suppressed")


class ServiceNotification(models.Model):
    """A message to a customer: what is to be sent, what was sent, whether it arrived.

    A row is written together with what it tells, so it exists if and only if that
    happened. A job sends it afterwards, as often as needed under one and the same
    Message-Id or SMS reference.
    """

    _name = "service.notification"
    _inherit = "service.written.mixin"
    _description = "Message Sent to a Customer"
    _order = "id desc"
    _rec_name = "subject"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    rule_id = fields.Many2one(
        "service.notification.rule",
        "Message",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    event = fields.Selection(NOTIFICATION_EVENTS, "Why", required=True, readonly=True)
    means = fields.Selection(
        NOTIFICATION_MEANS, "Sent By", required=True, readonly=True
    )
    state = fields.Selection(
        NOTIFICATION_STATES,
        required=True,
        readonly=True,
        default="queued",
        copy=False,
    )
    reason = fields.Selection(NOTIFICATION_REASONS, readonly=True)
    failure = fields.Text("Details", readonly=True)
    # -- what and to whom
    recipient = fields.Char(
        "To", readonly=True, help="The e-mail address or phone number."
    )
    phase = fields.Selection(
        PHASES, "Status Told", readonly=True, help="How far the ticket was then."
    )
    lang = fields.Char("Language", readonly=True)
    subject = fields.Char(readonly=True)
    body = fields.Html("Text", readonly=True)
    # -- when
    queued_at = fields.Datetime(required=True, readonly=True)
    next_try_at = fields.Datetime("Next Try", readonly=True)
    tries = fields.Integer(readonly=True)
    sent_at = fields.Datetime("Sent", readonly=True)
    delivered_at = fields.Datetime("Arrived", readonly=True)
    # -- how
    reference = fields.Char(
        required=True,
        readonly=True,
        help="Message-Id of the e-mail or reference of the SMS: the same at each try.",
    )
    mail_message_id = fields.Many2one(
        "mail.message",
        "Entry in the Ticket",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    result = fields.Char(compute="_compute_result")

    _queue_idx = models.Index("(next_try_at, id) WHERE state = 'queued'")
    _age_idx = models.Index("(queued_at) WHERE state IN ('queued', 'sending')")
    _recipient_idx = models.Index("(recipient, sent_at) WHERE sent_at IS NOT NULL")
    _company_idx = models.Index("(company_id, id DESC)")

    @api.depends("state", "reason", "failure", "means", "next_try_at")
    @api.depends_context("lang")
    def _compute_result(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for row in self:
            words = [states.get(row.state), reasons.get(row.reason)]
            row.result = ": ".join(filter(None, words))

    @api.depends("event", "ticket_id.number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        for row in self:
            # sudo: who reads the row reads its ticket's number
            number = row.ticket_id.sudo().number
            row.display_name = f"{number}: {events.get(row.event)}"

    # -- buttons --------------------------------------------------------------

    def _check_may_act(self):
        """Refuse people who may not decide what customers are told.

        :raises AccessError: the user is no agent, or does not see the tickets
        """
        self.check_access("read")
        if not self.env["service.ticket"]._is_in_group("agent"):
            raise AccessError(
                self.env._(
                    "Only agents and supervisors decide what customers are sent. Ask "
                    "one of them."
                )
            )

    def action_stop(self):
        """Do not send messages that are waiting.

        :raises AccessError: the user is no agent
        :raises UserError: one is not waiting any more
        """
        self._check_may_act()
        # sudo: rows are written by nobody but the engine
        rows = self.sudo()
        rows.lock_for_update()
        rows._check_state(STOPPABLE)
        rows._suppress("by_hand")
        return True

    def action_repeat(self):
        """Send messages that failed or were not sent, to the present address.

        :raises AccessError: the user is no agent
        :raises UserError: one was sent or is waiting, or cannot be sent any more
        """
        self._check_may_act()
        # sudo: see `action_stop`
        rows = self.sudo()
        rows.lock_for_update()
        rows._check_state(REPEATABLE)
        now = fields.Datetime.now()
        rows.write(
            {
                "state": "queued",
                "reason": False,
                "failure": False,
                "queued_at": now,
                "next_try_at": now,
                "tries": 0,
                "reference": False,
            }
        )
        for row in rows:
            row.reference = row._make_reference(row.means, row.ticket_id.id)
        rows._call_job()
        return True

    def _check_state(self, states):
        """Refuse rows in another state than `states`."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for row in self:
            if row.state not in states:
                raise UserError(
                    self.env._(
                        "The message “%(message)s” is “%(state)s” already, so there is "
                        "nothing to do. Reload the page.",
                        message=row.display_name,
                        state=labels[row.state],
                    )
                )

    def action_open_ticket(self):
        """Open the ticket."""
        self.ensure_one()
        self.check_access("read")
        action = self.ticket_id._get_records_action()
        return action
