# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceValueSegment(models.Model):
    """A group of customers who get the same level of service, such as A, B and C."""

    _name = "service.value.segment"
    _description = "Customer Segment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        size=8,
        help="One or two letters, shown beside a customer's name.",
    )
    sequence = fields.Integer(default=10, help="The best segment comes first.")
    color = fields.Integer()
    note = fields.Char(
        "What They Get",
        translate=True,
        help="Shown to who speaks with the customer, e.g. “Replacement unit at once”.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company without its own."
    )
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")

    _code_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), code) WHERE active IS TRUE",
        "There is a segment with this code already. Choose another code.",
    )

    @api.depends("name", "code")
    def _compute_display_name(self):
        for segment in self:
            names = filter(None, (segment.code, segment.name))
            segment.display_name = " · ".join(dict.fromkeys(names))

    def _compute_customer_count(self):
        """Count the customers of all segments in one query."""
        groups = self.env["service.customer.standing"]._read_group(
            [("segment_id", "in", self.ids)], ["segment_id"], ["__count"]
        )
        counts = {segment.id: count for segment, count in groups}
        for segment in self:
            segment.customer_count = counts.get(segment.id, 0)

    @api.constrains("company_id")
    def _check_company(self):
        # sudo: rows of other companies count too
        standings_sudo = self.env["service.customer.standing"].sudo()
        for segment in self.filtered("company_id"):
            if standings_sudo.search_count(
                [
                    ("company_id", "!=", segment.company_id.id),
                    "|",
                    ("fixed_segment_id", "=", segment.id),
                    ("segment_id", "=", segment.id),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "Customers of another company are in “%(segment)s”. Make a "
                        "new segment for the company instead.",
                        segment=segment.name,
                    )
                )

    @api.model
    def _get_segments_of(self, company):
        """Return the segments that count in a company, the best first.

        Its own ones if it has any, else those for every company.
        """
        # sudo: who computes for a company needs no right to look at its settings
        rows = self.sudo().search([("company_id", "in", (company.id, False))])
        own = rows.filtered("company_id")
        return own or rows

    def action_open_customers(self):
        """Open the customers of this segment."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_customer_standing_action"
        )
        action["domain"] = [("segment_id", "=", self.id)]
        action["context"] = {"default_fixed_segment_id": self.id}
        return action
