# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceTeam(models.Model):
    """A queue: who works on it, when, and the e-mail address that feeds it."""

    _name = "service.team"
    _description = "Service Team"
    _inherit = ["mail.alias.mixin.optional", "mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company uses this team."
    )
    user_id = fields.Many2one(
        "res.users", "Team Leader", domain=[("share", "=", False)], tracking=True
    )
    member_ids = fields.Many2many(
        "res.users",
        "service_team_member_rel",
        "team_id",
        "user_id",
        "Members",
        domain=[("share", "=", False)],
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        help="Waiting and processing times are counted in these hours. "
        "Empty: the company's working hours.",
    )
    ticket_type_id = fields.Many2one(
        "service.ticket.type",
        "Type of Tickets from E-mail",
        check_company=True,
        help="Messages sent to the team's address become tickets of this type.",
    )
    ticket_ids = fields.One2many("service.ticket", "team_id", "Tickets")
    open_ticket_count = fields.Integer("Open Tickets", compute="_compute_ticket_counts")
    unassigned_ticket_count = fields.Integer(
        "Unassigned Tickets", compute="_compute_ticket_counts"
    )

    def _compute_ticket_counts(self):
        """Count open tickets, and those nobody has taken, in one query."""
        domain = [("team_id", "in", self.ids), ("is_open", "=", True)]
        groups = self.env["service.ticket"]._read_group(
            domain, ["team_id"], ["__count", "user_id:count"]
        )
        counts = {team.id: (total, taken) for team, total, taken in groups}
        for team in self:
            total, taken = counts.get(team.id, (0, 0))
            team.open_ticket_count = total
            team.unassigned_ticket_count = total - taken

    def _alias_get_creation_values(self):
        """Override of `mail.alias.mixin` to turn messages into the team's tickets."""
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("service.ticket")
        if self.id:
            values["alias_defaults"] = repr(self._prepare_alias_defaults())
        return values

    def _prepare_alias_defaults(self):
        """Return the values of a ticket that comes in by the team's address."""
        values = {"team_id": self.id, "channel": "email"}
        if self.company_id:
            values["company_id"] = self.company_id.id
        if self.ticket_type_id:
            values["type_id"] = self.ticket_type_id.id
        return values

    def write(self, vals):
        """Override to keep the address's defaults in step with the team."""
        result = super().write(vals)
        if {"company_id", "ticket_type_id"} & set(vals):
            for team in self.filtered("alias_id"):
                defaults = repr(team._prepare_alias_defaults())
                # sudo: whoever may change the team may change its address
                team.alias_id.sudo().alias_defaults = defaults
        return result

    def action_open_tickets(self):
        """Open the team's open tickets."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        action["context"] = {
            "search_default_filter_open": 1,
            "search_default_team_id": self.id,
            "default_team_id": self.id,
        }
        return action
