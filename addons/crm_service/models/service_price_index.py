# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.price_index import get_factor, pick_value


class ServicePriceIndex(models.Model):
    """A published index that prices of contracts follow, see `tools.price_index`."""

    _name = "service.price.index"
    _description = "Price Index"
    _order = "name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="As whoever publishes it calls it.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for contracts of every company."
    )
    source = fields.Char(help="Who publishes it, such as the statistical office.")
    url = fields.Char("Published At", help="The page with the figures.")
    value_ids = fields.One2many("service.price.index.value", "index_id", "Values")
    last_month = fields.Date("Newest Month", compute="_compute_last")
    last_value = fields.Float("Newest Value", compute="_compute_last", digits=(16, 4))

    @api.depends("value_ids.month", "value_ids.value")
    def _compute_last(self):
        for index in self:
            newest = index.value_ids.sorted("month")[-1:]
            index.last_month = newest.month
            index.last_value = newest.value

    def _get_value(self, month):
        """Return (month, value) of this index, the newest published for `month`.

        :param date month: any day of the month
        :raises UserError: nothing is known for that month or before
        """
        self.ensure_one()
        values = {row.month: row.value for row in self.value_ids}
        found = pick_value(values, month)
        if not found:
            raise UserError(
                self.env._(
                    "“%(index)s” has no value for %(month)s or before. Enter it, or "
                    "choose another month as the base.",
                    index=self.name,
                    month=fields.Date.to_string(month)[:7],
                )
            )
        return found

    def _get_factor(self, base_month, month, share, cap):
        """Return by what a price agreed in `base_month` is multiplied in `month`.

        :param float share: percent of the price that follow the index
        :param float cap: the most change in percent, 0: no limit
        :return: Decimal
        :raises UserError: a value is missing
        """
        base = Decimal(str(self._get_value(base_month)[1]))
        value = Decimal(str(self._get_value(month)[1]))
        cap = Decimal(str(cap)) / 100 if cap else None
        return get_factor(base, value, Decimal(str(share)) / 100, cap)
