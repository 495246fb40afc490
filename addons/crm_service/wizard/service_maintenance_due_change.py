# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceMaintenanceDueChange(models.TransientModel):
    """Skip planned maintenance, or move it to another day, and say why."""

    _name = "service.maintenance.due.change"
    _description = "Skip or Move Maintenance"
    _inherit = "service.window.mixin"
    _window_on = "due_ids"

    kind = fields.Selection(
        [("move", "Move to another day"), ("skip", "Skip this time")],
        required=True,
        default="move",
    )
    due_ids = fields.Many2many(
        "service.maintenance.due",
        "service_maintenance_due_change_rel",
        "change_id",
        "due_id",
        "Planned Maintenance",
        required=True,
        readonly=True,
        default=lambda self: self._default_due_ids(),
    )
    due_on = fields.Date("New Day")
    reason = fields.Char(required=True)

    @api.model
    def _default_due_ids(self):
        """Return the days that were chosen in the list, or the one that is open."""
        if self.env.context.get("active_model") != "service.maintenance.due":
            return self.env["service.maintenance.due"]
        active_ids = self.env.context.get("active_ids") or []
        return self.env["service.maintenance.due"].browse(active_ids)

    def action_confirm(self):
        """Skip or move all that was chosen, or nothing."""
        self.ensure_one()
        if self.kind == "skip":
            self.due_ids.action_skip(self.reason)
        else:
            for due in self.due_ids:
                due.action_move(self.due_on, self.reason)
        return {"type": "ir.actions.act_window_close"}
