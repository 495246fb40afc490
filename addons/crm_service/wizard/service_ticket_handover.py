# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain


class ServiceTicketHandover(models.TransientModel):
    """Give tickets to somebody, with a note that tells what is to do."""

    _name = "service.ticket.handover"
    _description = "Hand Over"
    _inherit = "service.ticket.bulk"

    beyond_team = fields.Boolean("People of other teams too")
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")
    user_id = fields.Many2one(
        "res.users", "To", required=True, domain="[('id', 'in', candidate_ids)]"
    )
    note = fields.Text(required=True, help="What is to do, and what was done already.")

    @api.depends("ticket_ids", "beyond_team")
    def _compute_candidate_ids(self):
        for wizard in self:
            members = wizard.ticket_ids.team_id.member_ids - wizard._get_holders()
            if wizard.beyond_team or not members:
                members = wizard._get_service_people() - wizard._get_holders()
            wizard.candidate_ids = members

    def _get_holders(self):
        """Return who has all of the tickets already."""
        people = self.ticket_ids.user_id
        return people if len(people) == 1 and len(self.ticket_ids) == 1 else people[:0]

    def _get_service_people(self):
        """Return everybody who may work on tickets of these companies."""
        group = self.env.ref("crm_service.group_service_technician")
        companies = self.ticket_ids.company_id or self.env.company
        domain = Domain("all_group_ids", "in", group.ids) & Domain.AND(
            Domain("company_ids", "in", company.ids) for company in companies
        )
        # sudo: groups are not for everybody; only people are returned
        people = self.env["res.users"].sudo().search(domain)
        return people.sudo(False)

    def action_apply(self):
        """Hand the tickets over; each whole or not at all."""
        done, problems = self._do(
            lambda tickets: tickets.action_hand_over(self.user_id.id, self.note)
        )
        if not problems:
            return {"type": "ir.actions.act_window_close"}
        sentence = self.env._(
            "%(count)s tickets handed over to %(person)s.",
            count=len(done),
            person=self.user_id.name,
        )
        return self._show(sentence, problems)
