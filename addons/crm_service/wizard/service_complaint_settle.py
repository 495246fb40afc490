# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import COMPLAINT_SUBJECTS, REMEDY_KINDS


class ServiceComplaintSettle(models.TransientModel):
    """An answer that satisfied the customer at once."""

    _name = "service.complaint.settle"
    _description = "Settle a Complaint at Once"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    complaint_about = fields.Selection(COMPLAINT_SUBJECTS, required=True)
    answer = fields.Html(required=True, help="What the customer was told.")
    remedy_kind = fields.Selection(
        REMEDY_KINDS, "Remedy Granted", help="Empty: the words were enough."
    )
    amount = fields.Monetary()
    currency_id = fields.Many2one(
        related="ticket_id.company_id.currency_id", related_sudo=False
    )
    note = fields.Char("Details")
    limit_text = fields.Char(compute="_compute_limit_text")

    @api.depends("remedy_kind", "amount")
    @api.depends_context("uid", "lang")
    def _compute_limit_text(self):
        """Tell while typing that somebody else must grant it."""
        for settle in self:
            settle.limit_text = settle._get_limit_text()

    def _get_limit_text(self):
        """Return why the user may not grant this remedy, or nothing."""
        if not self.remedy_kind or not self.ticket_id:
            return ""
        remedy = self.env["service.remedy"].new(self._prepare_remedy())
        if remedy._may_grant(self.env.user):
            return ""
        return remedy._get_limit_text(remedy._find_granter())

    def _prepare_remedy(self):
        """Return the values of the remedy."""
        return {
            "ticket_id": self.ticket_id.id,
            "kind": self.remedy_kind,
            "amount": self.amount,
            "note": self.note,
        }

    def action_confirm(self):
        """Record the answer and close the complaint."""
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        ticket.complaint_about = self.complaint_about
        remedy = self._prepare_remedy() if self.remedy_kind else None
        ticket.action_settle_at_once(self.answer, remedy)
        return {"type": "ir.actions.act_window_close"}
