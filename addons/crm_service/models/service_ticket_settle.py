# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty, plaintext2html

# The least that a complaint settled at once is known to be.
ASSESSMENT = {"severity": "minor", "complexity": "simple", "impact": "single"}
REMEDY_VALUES = ("kind", "amount", "note")


class ServiceTicket(models.Model):
    """A complaint whose customer is satisfied at once is closed in one step."""

    _inherit = "service.ticket"

    def action_settle_at_once(self, answer, remedy=None):
        """Record an answer that satisfied the customer, and close the complaint.

        Its history shows the same stages, dates and remedy as of any other one.

        :param str answer: what the customer was told: HTML, or plain text
        :param dict remedy: `kind`, and perhaps `amount` and `note`, of what is
            granted
        :return: True
        :raises UserError: it is no open complaint, or has an answer already; or the
            remedy is beyond the user's limit, with who may grant it
        """
        self.ensure_one()
        self._ensure_complaint()
        self._lock_rows()
        if self.answered_at:
            raise UserError(
                self.env._(
                    "Complaint %(number)s has an answer already. Record that the "
                    "customer accepts it.",
                    number=self.number,
                )
            )
        if is_html_empty(answer):
            raise ValidationError(
                self.env._("Write the answer that satisfied the customer.")
            )
        values = self._prepare_settled_vals(answer)
        self.write(values)
        self._grant_at_once(remedy)
        self._post_answer(is_sent=False)
        self._finish_at_once()
        return True

    def _prepare_settled_vals(self, answer):
        """Return what is written on a complaint settled at once."""
        is_html = answer.lstrip().startswith("<")
        html = answer if is_html else plaintext2html(answer)
        unknown = {k: v for k, v in ASSESSMENT.items() if not self[k]}
        return {"answer": html, **unknown}

    def _grant_at_once(self, remedy):
        """Grant the remedy of a complaint that is settled at once.

        :raises UserError: it is beyond the user's limit
        """
        if not remedy:
            return
        remedies = self.env["service.remedy"]
        granted = remedies.create(
            {
                "ticket_id": self.id,
                **{name: remedy[name] for name in REMEDY_VALUES if remedy.get(name)},
            }
        )
        granted._ensure_may_grant()
        granted._grant()
        if granted.kind == "apology":
            granted.action_done()

    def _finish_at_once(self):
        """Note acknowledgement, answer and acceptance at once, and close."""
        now = fields.Datetime.now()
        # all in one: automatic routes between them would lead another way
        # sudo: the process notes it for everybody
        self.sudo()._with_flow().write(
            {
                "acknowledged_at": self.acknowledged_at or now,
                "answered_at": now,
                "is_answered": True,
                "outcome": "accepted",
                "outcome_at": now,
            }
        )
        self._note_reply(now)
        reason = self.env._("Settled at once")
        for phase in ("resolved", "closed"):
            stage = self._get_stage_of_phase(self.process_id, phase)
            self._enter_stage(stage, reason=reason)
        self._apply_automatic_routes()
