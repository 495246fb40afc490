# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Who had it is written down once; when it was, and why, may be corrected.
TEXT_FIELDS = {"date", "note"}


class ServiceAssetTransfer(models.Model):
    """A unit went to another owner, or to another site."""

    _name = "service.asset.transfer"
    _description = "Transfer of a Unit"
    _inherit = "service.written.mixin"
    _order = "date desc, id desc"
    _check_company_auto = True

    asset_id = fields.Many2one(
        "service.asset",
        "Unit",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="asset_id.company_id", store=True, index=True, precompute=True
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    from_partner_id = fields.Many2one(
        "res.partner", "From", readonly=True, index=True, ondelete="restrict"
    )
    to_partner_id = fields.Many2one(
        "res.partner", "To", readonly=True, index=True, ondelete="restrict"
    )
    from_site_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict")
    to_site_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict")
    is_owner_changed = fields.Boolean(
        "Other Owner", compute="_compute_is_owner_changed", store=True, precompute=True
    )
    note = fields.Char("Why")
    user_id = fields.Many2one(
        "res.users",
        "Written Down By",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )

    @api.depends("asset_id", "date")
    def _compute_display_name(self):
        for transfer in self:
            transfer.display_name = " · ".join(
                filter(None, (transfer.asset_id.display_name, str(transfer.date)))
            )

    @api.depends("from_partner_id", "to_partner_id")
    def _compute_is_owner_changed(self):
        """Tell whether another company or person has it; not who speaks for them."""
        for transfer in self:
            giver = transfer.from_partner_id.commercial_partner_id
            owner = transfer.to_partner_id.commercial_partner_id
            transfer.is_owner_changed = giver != owner

    @api.constrains("date")
    def _check_date(self):
        for transfer in self:
            if transfer.date > fields.Date.context_today(transfer):
                raise ValidationError(
                    self.env._(
                        "A transfer is written down when it has happened: %(date)s is "
                        "yet to come. Choose today or a day before.",
                        date=transfer.date,
                    )
                )

    def write(self, vals):
        """Override to let nobody change who had the unit.

        :raises UserError: somebody tries
        """
        if not self.env.su and vals.keys() - TEXT_FIELDS:
            raise UserError(
                self.env._(
                    "Who had the unit stays as it was written down. Transfer the unit "
                    "once more instead."
                )
            )
        return super().write(vals)
