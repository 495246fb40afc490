# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from ..const import ESCALATION_TRIGGERS, PRIORITIES, SLA_KINDS


class ServiceEscalation(models.Model):
    """A level of a promise: when to step in, and what to do then."""

    _name = "service.escalation"
    _description = "Escalation Level"
    _order = "policy_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one(
        "service.sla.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # -- when
    kind = fields.Selection(SLA_KINDS, "Promise", required=True, default="resolution")
    trigger = fields.Selection(
        ESCALATION_TRIGGERS, "When", required=True, default="share"
    )
    share_percent = fields.Integer("Share of the Target", default=100)
    overdue_hours = fields.Float(
        "Overdue By", default=1.0, help="Working hours beyond the target."
    )
    # -- what
    notify_user = fields.Boolean("Tell the Responsible Person")
    notify_leader = fields.Boolean("Tell the Team Leader")
    notify_user_ids = fields.Many2many(
        "res.users",
        "service_escalation_user_rel",
        "escalation_id",
        "user_id",
        "Tell Others",
        domain=[("share", "=", False)],
    )
    priority = fields.Selection(PRIORITIES, "Raise Priority To")
    team_id = fields.Many2one(
        "service.team", "Hand to Team", check_company=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users",
        "Hand to Person",
        domain=[("share", "=", False)],
        check_company=True,
        ondelete="restrict",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type", "Schedule Activity", ondelete="restrict"
    )
    activity_summary = fields.Char(translate=True)
    activity_user_id = fields.Many2one(
        "res.users",
        "Activity For",
        domain=[("share", "=", False)],
        ondelete="restrict",
        help="Empty: the responsible person, else the team leader.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        "Apology to the Customer",
        domain=[("model", "=", "service.ticket")],
        ondelete="restrict",
    )
    promise_hours = fields.Float(
        "New Promise Within",
        help="Working hours from the apology in which the customer may expect it.",
    )
