# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.exceptions import ValidationError

# Who transfers units writes the history himself; no remote caller can send this.
TRANSFER = object()
TRANSFER_KEY = "service_asset_transfer"
PLACE_FIELDS = {"partner_id", "site_id"}


class ServiceAsset(models.Model):
    """Whose a unit is and was: each change is kept, whichever way it came."""

    _inherit = "service.asset"

    transfer_ids = fields.One2many("service.asset.transfer", "asset_id", "Transfers")
    transfer_count = fields.Integer(compute="_compute_transfer_count")

    def _compute_transfer_count(self):
        """Count transfers in one query for all units."""
        groups = self.env["service.asset.transfer"]._read_group(
            [("asset_id", "in", self.ids)], ["asset_id"], ["__count"]
        )
        counts = {asset.id: count for asset, count in groups}
        for asset in self:
            asset.transfer_count = counts.get(asset.id, 0)

    def write(self, vals):
        """Override to write down transfers; components go where their unit goes."""
        if not PLACE_FIELDS & vals.keys():
            return super().write(vals)
        before = {asset: (asset.partner_id, asset.site_id) for asset in self}
        result = super().write(vals)
        if self.env.context.get(TRANSFER_KEY) is not TRANSFER:
            self._note_transfers(before)
        self._move_components(before)
        return result

    def _note_transfers(self, before, **values):
        """Write down which units have another owner or site now.

        :param dict before: {unit: (owner, site)}; without either, it was only found
            out whose the unit is
        :param values: `date` and `note` of the transfers
        :return: `service.asset.transfer`
        """
        moved = [
            asset
            for asset, place in before.items()
            if any(place) and place != (asset.partner_id, asset.site_id)
        ]
        # sudo: the history writes itself, whoever may change the unit
        transfers_sudo = self.env["service.asset.transfer"].sudo()
        transfers_sudo = transfers_sudo.create(
            [
                {
                    "asset_id": asset.id,
                    "from_partner_id": before[asset][0].id,
                    "from_site_id": before[asset][1].id,
                    "to_partner_id": asset.partner_id.id,
                    "to_site_id": asset.site_id.id,
                    **values,
                }
                for asset in moved
            ]
        )
        transfers = transfers_sudo.sudo(self.env.su)
        self._after_transfer(transfers)
        return transfers

    def _move_components(self, before):
        """Let the components go where their units went."""
        children = self.env["service.asset"].search(
            [("parent_id", "in", [asset.id for asset in before])]
        )
        for asset, mine in children.grouped("parent_id").items():
            place = {"partner_id": asset.partner_id.id, "site_id": asset.site_id.id}
            mine = mine.filtered(
                lambda c, a=asset: (
                    (c.partner_id, c.site_id) != (a.partner_id, a.site_id)
                )
            )
            if mine:
                mine.with_context(**{TRANSFER_KEY: TRANSFER}).write(place)

    def _transfer(self, partner, site=None, date=None, note=None):
        """Give these units to another owner, and keep the history.

        :param partner: `res.partner`, the new owner; none if nobody owns them
        :param site: `res.partner`, where they stand now; the owner's address if none
        :param date: when it was; today if not given
        :param str note: why
        :return: `service.asset.transfer`
        :raises ValidationError: it is yet to come, or was before an earlier transfer
        """
        self.check_access("write")
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        self._check_transfer_date(date)
        before = {asset: (asset.partner_id, asset.site_id) for asset in self}
        site = site or partner
        self.with_context(**{TRANSFER_KEY: TRANSFER}).write(
            {"partner_id": partner.id, "site_id": site.id}
        )
        return self._note_transfers(before, date=date, note=note)

    def _check_transfer_date(self, date):
        """Refuse a transfer that was before the last one of a unit."""
        # sudo: what is written down counts, whoever may read it
        last = (
            self.env["service.asset.transfer"]
            .sudo()
            ._read_group([("asset_id", "in", self.ids)], ["asset_id"], ["date:max"])
        )
        for asset, latest in last:
            if date < latest:
                raise ValidationError(
                    self.env._(
                        "Unit %(unit)s was transferred on %(latest)s already. Choose "
                        "that day or a later one.",
                        unit=asset.serial_number,
                        latest=latest,
                    )
                )

    def _after_transfer(self, transfers):
        """Do what follows when units have other owners or sites.

        Extend it, such as to recount what is not transferable.

        :param transfers: `service.asset.transfer`
        """

    def _get_transfer_notes(self, partner, date):
        """Return what is to be known before these units go to another owner.

        Extend it: add sentences to what `super()` returned, such as “The warranty
        ends”.

        :param partner: `res.partner`, the new owner
        :param date: when
        :return: list of sentences
        """
        return []
