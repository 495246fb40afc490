# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

from ..const import DONE_PHASES

REMINDER = "crm_service.mail_template_complaint_reminder"
WORK_PHASES = ("received", "triage", "in_progress")
# Reminders of one day count as one.
REMINDER_PAUSE = timedelta(days=1)
# The present answer, and how it ended: over when the work begins anew.
UNANSWERED = {
    "is_answered": False,
    "outcome": False,
    "outcome_at": False,
    "reminder_count": 0,
    "last_reminded_at": False,
}


class ServiceTicket(models.Model):
    """From the acknowledgement of a complaint to its end.

    The process follows by automatic routes on the fields that are written here.
    """

    _inherit = "service.ticket"

    # -- guards ---------------------------------------------------------------

    def _ensure_complaint(self):
        """Refuse what is no open complaint.

        :raises UserError: with the reason
        """
        self.check_access("write")
        for ticket in self:
            if ticket.category != "complaint":
                raise UserError(
                    self.env._(
                        "Ticket %(number)s is no complaint. Change its type first.",
                        number=ticket.number,
                    )
                )
            if not ticket.is_open:
                raise UserError(
                    self.env._(
                        "Complaint %(number)s is closed. Reopen it first.",
                        number=ticket.number,
                    )
                )

    def _ensure_answered_complaint(self):
        """Refuse complaints whose customer has no answer, or that have ended.

        :raises UserError: with the reason
        """
        self._ensure_complaint()
        for ticket in self:
            if not ticket.is_answered:
                raise UserError(
                    self.env._(
                        "The customer has no answer to complaint %(number)s yet. Send "
                        "one first.",
                        number=ticket.number,
                    )
                )
            if ticket.outcome:
                raise UserError(
                    self.env._(
                        "It is recorded already how complaint %(number)s ended.",
                        number=ticket.number,
                    )
                )

    def _check_enter_stage(self, stage):
        """Override: a complaint is closed only when it is known how it ended."""
        result = super()._check_enter_stage(stage)
        if stage.phase == "closed":
            for ticket in self:
                if ticket.category == "complaint" and not ticket.outcome:
                    raise UserError(ticket._get_no_outcome_text())
        return result

    def _get_no_outcome_text(self):
        """Return why this complaint cannot be closed, and what to do."""
        return self.env._(
            "Complaint %(number)s cannot be closed yet. Record that the customer "
            "accepts the answer, that nobody answered the reminders, or the end of "
            "recourse.",
            number=self.number,
        )

    def _prepare_enter_vals(self, stage, now, extra_vals):
        """Override: work that begins anew needs a new answer and a new end."""
        vals = super()._prepare_enter_vals(stage, now, extra_vals)
        if self[:1].category != "complaint":
            return vals
        was_done = self[:1].phase in DONE_PHASES
        if stage.phase == "cancelled":
            vals.update(outcome="withdrawn", outcome_at=now, is_in_recourse=False)
        elif stage.phase in WORK_PHASES and (
            was_done or self[:1].phase == "waiting_customer"
        ):
            vals.update(UNANSWERED)
            if was_done:
                vals["is_in_recourse"] = False
        elif was_done and self[:1].closed_at and stage.phase == "closed":
            vals["closed_at"] = self[:1].closed_at  # improved after it was closed
        return vals

    def _get_enter_key(self):
        """Override to tell apart complaints, and when they were closed."""
        is_complaint = self.category == "complaint"
        return *super()._get_enter_key(), is_complaint, self.phase, self.closed_at

    # -- acknowledge ----------------------------------------------------------

    def action_acknowledge(self):
        """Record that the customer knows that we have the complaint.

        :raises UserError: it is no open complaint
        """
        self._ensure_complaint()
        self._note_reply()
        return True

    def _note_reply(self, moment=None):
        """Override: whoever gets an answer knows that we have the complaint."""
        result = super()._note_reply(moment)
        self._note_acknowledgement(moment)
        return result

    def _note_acknowledgement(self, moment=None):
        """Note that these complaints were acknowledged, unless it was noted before.

        :param datetime moment: when; now if it is not given
        """
        fresh = self.filtered(
            lambda t: t.category == "complaint" and not t.acknowledged_at
        )
        if fresh:
            # sudo: the process notes it for everybody
            fresh.sudo()._with_flow().write(
                {"acknowledged_at": moment or fields.Datetime.now()}
            )
            fresh._apply_automatic_routes()

    # -- answer ---------------------------------------------------------------

    def _answer(self, answer, is_sent=True):
        """Record our answer to these complaints, and send it to the customers.

        :param answer: HTML
        :param bool is_sent: False if the customer has it already, such as by phone
        :raises UserError: it is empty, or one is no open complaint
        """
        self._ensure_complaint()
        if is_html_empty(answer):
            raise ValidationError(
                self.env._("Write the answer: what was found, and what we will do.")
            )
        self.write({"answer": answer})
        for ticket in self:
            ticket._post_answer(is_sent)
        self._note_answer()

    def _post_answer(self, is_sent):
        """Post the answer for the customer, or as a note if it was told already."""
        customer = self.partner_id if is_sent else self.partner_id.browse()
        self.message_post(
            body=self.answer,
            message_type="comment",
            subtype_xmlid="mail.mt_comment" if is_sent else "mail.mt_note",
            partner_ids=customer.ids,
        )

    def _note_answer(self, moment=None):
        """Note that the customers have our answer.

        :param datetime moment: when; now if it is not given
        """
        moment = moment or fields.Datetime.now()
        self._note_reply(moment)
        # sudo: the process notes it for everybody
        for ticket in self.sudo():
            ticket._with_flow().write(
                {
                    "is_answered": True,
                    "is_in_recourse": False,
                    "answered_at": ticket.answered_at or moment,
                }
            )
        self._apply_automatic_routes()

    # -- the end --------------------------------------------------------------

    def action_accept(self):
        """Record that the customer accepts our answer.

        :raises UserError: there is none, or it has ended already
        """
        self._ensure_answered_complaint()
        self._note_outcome("accepted")
        return True

    def _note_outcome(self, outcome):
        """Note how these complaints ended; their process goes on from there.

        :param str outcome: one of `OUTCOMES`
        """
        # sudo: the process notes it for everybody
        self.sudo()._with_flow().write(
            {
                "outcome": outcome,
                "outcome_at": fields.Datetime.now(),
                "is_in_recourse": False,
            }
        )
        self._apply_automatic_routes()

    def action_remind(self):
        """Remind the customers of our answer, and count it.

        :raises UserError: there is no answer, or the last reminder is too fresh
        """
        self._ensure_answered_complaint()
        now = fields.Datetime.now()
        for ticket in self:
            last = ticket.last_reminded_at
            if last and last + REMINDER_PAUSE > now:
                raise UserError(
                    self.env._(
                        "The customer was reminded of complaint %(number)s within the "
                        "last day. Give some time to answer.",
                        number=ticket.number,
                    )
                )
            ticket._send_reminder()
            # sudo: the process counts for everybody
            ticket.sudo()._with_flow().write(
                {
                    "reminder_count": ticket.reminder_count + 1,
                    "last_reminded_at": now,
                }
            )
        return True

    def _send_reminder(self):
        """Send a reminder by e-mail, or note that the customer was reminded."""
        template = self.env.ref(REMINDER, raise_if_not_found=False)
        if template and self.partner_email and self.partner_id:
            # sudo: agents need not be able to read templates
            self.message_post_with_source(
                template.sudo(),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.partner_id.ids,
            )
        else:
            self._message_log(
                body=self.env._("The customer was reminded of our answer.")
            )

    def action_close_silent(self):
        """Record that the customer did not answer our reminders.

        :raises UserError: too few reminders were sent, or the last is too fresh
        """
        self._ensure_answered_complaint()
        for ticket in self:
            reason = ticket._get_not_silent_reason()
            if reason:
                raise UserError(reason)
        self._note_outcome("silence")
        return True

    def _get_not_silent_reason(self):
        """Return why silence does not end this complaint yet, or nothing."""
        # sudo: the setting is the company's, whoever asks
        company = self.company_id.sudo()
        missing = company.service_complaint_reminders - self.reminder_count
        if missing > 0:
            return self.env._(
                "Remind the customer of complaint %(number)s first: %(count)s more "
                "reminders are needed before silence closes it.",
                number=self.number,
                count=missing,
            )
        days = timedelta(days=company.service_complaint_silence_days)
        if self.customer_waiting_since:
            return self.env._(
                "The customer has written about complaint %(number)s: answer first.",
                number=self.number,
            )
        if self.last_reminded_at + days > fields.Datetime.now():
            moment = fields.Datetime.context_timestamp(
                self, self.last_reminded_at + days
            )
            return self.env._(
                "Give the customer of complaint %(number)s until %(date)s to answer "
                "the last reminder.",
                number=self.number,
                date=moment.strftime("%Y-%m-%d %H:%M"),
            )
        return ""
