from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceValueSegment(models.Model):
    """Who gets into a segment by what the books say."""

    _inherit = "service.value.segment"

    share_percent = fields.Float(
        "Takes",
        help="The share of all customers, in percent, that gets into this segment, "
        "the best first. The last segment takes all who are left.",
    )
    amount_from = fields.Float(
        "From",
        digits=(16, 2),
        help="Customers who are worth so much, in the company's currency, are in this "
        "segment. The last segment takes all who are left.",
    )

    @api.constrains("share_percent", "company_id", "active")
    def _check_shares(self):
        for segment in self:
            if not 0 <= segment.share_percent <= 100:
                raise ValidationError(
                    self.env._(
                        "“%(segment)s” must take between 0 and 100 percent of the "
                        "customers.",
                        segment=segment.name,
                    )
                )
        for company, rows in self.grouped("company_id").items():
            every = rows.search([("company_id", "=", company.id)])
            if round(sum(every.mapped("share_percent")), 6) > 100:
                raise ValidationError(
                    self.env._(
                        "Together the segments would take more than 100 percent of "
                        "the customers. Lower one of them."
                    )
                )
