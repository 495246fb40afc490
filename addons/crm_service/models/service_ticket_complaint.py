# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import (
    COMPLAINT_SUBJECTS,
    COMPLEXITIES,
    IMPACTS,
    OUTCOMES,
    RECOURSE_LEVELS,
    SEVERITIES,
)
from .service_ticket import FLOW_FIELDS

STAFF = "crm_service.group_service_technician"

# What only the buttons of a complaint write.
FLOW_FIELDS.update(
    {
        "acknowledged_at",
        "answered_at",
        "is_answered",
        "outcome",
        "outcome_at",
        "recourse_level",
        "recourse_body",
        "reminder_count",
        "last_reminded_at",
    }
)


class ServiceTicket(models.Model):
    """A complaint: what it is about, how grave it is, and how it ended."""

    _inherit = "service.ticket"

    # -- assessment
    severity = fields.Selection(SEVERITIES, copy=False, tracking=True)
    safety_risk = fields.Boolean(
        copy=False,
        tracking=True,
        help="Somebody could be hurt, or something be damaged. The complaint is "
        "escalated at once.",
    )
    complexity = fields.Selection(COMPLEXITIES, copy=False)
    impact = fields.Selection(IMPACTS, copy=False, help="How many it may concern.")
    immediate_action = fields.Text(
        copy=False, help="What must be done now, before the cause is known."
    )
    # -- what it is about
    complaint_about = fields.Selection(COMPLAINT_SUBJECTS, copy=False, tracking=True)
    complained_ticket_id = fields.Many2one(
        "service.ticket",
        "About Ticket",
        index="btree_not_null",
        check_company=True,
        copy=False,
        ondelete="restrict",
    )
    complained_user_id = fields.Many2one(
        "res.users",
        "About Person",
        compute="_compute_complained_user_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain=[("share", "=", False)],
        ondelete="restrict",
        groups=STAFF,
        help="This person does not see the complaint, and never works on it.",
    )
    complained_team_id = fields.Many2one(
        "service.team",
        "About Team",
        index="btree_not_null",
        copy=False,
        check_company=True,
        ondelete="restrict",
        groups=STAFF,
        help="Nobody of this team sees the complaint, or ever works on it.",
    )
    # -- what was done
    acknowledged_at = fields.Datetime("Acknowledged", readonly=True, copy=False)
    answer = fields.Html(
        "Our Answer", copy=False, help="What the customer is told, and why."
    )
    answered_at = fields.Datetime(
        "First Answered", readonly=True, copy=False, help="When we answered first."
    )
    is_answered = fields.Boolean(
        "Answer Sent",
        readonly=True,
        copy=False,
        help="The customer has our present answer.",
    )
    outcome = fields.Selection(OUTCOMES, readonly=True, copy=False, tracking=True)
    outcome_at = fields.Datetime("Ended On", readonly=True, copy=False)
    recourse_level = fields.Selection(
        RECOURSE_LEVELS, "Recourse", readonly=True, copy=False, tracking=True
    )
    recourse_body = fields.Char(
        "Outside Body", readonly=True, copy=False, help="Who decides outside."
    )
    reminder_count = fields.Integer("Reminders", readonly=True, copy=False)
    last_reminded_at = fields.Datetime("Last Reminder", readonly=True, copy=False)
    remedy_ids = fields.One2many("service.remedy", "ticket_id", "Remedies", copy=False)

    complaint_count = fields.Integer("Complaints", compute="_compute_complaint_count")

    def _compute_complaint_count(self):
        """Count the complaints about these tickets that the reader may see."""
        groups = self._read_group(
            [("complained_ticket_id", "in", self.ids)],
            ["complained_ticket_id"],
            ["__count"],
        )
        counts = {ticket.id: count for ticket, count in groups}
        for ticket in self:
            ticket.complaint_count = counts.get(ticket._origin.id, 0)

    @api.depends("complained_ticket_id", "complaint_about")
    def _compute_complained_user_id(self):
        """Suggest who was responsible for the ticket that a person is blamed for.

        Forms ask before anything is checked: they are told by the user's own rights.
        """
        for ticket in self:
            source = ticket.complained_ticket_id._origin
            if ticket.id:
                source = source.sudo()  # sudo: whom it is about is kept away for all
            if (
                ticket.complaint_about == "person"
                and not ticket.complained_user_id
                and source.has_access("read")
            ):
                ticket.complained_user_id = source.user_id.with_env(ticket.env)
            else:
                ticket.complained_user_id = ticket.complained_user_id

    @api.model
    def _check_complained_ticket(self, vals_list):
        """Refuse complaints about tickets that the user may not see.

        :raises AccessError: one of `vals_list` names such a ticket
        """
        default = self.env.context.get("default_complained_ticket_id")
        ids = {vals.get("complained_ticket_id", default) for vals in vals_list}
        self.browse(filter(None, ids)).check_access("read")

    def action_open_complaints(self):
        """Open the complaints about this ticket."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action_complaint"
        )
        action["domain"] = [("complained_ticket_id", "=", self.id)]
        action["context"] = {
            "service_category": "complaint",
            "default_complained_ticket_id": self.id,
            "default_partner_id": self.partner_id.id,
            "default_asset_id": self.asset_id.id,
        }
        return action
