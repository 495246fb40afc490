# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import SLA_KINDS


class ServiceEscalationEvent(models.Model):
    """What was done when a clock came to a level: once for each clock and level.

    An event without a level is the warning before a breach.
    """

    _name = "service.escalation.event"
    _inherit = "service.written.mixin"
    _description = "Escalation"
    _order = "fired_at desc, id desc"
    _rec_name = "escalation_id"

    sla_id = fields.Many2one(
        "service.sla",
        "Clock",
        index=True,
        readonly=True,
        ondelete="cascade",
        help="Empty: it was no clock, but a safety risk.",
    )
    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    escalation_id = fields.Many2one(
        "service.escalation", "Level", index=True, readonly=True, ondelete="restrict"
    )
    kind = fields.Selection(SLA_KINDS, "Promise", readonly=True)
    is_safety = fields.Boolean("Safety Risk", readonly=True)
    fired_at = fields.Datetime("When", required=True, readonly=True)
    message_due_at = fields.Datetime(
        "Messages Wait Until",
        readonly=True,
        help="End of the quiet hours; empty once the messages went out.",
    )
    log = fields.Json(
        readonly=True, help="Code and detail of each thing that was done."
    )
    done = fields.Text("What Was Done", compute="_compute_done")

    _once = models.UniqueIndex(
        "(sla_id, COALESCE(escalation_id, 0))",
        "This level was reached before.",
    )
    _safety_once = models.UniqueIndex(
        "(ticket_id, COALESCE(escalation_id, 0)) WHERE is_safety IS TRUE",
        "This safety risk was escalated before.",
    )
    _waiting_idx = models.Index("(message_due_at, id) WHERE message_due_at IS NOT NULL")

    @api.depends("log")
    @api.depends_context("lang")
    def _compute_done(self):
        for event in self:
            event.done = "\n".join(
                event._get_log_sentence(code, detail)
                for code, detail in event.log or ()
            )

    @api.depends("escalation_id", "is_safety")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for event in self:
            event.display_name = event.escalation_id.name or event._get_plain_name()

    def _get_plain_name(self):
        """Return the name of an event that no level made."""
        if self.is_safety:
            return self.env._("Safety risk")
        return self.env._("Warning")

    def _get_cause(self):
        """Return the promise or the reason of this event, for people."""
        if self.is_safety:
            return self.env._("safety risk")
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_log_sentence(self, code, detail):
        """Return what was done, in the reader's language."""
        if code == "priority":
            detail = dict(
                self.env["service.ticket"]
                ._fields["priority"]
                ._description_selection(self.env)
            ).get(detail, detail)
        sentences = {
            "told": self.env._("Told %(detail)s", detail=detail),
            "told_nobody": self.env._("Nobody to tell"),
            "priority": self.env._("Priority raised to %(detail)s", detail=detail),
            "team": self.env._("Handed to the team %(detail)s", detail=detail),
            "user": self.env._("Handed to %(detail)s", detail=detail),
            "activity": self.env._("Activity for %(detail)s", detail=detail),
            "activity_nobody": self.env._("Nobody to give the activity to"),
            "apology": self.env._("Apology sent to %(detail)s", detail=detail),
            "no_email": self.env._("No apology: the customer has no e-mail address"),
            "not_needed": self.env._("Messages not needed any more"),
            "failed": self.env._("Not possible: %(detail)s", detail=detail),
        }
        return sentences.get(code, code)

    def _note(self, code, detail=""):
        """Note on these events that something was done.

        :param str code: see `_get_log_sentence`
        :param str detail: to whom or what, as the sentence tells it
        """
        for event in self:
            event.log = [*(event.log or ()), [code, detail]]
