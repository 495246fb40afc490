from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """How a company reckons what its customers are worth."""

    _inherit = "res.company"

    service_value_discount = fields.Float(
        "Discount Rate",
        default=10.0,
        help="By how many percent a year money of the future is worth less.",
    )
    service_value_years = fields.Integer(
        "Years Looked At",
        default=3,
        help="So many complete years make the margin a year, and the retention.",
    )
    service_value_retention = fields.Float(
        "Retention",
        help="How many percent of the customers stay from one year to the next. "
        "0: as the books say.",
    )
    service_value_measure = fields.Selection(
        [
            ("expected", "Expected value"),
            ("margin", "Margin a year"),
            ("revenue", "Revenue of the years looked at"),
        ],
        "Segments By",
        default="expected",
        required=True,
    )
    service_value_method = fields.Selection(
        [("share", "Share of all customers"), ("amount", "Amount")],
        "Segments Of",
        default="share",
        required=True,
        help="Whether a segment takes a share of the customers, the best first, or "
        "those from an amount on.",
    )
    service_value_computed_on = fields.Date(readonly=True, copy=False)

    @api.constrains("service_value_discount", "service_value_retention")
    def _check_service_value_rates(self):
        for company in self:
            if not 0 < company.service_value_discount <= 100:
                raise ValidationError(
                    self.env._(
                        "The discount rate must be above 0 and up to 100 percent. "
                        "Enter what money costs your company a year, such as 10."
                    )
                )
            if not 0 <= company.service_value_retention <= 100:
                raise ValidationError(
                    self.env._(
                        "The retention must be between 0 and 100 percent; 0 means as "
                        "the books say."
                    )
                )

    @api.constrains("service_value_years")
    def _check_service_value_years(self):
        if any(not 1 <= company.service_value_years <= 20 for company in self):
            raise ValidationError(
                self.env._("Look at 1 to 20 complete years of a customer's business.")
            )
