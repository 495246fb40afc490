# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from ..const import IDLE_ASSET_STATES


class ServiceAsset(models.Model):
    """When a unit is due for maintenance."""

    _inherit = "service.asset"

    maintenance_due_ids = fields.One2many(
        "service.maintenance.due", "asset_id", "Planned Maintenance", readonly=True
    )
    next_maintenance_on = fields.Date(
        "Next Maintenance", compute="_compute_next_maintenance_on"
    )

    def _compute_next_maintenance_on(self):
        """Look up the next day in one query for all units."""
        groups = self.env["service.maintenance.due"]._read_group(
            [("asset_id", "in", self.ids), ("state", "=", "planned")],
            ["asset_id"],
            ["due_on:min"],
        )
        days = {asset.id: day for asset, day in groups}
        for asset in self:
            asset.next_maintenance_on = days.get(asset.id, False)

    def _needs_maintenance(self):
        """Tell whether this unit is in use, so that it is maintained."""
        return self.active and self.state not in IDLE_ASSET_STATES

    def action_open_maintenance(self):
        """Open what is planned for these units."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_maintenance_due_action"
        )
        action["domain"] = [("asset_id", "in", self.ids)]
        action["context"] = {}
        return action
