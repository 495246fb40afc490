from odoo import api, models

# So many years stand beside the timeline; a click shows all of them.
MAX_YEARS = 3


class ServiceCustomer(models.AbstractModel):
    """What a customer is worth, on the customer's page, for who may know."""

    _inherit = "service.customer"

    @api.model
    def _prepare_beside(self, partner, scope):
        """Override of `_prepare_beside` to add what the customer is worth."""
        beside = super()._prepare_beside(partner, scope)
        return {**beside, "value": self._prepare_value(partner)}

    @api.model
    def _prepare_value(self, partner):
        """Return what the page says of a customer's value, or False.

        :return: dict of `id` (of the standing), `expected`, `margin`, `formula` and
            `years` (list of dicts of `year`, `revenue`, `margin`, `loss`)
        """
        if not self.env["service.customer.value"].has_access("read"):
            return False
        standing = partner.service_standing_id
        if not standing.value_computed_at:
            return False
        money, currency = partner._format_service_amount, standing.currency_id
        values = self.env["service.customer.value"].search(
            [
                ("partner_id", "=", standing.partner_id.id),
                ("company_id", "=", standing.company_id.id),
            ],
            limit=MAX_YEARS,
        )
        return {
            "id": standing.id,
            "expected": money(standing.expected_value, currency),
            "margin": money(standing.margin_year, currency),
            "formula": standing.value_formula,
            "years": [
                {
                    "year": value.year,
                    "revenue": money(value.revenue, currency),
                    "margin": money(value.margin, currency),
                    "loss": value.margin < 0,
                }
                for value in values
            ],
        }
