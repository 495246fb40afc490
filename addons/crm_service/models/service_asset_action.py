# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceAsset(models.Model):
    """What the unit's form shows at its head, and where its buttons lead."""

    _inherit = "service.asset"

    coverage_summary = fields.Json(
        compute="_compute_coverage_summary",
        compute_sudo=False,
        export_string_translation=False,
    )
    reading_ids = fields.One2many("service.asset.reading", "asset_id", "Readings")
    reading_count = fields.Integer(compute="_compute_reading_count")
    document_count = fields.Integer(compute="_compute_document_count")
    serial_twin_id = fields.Many2one(
        "service.asset",
        "Unit with the Same Number",
        compute="_compute_serial_twin_id",
        compute_sudo=False,
    )
    serial_twin_text = fields.Char(
        "Same Number", compute="_compute_serial_twin_id", compute_sudo=False
    )

    def _compute_coverage_summary(self):
        """Tell what each unit is covered by, in JSON types."""
        for asset in self:
            # a new unit may have nothing that covers it yet
            covers = asset._origin and asset._get_coverage_summary() or []
            asset.coverage_summary = [
                {**cover, "until": fields.Date.to_string(cover.get("until")) or False}
                for cover in covers
            ]

    def _compute_reading_count(self):
        """Count readings in one query for all units."""
        groups = self.env["service.asset.reading"]._read_group(
            [("asset_id", "in", self.ids)], ["asset_id"], ["__count"]
        )
        counts = {asset.id: count for asset, count in groups}
        for asset in self:
            asset.reading_count = counts.get(asset.id, 0)

    def _compute_document_count(self):
        """Count photos and documents in one query for all units."""
        groups = self.env["ir.attachment"]._read_group(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", False),
            ],
            ["res_id"],
            ["__count"],
        )
        counts = dict(groups)
        for asset in self:
            asset.document_count = counts.get(asset.id, 0)

    @api.depends("serial_number", "product_id", "company_id")
    def _compute_serial_twin_id(self):
        """Look for a unit of another product that has the same serial number."""
        asked = self.filtered("serial_number")
        twins = asked._get_same_serial()
        for asset in self:
            twin_sudo = twins.get((asset.company_id, asset.serial_number))
            asset.serial_twin_id = twin_sudo and twin_sudo.sudo(False)
            asset.serial_twin_text = twin_sudo and asset._get_serial_text(twin_sudo)

    # -- buttons --------------------------------------------------------------

    def action_new_ticket(self):
        """Open the form of a new ticket about this unit."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Ticket"),
            "res_model": "service.ticket",
            "views": [(False, "form")],
            "context": {
                "default_asset_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_site_id": self.site_id.id,
            },
        }

    def action_exchange(self):
        """Open the window to exchange a component; of a component, this one."""
        self.ensure_one()
        self.check_access("write")
        action = self._get_action("service_asset_exchange_record_action")
        unit = self.parent_id or self
        action["context"] = {"default_asset_id": unit.id}
        if self.parent_id:
            action["context"]["default_removed_id"] = self.id
        return action

    def action_transfer(self):
        """Open the window to transfer these units."""
        self.check_access("write")
        action = self._get_action("service_asset_transfer_record_action")
        action["context"] = {"default_asset_ids": self.ids}
        return action

    def action_add_reading(self):
        """Open the window for a reading of a meter of this unit."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a Reading"),
            "res_model": "service.asset.reading",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_asset_id": self.id,
                "default_meter_id": self.reading_ids[:1].meter_id.id,
            },
        }

    def action_open_readings(self):
        """Open the readings of this unit."""
        return self._open_own("service_asset_reading_action")

    def action_open_transfers(self):
        """Open the transfers of this unit."""
        return self._open_own("service_asset_transfer_action")

    def action_open_documents(self):
        """Open the photos and documents of this unit."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Photos and Documents"),
            "res_model": "ir.attachment",
            "views": [(False, "kanban"), (False, "list"), (False, "form")],
            "domain": [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", False),
            ],
            "context": {"default_res_model": self._name, "default_res_id": self.id},
            "help": self.env._(
                "Add a photo of the type plate, the manual or the delivery note."
            ),
        }

    def _open_own(self, name):
        """Return the action `name` of this add-on with what belongs to these units."""
        self.check_access("read")
        action = self._get_action(name)
        action["domain"] = [("asset_id", "in", self.ids)]
        action["context"] = {"default_asset_id": self.id if len(self) == 1 else False}
        return action

    @api.model
    def _get_action(self, name):
        """Return the window `name` of this add-on."""
        return self.env["ir.actions.act_window"]._for_xml_id(f"crm_service.{name}")
