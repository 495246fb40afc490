# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceTeamMember(models.Model):
    """Whose telephone rings, set where the team is set up."""

    _inherit = "service.team.member"

    extension = fields.Char(
        "Phone Extension",
        compute="_compute_extension",
        inverse="_inverse_extension",
        help="As the telephone system names this person's telephone.",
    )

    @api.depends("user_id")
    def _compute_extension(self):
        for member in self:
            # sudo: the person may be of a company that the reader does not see
            member.extension = member.user_id.sudo().service_extension

    def _inverse_extension(self):
        for member in self:
            member.team_id.check_access("write")
            # sudo: whoever leads the team says which telephones it has
            member.user_id.sudo().service_extension = member.extension
