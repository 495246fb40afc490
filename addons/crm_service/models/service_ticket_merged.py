# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import ENDED_PHASES


class ServiceTicket(models.Model):
    """How a merged ticket is found and shown: its own number, and the joint work."""

    _inherit = "service.ticket"

    @api.model
    def _find_by_number(self, number, follow=True):
        """Override: the number of a merged ticket finds the one that goes on.

        :param bool follow: False finds the merged ticket itself; so does a number
            whose work goes on where the user may not look
        """
        ticket = super()._find_by_number(number, follow)
        if not (ticket and follow):
            return ticket
        target = ticket.browse(ticket._get_merge_target().id)
        return target if target.has_access("read") else ticket

    def _get_public_status(self):
        """Override: a merged ticket shows how far the work is that it became part of.

        Number and subject stay its own, and so does its history until the merge.
        Nothing that names, or was asked of, the other ticket's customer is shown.
        """
        status = super()._get_public_status()
        # sudo: of the other ticket, only phases and times are given
        ticket = self.sudo()
        target = ticket._get_merge_target()
        if target == ticket:
            return status
        merged_at = fields.Datetime.to_string(ticket.merged_at)
        joint = target._get_phases_since(merged_at)
        if not ticket._shares_customer(target):
            joint = [ticket._mask_phase(entry) for entry in joint]
        history = [
            entry
            for entry in status["history"]
            if entry["at"] < merged_at
            or (entry["at"] == merged_at and entry["phase"] not in ENDED_PHASES)
        ]
        for entry in joint:
            if not history or history[-1]["phase"] != entry["phase"]:
                history.append(entry)
        last = history[-1]
        return {
            **status,
            "phase": last["phase"],
            "phase_label": last["phase_label"],
            "updated_at": last["at"],
            "history": history,
        }

    def _get_phases_since(self, moment):
        """Return the public history from `moment` on, the phase of then first.

        :param str moment: UTC
        """
        history = self._get_public_status()["history"]
        then = [entry for entry in history if entry["at"] <= moment][-1:]
        since = [entry for entry in history if entry["at"] > moment]
        return [{**entry, "at": moment} for entry in then] + since

    @api.model
    def _mask_phase(self, entry):
        """Return a phase of another customer's ticket as this customer may see it.

        Who has been asked something is that customer only.
        """
        if entry["phase"] != "waiting_customer":
            return entry
        labels = dict(self._fields["phase"]._description_selection(self.env))
        return {
            **entry,
            "phase": "in_progress",
            "phase_label": labels["in_progress"],
        }

    def _get_joint_number(self):
        """Return the number of the ticket that goes on, if its customer is the same."""
        target = self._get_merge_target()
        if target.id == self.id or not self._shares_customer(target):
            return False
        return target.number

    def _knows_sender(self, incoming):
        """Override: whoever wrote to a merged ticket of this customer is known here."""
        if super()._knows_sender(incoming):
            return True
        # sudo: only whether somebody is known is told
        merged = self.sudo().merged_ids
        return any(
            ticket._knows_sender(incoming)
            for ticket in merged.filtered(lambda t: t._shares_customer(self))
        )
