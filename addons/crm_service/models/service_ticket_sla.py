# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from ..const import SLA_STATUSES
from .service_ticket import FLOW_FIELDS

# What only the engine of promises may write.
FLOW_FIELDS.update(
    {
        "sla_ids",
        "sla_policy_id",
        "sla_status",
        "sla_deadline",
        "sla_holds",
        "promised_at",
        "first_replied_at",
        "customer_waiting_since",
    }
)


class ServiceTicket(models.Model):
    """The promises made for a ticket."""

    _inherit = "service.ticket"

    sla_ids = fields.One2many(
        "service.sla", "ticket_id", "Promises", readonly=True, copy=False
    )
    sla_policy_id = fields.Many2one(
        "service.sla.policy",
        "Promise",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    sla_policy_reason = fields.Char("Why This Promise", compute="_compute_sla_reason")
    sla_status = fields.Selection(
        SLA_STATUSES, "Promise Status", readonly=True, default="none", copy=False
    )
    sla_deadline = fields.Datetime(
        "Due", readonly=True, copy=False, help="The earliest promise still to keep."
    )
    promised_at = fields.Datetime(
        "New Promise",
        readonly=True,
        copy=False,
        help="What the customer was promised with an apology.",
    )
    first_replied_at = fields.Datetime("First Answer", readonly=True, copy=False)
    customer_waiting_since = fields.Datetime(
        "Customer Waits Since",
        readonly=True,
        copy=False,
        help="The customer wrote after our last answer.",
    )
    sla_holds = fields.Json(
        readonly=True,
        copy=False,
        help="Spans in which the clocks stood still: start, stop, why.",
    )

    _sla_worklist_idx = models.Index(
        "(user_id, sla_deadline, priority DESC) WHERE is_open IS TRUE"
    )
    _sla_status_idx = models.Index(
        "(company_id, sla_status, sla_deadline) WHERE is_open IS TRUE"
    )

    def _compute_sla_reason(self):
        for ticket in self:
            ticket.sla_policy_reason = ticket.sla_policy_id.name or ""
