# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceTicket(models.Model):
    """What a complaint comes from, and what is done so that it does not come again."""

    _inherit = "service.ticket"

    cause_ids = fields.Many2many(
        "service.complaint.cause",
        "service_ticket_cause_rel",
        "ticket_id",
        "cause_id",
        "Root Causes",
        copy=False,
        tracking=True,
    )
    cause_note = fields.Text(
        "How It Came About", copy=False, help="What the investigation found."
    )
    corrective_action_ids = fields.Many2many(
        "service.corrective.action",
        string="Corrective Actions",
        compute="_compute_corrective_actions",
        search="_search_corrective_action_ids",
    )
    corrective_action_count = fields.Integer(
        "Actions", compute="_compute_corrective_actions"
    )

    def _compute_corrective_actions(self):
        """Look up the actions in one query for all tickets."""
        actions = self.env["service.corrective.action"].search(
            [("ticket_ids", "in", self.ids)]
        )
        for ticket in self:
            mine = actions.filtered(lambda a, t=ticket: t._origin in a.ticket_ids)
            ticket.corrective_action_ids = mine
            ticket.corrective_action_count = len(mine)

    def _search_corrective_action_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        if operator == "in" and False in value:
            return NotImplemented
        domain = value if operator == "any" else [("id", "in", list(value))]
        actions = self.env["service.corrective.action"].search(domain)
        return [("id", "in", actions.ticket_ids.ids)]

    def write(self, vals):
        """Override to take those kept away off the actions about the complaint."""
        result = super().write(vals)
        if "excluded_user_ids" in vals:
            # sudo: actions count also where the user may not look
            actions = self.env["service.corrective.action"].sudo()
            found = actions.search([("ticket_ids", "in", self.ids)])
            found._leave_out_kept_away()
        return result

    @api.constrains("cause_ids")
    def _check_causes(self):
        for ticket in self:
            strange = ticket.cause_ids.company_id - ticket.company_id
            if strange:
                raise ValidationError(
                    self.env._(
                        "A cause of ticket %(number)s belongs to another company. "
                        "Choose one of %(company)s or of all companies.",
                        number=ticket.number,
                        company=ticket.company_id.name,
                    )
                )

    def action_open_corrective_actions(self):
        """Open the corrective actions of these tickets; a new one is about them."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_corrective_action_action"
        )
        action["domain"] = [("ticket_ids", "in", self.ids)]
        action["context"] = self._get_corrective_defaults()
        return action

    def action_new_corrective_action(self):
        """Open a form for one corrective action of all these complaints."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Corrective Action"),
            "res_model": "service.corrective.action",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new" if len(self) == 1 else "current",
            "context": self._get_corrective_defaults(),
        }

    def _get_corrective_defaults(self):
        """Return the context in which a new action is about these complaints."""
        return {
            "default_ticket_ids": self.ids,
            "default_cause_ids": self.cause_ids.ids,
        }
