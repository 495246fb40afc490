# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import ASSIGNMENT_METHODS


class ServiceAssignment(models.Model):
    """History: a row for each ticket that was given to somebody automatically."""

    _name = "service.assignment"
    _inherit = "service.written.mixin"
    _description = "Assignment"
    _order = "id desc"
    _rec_name = "ticket_id"
    _log_access = False

    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="restrict"
    )
    team_id = fields.Many2one(
        "service.team", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", "Given To", required=True, readonly=True, ondelete="restrict"
    )
    method = fields.Selection(ASSIGNMENT_METHODS, required=True, readonly=True)
    given_at = fields.Datetime("Given", required=True, readonly=True)
    facts = fields.Json(readonly=True, help="What spoke for this person.")
    reason = fields.Char(compute="_compute_reason")

    _team_given_idx = models.Index("(team_id, given_at)")

    @api.depends("user_id", "method", "facts")
    @api.depends_context("lang")
    def _compute_reason(self):
        for assignment in self:
            assignment.reason = assignment._get_reason()

    def _get_reason(self):
        """Return the sentence why this person was chosen."""
        self.ensure_one()
        facts = self.facts or {}
        why = [self._get_choice_text(facts)]
        # sudo: skills are for everybody to read, but perhaps not to the reader
        skills = self.env["hr.skill"].sudo().browse(facts.get("skills", ())).exists()
        if skills:
            names = ", ".join(skills.mapped("name"))
            why.append(self.env._("knows %(skills)s", skills=names))
        return self.env._(
            "Given to %(person)s: %(reasons)s",
            person=self.user_id.sudo().name,
            reasons=", ".join(why),
        )

    def _get_choice_text(self, facts):
        """Return what decided between those who could have got the ticket."""
        if facts.get("only"):
            return self.env._("the only one at work with room")
        if self.method == "round_robin":
            return self.env._("next in turn")
        if facts.get("tied"):
            return self.env._(
                "fewest open (%(count)s), longest without a new ticket",
                count=facts.get("open", 0),
            )
        return self.env._("fewest open (%(count)s)", count=facts.get("open", 0))
