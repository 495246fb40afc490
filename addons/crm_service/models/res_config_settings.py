# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of service in a company, on one page."""

    _inherit = "res.config.settings"

    service_reopen_days = fields.Integer(
        related="company_id.service_reopen_days", readonly=False
    )
    service_complaint_team_id = fields.Many2one(
        related="company_id.service_complaint_team_id",
        readonly=False,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    service_complaint_reminders = fields.Integer(
        related="company_id.service_complaint_reminders", readonly=False
    )
    service_complaint_silence_days = fields.Integer(
        related="company_id.service_complaint_silence_days", readonly=False
    )
    service_notify = fields.Boolean(related="company_id.service_notify", readonly=False)
    service_notify_hours = fields.Integer(
        related="company_id.service_notify_hours", readonly=False
    )
    service_sms_provider = fields.Selection(
        related="company_id.service_sms_provider", readonly=False
    )
    service_reply_address = fields.Char(
        "Answers Go To", compute="_compute_service_reply_address"
    )

    def _compute_service_reply_address(self):
        for settings in self:
            settings.service_reply_address = settings.company_id.catchall_email
