# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceRouteQuestion(models.TransientModel):
    """What a button asks before the ticket goes on: a reason, a person."""

    _name = "service.route.question"
    _description = "Question of a Next Step"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    route_id = fields.Many2one(
        "service.route", required=True, readonly=True, ondelete="cascade"
    )
    question = fields.Selection(related="route_id.question", related_sudo=False)
    to_stage_id = fields.Many2one(
        related="route_id.to_stage_id", related_sudo=False, string="Goes to"
    )
    reason = fields.Text(help="Kept in the ticket's history; the customer sees it not.")
    user_id = fields.Many2one(
        "res.users",
        "Who Takes Over",
        domain="[('share', '=', False), ('id', 'in', candidate_ids)]",
    )
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")

    @api.depends("ticket_id", "route_id")
    def _compute_candidate_ids(self):
        group = self.env.ref("crm_service.group_service_technician")
        for question in self:
            team = question.route_id.team_id or question.ticket_id.team_id
            # sudo: who works in service is known to all who do
            people = team.sudo().member_ids or group.sudo().all_user_ids
            company = question.ticket_id.company_id
            question.candidate_ids = people.filtered(
                lambda user, company=company: company in user.company_ids
            )

    def action_confirm(self):
        """Go on with the answers."""
        self.ensure_one()
        return self.ticket_id.action_route(
            self.route_id, reason=self.reason, user_id=self.user_id.id
        )
