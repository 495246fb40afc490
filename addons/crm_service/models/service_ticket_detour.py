# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.exceptions import AccessError, UserError


class ServiceTicket(models.Model):
    """Off the defined way: one ticket, by a person with the right, with a reason."""

    _inherit = "service.ticket"

    def action_detour(self, stage, reason):
        """Send the tickets to any stage of their process, off the defined way.

        :param stage: a `service.stage` or its id
        :param str reason: why; it is kept in the history
        :raises AccessError: the caller is no supervisor
        :raises UserError: there is no reason, or no such stage in their process
        """
        self._ensure_detour_allowed()
        self.check_access("write")
        if isinstance(stage, int):
            stage = self.env["service.stage"].browse(stage).exists()
        if not (reason or "").strip():
            raise UserError(
                self.env._("Give the reason why the ticket leaves the defined way.")
            )
        if not stage or not stage.active or self.stage_id == stage:
            raise UserError(
                self.env._("Choose another stage of the ticket's process to go to.")
            )
        self._enter_stage(stage, reason=reason, is_adhoc=True)
        self._apply_automatic_routes()
        return True

    def _ensure_detour_allowed(self):
        """Refuse people without the right to leave the defined way."""
        if not self.env.user.has_group("crm_service.group_service_supervisor"):
            raise AccessError(
                self.env._(
                    "Only supervisors send a ticket off the defined way. Ask yours, or "
                    "use the ticket's buttons."
                )
            )

    def action_ask_detour(self):
        """Open the question where to send this ticket, and why."""
        self.ensure_one()
        self._ensure_detour_allowed()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Off the Defined Way"),
            "res_model": "service.ticket.detour",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }
