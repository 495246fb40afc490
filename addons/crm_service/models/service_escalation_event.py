# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from ..const import SLA_KINDS


class ServiceEscalationEvent(models.Model):
    """What was done when a clock came to a level: once for each clock and level.

    An event without a level is the warning before a breach.
    """

    _name = "service.escalation.event"
    _description = "Escalation"
    _order = "fired_at desc, id desc"
    _rec_name = "escalation_id"

    sla_id = fields.Many2one(
        "service.sla",
        "Clock",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    escalation_id = fields.Many2one(
        "service.escalation", "Level", index=True, readonly=True, ondelete="restrict"
    )
    kind = fields.Selection(SLA_KINDS, "Promise", readonly=True)
    fired_at = fields.Datetime("When", required=True, readonly=True)
    message_due_at = fields.Datetime(
        "Messages Wait Until",
        readonly=True,
        help="End of the quiet hours; empty once the messages went out.",
    )
    done = fields.Text("What Was Done", readonly=True)

    _once = models.UniqueIndex(
        "(sla_id, COALESCE(escalation_id, 0))",
        "This level was reached before.",
    )
    _waiting_idx = models.Index("(message_due_at, id) WHERE message_due_at IS NOT NULL")
