# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResCompany(models.Model):
    """How a company handles complaints."""

    _inherit = "res.company"

    service_complaint_team_id = fields.Many2one(
        "service.team",
        "Independent Complaints Team",
        ondelete="restrict",
        help="Complaints about the people or the team that would handle them go here.",
    )
    service_complaint_reminders = fields.Integer(
        "Reminders Before Silence",
        default=2,
        help="So many reminders must have gone to the customer before a complaint is "
        "closed because nobody answers.",
    )
    service_complaint_silence_days = fields.Integer(
        "Days of Silence",
        default=7,
        help="So many days must have passed since the last reminder.",
    )

    _complaint_reminders_positive = models.Constraint(
        "CHECK(service_complaint_reminders >= 1)",
        "Remind a customer once at least before silence closes a complaint.",
    )
    _complaint_silence_positive = models.Constraint(
        "CHECK(service_complaint_silence_days >= 1)",
        "Give a customer one day at least to answer a reminder.",
    )
