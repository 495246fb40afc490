import logging

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, mute_logger

_logger = logging.getLogger(__name__)


class ServiceAsset(models.Model):
    """The serial number in the warehouse is the serial number of the unit."""

    _inherit = "service.asset"

    lot_id = fields.Many2one(
        "stock.lot",
        "Serial Number in Stock",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="A unit that was delivered from stock follows its serial number there.",
    )

    _lot_unique = models.UniqueIndex(
        "(lot_id) WHERE lot_id IS NOT NULL",
        "This serial number is a unit already. Open that unit.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to find the units' serial numbers in stock."""
        self._fill_lots(vals_list)
        return super().create(vals_list)

    @api.model
    def _fill_lots(self, vals_list):
        """Fill `lot_id` where a lot of the product has the serial number.

        Two queries, however many units there are.
        """
        waiting = [
            vals
            for vals in vals_list
            if vals.get("product_id")
            and isinstance(vals.get("serial_number"), str)
            and not vals.get("lot_id")
        ]
        by_key = self._find_free_lots(waiting) if waiting else {}
        for vals in waiting:
            key = (vals["product_id"], vals["serial_number"].strip())
            company = vals.get("company_id") or self.env.company.id
            lots = by_key.get(key, ())
            fits = [lot for lot in lots if lot.company_id.id in (False, company)]
            if fits:
                vals["lot_id"] = fits[0].id
                del by_key[key]

    @api.model
    def _find_free_lots(self, vals_list):
        """Return `{(product id, name): lots}` of lots that are no unit yet."""
        # sudo: whoever registers a unit need not see the warehouse
        lots_sudo = self.env["stock.lot"].sudo()
        product_ids = list({vals["product_id"] for vals in vals_list})
        names = [vals["serial_number"].strip() for vals in vals_list]
        lots_sudo.flush_model(["name", "product_id"])
        rows = self.env.execute_query(
            # the concatenation keeps PostgreSQL from the index for typing, which is
            # a thousand times slower for a long list
            SQL(
                """
                SELECT lot.id FROM stock_lot lot
                  JOIN unnest(%s::varchar[]) AS given(name)
                    ON lot.name || '' = given.name
                 WHERE lot.product_id = ANY(%s)
                """,
                names,
                product_ids,
            )
        )
        lots_sudo = lots_sudo.search(
            [
                ("id", "in", [lot_id for (lot_id,) in rows]),
                ("product_id.tracking", "=", "serial"),
            ]
        )
        if not lots_sudo:
            return {}
        lots_sudo -= self._search_by_lots(lots_sudo).lot_id
        return lots_sudo.grouped(lambda lot: (lot.product_id.id, lot.name))

    @api.model
    def _search_by_lots(self, lots):
        """Return the units of `lots`, archived ones and other companies' too."""
        units_sudo = self.sudo().with_context(active_test=False)  # sudo: see above
        return units_sudo.search([("lot_id", "in", lots.ids)])

    @api.constrains("lot_id", "serial_number", "product_id")
    def _check_lot(self):
        for unit_sudo in self.sudo().filtered("lot_id"):  # sudo: see above
            lot_sudo = unit_sudo.lot_id
            if unit_sudo.product_id and unit_sudo.product_id != lot_sudo.product_id:
                raise ValidationError(
                    self.env._(
                        "Unit %(serial)s is “%(product)s” in stock. Correct it there.",
                        serial=unit_sudo.serial_number,
                        product=lot_sudo.product_id.display_name,
                    )
                )
            if unit_sudo.serial_number != " ".join(lot_sudo.name.split()):
                raise ValidationError(
                    self.env._(
                        "Unit %(serial)s follows its serial number in stock, %(lot)s. "
                        "Rename it there.",
                        serial=unit_sudo.serial_number,
                        lot=lot_sudo.name,
                    )
                )

    def _follow_lot(self):
        """Take over name and product of this unit's serial number in stock.

        A unit that cannot follow keeps its own and is told of it: whoever works in
        the warehouse is not held up.
        """
        self.ensure_one()
        name = self.lot_id.name
        vals = {"serial_number": name, "product_id": self.lot_id.product_id.id}
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.write(vals)
        except (UserError, IntegrityError) as error:
            _logger.info("Unit %s cannot follow its serial number: %s", self.id, error)
            self.lot_id = False
            self._message_log(
                body=self.env._(
                    "In stock the serial number is %(name)s now, which this unit could "
                    "not take over: another unit has it. Check both.",
                    name=name,
                )
            )

    def action_open_lot(self):
        """Open the serial number in stock."""
        self.ensure_one()
        self.check_access("read")
        self.lot_id.check_access("read")
        return self.lot_id._get_records_action(name=self.env._("Serial Number"))
