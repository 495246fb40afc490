# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import REMOVED_STATES


class ServiceAssetExchangeRecord(models.TransientModel):
    """Exchange a component: what comes out, and what goes in."""

    _name = "service.asset.exchange.record"
    _description = "Exchange a Component"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one("service.ticket", readonly=True, ondelete="cascade")
    asset_id = fields.Many2one(
        "service.asset", "Unit", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", compute_sudo=False
    )
    removed_id = fields.Many2one(
        "service.asset",
        "Taken Out",
        compute="_compute_removed_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        ondelete="cascade",
        help="Empty, if something was only put in.",
    )
    removed_state = fields.Selection(
        REMOVED_STATES, "What Becomes of It", default="returned", required=True
    )
    product_id = fields.Many2one(
        "product.product",
        "Put In",
        compute="_compute_product_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Empty, if something was only taken out.",
    )
    serial_number = fields.Char(
        "New Serial Number", help="As on its type plate; empty if it has none."
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    note = fields.Char("Why", help="Such as: leaks at the valve.")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to open no window on a unit that the user may not change."""
        windows = super().create(vals_list)
        windows.asset_id.check_access("write")
        return windows

    @api.depends("asset_id")
    def _compute_company_id(self):
        for window in self:
            window.company_id = window.asset_id.company_id

    @api.depends("asset_id")
    def _compute_removed_id(self):
        """Of a unit with one component, that one is meant."""
        for window in self:
            components = window.asset_id.child_ids
            window.removed_id = window.removed_id or (
                components if len(components) == 1 else False
            )

    @api.depends("removed_id")
    def _compute_product_id(self):
        """The same product goes in, unless somebody says something else."""
        for window in self:
            window.product_id = window.removed_id.product_id or window.product_id

    def action_confirm(self):
        """Write down the exchange."""
        self.ensure_one()
        unit = self.removed_id.parent_id or self.asset_id
        unit._exchange(
            self.removed_id,
            unit._get_or_create_component(self.product_id, self.serial_number),
            product_id=self.product_id.id,
            removed_state=self.removed_state,
            date=self.date,
            ticket_id=self.ticket_id.id,
            note=self.note,
        )
        return {"type": "ir.actions.act_window_close"}
