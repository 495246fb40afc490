from odoo import fields, models


class StockLot(models.Model):
    """The installed unit of a serial number, which follows it."""

    _inherit = "stock.lot"

    service_asset_ids = fields.One2many(
        "service.asset",
        "lot_id",
        "Installed Unit",
        groups="crm_service.group_service_technician",
    )

    def write(self, vals):
        """Override of `write` to rename the units with their serial numbers."""
        result = super().write(vals)
        if {"name", "product_id"} & vals.keys():
            # sudo: whoever renames a serial number need not see the unit
            units_sudo = self.env["service.asset"].sudo()._search_by_lots(self)
            for unit_sudo in units_sudo:
                unit_sudo._follow_lot()
        return result

    def action_open_service_asset(self):
        """Open the installed unit of this serial number."""
        self.ensure_one()
        self.check_access("read")
        self.service_asset_ids.check_access("read")
        return self.service_asset_ids._get_records_action(
            name=self.env._("Installed Unit")
        )
