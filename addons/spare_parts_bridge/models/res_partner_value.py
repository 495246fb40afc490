from odoo import api, fields, models
from odoo.fields import Domain

from .service_customer_value import READERS


class ResPartner(models.Model):
    """What a customer is worth, on the contact."""

    _inherit = "res.partner"

    service_value_ids = fields.Many2many(
        "service.customer.value",
        string="Value by Year",
        compute="_compute_service_value_ids",
        compute_sudo=False,
        groups=READERS,
    )
    service_expected_value = fields.Monetary(
        "Expected Value",
        compute="_compute_service_expected_value",
        compute_sudo=False,
        currency_field="service_value_currency_id",
        groups=READERS,
    )
    service_margin_year = fields.Monetary(
        "Margin a Year",
        compute="_compute_service_expected_value",
        compute_sudo=False,
        currency_field="service_value_currency_id",
        groups=READERS,
    )
    service_value_currency_id = fields.Many2one(
        "res.currency",
        "Currency of the Value",
        compute="_compute_service_expected_value",
        compute_sudo=False,
        groups=READERS,
    )
    service_value_formula = fields.Char(
        "How the Value Is Reckoned",
        compute="_compute_service_expected_value",
        compute_sudo=False,
        groups=READERS,
    )
    service_value_computed_at = fields.Datetime(
        "Value As Of",
        compute="_compute_service_expected_value",
        compute_sudo=False,
        groups=READERS,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_service_expected_value(self):
        """Find what all customers are worth in one query."""
        # not by `service_standing_id`, which is for people of the service alone
        rows = self.env["service.customer.standing"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        found = rows.grouped("partner_id")
        for partner in self:
            standing = found.get(partner.commercial_partner_id, rows.browse())
            partner.service_expected_value = standing.expected_value
            partner.service_margin_year = standing.margin_year
            partner.service_value_currency_id = standing.currency_id
            partner.service_value_formula = standing.value_formula
            partner.service_value_computed_at = standing.value_computed_at

    @api.depends("commercial_partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_service_value_ids(self):
        """Find the years of all customers in one query."""
        rows = self.env["service.customer.value"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        found = rows.grouped("partner_id")
        for partner in self:
            partner.service_value_ids = found.get(
                partner.commercial_partner_id, rows.browse()
            )

    def action_open_service_values(self):
        """Open the customer's value by year."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "spare_parts_bridge.service_customer_value_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {}
        return action

    def action_recompute_service_value(self):
        """Compute the customer's value anew, from the books of today.

        :raises AccessError: the caller may not look at values
        """
        self.check_access("read")
        values = self.env["service.customer.value"]
        values._check_reader()
        # sudo: the books are read as a whole, whoever asks; only sums are kept
        values.sudo()._recompute(self.env.company, self)
        return True

    def _move_rows_for_merge(self, target):
        """Override of `_move_rows_for_merge` to drop what is computed again anyway."""
        # sudo: of all companies, whoever merges
        values_sudo = self.env["service.customer.value"].sudo()
        values_sudo.search([("partner_id", "in", self.ids)]).unlink()
        return super()._move_rows_for_merge(target)

    def _refresh_after_merge(self):
        """Override of `_refresh_after_merge` to compute the value of who stays."""
        result = super()._refresh_after_merge()
        # sudo: of all companies that have customers' values, whoever merges
        values_sudo = self.env["service.customer.value"].sudo()
        computed = Domain("service_value_computed_on", "!=", False)
        companies = values_sudo.env["res.company"].search(
            computed | Domain("id", "in", values_sudo.env.companies.ids)
        )
        values_sudo._recompute(companies, self)
        return result
