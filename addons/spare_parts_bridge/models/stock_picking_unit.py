from odoo import fields, models


class StockPicking(models.Model):
    """The installed units that a transfer made, moved or took back."""

    _inherit = "stock.picking"

    service_asset_count = fields.Integer(
        "Installed Units",
        compute="_compute_service_asset_count",
        groups="crm_service.group_service_technician",
    )

    def _compute_service_asset_count(self):
        for picking in self:
            lots = picking.move_ids.move_line_ids.lot_id
            domain = [("lot_id", "in", lots.ids)]
            units = self.env["service.asset"]
            picking.service_asset_count = units.search_count(domain) if lots else 0

    def action_open_service_assets(self):
        """Open the installed units of this transfer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_asset_action"
        )
        lots = self.move_ids.move_line_ids.lot_id
        action["domain"] = [("lot_id", "in", lots.ids)]
        action["context"] = {}
        return action
