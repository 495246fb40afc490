# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class ServiceAsset(models.Model):
    """Serial numbers: each of one unit, unless somebody says that it is not so."""

    _inherit = "service.asset"

    is_serial_shared = fields.Boolean(
        "Serial Number of Another Product Too",
        copy=False,
        help="Two makers may use the same number. Say so, and both units are kept.",
    )
    # Whoever registers many units looks for their numbers in one query.
    _serial_number_index = models.Index("(serial_number, company_id)")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep serial numbers without blanks around them."""
        for vals in vals_list:
            self._clean_serial_number(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Override to keep serial numbers without blanks around them."""
        if "serial_number" in vals:
            vals = dict(vals)
            self._clean_serial_number(vals)
        return super().write(vals)

    @api.model
    def _clean_serial_number(self, vals):
        """Leave out the blanks that were typed or scanned around a serial number."""
        if isinstance(vals.get("serial_number"), str):
            vals["serial_number"] = " ".join(vals["serial_number"].split())

    @api.constrains("serial_number", "product_id", "company_id", "is_serial_shared")
    def _check_serial_number(self):
        """Refuse a number that another product's unit has, in one query for all."""
        others = self._get_same_serial()
        for asset in self:
            other = others.get((asset.company_id, asset.serial_number))
            if other and not asset.is_serial_shared:
                raise ValidationError(asset._get_serial_text(other))

    def _get_same_serial(self):
        """Return {(company, serial number): a unit of another product that has it}."""
        # sudo: a number in use counts wherever it is
        assets_sudo = self.sudo().with_context(active_test=False)
        found = assets_sudo._search_serials(
            self.mapped("serial_number"), self.company_id.ids
        )
        by_key = found.grouped(lambda a: (a.company_id, a.serial_number))
        same = {}
        for asset in self.sudo():
            key = (asset.company_id, asset.serial_number)
            others = by_key.get(key, found.browse()).filtered(
                lambda o, a=asset: o.product_id != a.product_id
            )
            if others:
                same[key] = others[0]
        return same

    @api.model
    def _search_serials(self, serials, company_ids):
        """Return the units of these companies with one of these serial numbers.

        For a long list PostgreSQL would take the index for typing, which is a
        thousand times slower here: the join leads it to the plain one.

        :param serials: texts
        :param company_ids: list of ids
        """
        if not serials or not company_ids:
            return self.browse()
        self.flush_model(["serial_number", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT asset.id
                  FROM unnest(%s::varchar[]) AS given(serial)
                  JOIN service_asset asset ON asset.serial_number = given.serial
                 WHERE asset.company_id = ANY(%s)
                """,
                list(set(serials)),
                list(company_ids),
            )
        )
        return self.search([("id", "in", [asset_id for (asset_id,) in rows])])

    def _get_serial_text(self, other):
        """Return the sentence for a number that the unit `other` has."""
        if other.active:
            return self.env._(
                "Serial number %(serial)s is a unit of “%(product)s” already. Open "
                "that unit, or correct the number or the product. If both units have "
                "this number, tick “Serial Number of Another Product Too”.",
                serial=other.serial_number,
                product=other.product_id.display_name or self.env._("no product"),
            )
        return self.env._(
            "Serial number %(serial)s is an archived unit of “%(product)s”. Take it "
            "out of the archive, or correct the number or the product. If both units "
            "have this number, tick “Serial Number of Another Product Too”.",
            serial=other.serial_number,
            product=other.product_id.display_name or self.env._("no product"),
        )
