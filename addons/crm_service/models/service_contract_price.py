# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.tools import format_date

from ..const import INVOICING_MONTHS
from ..tools.contract_period import add_months, cut_term, get_part

AGENT = "crm_service.group_service_agent"


class ServiceContract(models.Model):
    """What a contract costs: by period, by index, by day."""

    _inherit = "service.contract"

    current_price = fields.Monetary(
        "Price Today",
        compute="_compute_current_price",
        compute_sudo=False,
        groups=AGENT,
        help="For an invoicing period that begins today; it follows the index.",
    )
    yearly_price = fields.Monetary(
        "Price a Year",
        compute="_compute_yearly_price",
        store=True,
        groups=AGENT,
        help="As agreed at first, to compare contracts and to sum them up.",
    )

    price_text = fields.Char(
        compute="_compute_price_text",
        compute_sudo=False,
        groups=AGENT,
        help="How the index moves the price now.",
    )

    @api.depends("price", "invoicing_period")
    def _compute_yearly_price(self):
        for contract in self:
            months = INVOICING_MONTHS.get(contract.invoicing_period, 12)
            contract.yearly_price = contract.price * 12 / months

    @api.depends(
        "price", "index_id", "index_month", "index_share", "index_cap", "date_start"
    )
    def _compute_current_price(self):
        today = fields.Date.context_today(self)
        for contract in self:
            contract.current_price = contract._get_price_or_base(today)

    @api.depends("index_id", "index_month", "index_share", "index_cap", "price")
    @api.depends_context("lang")
    def _compute_price_text(self):
        today = fields.Date.context_today(self)
        for contract in self:
            contract.price_text = contract._get_price_text(today)

    def _get_price_text(self, day):
        """Return how the price of `day` is counted, in words; empty if by no index."""
        index = self.index_id
        if not index or not self.date_start or not self.index_month:
            return False
        if self._get_missing_index(day):
            return self.env._(
                "“%(index)s” has no value for %(month)s yet: enter it.",
                index=index.name,
                month=fields.Date.to_string(self.index_month)[:7],
            )
        anniversary = self._get_anniversary(day)
        base_month, base = index._get_value(self.index_month)
        month, value = index._get_value(anniversary)
        return self.env._(
            "%(price)s × (1 − %(share)s %% + %(share)s %% × %(value)s (%(month)s) ÷ "
            "%(base)s (%(base_month)s)), since %(day)s",
            price=self.currency_id.format(self.price),
            share=f"{self.index_share:g}",
            value=f"{value:g}",
            month=fields.Date.to_string(month)[:7],
            base=f"{base:g}",
            base_month=fields.Date.to_string(base_month)[:7],
            day=format_date(self.env, anniversary),
        )

    def _get_price_or_base(self, day):
        """Return the price on `day`, or the one agreed at first if it is not known."""
        if not self.date_start or self._get_missing_index(day):
            return self.price
        return self._get_price_on(day)

    def _get_missing_index(self, day):
        """Tell whether a value of the index lacks to tell the price on `day`."""
        if not self.index_id or not self.index_month:
            return False
        months = self.index_id.sudo().value_ids.mapped("month")
        return not months or min(months) > self.index_month

    def _get_anniversary(self, day):
        """Return the last anniversary of the beginning on or before `day`."""
        self.ensure_one()
        years = max(day.year - self.date_start.year, 0)
        found = add_months(self.date_start, years * 12)
        if found > day and years:
            found = add_months(self.date_start, (years - 1) * 12)
        return max(found, self.date_start)

    def _get_price_on(self, day):
        """Return the price of a whole invoicing period that begins on `day`.

        In the first year it is the price agreed at first. At each anniversary it is
        adjusted by the index, see `tools.price_index`: by the newest value published
        for that month or before, against the one of the base month.

        :param date day: the first day of the period
        :return: float, in the currency of the contract, rounded
        :raises UserError: the index has no value for its base month
        """
        self.ensure_one()
        anniversary = self._get_anniversary(day)
        if not self.index_id or anniversary <= self.date_start:
            return self.price
        return self._get_indexed_price(anniversary)

    def _get_indexed_price(self, day):
        """Return the price adjusted by the index of `day`, rounded.

        :raises UserError: the index has no value for its base month
        """
        self.ensure_one()
        if not self.index_id:
            return self.price
        factor = self.index_id._get_factor(
            self.index_month or self.date_start, day, self.index_share, self.index_cap
        )
        return self.currency_id.round(self.price * float(factor))

    # -- periods --------------------------------------------------------------

    def _get_periods(self, until=None):
        """Return the invoicing periods of this contract, see `tools.contract_period`.

        They end where the cover does: the last one is shorter if it ends before.

        :param date until: leave out periods that begin later
        :return: list of Period
        """
        self.ensure_one()
        months = INVOICING_MONTHS[self.invoicing_period]
        return cut_term(self.date_start, self.covered_until, months, until)

    def _get_period_amount(self, period):
        """Return the price of a period or of a part of it, rounded, by its days.

        :param period: Period of `_get_periods`, or a part of one
        :raises UserError: the index has no value for its base month
        """
        self.ensure_one()
        price = self._get_price_on(self._get_period_start(period))
        return self.currency_id.round(price * period.days / period.full_days)

    def _get_period_start(self, period):
        """Return the first day of the whole period that `period` is a part of."""
        months = INVOICING_MONTHS[self.invoicing_period]
        whole = cut_term(self.date_start, period.start, months)
        return whole[-1].start if whole else period.start

    # -- when it ends early -----------------------------------------------------

    def _get_termination_credit(self, last_day):
        """Hook: return the money for the days that were paid and are not covered.

        Here it is what the contract costs from the day after `last_day` to the end of
        the invoicing period that has begun, if it is invoiced in advance. Extend it
        for what was invoiced really.

        :param date last_day: the last day that the contract covers
        :return: float, in the currency of the contract
        """
        return self._get_price_after(last_day)

    def _get_price_after(self, last_day):
        """Return what an invoicing period that has begun costs after `last_day`."""
        self.ensure_one()
        if self.invoicing_moment != "advance":
            return 0.0
        months = INVOICING_MONTHS[self.invoicing_period]
        periods = cut_term(self.date_start, self.date_end, months, last_day)
        rest = periods and get_part(periods[-1], last_day, self.date_end)
        if not rest or rest.days < 2:
            return 0.0
        price = self._get_price_or_base(periods[-1].start)
        return self.currency_id.round(price * (rest.days - 1) / rest.full_days)
