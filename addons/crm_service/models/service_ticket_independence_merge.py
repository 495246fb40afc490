# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class ServiceTicket(models.Model):
    """Whom a complaint is about stays away from it, wherever its words are moved."""

    _inherit = "service.ticket"

    def _get_complained_people(self):
        """Override: merged tickets are kept from whom either of them is about."""
        people = super()._get_complained_people()
        if not self.id:
            return people
        # sudo: tickets that the user does not see count too
        tickets = self.sudo().with_context(active_test=False)
        kin = tickets.merged_into_id
        kin |= tickets.search([("merged_into_id", "in", self.ids)])
        for ticket in kin:
            people |= super(ServiceTicket, ticket)._get_complained_people()
        return people

    def write(self, vals):
        """Override to keep people away from what is merged, and from nothing more."""
        if "merged_into_id" not in vals:
            return super().write(vals)
        before = self.sudo().merged_into_id
        result = super().write(vals)
        (self | before | self.sudo().merged_into_id)._exclude_people()
        return result

    def _prepare_follow_up_vals(self):
        """Override: what is split off or goes on elsewhere is about the same people."""
        vals = super()._prepare_follow_up_vals()
        ticket = self.sudo()  # sudo: who is kept away is known to few
        if ticket.is_confidential:
            vals["complained_user_id"] = ticket.complained_user_id.id
            vals["complained_team_id"] = ticket.complained_team_id.id
            vals["complaint_about"] = ticket.complaint_about
        return vals

    def _prepare_enter_vals(self, stage, now, extra_vals):
        """Override: a complaint that is merged into another one was not withdrawn."""
        vals = super()._prepare_enter_vals(stage, now, extra_vals)
        if self[:1].merged_into_id and vals.get("outcome") == "withdrawn":
            vals.update(outcome=False, outcome_at=False)
        return vals

    def _get_enter_key(self):
        """Override to tell apart those that were merged."""
        return *super()._get_enter_key(), bool(self.merged_into_id)
