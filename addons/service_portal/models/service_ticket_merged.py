from odoo import models


class ServiceTicket(models.Model):
    """A merged request, as its own customer follows it."""

    _inherit = "service.ticket"

    def _get_tracking_values(self, tz):
        """Override of `_get_tracking_values` to tell where the work goes on.

        Phases come from there, see `_get_public_status`; its number is told to its own
        customer only.
        """
        values = super()._get_tracking_values(tz)
        return {**values, "joint_number": self._get_joint_number()}

    def _get_row_phases(self):
        """Return {ticket: (phase, label)} as the customer's list shows them."""
        labels = {
            phase: self._get_customer_label({"phase": phase, "phase_label": label})
            for phase, label in self._fields["phase"]._description_selection(self.env)
        }
        # sudo: that a request was merged is not for customers to read in the field
        tickets_sudo = self.sudo()
        tickets_sudo.fetch(["merged_into_id"])
        phases = {}
        for ticket, ticket_sudo in zip(self, tickets_sudo, strict=True):
            phase = ticket.phase
            if ticket_sudo.merged_into_id:
                phase = ticket_sudo._get_public_status()["phase"]
            phases[ticket] = (phase, labels.get(phase, ""))
        return phases
