from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..tools.customer_value import Rates, Years, estimate_share, forecast, place

BATCH_SIZE = 5000


class ServiceCustomerStanding(models.Model):
    """Expected values and segments of all of a company's customers, in one go."""

    _inherit = "service.customer.standing"

    @api.model
    def _refresh_values(self, company, customers=None):
        """Reckon what the customers of a company are worth, and their segments.

        :param company: one company whose `service.customer.value` are up to date
        :param customers: the only ones to reckon for; all by default
        """
        this_year = fields.Date.context_today(self).year
        histories = self._read_histories(company, customers)
        rates = self._estimate_rates(company, this_year)
        window = company.service_value_years
        made = {
            partner_id: forecast(years, this_year, rates, window)
            for partner_id, (years, _revenue) in histories.items()
        }
        recent = this_year - window
        revenues = {
            partner_id: sum(sum_ for year, sum_ in revenue.items() if year >= recent)
            for partner_id, (_years, revenue) in histories.items()
        }
        known = {} if customers is None else self._read_measures(company, customers)
        segments = self._choose_segments(company, made, revenues, known)
        rows = [
            (partner_id, *row, revenues[partner_id], segments.get(partner_id))
            for partner_id, row in made.items()
        ]
        self._drop_values(company)
        for batch in split_every(BATCH_SIZE, rows, list):
            self._write_values(company, batch)
        self.invalidate_model()

    @api.model
    def _read_histories(self, company, customers=None):
        """Return {customer id: (`Years`, {year: revenue})} of a company."""
        histories = {}
        chosen = SQL("TRUE")
        if customers is not None:
            chosen = SQL("partner_id IN %s", tuple(customers.ids) or (0,))
        for partner_id, years, margins, revenues in self.env.execute_query(
            SQL(
                """
                SELECT partner_id, array_agg(year), array_agg(margin),
                       array_agg(revenue)
                  FROM service_customer_value WHERE company_id = %s AND %s
              GROUP BY partner_id
                """,
                company.id,
                chosen,
            )
        ):
            pairs = list(zip(years, map(float, revenues), strict=True))
            active = frozenset(year for year, revenue in pairs if revenue > 0)
            margins = dict(zip(years, map(float, margins), strict=True))
            histories[partner_id] = (Years(margins, active), dict(pairs))
        return histories

    @api.model
    def _estimate_rates(self, company, this_year):
        """Return the `Rates` that hold for all customers of a company.

        Looked at are the changes between complete years.
        """
        first = this_year - 1 - company.service_value_years
        ((stayed, cases, back, silent),) = self.env.execute_query(
            SQL(
                """
                WITH active AS (
                    SELECT partner_id, year FROM service_customer_value
                     WHERE company_id = %(company)s AND revenue > 0
                ), since AS (
                    SELECT partner_id, min(year) AS year FROM active GROUP BY partner_id
                ), cases AS (
                    SELECT EXISTS (SELECT FROM active a WHERE a.year = y.year
                              AND a.partner_id = since.partner_id) AS bought,
                           EXISTS (SELECT FROM active a WHERE a.year = y.year + 1
                              AND a.partner_id = since.partner_id) AS buys
                      FROM since
                      JOIN generate_series(%(first)s, %(last)s) AS y (year)
                        ON y.year >= since.year
                )
                SELECT count(*) FILTER (WHERE bought AND buys),
                       count(*) FILTER (WHERE bought),
                       count(*) FILTER (WHERE NOT bought AND buys),
                       count(*) FILTER (WHERE NOT bought)
                  FROM cases
                """,
                company=company.id,
                first=first,
                last=this_year - 2,
            )
        )
        fixed = company.service_value_retention / 100
        return Rates(
            fixed or estimate_share(stayed, cases),
            estimate_share(back, silent),
            company.service_value_discount / 100,
        )

    @api.model
    def _read_measures(self, company, customers):
        """Return {customer id: what segments go by} of all other customers."""
        columns = {
            "expected": "expected_value",
            "margin": "margin_year",
            "revenue": "revenue_window",
        }
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT partner_id, %s::float FROM service_customer_standing
                     WHERE company_id = %s AND value_computed_at IS NOT NULL
                       AND partner_id NOT IN %s
                    """,
                    SQL.identifier(columns[company.service_value_measure]),
                    company.id,
                    tuple(customers.ids) or (0,),
                )
            )
        )

    @api.model
    def _choose_segments(self, company, made, revenues, known):
        """Return {customer id: segment id} by what the company goes by.

        :param dict known: {customer id: what segments go by} of other customers
        """
        segments = self.env["service.value.segment"]._get_segments_of(company)
        by_share = company.service_value_method == "share"
        steps = [
            (s.id, s.share_percent / 100 if by_share else s.amount_from)
            for s in segments
        ]
        measures = {
            "expected": {key: row.value for key, row in made.items()},
            "margin": {key: row.margin for key, row in made.items()},
            "revenue": revenues,
        }
        own = measures[company.service_value_measure]
        return place({**known, **own}, steps, by_share)

    @api.model
    def _drop_values(self, company):
        """Forget the values of customers of whom the books say nothing any more."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT id FROM service_customer_standing old
                 WHERE company_id = %s AND value_computed_at IS NOT NULL
                   AND NOT EXISTS (
                       SELECT FROM service_customer_value year
                        WHERE year.company_id = old.company_id
                          AND year.partner_id = old.partner_id)
                """,
                company.id,
            )
        )
        rows = self.browse(row_id for (row_id,) in found)
        by_hand = rows.filtered("fixed_segment_id")
        (rows - by_hand).unlink()
        names = ("value_computed_at", "expected_value", "automatic_segment_id")
        by_hand.write(dict.fromkeys(names, False))

    @api.model
    def _write_values(self, company, batch):
        """Write rows of (customer, *`Forecast`, revenue, segment), new or not."""
        values = SQL(", ").join(
            SQL("(%s)", SQL(", ").join(SQL("%s", item) for item in row))
            for row in batch
        )
        names = (
            "margin_year chance retention discount multiple expected_value year_from "
            "year_to revenue_window automatic_segment_id"
        ).split()
        columns = SQL(", ").join(map(SQL.identifier, names))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO service_customer_standing AS old (
                    company_id, segment_id, value_computed_at, create_date, write_date,
                    create_uid, write_uid, partner_id, %(columns)s)
                SELECT %(company)s, automatic_segment_id::int,
                       now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc',
                       now() AT TIME ZONE 'utc', %(user)s, %(user)s, partner_id,
                       margin_year, chance, retention, discount, multiple,
                       expected_value, year_from, year_to, revenue_window,
                       automatic_segment_id::int
                  FROM (VALUES %(values)s) AS fresh (partner_id, %(columns)s)
           ON CONFLICT (company_id, partner_id) DO UPDATE
                   SET segment_id = COALESCE(old.fixed_segment_id, EXCLUDED.segment_id),
                       value_computed_at = EXCLUDED.value_computed_at,
                       (%(columns)s) = ROW(%(excluded)s)
                """,
                columns=columns,
                company=company.id,
                user=self.env.uid,
                values=values,
                excluded=SQL(", ").join(
                    SQL("EXCLUDED.%s", SQL.identifier(name)) for name in names
                ),
            )
        )
