# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import ASSET_GONE_STATES


class ServiceAsset(models.Model):
    """The components of a unit: as it was sold, as it is now, and what came between."""

    _inherit = "service.asset"

    exchange_ids = fields.One2many("service.asset.exchange", "asset_id", "Exchanges")
    sold_component_ids = fields.Many2many(
        "service.asset",
        string="Components as Sold",
        compute="_compute_sold_component_ids",
        help="What was in the unit before anything was exchanged.",
    )

    @api.depends("child_ids", "exchange_ids")
    def _compute_sold_component_ids(self):
        """Undo the exchanges in mind, the latest first."""
        for asset in self:
            components = asset.child_ids
            # sudo: what was exchanged counts, whoever may read it
            for exchange in asset.sudo().exchange_ids.sorted("id", reverse=True):
                components -= exchange.installed_id.sudo(False)
                components |= exchange.removed_id.sudo(False)
            asset.sold_component_ids = components

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A unit cannot be a part of itself. Choose another unit.")
            )

    def _exchange(self, removed=None, installed=None, **values):
        """Exchange a component of this unit, and keep the history.

        :param removed: `service.asset`, a component of this unit; none if nothing was
            taken out
        :param installed: `service.asset` that is put in; none if it has no number
        :param values: other fields of `service.asset.exchange`: `product_id` of what
            is put in without a number, `removed_state`, `date`, `ticket_id`, `note`
        :return: `service.asset.exchange`
        :raises UserError: the component is not in this unit, or is in another one
        """
        self.ensure_one()
        self.check_access("write")
        removed = removed or self.browse()
        installed = installed or self.browse()
        self._check_exchange(removed, installed)
        state = values.get("removed_state") or "returned"
        date = values.get("date") or fields.Date.context_today(self)
        if removed:
            removed.write({"parent_id": False, "state": state})
        if installed:
            installed.write(self._prepare_installed_vals(date))
        # sudo: the history writes itself, whoever may change the unit
        exchange_sudo = self.env["service.asset.exchange"].sudo()
        return exchange_sudo.create(
            {
                **values,
                "asset_id": self.id,
                "removed_id": removed.id,
                "installed_id": installed.id,
                "product_id": installed.product_id.id or values.get("product_id"),
                "removed_state": removed and state,
                "date": date,
            }
        ).sudo(self.env.su)

    def _get_or_create_component(self, product, serial_number):
        """Return the unit with this number, to be put into this one; or make it.

        :param product: `product.product`, may be empty
        :param str serial_number: as on its type plate; nothing is made without one
        :return: `service.asset`, empty without a number
        """
        serial_number = " ".join((serial_number or "").split())
        components = self.env["service.asset"]
        if not serial_number:
            return components
        found = components.search(
            [
                ("company_id", "=", self.company_id.id),
                ("serial_number", "=", serial_number),
                ("product_id", "=", product.id),
            ]
        )
        if found:
            return found
        # sudo: who exchanges a component, registers the new one, also a technician
        return (
            components.sudo()
            .create(
                {
                    "company_id": self.company_id.id,
                    "serial_number": serial_number,
                    "product_id": product.id,
                    "partner_id": self.partner_id.id,
                    "site_id": self.site_id.id,
                }
            )
            .sudo(self.env.su)
        )

    def _prepare_installed_vals(self, date):
        """Return what is written on a component that is put into this unit."""
        return {
            "parent_id": self.id,
            "partner_id": self.partner_id.id,
            "site_id": self.site_id.id,
            "state": "installed",
            "installed_on": date,
        }

    def _check_exchange(self, removed, installed):
        """Refuse what cannot be exchanged.

        :raises UserError: see `_exchange`
        """
        if removed and removed.parent_id != self:
            raise UserError(
                self.env._(
                    "“%(component)s” is not in unit %(unit)s any more. Open the unit "
                    "again and choose a component that is in it.",
                    component=removed.display_name,
                    unit=self.serial_number,
                )
            )
        if not installed:
            return
        if installed.parent_id or installed == removed:
            raise UserError(
                self.env._(
                    "“%(component)s” is in unit %(unit)s. Take it out there first.",
                    component=installed.display_name,
                    unit=(installed.parent_id or self).serial_number,
                )
            )
        if installed.state == "scrapped":
            raise UserError(
                self.env._(
                    "“%(component)s” was scrapped. Check the serial number.",
                    component=installed.display_name,
                )
            )

    def write(self, vals):
        """Override: what comes of a unit comes of its components."""
        result = super().write(vals)
        if self and vals.get("state") in ASSET_GONE_STATES:
            children = self.search(
                [("parent_id", "in", self.ids), ("state", "!=", vals["state"])]
            )
            children.write({"state": vals["state"]})
        return result
