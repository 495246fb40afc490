# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import ASSET_STATES


class ServiceAsset(models.Model):
    """An installed unit at a customer's site, with its components."""

    _name = "service.asset"
    _description = "Installed Unit"
    _inherit = ["mail.thread", "mail.activity.mixin", "image.mixin"]
    _order = "serial_number, id"
    _rec_names_search = ["serial_number", "product_id.name", "partner_id.name"]
    _check_company_auto = True
    # who reads a unit may note on it what he saw
    _mail_post_access = "read"

    serial_number = fields.Char(required=True, index="trigram", tracking=True)
    product_id = fields.Many2one(
        "product.product",
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    state = fields.Selection(
        ASSET_STATES,
        "Status",
        required=True,
        compute="_compute_state",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        copy=False,
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
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="The address where the unit stands.",
    )
    dealer_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Who sold the unit to the customer, if it was not us.",
    )
    parent_id = fields.Many2one(
        "service.asset",
        "Part Of",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    child_ids = fields.One2many("service.asset", "parent_id", "Components")
    manufactured_on = fields.Date("Made", tracking=True)
    sold_on = fields.Date("Sold", tracking=True)
    delivered_on = fields.Date("Delivered", tracking=True)
    installed_on = fields.Date("Installed", tracking=True)
    registered_on = fields.Date(
        "Registered",
        tracking=True,
        help="When the customer made himself known as its owner.",
    )
    note = fields.Html()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    ticket_ids = fields.One2many("service.ticket", "asset_id", "Tickets")
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    open_ticket_count = fields.Integer("Open Tickets", compute="_compute_ticket_count")

    _serial_number_unique = models.UniqueIndex(
        "(company_id, COALESCE(product_id, 0), serial_number)",
        "A unit of this product with this serial number is registered already.",
    )
    _made_first = models.Constraint(
        "CHECK(manufactured_on <= "
        "LEAST(sold_on, delivered_on, installed_on, registered_on))",
        "A unit cannot be sold, delivered, installed or registered before it was "
        "made. Correct the dates.",
    )

    @api.depends("serial_number", "product_id.display_name")
    def _compute_display_name(self):
        for asset in self:
            parts = (asset.product_id.display_name, asset.serial_number)
            asset.display_name = " · ".join(filter(None, parts))

    @api.depends("installed_on")
    def _compute_state(self):
        """A unit that was sold is in use once it is installed."""
        for asset in self:
            if asset.installed_on and asset.state in (False, "sold"):
                asset.state = "installed"
            else:
                asset.state = asset.state or "sold"

    def _compute_ticket_count(self):
        """Count tickets in one query for all units."""
        groups = self.env["service.ticket"]._read_group(
            [("asset_id", "in", self.ids)], ["asset_id", "is_open"], ["__count"]
        )
        counts = {(asset.id, is_open): count for asset, is_open, count in groups}
        for asset in self:
            asset.open_ticket_count = counts.get((asset.id, True), 0)
            done = counts.get((asset.id, False), 0)
            asset.ticket_count = asset.open_ticket_count + done

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
            "default_site_id": self.site_id.id,
        }
        return action

    def _get_coverage_summary(self):
        """Return what this unit is covered by, and until when.

        What is shown on the unit's page in one look. Extend it: add to what `super()`
        returned.

        :return: list of dicts of `kind` (a word of its own), `label` (a short text),
            `until` (a date or None) and `tone` (a colour of Bootstrap)
        """
        self.ensure_one()
        return []
