# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceAsset(models.Model):
    """An installed unit at a customer's site, with its components."""

    _name = "service.asset"
    _description = "Installed Unit"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "serial_number, id"
    _rec_names_search = ["serial_number", "product_id.name", "partner_id.name"]
    _check_company_auto = True

    serial_number = fields.Char(required=True, index="trigram", tracking=True)
    product_id = fields.Many2one(
        "product.product", index=True, check_company=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    site_id = fields.Many2one(
        "res.partner",
        check_company=True,
        ondelete="restrict",
        help="The address where the unit stands.",
    )
    parent_id = fields.Many2one(
        "service.asset",
        "Part Of",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    child_ids = fields.One2many("service.asset", "parent_id", "Components")
    installed_on = fields.Date()
    sold_on = fields.Date()
    note = fields.Html()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    ticket_ids = fields.One2many("service.ticket", "asset_id", "Tickets")
    ticket_count = fields.Integer(compute="_compute_ticket_count")

    _serial_number_unique = models.UniqueIndex(
        "(company_id, COALESCE(product_id, 0), serial_number)",
        "A unit of this product with this serial number is registered already.",
    )

    @api.depends("serial_number", "product_id.display_name")
    def _compute_display_name(self):
        for asset in self:
            parts = (asset.product_id.display_name, asset.serial_number)
            asset.display_name = " · ".join(filter(None, parts))

    def _compute_ticket_count(self):
        """Count tickets in one query for all units."""
        groups = self.env["service.ticket"]._read_group(
            [("asset_id", "in", self.ids)], ["asset_id"], ["__count"]
        )
        counts = {asset.id: count for asset, count in groups}
        for asset in self:
            asset.ticket_count = counts.get(asset.id, 0)

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A unit cannot be a part of itself. Choose another unit.")
            )

    def action_open_tickets(self):
        """Open the tickets of this unit."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        action["domain"] = [("asset_id", "=", self.id)]
        action["context"] = {
            "default_asset_id": self.id,
            "default_partner_id": self.partner_id.id,
        }
        return action
