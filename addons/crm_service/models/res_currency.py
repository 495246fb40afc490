# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ResCurrency(models.Model):
    """No amount is converted without a rate: Odoo would silently take 1.0."""

    _inherit = "res.currency"

    def _ensure_rate(self, company, date=None):
        """Refuse these currencies where the company's books know no rate of them.

        :param company: the company whose currency is converted from or to
        :param date: day of the conversion; today by default
        :raises UserError: with the currency and the date
        """
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        for currency in self - company.currency_id:
            # sudo: whether there is a rate is no secret; its value is not told
            known = currency.sudo().rate_ids.filtered(
                lambda rate: (
                    rate.name <= date
                    and rate.company_id in (rate.company_id.browse(), company.root_id)
                )
            )
            if not known:
                raise UserError(
                    self.env._(
                        "There is no exchange rate of %(currency)s for %(date)s. Enter "
                        "it under Accounting, Currencies, and try again.",
                        currency=currency.name,
                        date=format_date(self.env, date),
                    )
                )

    def _convert_surely(self, amount, to_currency, company, date=None, round=True):
        """Convert like `_convert`, with a rate that is there.

        :raises UserError: a rate is missing, with the currency and the date
        """
        (self | to_currency)._ensure_rate(company, date)
        date = date or fields.Date.context_today(self)
        return self._convert(amount, to_currency, company, date, round=round)
