# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceAssetTransferRecord(models.TransientModel):
    """Give units to another owner, or put them up elsewhere, from a day on."""

    _name = "service.asset.transfer.record"
    _description = "Transfer Units"
    _inherit = "service.window.mixin"
    _window_on = "asset_ids"

    asset_ids = fields.Many2many(
        "service.asset",
        "service_asset_transfer_record_rel",
        "window_id",
        "asset_id",
        "Units",
        required=True,
        default=lambda self: self._default_asset_ids(),
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", compute_sudo=False
    )
    partner_id = fields.Many2one(
        "res.partner",
        "New Owner",
        required=True,
        help="The same owner, if only the site is another one.",
    )
    site_id = fields.Many2one(
        "res.partner",
        "New Site",
        compute="_compute_site_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Where the units stand from then on; empty: at the owner's address.",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    note = fields.Char("Why", help="Such as: the flat was sold.")
    warning = fields.Text(compute="_compute_warning", compute_sudo=False)

    @api.model
    def _default_asset_ids(self):
        """Return the units from which the window was opened."""
        assets = self.env["service.asset"]
        if self.env.context.get("active_model") != assets._name:
            return assets
        context = self.env.context
        ids = context.get("active_ids") or [context.get("active_id")]
        return assets.browse(filter(None, ids)).exists()

    @api.depends("asset_ids")
    def _compute_company_id(self):
        for window in self:
            window.company_id = window.asset_ids.company_id[:1]

    @api.depends("partner_id")
    def _compute_site_id(self):
        for window in self:
            owners = window.partner_id.commercial_partner_id
            if window.site_id.commercial_partner_id != owners:
                window.site_id = False

    @api.depends("asset_ids", "partner_id", "date")
    def _compute_warning(self):
        """Tell what does not go with the units, such as a warranty."""
        for window in self:
            notes = []
            if window.partner_id and window.date:
                assets = window.asset_ids
                notes = assets._get_transfer_notes(window.partner_id, window.date)
            window.warning = "\n".join(notes)

    def action_confirm(self):
        """Transfer the units.

        :raises UserError: nothing would change
        """
        self.ensure_one()
        assets, owner = self.asset_ids, self.partner_id
        site = self.site_id or owner
        same = assets.filtered(lambda a: (a.partner_id, a.site_id) == (owner, site))
        if same:
            raise UserError(
                self.env._(
                    "Unit %(unit)s is at this site of %(owner)s already. Choose "
                    "another owner or site.",
                    unit=same[0].serial_number,
                    owner=owner.display_name,
                )
            )
        assets._transfer(owner, site, self.date, self.note)
        return {"type": "ir.actions.act_window_close"}
