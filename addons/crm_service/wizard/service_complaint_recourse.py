# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import RECOURSE_LEVELS


class ServiceComplaintRecourse(models.TransientModel):
    """Where a complaint goes whose answer the customer does not accept."""

    _name = "service.complaint.recourse"
    _description = "Recourse"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="ticket_id.company_id", related_sudo=False)
    level = fields.Selection(RECOURSE_LEVELS, required=True, default="internal")
    team_id = fields.Many2one(
        "service.team",
        "Handled By",
        compute="_compute_team_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
        domain="[('company_id', 'in', [company_id, False])]",
        help="Empty: the team that has it now.",
    )
    body = fields.Char("Outside Body")
    reason = fields.Text(
        required=True, help="Why the customer does not accept our answer."
    )

    @api.depends("ticket_id")
    def _compute_team_id(self):
        for wizard in self:
            wizard.ticket_id.check_access("read")
            # sudo: the setting is the company's, whoever asks
            wizard.team_id = wizard.ticket_id.sudo()._get_independent_team()

    def action_confirm(self):
        """Hand the complaint on."""
        self.ensure_one()
        self.ticket_id._start_recourse(
            self.level, self.reason, body=self.body, team=self.team_id
        )
        return {"type": "ir.actions.act_window_close"}
